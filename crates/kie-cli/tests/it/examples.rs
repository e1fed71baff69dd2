//! Runs the examples in the help of every verb.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs,
    io::{BufRead as _, BufReader},
    process::{Command, Output, Stdio},
};

use assert_cmd::cargo::cargo_bin;
use kie_sandbox::{Sandbox, Speed};
use kie_suno::Credits;
use serde_json::{Value, json};

use crate::{
    stage::desk::Desk,
    stage::listener::Listener,
    stage::schema::{problems, schemas, verb},
    stage::service::{Service, kie, stdout},
};

/// Verbs whose examples run after those of all other verbs.
const LAST: [&str; 1] = ["forget"];

/// Returns the long help of a verb.
fn help(verb: &str) -> String {
    let output = kie().args(verb.split(' ')).arg("--help").env("COLUMNS", "100").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    stdout(&output)
}

/// Returns the first words of the lines that begin with two spaces, after a line with this heading and up to an empty
/// line.
fn names(help: &str, heading: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != heading).skip(1).take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    names.filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

/// Returns all verbs, and the verbs of verbs, such as `voice phrase`. The list of `kie --help` has them in groups.
fn verbs() -> Vec<String> {
    let all = stdout(&kie().arg("--help").output().unwrap());
    let end = all.find("\nOptions of every verb:").expect("the list of verbs has an end");
    let headings = all[..end].lines().filter(|line| line.ends_with(':') && !line.starts_with(' '));
    let mut verbs = Vec::new();
    for verb in headings.flat_map(|heading| names(&all, heading)) {
        let inner = names(&help(&verb), "Commands:").into_iter().filter(|inner| inner != "help");
        let inner: Vec<String> = inner.map(|inner| format!("{verb} {inner}")).collect();
        verbs.push(verb);
        verbs.extend(inner);
    }
    verbs.sort_by_key(|verb| LAST.contains(&verb.as_str()));
    verbs
}

/// Returns the commands below `Examples:` in the help of a verb.
fn examples(verb: &str) -> Vec<String> {
    let help = help(verb);
    let (_, examples) = help.split_once("\nExamples:\n").unwrap_or_else(|| panic!("kie {verb} has no examples"));
    let lines = examples.lines().filter_map(|line| line.strip_prefix("  ")).filter(|line| line.starts_with("kie "));
    lines.map(str::to_owned).collect()
}

/// Address of the receiver of callbacks in the examples.
const RECEIVER: &str = "http://127.0.0.1:9000/";

/// A folder with the files of the examples, a simulator, a ledger, a song that is saved, and a receiver of callbacks.
struct Stage {
    desk: Desk,
    receiver: Listener,
    task: String,
    track: String,
}

impl Stage {
    fn new() -> Self {
        let sandbox = Sandbox::builder().speed(Speed::Instant).credits(Credits::new(10_000.0)).build();
        let desk = Desk::of(Service::of(sandbox));
        let song = desk.json(0, &["generate", "a slow waltz", "--save", "songs"]);
        let task = song["taskId"].as_str().unwrap().to_owned();
        let track = song["items"][0]["id"].as_str().unwrap()[..8].to_owned();
        let request = json!({ "prompt": "a waltz", "customMode": false, "instrumental": false, "model": "V5" });
        let body = json!({
            "code": 200, "msg": "All generated successfully.",
            "data": { "callbackType": "complete", "task_id": task, "data": [] },
        });
        fs::write(desk.path("hum.wav"), b"RIFF\x04\0\0\0WAVE").unwrap();
        fs::write(desk.path("lyrics.txt"), "[Verse]\nSalt on the window").unwrap();
        fs::write(desk.path("request.json"), request.to_string()).unwrap();
        fs::write(desk.path("body.json"), body.to_string()).unwrap();
        let mut receiver = Listener::of(kie(), &[]);
        receiver.trigger(0, &["music.complete"]);
        fs::write(desk.path("callbacks.jsonl"), receiver.event().to_string()).unwrap();
        Self { desk, receiver, task, track }
    }

