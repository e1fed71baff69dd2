//! Tests of the texts and exit codes about money, of tasks that a refusal names, and of mistakes that are not paid for.

use std::{
    fs::OpenOptions,
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use kie_sandbox::{Fault, Speed};
use serde_json::json;

use crate::{
    stage::desk::Desk,
    stage::service::{Service, document, kie, stderr, stdout},
};

#[test]
fn a_refusal_that_may_have_been_charged_is_7() {
    let service = Service::new(Speed::Instant);
    service.sandbox.fault("generate-music", Fault::refuse(500));
    let output = service.kie().args(["--format", "json", "generate", "x"]).output().unwrap();
    assert_eq!(output.status.code(), Some(7), "{output:?}");
    let document = document(&output);
    assert_eq!((&document["outcome"], &document["charged"]), (&json!("unknown"), &json!("unknown")), "{document}");
    // A refusal of a lookup costs nothing.
    service.sandbox.faults(|_| Some(Fault::refuse(505)));
    assert_eq!(service.kie().arg("credits").output().unwrap().status.code(), Some(4));
}

#[test]
fn a_task_that_a_refusal_names_is_told_and_can_be_saved() {
    for code in [429, 409, 500] {
        let service = Service::new(Speed::Instant);
        let folder = tempfile::tempdir().unwrap();
        service.sandbox.fault("generate-music", Fault::RefuseStarted { code, msg: "too busy".into() });
        let output = service.kie().args(["generate", "x", "--save"]).arg(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(7), "{output:?}");
        let said = stderr(&output);
        let command = said.lines().find_map(|line| line.strip_prefix("continue with: kie ")).expect(&said);
        let words: Vec<_> = command.split(' ').map(|word| word.trim_matches('\'')).collect();
        let saved = service.kie().args(words).output().unwrap();
        assert_eq!(saved.status.code(), Some(0), "{saved:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
        assert_eq!(service.sandbox.requests("generate-music").len(), 1);
    }
}

#[test]
fn a_word_that_is_no_id_is_refused_before_anything_is_sent() {
    let service = Service::new(Speed::Instant);
    let id = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";
    for arguments in [
        &["extend", "29af5384", "--model", "V5"][..],
        &["extend", "songs/A polka-29af5384.mp3", "--model", "V5"],
        &["video", "7d0f3c52-0b1e-4a5e-9c1d-2e3f4a5b6c7d", "--task", "4be1c0d2"],
        &["video", "7d0f3c52", "--task", id],
        &["extend", "", "--model", "V5"],
    ] {
        let output = service.kie().args(["--format", "json"]).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        assert!(stderr(&output).contains(" is not the id of a t"), "{output:?}");
        assert_eq!(document(&output)["charged"], "no");
    }
    let request = tempfile::NamedTempFile::new().unwrap();
    let video =
        json!({ "taskId": id, "audioId": "songs/A polka-29af5384.mp3", "callBackUrl": "https://example.com/kie" });
    std::fs::write(request.path(), video.to_string()).unwrap();
    let call = |more: &[&str]| {
        let mut kie = service.kie();
        kie.args(["call", "create-music-video", "--json"]).arg(request.path()).args(more).output().unwrap()
    };
    assert_eq!(call(&[]).status.code(), Some(3));
    for operation in ["extend-music", "create-music-video"] {
        assert!(service.sandbox.requests(operation).is_empty());
    }
    call(&["--unchecked"]);
    assert_eq!(service.sandbox.requests("create-music-video").len(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_1_and_the_task_is_told() {
    let service = Service::new(Speed::Instant);
    for arguments in [&["--format", "json", "generate", "x"][..], &["generate", "x"], &["operations"], &["credits"]] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = service.kie().args(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let said = stderr(&output);
        assert!(said.contains("error: the result could not be written to standard output: No space left"), "{said}");
        assert_eq!(said.contains("task "), arguments.contains(&"generate"), "{said}");
    }
}

#[test]
fn nothing_of_a_simulator_that_ended_is_offered() {
    let made = kie().args(["--sandbox", "generate", "a waltz"]).output().unwrap();
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    assert!(!stdout(&made).contains("http") && !stderr(&made).contains("KIE documents"), "{made:?}");
    assert!(stderr(&made).contains("the simulator ended with this command"), "{made:?}");
    let made = kie().args(["--sandbox", "--format", "json", "generate", "a waltz"]).output().unwrap();
    assert!(!stdout(&made).contains("http"), "{made:?}");
    assert_eq!(document(&made)["keptUntil"], json!(null));

    let id = document(&made)["taskId"].as_str().unwrap().to_owned();
    for arguments in [&["task", "generate-music", &id][..], &["save", "songs"]] {
        let output = kie().arg("--sandbox").args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains("kie sandbox"), "{output:?}");
    }
}

#[test]
fn a_call_that_waits_for_an_earlier_one_of_its_name_says_so() {
    let desk = Desk::new(Speed::Instant);
    desk.service.sandbox.fault("generate-music", Fault::Hang);
    let order = ["generate", "x", "--name", "order-1"];
    let mut first = desk.kie().args(order).stderr(Stdio::null()).spawn().unwrap();
    while desk.starts() == 0 {
        assert!(first.try_wait().unwrap().is_none(), "the call never came");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let mut second = desk.kie().args(order).stderr(Stdio::piped()).spawn().unwrap();
    let line = BufReader::new(second.stderr.take().unwrap()).lines().next().unwrap().unwrap();
    assert!(line.starts_with("an earlier call with this name has no response yet; waiting for it"), "{line}");
    second.kill().unwrap();
    second.wait().unwrap();
    assert_eq!(desk.starts(), 1);
}

#[test]
fn a_dead_address_is_told_while_it_is_tried_again() {
    let mut kie = kie();
    kie.args(["--base-url", "http://127.0.0.1:9", "--api-key", "k", "credits"]);
    let mut child = kie.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = lines.next().unwrap().unwrap();
    assert!(line.starts_with("get-account-credits: there is no connection to the host, trying again"), "{line}");
    assert!(line.contains(", 2 of 6: Connection refused"), "{line}");
    child.kill().unwrap();
    child.wait().unwrap();
}
