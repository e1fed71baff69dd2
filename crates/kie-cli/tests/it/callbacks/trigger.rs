//! The callbacks that `kie trigger` can send.

use std::{collections::BTreeSet, fs, io::Write as _, path::PathBuf, process::Stdio};

use serde_json::Value;

use crate::stage::{
    kie::Output,
    listener::{Listener, body, with_key},
    service::{document, kie, stderr, stdout},
};

/// Returns the explanation of a callback by `kie inspect`.
fn inspect(route: &str, operation: &str, body: &str) -> Value {
    let mut command = kie();
    command.args(["--format", "json", "--route", route, "inspect", "callback", operation, "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(body.as_bytes()).unwrap();
    let output: Output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{operation}: {body}");
    document(&output)
}

/// Returns the callbacks of a route: their names and operations.
fn listed(route: &str) -> Vec<(String, String)> {
    let output = kie().args(["--format", "json", "--route", route, "trigger"]).output().unwrap();
    let document = document(&output);
    let text = |of: &Value, key: &str| of[key].as_str().unwrap().to_owned();
    let callbacks = document["callbacks"].as_array().unwrap();
    callbacks.iter().map(|callback| (text(callback, "name"), text(callback, "operation"))).collect()
}

#[test]
fn every_callback_of_both_routes_is_read() {
    for (route, number) in [("classic", 24), ("market", 22)] {
        let listed = listed(route);
        assert_eq!(listed.len(), number, "{listed:#?}");
        for (name, operation) in listed {
            let body = body(&["--route", route, &name, "--task-id", "4be1"]);
            let explained = inspect(route, &operation, &body);
            let (_, event) = name.split_once('.').unwrap();
            let expected = match event.split('-').next().unwrap() {
                "error" => "failed",
                "complete" => "success",
                _ => "running",
            };
            assert_eq!(explained["outcome"], expected, "{route} {name}: {body}");
            assert_eq!(explained["taskId"], "4be1", "{route} {name}: {body}");
            if expected == "failed" {
                assert_eq!(explained["code"], 501, "{route} {name}: {body}");
            }
            if ["text", "first"].contains(&event) {
                assert_eq!(explained["stage"], event);
            }
        }
    }
}

#[test]
fn the_code_of_a_failure_is_chosen() {
    for (route, code) in [("classic", 413), ("market", 531)] {
        let body = body(&["--route", route, "music.error", "--code", &code.to_string()]);
        let explained = inspect(route, "generate-music", &body);
        assert_eq!((&explained["outcome"], &explained["code"]), (&"failed".into(), &code.into()), "{body}");
    }
}

#[test]
fn the_kinds_are_those_of_the_contract() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../kie-types/contract/openapi.json");
    let contract: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let webhooks = contract["webhooks"].as_object().unwrap().keys().filter(|kind| *kind != "any");
    let listed = listed("classic");
    let kinds: BTreeSet<&str> = listed.iter().map(|(name, _)| name.split('.').next().unwrap()).collect();
    assert_eq!(kinds, webhooks.map(String::as_str).collect());
}

#[test]
fn without_a_key_the_callback_is_not_signed_and_this_is_told() {
    let mut listener = Listener::of(kie(), &["--count", "1"]);
    let output = kie().args(["trigger", "music.text", "--to", &listener.url]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let hint =
        "hint: sent without a signature, because there is no webhook key: --webhook-key or KIE_WEBHOOK_KEY sets it\n";
    assert_eq!(stderr(&output), hint);
    assert_eq!(listener.event()["headers"], serde_json::json!({ "Content-Type": "application/json" }));
    listener.end();
}

#[test]
fn the_document_has_each_answer() {
    let listener = Listener::start(&[]);
    let json = ["--format", "json", "--times", "2"];
    let sent = document(&listener.trigger(0, &[&["music.first"], &json[..]].concat()));
    assert_eq!(sent["callbacks"][0]["answers"].as_array().unwrap().len(), 2);
    let refused = listener.trigger(1, &[&["music.first", "--forged"], &json[..]].concat());
    assert_eq!(document(&refused)["callbacks"][0]["answers"][1]["status"], 401);
    assert_eq!(stderr(&refused), format!("error: {} did not accept 2 of the callbacks\n", listener.url));
}

#[test]
fn wrong_usage_is_told() {
    for (arguments, told) in [
        (&["music.complete"][..], "name the receiver with --to URL, or print the body with --print"),
        (&["music.compleet", "--print"], "a similar value exists: 'music.complete'"),
        (&["music.text", "--print", "--route", "market"], "on the market route, no task has the callback music.text"),
        (&["music.text", "--print", "--code", "413"], "--code needs a name with error, and music.text is none"),
        (&["music.text", "--print", "--task-id", "a\"b"], "an id consists of letters, digits, - and _"),
    ] {
        let output = with_key().arg("trigger").args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains(told), "{output:?}");
        assert_eq!(stdout(&output), "");
    }
}
