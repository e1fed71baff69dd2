//! The output of `kie listen`, its choices, and its limits.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::stage::{
    kie::Kie,
    listener::{Listener, body, with_key},
    service::{kie, stderr, stdout},
};

/// Returns what `kie listen` prints for people about bodies that are sent to it, after its start message.
fn told(mut kie: Kie, arguments: &[&str], bodies: &[&str]) -> Vec<String> {
    let folder = tempdir().unwrap();
    let count = bodies.len().to_string();
    kie.args(["listen", "--port", "0", "--count", &count]).args(arguments);
    let mut child = kie.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first = lines.next().unwrap();
    let url = first.strip_prefix("receives callbacks at ").unwrap();
    for body in bodies {
        let file = folder.path().join("body.json");
        fs::write(&file, body).unwrap();
        let output = with_key().arg("replay").arg(&file).args(["--to", url]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
    let lines: Vec<String> = lines.collect();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let start = lines.iter().position(|line| line == "press Ctrl-C to stop").unwrap();
    lines[..start].iter().chain(&lines[start + 1..]).cloned().collect()
}

/// Returns a line about a callback without its time.
fn untimed(line: &str) -> &str {
    assert!(line.len() > 14 && line[8..].starts_with(" UTC  "), "{line}");
    &line[14..]
}

#[test]
fn people_read_kind_stage_results_and_failures() {
    let song = body(&["music.complete", "--task-id", "4be1"]);
    let failed = body(&["music.error", "--code", "531", "--task-id", "9c7f"]);
    let video =
        json!({ "code": 200, "msg": "", "data": { "task_id": "5\u{1b}[2J", "video_url": "https://h.example/v" } });
    let lines = told(with_key(), &[], &[&song, &song, &failed, &video.to_string()]);
    let [verifies, _, _, first, song, other, again, _, _, failed, why, video, link] = &lines[..] else {
        panic!("{lines:#?}")
    };
    assert_eq!(verifies, "  only callbacks that are signed with the webhook key are accepted");
    assert_eq!(untimed(first), "music complete, task 4be1: verified");
    for song in [song, other] {
        let (title, length) = song.trim_start().split_once("  ").unwrap();
        assert_eq!((title, length.len(), &length[1..2]), ("Lo fi rain", 4, ":"), "{song}");
    }
    assert_eq!(untimed(again), "music complete, task 4be1: verified, redelivery");
    assert_eq!(untimed(failed), "music failed, task 9c7f: verified");
    assert_eq!(why, "  code 531: Server error - Generation failed, credits refunded");
    assert_eq!(untimed(video), "music-video complete, task 5\\u{1b}[2J: verified");
    assert_eq!(link, "  https://h.example/v");
}

#[test]
fn without_a_key_each_callback_is_not_verified() {
    let unread = json!({ "code": 501, "msg": "no", "data": { "task_id": "4be1" } }).to_string();
    let lines = told(kie(), &[], &[&unread]);
    assert_eq!(lines[0], "  not verified: there is no webhook key, so every callback is accepted");
    assert_eq!(untimed(&lines[3]), "of an unknown kind, task 4be1: not verified");
    assert_eq!(lines[4], "  code 501: no");
    let lines = told(with_key(), &["--allow-unsigned"], &[&unread]);
    assert_eq!(lines[0], "  signatures are verified; callbacks without a signature are accepted too");
    assert_eq!(untimed(&lines[3]), "of an unknown kind, task 4be1: verified");
}

#[test]
fn an_address_for_other_machines_needs_a_key_or_consent() {
    let output = kie().args(["listen", "--host", "0.0.0.0", "--port", "0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("set KIE_WEBHOOK_KEY, or add --allow-unsigned"), "{output:?}");
    for (command, more) in [(with_key(), &[][..]), (kie(), &["--allow-unsigned"])] {
        Listener::of(command, &[&["--host", "0.0.0.0"], more].concat());
    }
}

#[test]
fn a_missing_signature_can_be_allowed_and_a_wrong_one_cannot() {
    let mut listener = Listener::start(&["--allow-unsigned", "--count", "1"]);
    listener.trigger(1, &["music.text", "--forged"]);
    assert_eq!(listener.event()["refused"], "forged");
    listener.trigger(0, &["music.text", "--unsigned"]);
    let line = listener.event();
    assert_eq!((&line["verified"], &line["refused"]), (&json!(false), &json!(null)));
    listener.end();
}

#[test]
fn old_and_new_keys_are_accepted() {
    let mut kie = kie();
    kie.env("KIE_WEBHOOK_KEY", "new whk");
    let mut listener = Listener::of(kie, &["--count", "2"]);
    listener.trigger(0, &["music.text"]);
    listener.trigger(0, &["music.text", "--webhook-key", "new"]);
    assert_eq!([listener.event(), listener.event()].map(|line| line["verified"].clone()), [true, true]);
    listener.end();
}

/// Sends bytes, and returns the HTTP status of the response.
fn status(url: &str, request: &str) -> String {
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(address).unwrap();
    // The listener may answer and close before it has read everything.
    let _ = stream.write_all(request.as_bytes());
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[test]
fn requests_that_are_no_callbacks_are_refused_and_do_not_count() {
    let mut listener = Listener::start(&["--count", "1"]);
    let post =
        |length: usize, body: &str| format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{body}");
    for (request, status_code, word) in [
        ("GET /favicon.ico HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(), "405", "method"),
        (post(2, "{}"), "401", "unsigned"),
        (post(5 << 20, ""), "413", "tooLarge"),
    ] {
        assert_eq!(status(&listener.url, &request), status_code, "{word}");
        let line = listener.event();
        assert_eq!((&line["refused"], line["status"].to_string().as_str()), (&json!(word), status_code));
    }
    listener.trigger(0, &["music.text"]);
    assert_eq!(listener.event()["refused"], json!(null));
    listener.end();
}

#[test]
fn callbacks_of_a_simulator_with_the_same_key_are_verified() {
    let mut sandbox = with_key();
    sandbox
        .args(["--format", "json", "sandbox", "--port", "0", "--speed", "instant", "--quiet"])
        .stdout(Stdio::piped());
    let mut sandbox = sandbox.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(sandbox.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let started: Value = serde_json::from_str(&line).unwrap();
    let mut listener = Listener::start(&["--count", "3"]);
    let mut generate = kie();
    generate.args(["--base-url", started["baseUrl"].as_str().unwrap(), "generate", "a waltz", "--no-wait"]);
    let output = generate.args(["--call-back-url", &format!("{}kie", listener.url)]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    for stage in ["text", "first", "complete"] {
        let line = listener.event();
        assert_eq!((&line["verified"], &line["report"]["stage"]), (&json!(true), &json!(stage)));
        assert_eq!(line["taskId"], stdout(&output).trim());
    }
    listener.end();
    sandbox.kill().unwrap();
    sandbox.wait().unwrap();
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_with_0() {
    for signal in ["-INT", "-TERM"] {
        let listener = Listener::start(&[]);
        assert!(Command::new("kill").args([signal, &listener.id().to_string()]).status().unwrap().success());
        assert_eq!(listener.end(), [""; 0]);
    }
}

#[test]
fn a_port_in_use_is_named_with_the_way_out() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let output = kie().args(["listen", "--port", &address.port().to_string()]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told =
        format!("error: {address} is already in use; choose another port with --port; --port 0 takes a free one\n");
    assert_eq!(stderr(&output), told);
}
