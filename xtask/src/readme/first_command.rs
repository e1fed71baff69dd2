//! Runs the first command of README as it stands there, and other verbs of the same binary. The binary of a release has no
//! debug assertions, so it can fail where the tests pass.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, ensure};

use crate::target::target;

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

/// Exit code of a command line that is wrong. Other commands of README may fail, because they need an earlier song.
const USAGE: i32 = 2;

/// Runs the commands, and returns what the first one printed. The binary of a release must be built already.
pub(super) fn run(page: &str) -> anyhow::Result<String> {
    let folder = target().join("first-command");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let transcript = transcript(page)?;
    let command = transcript.lines().next().and_then(|line| line.strip_prefix(COMMAND));
    let output = kie(command.context("README has no first command")?, &folder)?;
    let songs = fs::read_dir(folder.join("songs"))?.filter_map(Result::ok);
    let songs = songs.filter(|song| song.path().extension().is_some_and(|extension| extension == "mp3")).count();
    ensure!(songs == 2, "the first command of README saved {songs} songs, not 2");
    for line in OTHERS {
        kie(line, &folder)?;
    }
    fs::write(folder.join("lyrics.txt"), "[Verse]\nTram bells at dawn\n")?;
    for line in page.lines().filter_map(|line| line.strip_prefix("$ kie ")) {
        let (code, _) = try_kie(&format!("--sandbox --ledger sandbox.db {line}"), &folder)?;
        ensure!(code != Some(USAGE), "README shows a command that kie does not understand: kie {line}");
    }
    Ok(output)
}

/// Returns the first command of README with its output.
pub(super) fn transcript(page: &str) -> anyhow::Result<String> {
    let begin = page.find(COMMAND).context("README has no first command")?;
    let rest = &page[begin..];
    Ok(rest[..rest.find("```").context("the first command of README has no end")?].to_owned())
}

/// Returns README with this output of the first command.
pub(super) fn with_output(page: &str, output: &str) -> anyhow::Result<String> {
    let transcript = transcript(page)?;
    let command = transcript.lines().next().context("README has no first command")?;
    Ok(page.replace(&transcript, &format!("{command}\n{output}")))
}

/// Checks that the output in README is that of the binary, except for ids and numbers, which are new in each run.
pub(super) fn compare(transcript: &str, output: &str) -> anyhow::Result<()> {
    let shown = transcript.split_once('\n').map(|(_, output)| masked(output));
    ensure!(shown == Some(masked(output)), "README shows another output of its first command:\n{output}");
    Ok(())
}

/// Replaces each word with a digit by `#`, and each row of spaces by one space.
fn masked(text: &str) -> String {
    let word = |word: &str| match word.chars().any(|c| c.is_ascii_digit()) {
        true => "#".to_owned(),
        false => word.to_owned(),
    };
    let line = |line: &str| line.split_whitespace().map(word).collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Runs the binary as [`try_kie`] does, and fails if the binary does.
fn kie(line: &str, folder: &Path) -> anyhow::Result<String> {
    let (code, output) = try_kie(line, folder)?;
    ensure!(code == Some(0), "kie {line} failed");
    Ok(output)
}

/// Runs the binary with the words of a command line, in this folder and with a ledger there. Returns its exit code, and what
/// it printed on both streams, in order.
fn try_kie(line: &str, folder: &Path) -> anyhow::Result<(Option<i32>, String)> {
    eprintln!("\n== kie {line}");
    let mut command = Command::new(target().join("release/kie"));
    // Every second part is between quotes.
    for (number, part) in line.split('"').enumerate() {
        match number % 2 {
            0 => command.args(part.split_whitespace()),
            _ => command.arg(part),
        };
    }
    let log = folder.join("output.txt");
    let file = fs::File::create(&log)?;
    let streams = command.stdout(file.try_clone()?).stderr(file);
    let status = streams.current_dir(folder).env("KIE_LEDGER", folder.join("ledger.sqlite")).status();
    let output = fs::read_to_string(&log)?;
    eprint!("{output}");
    Ok((status.context("kie cannot be run")?.code(), output))
}
