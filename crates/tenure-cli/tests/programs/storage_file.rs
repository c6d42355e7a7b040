//! Storage that cannot be used: nothing is overwritten, and the person is told.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::home::Home;
use crate::support::process::run;
use crate::support::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_or_foreign_file_is_reported_and_left_alone() {
    let server = Server::start(300).await;
    let home = Home::new();
    home.login(server.issuer()).await;
    let file = home.session_file();
    let whole = fs::read(&file).unwrap();

    let spoilt: [&[u8]; 4] = [
        b"",
        &whole[..whole.len() / 2],
        b"not one of ours\n",
        b"{\"a\":1}",
    ];
    for bytes in spoilt {
        fs::write(&file, bytes).unwrap();
        let before = home.contents();
        let ran = home.run(["token"]).await;
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(4), ""), "{ran:?}");
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(
            ran.stderr.contains(name),
            "the message names the file: {ran:?}"
        );
        assert_eq!(home.contents(), before);
    }

    fs::write(&file, &whole).unwrap();
    home.token().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_loaded_ends_every_command_with_a_sentence_that_says_why() {
    // Law 8.
    let sealed = br#"{"v":1,"key":1,"sealed":"AA"}"#;
    let plain = br#"{"tenure":1,"generation":1,"login":{"generation":1,"at":1},"last_active":1,"tokens":{"access_token":"at","token_type":"Bearer","obtained_at":1,"issued":1}}"#;
    let cases: [(&[u8], &str, [&str; 2]); 4] = [
        (b"{\"tenure\":1", "file", ["damaged", "`tenure login`"]),
        (
            b"{\"tenure\":99}",
            "file",
            ["newer version", "update this program"],
        ),
        (sealed, "file", ["sealed", "TENURE_STORAGE=keyring"]),
        (plain, "keyring", ["not sealed", "TENURE_STORAGE=file"]),
    ];
    for (bytes, kind, said) in cases {
        let home = Home::new();
        let folder = home.path().join("session");
        fs::create_dir(&folder).unwrap();
        let name = "session.00000000000000000001.json";
        fs::write(folder.join(name), bytes).unwrap();
        let before = home.contents();
        for args in [&["status"][..], &["status", "--json"], &["token"]] {
            let mut command = home.command(args.iter().copied());
            command.env("TENURE_STORAGE", kind);
            let ran = run(command).await;
            assert_eq!((ran.code, ran.stdout.as_str()), (Some(4), ""), "{ran:?}");
            for part in said.iter().chain(&[name]) {
                assert!(ran.stderr.contains(part), "{part}: {ran:?}");
            }
        }
        assert_eq!(home.contents(), before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_cannot_be_read_is_said_and_left_alone() {
    let cases: [(&[u8], [&str; 2]); 2] = [
        (
            br#"{"v":2,"more":"of it"}"#,
            ["is of version 2, newer than version 1", "that wrote it"],
        ),
        (
            br#"{"v":1,"issuer":"https://id.exa"#,
            ["is damaged", "left as it is"],
        ),
    ];
    for (bytes, said) in cases {
        let home = Home::new();
        fs::write(home.path().join("profile.json"), bytes).unwrap();
        let before = home.contents();
        for command in ["status", "token"] {
            let ran = home.run([command]).await;
            assert_eq!(ran.code, Some(4), "{ran:?}");
            for part in said.iter().chain(&["profile.json", "move it away"]) {
                assert!(ran.stderr.contains(part), "{part}: {ran:?}");
            }
        }
        assert_eq!(home.contents(), before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_session_is_kept_aside_by_the_next_sign_in_and_a_newer_one_stays() {
    let server = Server::start(300).await;
    let home = Home::new();
    home.login(server.issuer()).await;
    let file = home.session_file();
    let aside = file.with_file_name("session.damaged.json");
    for bytes in [&b"cut sho"[..], b"cut shorter"] {
        let file = home.session_file();
        fs::write(&file, bytes).unwrap();
        home.login(server.issuer()).await;
        assert_eq!(home.run(["status"]).await.code, Some(0));
        home.token().await;
        assert_eq!(fs::read(&aside).unwrap(), bytes);
        let mode = fs::metadata(&aside).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "mode {mode:o}");
        // Whoever knew the value before sees that this one is newer.
        assert!(home.session_file() > file);
    }

    let file = home.session_file();
    fs::write(&file, b"{\"tenure\":99}").unwrap();
    let before = home.contents();
    let ran = home
        .run(["login", "--no-browser", "--issuer", server.issuer()])
        .await;
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(4), ""), "{ran:?}");
    assert!(ran.stderr.contains("newer version"), "{ran:?}");
    assert_eq!(home.contents(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_may_not_be_read_is_reported_and_left_alone() {
    let server = Server::start(300).await;
    let home = Home::new();
    home.login(server.issuer()).await;
    let file = home.session_file();
    // A folder in its place: this holds for the superuser too, whom permissions do not stop.
    let aside = file.with_extension("aside");
    fs::rename(&file, &aside).unwrap();
    fs::create_dir(&file).unwrap();
    for args in [["token"], ["status"]] {
        let ran = home.run(args).await;
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(4), ""), "{ran:?}");
    }
    fs::remove_dir(&file).unwrap();
    fs::rename(&aside, &file).unwrap();
    home.token().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_readable_by_its_owner_alone() {
    let server = Server::start(300).await;
    let home = Home::new();
    home.login(server.issuer()).await;
    for file in home.files() {
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", file.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_no_token_is_handed_out_and_none_is_lost() {
    let server = Server::start(3).await;
    let home = Home::new();
    home.login(server.issuer()).await;
    server.outlive_access_tokens().await;
    let before = home.contents();

    let ran = home.run_on_a_full_disk("token").await;
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(4), ""), "{ran:?}");
    assert!(ran.stderr.contains("storage cannot be written"), "{ran:?}");
    assert_eq!(home.contents(), before);
    assert_eq!(
        server.refreshes("rotated").await,
        1,
        "the server did rotate"
    );

    home.token().await;
    assert_eq!(server.refreshes("rotated").await, 1);
    assert_eq!(
        server.refreshes("repeated").await,
        1,
        "and gave the same successor again"
    );
}
