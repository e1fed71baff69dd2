//! Tests of Ctrl-C and SIGTERM while a command is blocked. Linux only: the tests read `/proc` to see when the command
//! listens for signals.

use std::{
    fs,
    io::Read as _,
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use kie_sandbox::{FILES, Fault, Speed};
use rusqlite::Connection;
use tempfile::tempdir;

use crate::{
    stage::desk::Desk,
    stage::kie::{Kie, Output, Running},
    stage::service::{Service, kie, stderr},
};

/// Bit of SIGINT in the mask of caught signals in `/proc`.
const SIGINT_MASK: u64 = 1 << 1;

/// Maximum time that a command may take to end after a signal. A command ends within 3 seconds, even if it is blocked.
/// The rest is for a machine under load.
const END: Duration = Duration::from_secs(20);

/// Starts a command and waits until it listens for signals.
fn start(command: &mut Kie) -> Running {
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

fn send(signal: &str, to: u32) {
    assert!(Command::new("kill").args([signal, &to.to_string()]).status().unwrap().success());
}

/// Interrupts a command and returns its output. A command that does not end is killed, and the test fails.
///
/// `/proc` shows a handler a moment before the handler can pass a signal on. A signal in this moment is lost, so a
/// command that has not ended gets the signal a second time.
fn interrupt(child: Running, signal: &str) -> Output {
    let id = child.id();
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    for _ in 0..2 {
        send(signal, id);
        if let Ok(output) = ended.recv_timeout(END) {
            return output.unwrap();
        }
    }
    let threads = threads(id);
    send("-KILL", id);
    panic!("the command did not end after {signal}; its threads:\n{threads}");
}

/// Describes the threads of a process: the name of each thread, and the system call that it is in.
fn threads(id: u32) -> String {
    let Ok(threads) = fs::read_dir(format!("/proc/{id}/task")) else { return "none".to_owned() };
    let describe = |thread: fs::DirEntry| {
        let read = |file| fs::read_to_string(thread.path().join(file)).unwrap_or_default().trim().to_owned();
        format!("{}: {} {}\n", read("comm"), read("wchan"), read("syscall"))
    };
    threads.flatten().map(describe).collect()
}

/// Interrupts a blocked command, which must end and say what it was doing.
fn interrupted(mut command: Kie, signal: &str, doing: &str) {
    let mut child = start(&mut command);
    // Standard input stays open until the command has ended.
    let input = child.stdin.take();
    let output = interrupt(child, signal);
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
    let output = interrupt(start(&mut command), "-INT");
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
        let output = interrupt(child, signal);
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
    let mut stdout = child.stdout.take().unwrap();
    let mut first = [0];
    stdout.read_exact(&mut first).unwrap();
    let output = interrupt(child, "-INT");
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert!(first == *b"{" && rest.len() < text.len(), "{} bytes were printed", rest.len());
}
