//! The `kie` binary as a command. Its output knows the verb, so that documents are compared with the schema of the verb.

use std::{
    ffi::OsStr,
    io,
    ops::{Deref, DerefMut},
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::stage::schema::verb;

/// A command that runs the binary.
#[derive(Debug)]
pub(crate) struct Kie(Command);

/// A process of the binary.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    verb: String,
}

/// The output of the binary.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    output: std::process::Output,
    /// Verb of the command: the name of its schema.
    pub(crate) verb: String,
}

impl Kie {
    pub(crate) fn new(binary: impl AsRef<OsStr>) -> Self {
        Self(Command::new(binary))
    }

    pub(crate) fn arg(&mut self, argument: impl AsRef<OsStr>) -> &mut Self {
        self.0.arg(argument);
        self
    }

    pub(crate) fn args(&mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> &mut Self {
        self.0.args(arguments);
        self
    }

    pub(crate) fn env(&mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> &mut Self {
        self.0.env(name, value);
        self
    }

    pub(crate) fn envs(
        &mut self,
        variables: impl IntoIterator<Item = (impl AsRef<OsStr>, impl AsRef<OsStr>)>,
    ) -> &mut Self {
        self.0.envs(variables);
        self
    }

    pub(crate) fn env_remove(&mut self, name: impl AsRef<OsStr>) -> &mut Self {
        self.0.env_remove(name);
        self
    }

    pub(crate) fn current_dir(&mut self, folder: impl AsRef<Path>) -> &mut Self {
        self.0.current_dir(folder);
        self
    }

    pub(crate) fn stdin(&mut self, from: impl Into<Stdio>) -> &mut Self {
        self.0.stdin(from);
        self
    }

    pub(crate) fn stdout(&mut self, to: impl Into<Stdio>) -> &mut Self {
        self.0.stdout(to);
        self
    }

    pub(crate) fn stderr(&mut self, to: impl Into<Stdio>) -> &mut Self {
        self.0.stderr(to);
        self
    }

    pub(crate) fn output(&mut self) -> io::Result<Output> {
        Ok(Output { verb: verb(self.0.get_args()), output: self.0.output()? })
    }

    pub(crate) fn spawn(&mut self) -> io::Result<Running> {
        Ok(Running { verb: verb(self.0.get_args()), child: self.0.spawn()? })
    }
}

impl From<Command> for Kie {
    fn from(command: Command) -> Self {
        Self(command)
    }
}

impl From<Kie> for Command {
    fn from(kie: Kie) -> Self {
        kie.0
    }
}

/// The command itself, to be changed in other ways.
impl Deref for Kie {
    type Target = Command;

    fn deref(&self) -> &Command {
        &self.0
    }
}

impl DerefMut for Kie {
    fn deref_mut(&mut self) -> &mut Command {
        &mut self.0
    }
}

impl Running {
    pub(crate) fn wait_with_output(self) -> io::Result<Output> {
        Ok(Output { output: self.child.wait_with_output()?, verb: self.verb })
    }
}

impl Deref for Running {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.child
    }
}

impl DerefMut for Running {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.child
    }
}

impl Deref for Output {
    type Target = std::process::Output;

    fn deref(&self) -> &std::process::Output {
        &self.output
    }
}
