//! Tests of Ctrl-C and SIGTERM while a command is blocked. Linux only: the tests read `/proc` to see when the command
//! listens for signals.

use std::{
    fs,
    io::Read as _,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use kie_sandbox::{FILES, Fault, Speed};
use rusqlite::Connection;
use tempfile::tempdir;

use crate::{
    desk::Desk,
    service::{Service, kie, stderr},
};

/// Bit of SIGINT in the mask of caught signals in `/proc`.
const SIGINT_MASK: u64 = 1 << 1;

/// Starts a command and waits until it listens for signals.
fn start(command: &mut Command) -> Child {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let listens = || {
        let status = fs::read_to_string(&status).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim();
        u64::from_str_radix(caught, 16).unwrap() & SIGINT_MASK != 0
    };
    wait_until("the command listens", listens);
    child
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..1000 {
        if is_so() {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("this did not happen: {what}");
}

fn send(signal: &str, to: &Child) {
    assert!(Command::new("kill").args([signal, &to.id().to_string()]).status().unwrap().success());
}

/// Interrupts a blocked command, which must end and say what it was doing.
fn interrupted(mut command: Command, signal: &str, doing: &str) {
    let mut child = start(&mut command);
    // Standard input stays open until the command has ended.
    let input = child.stdin.take();
    send(signal, &child);
    let output = child.wait_with_output().unwrap();
    drop(input);
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    assert!(stderr(&output).contains(&format!("interrupted while {doing}")), "{output:?}");
}

fn fifo(folder: &Path) -> String {
    let path = folder.join("pipe");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_command_that_reads_standard_input_is_interrupted() {
    for signal in ["-INT", "-TERM"] {
        for arguments in [
            &["check", "generate-music", "-"][..],
            &["inspect", "record", "generate-music", "-"],
            &["--sandbox", "call", "generate-music", "--json", "-"],
            &["--sandbox", "generate", "-"],
        ] {
            let mut command = kie();
            command.args(arguments).stdin(Stdio::piped());
            interrupted(command, signal, "reading standard input");
        }
    }
}

#[test]
fn a_command_that_reads_a_pipe_is_interrupted() {
    let folder = tempdir().unwrap();
    let pipe = fifo(folder.path());
    let service = Service::new(Speed::Instant);
    let command = |arguments: &[&str]| {
        let mut command = service.kie();
        command.args(arguments);
        command
    };
    interrupted(command(&["call", "generate-music", "--json", &pipe]), "-INT", &format!("reading {pipe}"));
    interrupted(command(&["generate", &format!("@{pipe}")]), "-TERM", &format!("reading {pipe}"));
    interrupted(command(&["upload", &pipe]), "-INT", &format!("uploading {pipe}"));
    assert!(service.sandbox.requests("generate-music").is_empty());
}

#[test]
fn a_command_that_waits_for_a_locked_ledger_is_interrupted() {
    let desk = Desk::new(Speed::Instant);
    assert_eq!(desk.run(&["tasks"]).status.code(), Some(0));
    let lock = Connection::open(desk.path("ledger.db")).unwrap();
    lock.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;").unwrap();
    let mut command = desk.kie();
    command.args(["generate", "x"]);
    let child = start(&mut command);
    send("-INT", &child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    assert!(stderr(&output).contains("interrupted while "), "{output:?}");
    assert_eq!(desk.starts(), 0);
}

#[test]
fn a_download_that_is_interrupted_leaves_no_temporary_file() {
    for signal in ["-INT", "-TERM"] {
        let service = Service::new(Speed::Instant);
        let folder = tempdir().unwrap();
        // The song files are never served, so the downloads are running when the signal comes.
        service.sandbox.faults(|request| (request.operation == FILES).then_some(Fault::Hang));
        let mut command = service.kie();
        command.args(["generate", "x", "--save"]).arg(folder.path());
        let child = start(&mut command);
        wait_until("a file is requested", || !service.sandbox.requests(FILES).is_empty());
        send(signal, &child);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{output:?}");
        assert!(stderr(&output).contains("continue with: kie task generate-music "), "{output:?}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn a_command_whose_output_is_not_read_is_interrupted() {
    let folder = tempdir().unwrap();
    let body = folder.path().join("body.json");
    // The output is larger than the buffer of a pipe, so the command is blocked until the process ends.
    let text = "x".repeat(1 << 20);
    fs::write(&body, serde_json::json!({ "code": 200, "msg": text, "data": 7 }).to_string()).unwrap();
    let mut child = start(
        kie().args(["--format", "json", "inspect", "response", "get-account-credits"]).arg(&body).stdin(Stdio::null()),
    );
    let mut first = [0];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    send("-INT", &child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let mut rest = String::new();
    child.stdout.take().unwrap().read_to_string(&mut rest).unwrap();
    assert!(first == *b"{" && rest.len() < text.len(), "{} bytes were printed", rest.len());
}
