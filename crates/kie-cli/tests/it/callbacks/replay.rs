//! `kie replay` of bodies, and of the lines of `kie listen`.

use std::{fs, path::PathBuf};

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::stage::{
    kie::Output,
    listener::{Listener, with_key},
    service::{document, stderr},
};

/// Returns a file with the lines about three callbacks, of which one was refused, and the accepted lines.
fn recorded() -> (TempDir, PathBuf, Vec<Value>) {
    let folder = tempdir().unwrap();
    let file = folder.path().join("callbacks.jsonl");
    let mut listener = Listener::start(&["--count", "2"]);
    listener.trigger(0, &["music.complete"]);
    listener.trigger(1, &["music.first", "--forged"]);
    listener.trigger(0, &["vocal-separation.complete"]);
    let lines: Vec<Value> = (0..3).map(|_| listener.event()).collect();
    listener.end();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    fs::write(&file, format!("{{\"event\":\"started\"}}\n{text}")).unwrap();
    let accepted = lines.into_iter().filter(|line| line["refused"].is_null()).collect();
    (folder, file, accepted)
}

fn replay(file: &PathBuf, to: &str, more: &[&str]) -> Output {
    with_key().args(["--format", "json", "replay"]).arg(file).args(["--to", to]).args(more).output().unwrap()
}

#[test]
fn lines_of_listen_are_replayed_as_they_stand() {
    let (_folder, file, accepted) = recorded();
    for (more, is_as_recorded) in [(&["--as-recorded"][..], true), (&["--stale", "--webhook-key", "whk"], false)] {
        let mut listener = Listener::start(&["--count", "2"]);
        let output = replay(&file, &listener.url, more);
        assert_eq!(output.status.code(), Some(i32::from(!is_as_recorded)), "{output:?}");
        assert!(
            stderr(&output).starts_with("left out: a callback that was refused, because it is not signed"),
            "{output:?}"
        );
        assert_eq!(document(&output)["callbacks"].as_array().unwrap().len(), 2);
        for line in &accepted {
            let again = listener.event();
            assert_eq!(again["headers"] == line["headers"], is_as_recorded);
            assert_eq!(again["refused"] == "stale", !is_as_recorded, "{again:#}");
            if is_as_recorded {
                assert!(["body", "kind", "report"].iter().all(|key| again[key] == line[key]), "{again:#}");
            }
        }
    }
}

#[test]
fn a_signature_of_another_key_is_made_anew() {
    let (_folder, file, accepted) = recorded();
    let mut kie = with_key();
    kie.env("KIE_WEBHOOK_KEY", "other");
    let mut listener = Listener::of(kie, &["--count", "2"]);
    assert_eq!(replay(&file, &listener.url, &["--as-recorded"]).status.code(), Some(1));
    assert_eq!([listener.event(), listener.event()].map(|line| line["refused"].clone()), ["forged", "forged"]);
    assert_eq!(replay(&file, &listener.url, &["--webhook-key", "other"]).status.code(), Some(0));
    for line in accepted {
        let again = listener.event();
        assert_eq!((&again["verified"], &again["taskId"]), (&true.into(), &line["taskId"]));
    }
    listener.end();
}

#[test]
fn a_file_without_a_callback_is_refused() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("body.json");
    for (text, more, told) in [
        ("{}", &[][..], "has no callback with the id of a task"),
        ("no JSON", &[], "has no callback with the id of a task"),
        ("{\"event\":\"started\"}\n", &[], "has no callback with the id of a task"),
        ("{\"taskId\":\"4be1\"}", &["--as-recorded"], "no signature is recorded"),
    ] {
        fs::write(&file, text).unwrap();
        let output = replay(&file, "http://127.0.0.1:9/", more);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        assert!(stderr(&output).contains(told), "{output:?}");
        assert_eq!(document(&output)["outcome"], "invalid");
    }
}
