//! A terminal on which a command asks a question.

use std::{
    fs::{File, OpenOptions},
    io::{Read as _, Write as _},
    os::unix::ffi::OsStrExt as _,
    process::{Command, Stdio},
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread::spawn,
    time::Duration,
};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// The end of a command that ran on a terminal.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    /// Everything that the terminal has shown.
    pub(crate) shown: String,
}

/// Runs a command whose standard input and standard error are a terminal. When the terminal shows `question`, types
/// `answer` and the enter key.
pub(crate) fn answer(command: impl Into<Command>, question: &str, answer: &str) -> Ended {
    let mut command = command.into();
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let name = std::ffi::OsStr::from_bytes(name.to_bytes());
    let open = || OpenOptions::new().read(true).write(true).open(name).unwrap();
    command.stdin(open()).stderr(open()).stdout(Stdio::piped());
    let child = command.spawn().unwrap();
    let watchdog = Watchdog::of(child.id());
    // Its ends of the terminal are closed here, so that reading ends when the command ends.
    drop(command);
    let mut master = File::from(master);
    let (mut shown, mut is_answered) = (Vec::new(), false);
    let mut bytes = [0; 1_024];
    // On Linux, reading fails when the other end is closed.
    while let Ok(count @ 1..) = master.read(&mut bytes) {
        shown.extend_from_slice(&bytes[..count]);
        if !is_answered && String::from_utf8_lossy(&shown).contains(question) {
            writeln!(master, "{answer}").unwrap();
            is_answered = true;
        }
    }
    let output = child.wait_with_output().unwrap();
    drop(watchdog);
    let shown = String::from_utf8_lossy(&shown).into_owned();
    assert!(is_answered, "the question was not asked: {shown}");
    Ended { code: output.status.code(), stdout: String::from_utf8(output.stdout).unwrap(), shown }
}

/// Time after which a command is killed that does not end.
const LONGEST: Duration = Duration::from_secs(60);

/// Kills a process after [`LONGEST`], unless this value is dropped before.
struct Watchdog(#[expect(dead_code, reason = "its drop ends the wait")] Sender<()>);

impl Watchdog {
    fn of(process: u32) -> Self {
        let (sender, ended) = channel::<()>();
        spawn(move || {
            if ended.recv_timeout(LONGEST) == Err(RecvTimeoutError::Timeout) {
                drop(Command::new("kill").args(["-KILL", &process.to_string()]).status());
            }
        });
        Self(sender)
    }
}
