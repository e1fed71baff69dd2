//! Runs the first command of README as it stands there, and other verbs of the same binary. The binary of a release has no
//! debug assertions, so it can fail where the tests pass.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, ensure};

use crate::target::{target, xtask};

/// Beginning of the first command in README.
const COMMAND: &str = "$ cargo run --release -p kie-cli -- ";

/// Verbs that need neither a key nor a service.
const OTHERS: &[&str] = &[
    "list",
    "list --format json",
    "tasks",
    "models",
    "operations",
    "operations generate-music",
    "config",
    "--sandbox credits",
    "--sandbox call get-account-credits",
    "--sandbox lyrics \"two lighthouses\" --dry-run",
];

/// Runs the commands. The command `cargo build --release -p kie-cli`, with or without features, must have built the binary before.
pub(crate) fn run() -> anyhow::Result<()> {
    let folder = target().join("first-command");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let readme = fs::read_to_string(xtask().with_file_name("README.md"))?;
    let first = readme.lines().find_map(|line| line.strip_prefix(COMMAND)).context("README has no first command")?;
    kie(first, &folder)?;
    let songs = fs::read_dir(folder.join("songs"))?.filter_map(Result::ok);
    let songs = songs.filter(|song| song.path().extension().is_some_and(|extension| extension == "mp3")).count();
    ensure!(songs == 2, "the first command of README saved {songs} songs, not 2");
    OTHERS.iter().try_for_each(|line| kie(line, &folder))
}

/// Runs the binary with the words of a command line, in this folder and with a ledger there.
fn kie(line: &str, folder: &Path) -> anyhow::Result<()> {
    eprintln!("\n== kie {line}");
    let mut command = Command::new(target().join("release/kie"));
    // Every second part is between quotes.
    for (number, part) in line.split('"').enumerate() {
        match number % 2 {
            0 => command.args(part.split_whitespace()),
            _ => command.arg(part),
        };
    }
    let status = command.current_dir(folder).env("KIE_LEDGER", folder.join("ledger.sqlite")).status();
    ensure!(status.context("kie cannot be run")?.success(), "kie {line} failed");
    Ok(())
}
