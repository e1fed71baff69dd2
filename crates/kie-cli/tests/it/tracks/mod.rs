//! Tests of the verbs that work on finished tracks and on texts, on both routes.

mod lyrics;
mod made;
mod midi;
mod persona;
mod refused;
mod texts;
mod voice;

use std::{fs, path::PathBuf};

use kie_sandbox::{Received, Speed};
use serde_json::{Value, json};

use crate::{
    stage::desk::Desk,
    stage::kie::{Kie, Output},
    stage::service::{document, stderr},
};

/// Both routes. A test that runs on both begins with a new studio for each.
const ROUTES: [&str; 2] = ["classic", "market"];

/// A simulator, a ledger, and a song that was made on one of the routes and saved.
struct Studio {
    desk: Desk,
    route: &'static str,
    song: Value,
}

impl Studio {
    /// Makes a song and saves it. All later commands run without `--route`: the ledger knows the route of the song.
    fn new(route: &'static str) -> Self {
        let desk = Desk::new(Speed::Instant);
        let lyrics = "[Verse]\nTram bells at dawn\nand no one waits";
        let generate = ["--route", route, "generate", lyrics, "--style", "polka", "--title", "Tram", "--save", "songs"];
        let song = desk.json(0, &generate);
        assert_eq!(song["route"], route);
        Self { desk, route, song }
    }

    /// Returns the id of the song's task.
    fn task(&self) -> &str {
        self.song["taskId"].as_str().unwrap()
    }

    /// Returns the id of a track of the song.
    fn track(&self, index: usize) -> &str {
        self.song["items"][index]["id"].as_str().unwrap()
    }

    /// Returns the path of the saved file of a track.
    fn file(&self, index: usize) -> String {
        self.song["files"][index]["path"].as_str().unwrap().to_owned()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.desk.path(name)
    }

    fn kie(&self) -> Kie {
        self.desk.kie()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.desk.run(arguments)
    }

    /// Runs a command that must end with this exit code. Returns its JSON document.
    fn json(&self, code: i32, arguments: &[&str]) -> Value {
        self.desk.json(code, arguments)
    }

    fn requests(&self, operation: &str) -> Vec<Received> {
        self.desk.service.sandbox.requests(operation)
    }

    /// Returns the fields of the last request to an operation, with their names on the classic route. Checks that the
    /// request came on the route of the song.
    fn sent(&self, operation: &str) -> Value {
        let sent = self.requests(operation).pop().unwrap_or_else(|| panic!("no request to {operation}"));
        let is_market = sent.path == "/api/v1/jobs/createTask";
        assert_eq!(is_market, self.route == "market", "{sent:?}");
        if !is_market {
            return sent.body;
        }
        let fields = sent.body["input"].as_object().unwrap().iter();
        fields.map(|(name, value)| (camel_case(name), value.clone())).collect::<serde_json::Map<_, _>>().into()
    }

    /// Runs a command with input that must be refused with this exit code, and checks that no operation that creates
    /// something was called.
    fn refuse(&self, code: i32, arguments: &[&str]) -> String {
        let before = self.created();
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        assert_eq!(self.created(), before, "{arguments:?} sent something");
        let as_json = self.kie().args(["--format", "json"]).args(arguments).output().unwrap();
        assert_eq!(as_json.status.code(), Some(code), "{arguments:?}: {as_json:?}");
        // clap prints its own usage errors without a document. A file that cannot be read or written has exit code 1.
        if code > 1 && !as_json.stdout.is_empty() {
            assert_eq!((&document(&as_json)["charged"], &document(&as_json)["files"]), (&json!("no"), &json!([])));
        }
        stderr(&output)
    }

    /// Returns the number of requests that create or upload something.
    fn created(&self) -> usize {
        let creates = kie_suno::requests::catalog::OPERATIONS.iter();
        let creates = creates.filter(|operation| operation.effect == kie_suno::requests::Effect::Creates);
        creates.map(|operation| self.requests(operation.name).len()).sum()
    }

    /// Returns the content of the only file in a folder with this ending.
    fn only_file(&self, folder: &str, ending: &str) -> Vec<u8> {
        let mut files: Vec<_> = fs::read_dir(self.path(folder)).unwrap().map(|file| file.unwrap().path()).collect();
        assert_eq!(files.len(), 1, "{files:?}");
        assert_eq!(files[0].extension().unwrap(), ending);
        fs::read(files.remove(0)).unwrap()
    }
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap().to_owned();
    words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
}

/// Returns the words of a `kie` command that another command printed, without `kie`.
fn words(command: &str) -> Vec<&str> {
    let mut words = command.split(' ');
    assert_eq!(words.next(), Some("kie"), "{command}");
    words.collect()
}
