//! `kie login`: stores an API key.

use std::{
    io::{self, IsTerminal as _, Read as _},
    path::PathBuf,
};

use clap::Args;
use kie_suno::{Client, Credits};
use serde::Serialize;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::{ExitError, Interrupt},
    output::{note, out, print_json},
    session::{address, key_file},
};

/// Examples in the help.
pub(crate) const EXAMPLES: &str = "\
Examples:
  kie login --api-key \"my-key\"
  kie login --api-key \"my-key\" --no-check
  pass show kie | kie login";

/// Maximum number of bytes that are read as a key.
const LONGEST: u64 = 4_096;

#[derive(Debug, Args)]
pub(crate) struct LoginArgs {
    /// Store the key without checking it, and send nothing
    #[arg(long)]
    pub(crate) no_check: bool,
}

/// A key that is stored.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoggedIn {
    /// Path of the file with the key.
    #[cfg_attr(test, schemars(with = "String"))]
    file: PathBuf,
    /// Address of the service to which the key belongs.
    address: String,
    /// `true` if the service accepted the key. `false` if the key was not checked.
    checked: bool,
    /// Balance in credits. `None` if the key was not checked.
    credits_left: Option<Credits>,
}

pub(crate) async fn run(args: &LoginArgs, global: &GlobalArgs, interrupt: &Interrupt) -> Result<(), ExitError> {
    if global.sandbox {
        let what = "a simulator inside a command needs no key: leave out --sandbox";
        return Err(ExitError::Usage(what.to_owned()));
    }
    let path = key_file::path().ok_or_else(|| ExitError::Usage("there is no data folder for the key".to_owned()))?;
    // A file that is not only of this user is told before a key is typed.
    let mut keys = key_file::read()?;
    let key = match &global.api_key {
        Some(key) => key.clone(),
        None => read_key(interrupt).await?,
    };
    let key = key.trim().to_owned();
    if key.is_empty() {
        return Err(ExitError::Invalid("there is no key in the input".to_owned()));
    }
    let mut builder = Client::builder().api_key(&key);
    if let Some(url) = global.base_url() {
        builder = builder.base_url(url);
    }
    // The client refuses a key that cannot be sent.
    let client = builder.build()?;
    let left = match args.no_check {
        true => None,
        false => Some(interrupt.during("checking the key", client.credits()).await??),
    };
    let address = address(global);
    keys.insert(address.clone(), key);
    key_file::write(&keys)?;
    if global.format == OutputFormat::Json {
        let checked = left.is_some();
        return Ok(print_json(&LoggedIn { file: path, address, checked, credits_left: left })?);
    }
    out!("the key for {address} is stored in {}", path.display());
    match left {
        Some(left) => out!("{left} credits left"),
        None => note!("the key was not checked; kie credits checks it"),
    }
    Ok(())
}

/// Reads a key: a line that is typed on a terminal without being shown, or else all of standard input.
async fn read_key(interrupt: &Interrupt) -> Result<String, ExitError> {
    if !io::stdin().is_terminal() {
        let read = || {
            let mut text = String::new();
            io::stdin().take(LONGEST).read_to_string(&mut text)?;
            Ok(text)
        };
        return interrupt.during_blocking("reading the key", read).await;
    }
    // Dropped also after an interrupt, because the reading thread then goes on until the process ends. The request comes
    // after it, because what is typed before is discarded.
    let _hidden = hidden::Hidden::hide()?;
    note!("type or paste the API key of https://kie.ai/api-key; it is not shown:");
    interrupt.during_blocking("reading the key", || Ok(hidden::read_line()?)).await
}

#[cfg(unix)]
mod hidden {
    use std::io;

    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

    /// A terminal that does not show what is typed. When this value is dropped, the terminal shows it again.
    pub(super) struct Hidden(Termios);

    impl Hidden {
        pub(super) fn hide() -> io::Result<Self> {
            let before = tcgetattr(io::stdin())?;
            let mut silent = before.clone();
            silent.local_modes.remove(LocalModes::ECHO);
            tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
            Ok(Self(before))
        }
    }

    impl Drop for Hidden {
        fn drop(&mut self) {
            // A failure cannot be told: the terminal is gone.
            let _gone = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
        }
    }

    pub(super) fn read_line() -> io::Result<String> {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        Ok(line)
    }
}

#[cfg(not(unix))]
mod hidden {
    use std::io;

    /// The terminal is changed only while a line is read.
    pub(super) struct Hidden;

    impl Hidden {
        pub(super) fn hide() -> io::Result<Self> {
            Ok(Self)
        }
    }

    pub(super) fn read_line() -> io::Result<String> {
        console::Term::stderr().read_secure_line()
    }
}
