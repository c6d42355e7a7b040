use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// A program that runs beside the test. It is killed when the test ends, however it ends.
pub(crate) struct Program {
    child: Child,
    name: String,
    lines: Lines<BufReader<ChildStdout>>,
    stdin: Option<ChildStdin>,
}

impl Program {
    pub(crate) fn start(name: &str, mut command: Command) -> Self {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command
            .spawn()
            .unwrap_or_else(|e| panic!("{name} does not start: {e}"));
        let stdout = child.stdout.take().unwrap();
        let stdin = child.stdin.take();
        Self {
            child,
            name: name.to_owned(),
            lines: BufReader::new(stdout).lines(),
            stdin,
        }
    }

    /// The next line it prints.
    pub(crate) async fn line(&mut self) -> String {
        match timeout(LIMIT, self.lines.next_line()).await {
            Ok(Ok(Some(line))) => line,
            Ok(end) => panic!("{} stopped printing: {end:?}", self.name),
            Err(_) => panic!("{} printed no line within {LIMIT:?}", self.name),
        }
    }

    /// The first line that `wanted` takes something from.
    pub(crate) async fn line_with<T>(&mut self, wanted: impl Fn(&str) -> Option<T>) -> T {
        loop {
            if let Some(found) = wanted(&self.line().await) {
                return found;
            }
        }
    }

    pub(crate) async fn say(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin
            .write_all(format!("{line}\n").as_bytes())
            .await
            .unwrap();
    }

    /// What it writes for people, if that was asked for.
    pub(crate) fn errors(&mut self) -> ChildStderr {
        self.child.stderr.take().expect("standard error is a pipe")
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        send(self.child.id().expect("it still runs"), signal);
    }

    /// Waits for its end.
    pub(crate) async fn end(&mut self) -> ExitStatus {
        let end = timeout(LIMIT, self.child.wait()).await;
        end.unwrap_or_else(|_| panic!("{} does not end within {LIMIT:?}", self.name))
            .unwrap()
    }
}

/// What a program that ended has left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Runs a program to its end.
pub(crate) async fn run(mut command: Command) -> Ran {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let output = timeout(LIMIT, command.output()).await;
    Ran::from(
        output
            .unwrap_or_else(|_| panic!("{command:?}: no end within {LIMIT:?}"))
            .unwrap(),
    )
}

/// Runs a program that reads this to its end.
pub(crate) async fn run_with_input(mut command: Command, input: &str) -> Ran {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A program that ends without reading is judged by what it says.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let output = timeout(LIMIT, child.wait_with_output()).await;
    Ran::from(
        output
            .unwrap_or_else(|_| panic!("{command:?}: no end within {LIMIT:?}"))
            .unwrap(),
    )
}

pub(crate) fn send(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

const LIMIT: Duration = Duration::from_secs(60);
