//! Tests of options that all verbs that make songs share: names, folders and texts from files.

use std::fs;

use kie_sandbox::Speed;
use serde_json::json;

use crate::{stage::desk::Desk, stage::service::stderr};

const LINK: &str = "https://cdn.example.net/hum.mp3";

#[test]
fn a_call_with_a_name_is_sent_once() {
    let desk = Desk::new(Speed::Instant);
    let order = ["cover", LINK, "--idea", "as a march", "--name", "order-1"];
    let first = desk.json(0, &order);
    let second = desk.json(0, &order);
    assert_eq!(first["taskId"], second["taskId"]);
    assert_eq!(desk.service.sandbox.requests("upload-and-cover-audio").len(), 1);
    let other = desk.json(3, &["cover", LINK, "--idea", "as a waltz", "--name", "order-1"]);
    assert_eq!((&other["outcome"], &other["violations"]), (&json!("invalid"), &json!([])));
}

#[test]
fn lyrics_come_from_a_file_and_results_are_saved() {
    let desk = Desk::new(Speed::Instant);
    fs::write(desk.path("lyrics.txt"), "[Verse]\nSalt on the window\n").unwrap();
    for (operation, arguments) in [
        ("upload-and-cover-audio", &["cover", LINK, "--style", "folk", "--title", "Salt"][..]),
        ("generate-mashup", &["mashup", LINK, LINK, "--style", "folk", "--title", "Salt"]),
        ("upload-and-extend-audio", &["extend", LINK, "--at", "10", "--style", "folk", "--title", "Salt"]),
        ("add-vocals", &["add-vocals", LINK, "--style", "folk", "--title", "Salt", "--negative-tags", "edm"]),
    ] {
        let before = desk.songs();
        let made = desk.json(0, &[arguments, &["--lyrics", "@lyrics.txt", "--save", "songs"]].concat());
        assert_eq!(
            (made["operation"].as_str(), made["files"].as_array().unwrap().len()),
            (Some(operation), 2),
            "{made}"
        );
        assert_eq!(desk.songs(), before + 2);
        let sent = desk.service.sandbox.requests(operation).pop().unwrap().body;
        assert_eq!(sent["prompt"], "[Verse]\nSalt on the window", "{sent}");
    }
    let missing = desk.run(&["cover", LINK, "--lyrics", "@no-such.txt", "--style", "a", "--title", "b"]);
    assert_eq!(missing.status.code(), Some(1), "{missing:?}");
    assert!(stderr(&missing).contains("no-such.txt cannot be read"), "{missing:?}");
}

#[test]
fn lyrics_are_given_once() {
    let desk = Desk::new(Speed::Instant);
    for route in ["classic", "market"] {
        let twice = ["--route", route, "generate", "la", "--lyrics", "la la", "--style", "a", "--title", "b"];
        let refused = desk.run(&twice);
        assert_eq!(refused.status.code(), Some(3), "{refused:?}");
        assert!(stderr(&refused).contains("give the lyrics as PROMPT or as --lyrics, not both"), "{refused:?}");
    }
    assert_eq!(desk.starts(), 0);
}
