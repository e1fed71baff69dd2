//! Tests of texts from outside: they cannot control the terminal, and cannot look like lines of `kie`. JSON is exact.

use std::{
    fs,
    io::Write as _,
    process::{self, Stdio},
};

use kie_sandbox::{Fault, Speed, TaskScript};
use serde_json::{Value, json};

use crate::{
    stage::desk::Desk,
    stage::kie::Output,
    stage::service::{Service, document, kie, stderr, stdout},
};

/// A text that tries to look like another line, to change the writing direction, and to clear the terminal.
const EVIL: &str = "A waltz\ncharged: no\u{2028}\u{202e}\u{200b}\u{e0041}\u{1b}[2J\u{9b}2J\u{7f}";

/// The same text on one line, as it is printed.
const PRINTED: &str = "A waltz charged: no \\u{202e}\\u{200b}\\u{e0041}\\u{1b}[2J\\u{9b}2J\\u{7f}";

/// Asserts that an output has no character that is dangerous on a terminal, and no line from outside.
fn is_harmless(output: &process::Output) {
    for said in [stdout(output), stderr(output)] {
        let dangerous = said.chars().find(|&c| c != '\n' && kie_suno::types::text::is_dangerous(c));
        assert_eq!(dangerous, None, "{said}");
        assert!(!said.lines().any(|line| line.starts_with("charged: no")), "{said}");
    }
}

fn inspect(format: &str, kind: &str, body: &Value) -> Output {
    let mut child = kie()
        .args(["--format", format, "inspect", kind, "generate-music", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(body.to_string().as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_title_and_a_message_of_the_service_stay_on_their_lines() {
    let desk = Desk::new(Speed::Instant);
    let song = ["generate", "la", "--style", "polka", "--title", EVIL];
    let made = desk.run(&song);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    is_harmless(&made);
    assert!(stdout(&made).contains(PRINTED), "{made:?}");
    let saved = desk.run(&["save", "songs"]);
    assert_eq!(saved.status.code(), Some(0), "{saved:?}");
    is_harmless(&saved);

    let status = "GENERATE_AUDIO_FAILED".to_owned();
    desk.service.sandbox.script_task(TaskScript::Fails { status, code: 413, message: EVIL.to_owned(), after: None });
    let failed = desk.run(&["generate", "x"]);
    assert_eq!(failed.status.code(), Some(5), "{failed:?}");
    is_harmless(&failed);
    assert!(stderr(&failed).contains(PRINTED), "{failed:?}");

    desk.service.sandbox.fault("generate-music", Fault::refuse_with_message(422, EVIL));
    let refused = desk.kie().args(["generate", "x"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(4), "{refused:?}");
    assert!(stderr(&refused).contains(PRINTED), "{refused:?}");
    // The line of `kie` itself says the same, so it is left out before the check.
    let rest = stderr(&refused).replace("charged: no\n", "");
    is_harmless(&process::Output { stderr: rest.into_bytes(), ..(*refused).clone() });
}

#[test]
fn a_body_is_explained_on_its_lines() {
    let tracks = json!([{ "id": EVIL, "title": EVIL, "audioUrl": format!("https://example.com/{EVIL}") }]);
    let record = json!({ "code": 200, "msg": EVIL, "data": {
        "taskId": EVIL, "status": "SUCCESS", "response": { "taskId": EVIL, "sunoData": tracks },
    }});
    let failed = json!({ "code": 200, "msg": "success", "data": {
        "taskId": EVIL, "status": "GENERATE_AUDIO_FAILED", "errorCode": 500, "errorMessage": EVIL,
    }});
    let refused = json!({ "code": 422, "msg": EVIL, "data": { "taskId": EVIL } });
    for (kind, body) in [("record", &record), ("record", &failed), ("response", &refused), ("callback", &record)] {
        let output = inspect("text", kind, body);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        is_harmless(&output);
    }
    let long = json!({ "code": 422, "msg": "x".repeat(1 << 20), "data": null });
    assert!(inspect("text", "response", &long).stdout.len() < 1000);
}

#[test]
fn json_is_exact() {
    let record = json!({ "code": 200, "msg": EVIL, "data": {
        "taskId": "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e", "status": "SUCCESS",
        "response": { "sunoData": [{ "id": "7d0f3c52", "title": EVIL, "audioUrl": "https://example.com/a.mp3" }] },
    }});
    let inspected = document(&inspect("json", "record", &record));
    assert_eq!((&inspected["raw"], &inspected["items"][0]["title"]), (&record, &json!(EVIL)));

    let service = Service::new(Speed::Instant);
    let song = ["--format", "json", "generate", "la", "--style", "polka", "--title", EVIL];
    let made = document(&service.kie().args(song).output().unwrap());
    assert_eq!(made["items"][0]["title"], EVIL);
    service.sandbox.fault("generate-music", Fault::refuse_with_message(422, EVIL));
    let refused = document(&service.kie().args(song).output().unwrap());
    assert!(refused["message"].as_str().unwrap().contains(PRINTED), "an error is a text for people: {refused}");
}

#[test]
fn a_prompt_is_read_from_standard_input_and_from_a_file() {
    let service = Service::new(Speed::Instant);
    let folder = tempfile::tempdir().unwrap();
    let lyrics = folder.path().join("lyrics.txt");
    fs::write(&lyrics, "\u{feff}[Verse]\nhello\n").unwrap();
    let run = |prompt: &str, input: &str| {
        let mut command = service.kie();
        command.args(["--format", "json", "generate", "--style", "jazz", "--title", "T", "--", prompt]);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let sung = || service.sandbox.requests("generate-music").last().unwrap().body["prompt"].clone();
    for (prompt, input, expected) in [
        ("-", "[Verse] from a pipe\n", "[Verse] from a pipe"),
        (&*format!("@{}", lyrics.display()), "", "[Verse]\nhello"),
        ("@@home", "", "@home"),
        ("me @ home", "", "me @ home"),
    ] {
        let output = run(prompt, input);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(sung(), expected);
    }
    let missing = run("@no-such-file.txt", "");
    assert_eq!(missing.status.code(), Some(1), "{missing:?}");
    assert!(stderr(&missing).contains("no-such-file.txt cannot be read"), "{missing:?}");
    let empty = run("-", "");
    assert_eq!(empty.status.code(), Some(3), "{empty:?}");
    assert_eq!(service.sandbox.requests("generate-music").len(), 4);
}
