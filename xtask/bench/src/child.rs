//! The child processes that measure, and the child processes with the servers for the measured clients.

use std::{
    collections::BTreeMap,
    env,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, bail};

use crate::collected;

/// Numbers that a child process has measured, by the name of the number.
pub(crate) type Numbers = BTreeMap<String, f64>;

/// Runs this program in a child process with these arguments. Returns the numbers that the child process prints.
pub(crate) fn plain(arguments: &[&str]) -> anyhow::Result<Numbers> {
    numbers_of(Command::new(env::current_exe()?).args(arguments))
}

/// Runs the program `counting`, which counts allocations, with these arguments. Returns the numbers that it prints.
pub(crate) fn counting(arguments: &[&str]) -> anyhow::Result<Numbers> {
    numbers_of(Command::new(beside("counting")?).args(arguments))
}

/// Runs this program on one core, if the system can do that and has this core. Returns the numbers that the child
/// process prints.
pub(crate) fn pinned(core: usize, arguments: &[&str]) -> anyhow::Result<Numbers> {
    numbers_of(on_core(core)?.args(arguments))
}

/// Returns the number of instructions in the function [`collected`](crate::collected) of a child process, as callgrind
/// counts them.
pub(crate) fn instructions(arguments: &[&str]) -> anyhow::Result<f64> {
    let toggle = format!("--toggle-collect={}*", collected::NAME);
    let counted = callgrind(&["--collect-atstart=no", &toggle], arguments)?;
    if counted == 0.0 {
        bail!("callgrind did not find the function {}", collected::NAME);
    }
    Ok(counted)
}

/// Returns the number of instructions of a whole child process, in all its threads.
pub(crate) fn all_instructions(arguments: &[&str]) -> anyhow::Result<f64> {
    callgrind(&[], arguments)
}

fn callgrind(options: &[&str], arguments: &[&str]) -> anyhow::Result<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .args(options)
        .arg(env::current_exe()?)
        .args(arguments)
        .output()
        .context("valgrind cannot be run")?;
    let report = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("{arguments:?} failed under valgrind:\n{report}");
    }
    let collected = report.lines().find_map(|line| line.split_once("Collected : ")).map(|(_, number)| number.trim());
    Ok(collected.context("callgrind printed no count")?.parse()?)
}

/// Returns the number of system calls with these names, in all threads of a child process, as strace counts them.
pub(crate) fn system_calls(names: &[&str], arguments: &[&str]) -> anyhow::Result<f64> {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-c", "-U", "name,calls", "-e"]).arg(format!("trace={}", names.join(",")));
    let output = strace.arg(env::current_exe()?).args(arguments).output().context("strace cannot be run")?;
    let report = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("{arguments:?} failed under strace:\n{report}");
    }
    let lines = report.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let counts = lines.filter_map(|words| match *words {
        [name, count] if names.contains(&name) => Some(count.parse::<f64>()),
        _ => None,
    });
    counts.map(|count| Ok(count?)).sum()
}

/// Runs this program in several child processes at the same time. Returns the numbers that each of them prints.
pub(crate) fn at_once(processes: usize, arguments: &[&str]) -> anyhow::Result<Vec<Numbers>> {
    let this = env::current_exe()?;
    let start = |_| Command::new(&this).args(arguments).stdout(Stdio::piped()).spawn();
    let children: Vec<Child> = (0..processes).map(start).collect::<Result<_, _>>()?;
    let ended = |child: Child| {
        let output = child.wait_with_output()?;
        if !output.status.success() {
            bail!("{arguments:?} failed");
        }
        numbers_in(output.stdout)
    };
    children.into_iter().map(ended).collect()
}

pub(crate) fn has(tool: &str) -> bool {
    let mut command = Command::new(tool);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// A server in a child process. Dropping this value stops the server.
pub(crate) struct ServerProcess {
    child: Child,
    /// Address of the server. A server with several ports has several addresses, with spaces between them.
    pub(crate) address: String,
}

impl ServerProcess {
    /// Starts a server that answers the calls of clients, on core 1.
    pub(crate) fn start() -> anyhow::Result<Self> {
        Self::on(1, &["serve"])
    }

    /// Starts a server that answers the calls of clients without TLS, with TLS and HTTP/1.1, and with TLS and HTTP/2.
    /// It writes the PEM document of the certificate authority to this file.
    #[cfg(feature = "full")]
    pub(crate) fn secure(pem: &str) -> anyhow::Result<Self> {
        Self::on(1, &["serve-tls", pem])
    }

    /// Starts the server named `kind` that receives callbacks. It runs on core 0, like the measured clients, because
    /// this server is measured.
    pub(crate) fn receiving(kind: &str) -> anyhow::Result<Self> {
        Self::on(0, &["receive", kind])
    }

    fn on(core: usize, arguments: &[&str]) -> anyhow::Result<Self> {
        let mut child = on_core(core)?.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        BufReader::new(child.stdout.take().context("the server has no output")?).read_line(&mut address)?;
        Ok(Self { child, address: address.trim().to_owned() })
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn beside(name: &str) -> anyhow::Result<PathBuf> {
    Ok(env::current_exe()?.with_file_name(name))
}

fn on_core(core: usize) -> anyhow::Result<Command> {
    let this = env::current_exe()?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if cores <= core || !has("taskset") {
        return Ok(Command::new(this));
    }
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string()]).arg(this);
    Ok(command)
}

fn numbers_of(command: &mut Command) -> anyhow::Result<Numbers> {
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("{command:?} failed");
    }
    numbers_in(output.stdout)
}

/// Returns the numbers in the output of a child process.
fn numbers_in(output: Vec<u8>) -> anyhow::Result<Numbers> {
    let text = String::from_utf8(output)?;
    let lines = text.lines().filter_map(|line| line.rsplit_once(' '));
    lines.map(|(name, number)| Ok((name.to_owned(), number.parse()?))).collect()
}
