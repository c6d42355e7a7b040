//! `cargo xtask run`: a server to try things on.

use std::{path::PathBuf, process::Command};

use anyhow::Result;

use crate::{process, workspace};

const LISTEN: &str = "127.0.0.1:8484";

/// Short, so that one sees tokens come and go.
const ACCESS_TOKEN_TTL: &str = "60";

/// Builds `tenure` and hands this process over to `tenure dev`.
pub(crate) fn run(args: &[String]) -> Result<()> {
    process::must(process::cargo([
        "build",
        "--package",
        "tenure-cli",
        "--bin",
        "tenure",
    ]))?;
    let mut server = Command::new(binary()?);
    server.current_dir(workspace::root()).arg("dev");
    if !has_option(args, "--listen") {
        server.args(["--listen", LISTEN]);
    }
    if !has_option(args, "--data") {
        server.args(["--data", ".tenure"]);
    }
    if !has_option(args, "--access-token-ttl") {
        server.args(["--access-token-ttl", ACCESS_TOKEN_TTL]);
    }
    server.args(args);
    print_welcome(args);
    hand_over(server)
}

fn print_welcome(args: &[String]) {
    let listen = value_of(args, "--listen").unwrap_or(LISTEN);
    println!("Tenure answers on http://{listen} (Ctrl-C stops it; its data is under .tenure)");
    println!("  sign in as     demo / correct horse battery staple");
    println!("  from a shell   cargo run --quiet --bin tenure -- login --issuer http://{listen}");
    println!("  look at        http://{listen}/demo (a session at work)");
    println!("                 http://{listen}/.well-known/openid-configuration");
    println!("                 http://{listen}/metrics");
}

/// Becomes the server, so that Ctrl-C and its exit code are the server's own.
#[cfg(unix)]
fn hand_over(mut server: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;

    Err(anyhow::Error::new(server.exec()).context("cannot start the server"))
}

#[cfg(not(unix))]
fn hand_over(server: Command) -> Result<()> {
    process::must(server)
}

/// The built `tenure`.
fn binary() -> Result<PathBuf> {
    let name = format!("tenure{}", std::env::consts::EXE_SUFFIX);
    Ok(process::target_directory()?.join("debug").join(name))
}

fn has_option(args: &[String], name: &str) -> bool {
    args.iter().any(|arg| {
        arg == name
            || arg
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('='))
    })
}

fn value_of<'a>(args: &'a [String], name: &str) -> Option<&'a str> {
    args.iter().enumerate().find_map(|(at, arg)| {
        if arg == name {
            return args.get(at + 1).map(String::as_str);
        }
        arg.strip_prefix(name)?.strip_prefix('=')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_found_in_both_spellings() {
        let args = [
            "--listen=[::1]:9".to_owned(),
            "--data".to_owned(),
            "x".to_owned(),
        ];
        assert_eq!(value_of(&args, "--listen"), Some("[::1]:9"));
        assert_eq!(value_of(&args, "--data"), Some("x"));
        assert!(has_option(&args, "--data"));
        assert!(!has_option(&args, "--dat"));
    }
}
