//! The `tenure` that was built beside this program, as a process of its own.

use std::{path::Path, process::Stdio, time::Duration};

use anyhow::{Context, Result, bail};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

/// A development server; it ends with this value.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// Where it answers.
    pub(crate) host: String,
}

impl Server {
    /// Starts one on a free port of this machine, on the first core alone if that can be had, so
    /// that the load does not take its time.
    pub(crate) async fn start(data: &Path) -> Result<Self> {
        let host = free_host()?;
        let binary = std::env::current_exe()?.with_file_name("tenure");
        let mut command = if has_taskset().await {
            let mut command = Command::new("taskset");
            command.args(["--cpu-list", "0"]).arg(binary);
            command
        } else {
            Command::new(binary)
        };
        command.args(["dev", "--listen", &host, "--data"]).arg(data);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command
            .kill_on_drop(true)
            .spawn()
            .context("cannot start tenure")?;
        let out = child.stdout.take().context("no standard output")?;
        timeout(START_LIMIT, ready(out))
            .await
            .context("tenure did not start in time")??;
        Ok(Self { child, host })
    }

    /// Its resident memory in KiB, where the system tells.
    pub(crate) fn memory_kib(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix("kB")?.trim().parse().ok()
    }

    /// Ends it and waits for that.
    pub(crate) async fn stop(mut self) -> Result<()> {
        self.child.kill().await.context("cannot stop tenure")
    }
}

async fn ready(out: tokio::process::ChildStdout) -> Result<()> {
    let mut lines = BufReader::new(out).lines();
    while let Some(line) = lines.next_line().await? {
        if line.starts_with("Tenure is ready") {
            // What it prints later must not block it.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(());
        }
    }
    bail!("tenure ended before it was ready")
}

fn free_host() -> Result<String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?.to_string())
}

async fn has_taskset() -> bool {
    let mut probe = Command::new("taskset");
    probe
        .args(["--cpu-list", "0", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    probe.status().await.is_ok_and(|status| status.success())
}

const START_LIMIT: Duration = Duration::from_secs(30);