    /// Returns the shell command of an example. `more` is added to its end. The shell is replaced by the binary, so that
    /// the binary can be ended.
    fn shell(&self, example: &str, more: &str) -> Command {
        let arguments = example.strip_prefix("kie").unwrap().replace(RECEIVER, &self.receiver.url);
        let arguments = arguments.replace("--port 9000", "--port 0");
        let is_alone = example.contains("--sandbox");
        let ledger = if is_alone { "" } else { " --ledger \"$LEDGER\"" };
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("exec \"$KIE\"{ledger}{arguments}{more}")]);
        let (of_kie, of_desk) = (kie(), self.desk.kie());
        // The environment of the tests, without the variables of this machine.
        let environment = if is_alone { of_kie.get_envs() } else { of_desk.get_envs() };
        for (name, value) in environment {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        for (name, folder) in [("HOME", "home"), ("XDG_DATA_HOME", "home/data"), ("XDG_CONFIG_HOME", "home/config")] {
            shell.env(name, self.desk.path(folder));
        }
        // Nothing is opened on the desktop of this machine.
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"] {
            shell.env_remove(name);
        }
        shell.env("KIE", cargo_bin("kie")).env("LEDGER", self.desk.path("ledger.db"));
        for (name, ledger) in [("KIE_LEDGER", "new.db"), ("OLD_LEDGER", "ledger.db"), ("NEW_LEDGER", "newer.db")] {
            shell.env(name, self.desk.path(ledger));
        }
        shell.env("TASK", &self.task).env("TRACK", &self.track).current_dir(self.desk.folder.path());
        shell.stdin(Stdio::null());
        shell
    }

    fn run(&self, example: &str) -> Output {
        self.shell(example, "").output().unwrap()
    }

    /// Runs an example of a verb that listens, in this format, until it has printed its first line.
    fn start(&self, example: &str, format: &str) -> String {
        let port = if example.contains("--port") { "" } else { " --port 0" };
        let mut shell = self.shell(example, port);
        shell.env("KIE_FORMAT", format).stdout(Stdio::piped());
        let mut listening = shell.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(listening.stdout.take().unwrap()).read_line(&mut line).unwrap();
        listening.kill().unwrap();
        listening.wait().unwrap();
        line
    }
}

#[test]
fn the_examples_of_every_verb_work() {
    let stage = Stage::new();
    let verbs = verbs();
    assert!(verbs.len() > 40, "{verbs:?}");
    let mut failed = Vec::new();
    for verb in &verbs {
        let examples = examples(verb);
        assert!(examples.len() >= 2, "kie {verb} has {examples:?}");
        for example in examples {
            let started = match verb.as_str() {
                "sandbox" => Some("simulator of the service"),
                "listen" => Some("receives callbacks at"),
                _ => None,
            };
            if let Some(started) = started {
                let line = stage.start(&example, "text");
                let is_json = example.contains("--format json");
                let started = if is_json { "\"event\":\"started\"" } else { started };
                assert!(line.contains(started), "{example}: {line}");
                continue;
            }
            let output = stage.run(&example);
            let is_left_out = verb == "mcp" && !cfg!(feature = "mcp");
            let code = if is_left_out { 2 } else { 0 };
            if output.status.code() != Some(code) {
                failed.push(format!("{example}: {output:?}"));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn the_documents_of_every_verb_fit_its_schema() {
    let stage = Stage::new();
    let mut seen = BTreeSet::from(["error".to_owned()]);
    for example in verbs().iter().flat_map(|verb| examples(verb)) {
        let verb = verb(example.split(' ').map(OsStr::new));
        // Completions, man pages and the events of the simulator are no documents.
        if verb == "error" {
            continue;
        }
        let output = match verb.as_str() {
            "listen" => stage.start(&example, "json"),
            _ => stdout(&stage.shell(&example, "").env("KIE_FORMAT", "json").output().unwrap()),
        };
        let document: Value =
            serde_json::from_str(&output).unwrap_or_else(|error| panic!("{example}: {error}: {output:?}"));
        assert!(document.get("exitCode").is_none(), "{example}: {document:#}");
        let problems = problems(&verb, &document);
        assert!(problems.is_empty(), "{example}: {problems:#?}\n{document:#}");
        seen.insert(verb);
    }
    assert_eq!(seen, schemas());
}
