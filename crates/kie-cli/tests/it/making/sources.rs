//! Tests of the sources of songs: local files, links, saved songs and ids.

use std::fs;

use kie_sandbox::{Speed, TaskScript};
use serde_json::{Value, json};

use crate::{
    stage::desk::Desk,
    stage::service::{stderr, stdout},
};

/// A song that is saved in the ledger: the ids of its task and of its first track, the link of the track and its file.
struct Song {
    task: String,
    track: String,
    link: String,
    file: String,
}

fn song(desk: &Desk) -> Song {
    let made = desk.json(0, &["generate", "a waltz", "--save", "songs"]);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let item = &made["items"][0];
    let file = made["files"].as_array().unwrap().iter().find(|file| file["id"] == item["id"]).unwrap();
    let [track, link] = ["id", "url"].map(|key| text(&item[key]));
    Song { task: text(&made["taskId"]), track, link, file: text(&file["path"]) }
}

/// Returns the bodies of all requests to an operation.
fn bodies(desk: &Desk, operation: &str) -> Vec<Value> {
    desk.service.sandbox.requests(operation).into_iter().map(|request| request.body).collect()
}

fn uploads(desk: &Desk) -> usize {
    desk.service.sandbox.requests("upload-file-stream").len()
}

#[test]
fn a_cover_is_made_of_every_kind_of_source() {
    let desk = Desk::new(Speed::Instant);
    let song = song(&desk);
    fs::write(desk.path("hum.wav"), "RIFF of a hum").unwrap();
    let cover = |source: &[&str]| {
        let before = uploads(&desk);
        let mut arguments = vec!["cover"];
        arguments.extend(source);
        arguments.extend(["--idea", "as a march"]);
        let output = desk.run(&arguments);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let sent = bodies(&desk, "upload-and-cover-audio").pop().unwrap();
        assert_eq!((&sent["prompt"], &sent["customMode"]), (&json!("as a march"), &json!(false)), "{sent}");
        (uploads(&desk) - before, sent["uploadUrl"].as_str().unwrap().to_owned(), stderr(&output))
    };
    // A local file is uploaded, and that is told before the price.
    let (uploaded, address, said) = cover(&["hum.wav"]);
    assert!(uploaded == 1 && address.starts_with("http"), "{address}");
    assert!(said.find("uploading hum.wav").expect(&said) < said.find("price: ").expect(&said), "{said}");
    // The saved file of a song is uploaded, if it is named or found.
    let name = song.file.rsplit('/').next().unwrap();
    for source in [&song.file, &song.task, &song.task[..8], &song.track, &song.track[..8]] {
        let (uploaded, address, said) = cover(&[source]);
        assert!(uploaded == 1 && address != song.link, "{source}: {address}");
        assert!(said.contains("uploading ") && said.contains(name), "{source}: {said}");
    }
    // The newest track is a cover, which is not saved.
    let (uploaded, address, _) = cover(&["--last"]);
    assert!(uploaded == 0 && address.contains("/files/"), "{address}");
    let (uploaded, address, _) = cover(&["https://cdn.example.net/hum.mp3"]);
    assert_eq!((uploaded, address.as_str()), (0, "https://cdn.example.net/hum.mp3"));
    // Without its file, the link of the song is used.
    fs::remove_file(desk.path(&song.file)).unwrap();
    let (uploaded, address, _) = cover(&[&song.task]);
    assert_eq!((uploaded, address), (0, song.link));
}

#[test]
fn a_track_that_is_not_in_the_ledger_is_found_by_its_task() {
    let desk = Desk::new(Speed::Instant);
    let song = song(&desk);
    let cover = |more: &[&str]| {
        let mut kie = desk.service.kie();
        kie.args(["cover", &song.track, "--idea", "as a march"]).args(more).output().unwrap()
    };
    let unknown = cover(&[]);
    assert_eq!(unknown.status.code(), Some(3), "{unknown:?}");
    assert!(stderr(&unknown).contains("add --task TASK_ID"), "{unknown:?}");
    assert!(bodies(&desk, "upload-and-cover-audio").is_empty());
    assert_eq!(cover(&["--task", &song.task]).status.code(), Some(0));
    assert_eq!(bodies(&desk, "upload-and-cover-audio")[0]["uploadUrl"], json!(song.link));
    // The record of the task tells the model too.
    let mut kie = desk.service.kie();
    let extended = kie.args(["extend", &song.track, "--task", &song.task]).output().unwrap();
    assert_eq!(extended.status.code(), Some(0), "{extended:?}");
    assert_eq!(bodies(&desk, "extend-music")[0]["model"], "V5_5");
}

#[test]
fn a_track_is_extended_with_the_model_and_on_the_route_that_made_it() {
    let desk = Desk::new(Speed::Instant);
    let old = desk.json(0, &["generate", "x", "--model", "V4_5", "--no-wait"]);
    let market = desk.json(0, &["--route", "market", "generate", "y", "--no-wait"]);
    for (source, model, path) in [
        (old["taskId"].as_str().unwrap(), "V4_5", "/api/v1/generate/extend"),
        (market["taskId"].as_str().unwrap(), "V6", "/api/v1/jobs/createTask"),
    ] {
        let extended = desk.json(0, &["extend", source, "--track", "2"]);
        assert_eq!(extended["operation"], "extend-music");
        let sent = desk.service.sandbox.requests("extend-music").pop().unwrap();
        let fields = if sent.body["input"].is_object() { &sent.body["input"] } else { &sent.body };
        assert_eq!((sent.path.as_str(), &fields["model"]), (path, &json!(model)), "{}", sent.body);
    }
}

#[test]
fn a_recording_is_extended_and_its_sections_are_replaced() {
    let desk = Desk::new(Speed::Instant);
    fs::write(desk.path("hum.wav"), "RIFF of a hum").unwrap();
    let extended = desk.json(0, &["extend", "hum.wav", "--at", "1:02.5"]);
    assert_eq!(extended["operation"], "upload-and-extend-audio");
    let sent = bodies(&desk, "upload-and-extend-audio").pop().unwrap();
    assert_eq!((&sent["continueAt"], &sent["defaultParamFlag"]), (&json!(62.5), &json!(false)), "{sent}");
    let replace = ["replace", "hum.wav", "--from", "5", "--to", "0:20", "--lyrics", "a", "--full-lyrics", "b"];
    let replaced = desk.json(0, &[&replace[..], &["--style", "folk", "--title", "Harbour"]].concat());
    assert_eq!(replaced["operation"], "replace-section");
    let sent = bodies(&desk, "replace-section").pop().unwrap();
    assert_eq!((&sent["model"], sent["infillEndS"].as_f64()), (&json!("V5_5"), Some(20.0)), "{sent}");
    assert!(sent["uploadUrl"].is_string() && sent["audioId"].is_null() && sent["taskId"].is_null(), "{sent}");
    assert_eq!(uploads(&desk), 2);
}

#[test]
fn a_section_of_a_track_is_replaced() {
    let desk = Desk::new(Speed::Instant);
    let song = song(&desk);
    let replace = ["replace", &song.file, "--from", "5", "--to", "20", "--lyrics", "a", "--full-lyrics", "b"];
    let replaced = desk.json(0, &[&replace[..], &["--style", "folk"]].concat());
    assert_eq!((&replaced["outcome"], &replaced["price"]), (&json!("success"), &json!(5.0)));
    let sent = bodies(&desk, "replace-section").pop().unwrap();
    assert_eq!((&sent["taskId"], &sent["audioId"]), (&json!(song.task), &json!(song.track)), "{sent}");
    assert_eq!((&sent["title"], &sent["tags"], &sent["prompt"]), (&json!("A waltz"), &json!("folk"), &json!("a")));
    assert_eq!(uploads(&desk), 0);
    // The new version is a track as any other: its model is in the record of its task.
    let next = desk.json(0, &["extend", "--last"]);
    assert_eq!(next["outcome"], "success", "{next}");
    assert_eq!(bodies(&desk, "extend-music").pop().unwrap()["model"], "V5_5");
}

#[test]
fn a_position_after_the_end_of_a_track_is_refused_with_all_other_mistakes() {
    let desk = Desk::new(Speed::Instant);
    let song = song(&desk);
    let late = desk.json(3, &["extend", &song.task, "--at", "60:00"]);
    let violations = late["violations"].as_array().unwrap().clone();
    let flags: Vec<_> = violations.iter().map(|broken| (&broken["field"], &broken["flag"])).collect();
    let [style, prompt, at] = &flags[..] else { panic!("{late}") };
    assert_eq!(*style, (&json!("style"), &json!("--style")));
    assert_eq!(*prompt, (&json!("prompt"), &json!("--lyrics")));
    assert_eq!(*at, (&json!("continueAt"), &json!("--at")));
    let replace = ["replace", &song.task, "--from", "3590", "--to", "60:00", "--lyrics", "a", "--full-lyrics", "b"];
    let late = desk.run(&[&replace[..], &["--style", "folk"]].concat());
    assert_eq!(late.status.code(), Some(3), "{late:?}");
    assert!(stderr(&late).contains("  --to is 3600, and the track plays for "), "{late:?}");
    assert!(bodies(&desk, "extend-music").is_empty() && bodies(&desk, "replace-section").is_empty());
}

/// Returns a WAV file of this duration, with one byte for each second.
fn wav(seconds: usize) -> Vec<u8> {
    let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x01\0\0\0\x01\0\0\0\x01\0\x08\0data".to_vec();
    file.extend(u32::try_from(seconds).unwrap().to_le_bytes());
    file.resize(file.len() + seconds, 0);
    file
}

#[test]
fn the_duration_of_a_local_file_is_known_before_it_is_uploaded() {
    let desk = Desk::new(Speed::Instant);
    fs::write(desk.path("long.wav"), wav(481)).unwrap();
    fs::write(desk.path("short.wav"), wav(30)).unwrap();
    fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/../kie-sandbox/assets/waltz.mp3"), desk.path("waltz.mp3")).unwrap();
    let replace = ["--from", "10", "--to", "31", "--lyrics", "a", "--full-lyrics", "b", "--style", "s", "--title", "t"];
    for (told, arguments) in [
        ("--at is 30, and the track plays for 30 seconds", &["extend", "short.wav", "--at", "0:30"][..]),
        ("--at is 3600, and the track plays for ", &["extend", "waltz.mp3", "--at", "60:00"]),
        ("--to is 31, and the track plays for 30 seconds", &[&["replace", "short.wav"], &replace[..]].concat()),
        (
            "SOURCE plays for 481.0 seconds, and the service accepts at most 8 minutes",
            &["cover", "long.wav", "--idea", "x"],
        ),
        ("SOURCE plays for 481.0 seconds", &["extend", "long.wav", "--at", "1"]),
    ] {
        let output = desk.run(arguments);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {output:?}");
        assert!(stderr(&output).contains(told), "{arguments:?}: {output:?}");
    }
    assert_eq!((uploads(&desk), desk.service.sandbox.tasks().len()), (0, 0));
    desk.json(0, &["extend", "short.wav", "--at", "29.9"]);
    desk.json(0, &["extend", "waltz.mp3", "--at", "1"]);
    assert_eq!(uploads(&desk), 2);
}

#[test]
fn a_failed_task_is_not_polled_for_the_last_track() {
    let desk = Desk::new(Speed::Instant);
    let song = song(&desk);
    desk.service.sandbox.script_task(TaskScript::fails(501));
    let failed = desk.json(5, &["generate", "x"]);
    let polls = || desk.service.sandbox.requests("get-music-details").len();
    let before = polls();
    desk.json(0, &["wav", "--last", "--no-wait"]);
    assert_eq!(bodies(&desk, "convert-to-wav").pop().unwrap()["taskId"], song.task);
    desk.json(3, &["wav", failed["taskId"].as_str().unwrap(), "--no-wait"]);
    assert_eq!(polls(), before, "the ledger knows that the task has made nothing");
}

#[test]
fn nothing_is_uploaded_or_sent_for_an_invalid_request() {
    let desk = Desk::new(Speed::Instant);
    fs::write(desk.path("hum.wav"), "RIFF of a hum").unwrap();
    fs::write(desk.path("empty.wav"), "").unwrap();
    fs::write(desk.path("songs"), "a file, not a folder").unwrap();
    let tags = ["--negative-tags", "edm", "--title", "t"];
    for (code, told, arguments) in [
        (3, "--idea is required, or --style, --title and --lyrics", &["cover", "hum.wav"][..]),
        (3, "--title is required with --style", &["cover", "hum.wav", "--style", "dub", "--instrumental"]),
        (3, "--at is required", &["extend", "hum.wav"]),
        (3, "--lyrics is required", &["add-vocals", "hum.wav", "--style", "s", tags[0], tags[1]]),
        (3, "--title is required", &["add-instrumental", "hum.wav", "--style", "s", tags[0], tags[1]]),
        (
            3,
            "--lyrics works only on the market route: add --route market",
            &["add-instrumental", "hum.wav", "--style", "s", "--lyrics", "la", tags[0], tags[1], tags[2], tags[3]],
        ),
        (3, "--title is required with --style", &["mashup", "hum.wav", "hum.wav", "--style", "s", "--instrumental"]),
        (3, "SOURCE is not an http or https address", &["cover", "ftp://example.net/a.mp3", "--idea", "x"]),
        (3, "is not the id of a track", &["cover", "no-such.wav", "--idea", "x"]),
        (2, "run kie upload first", &["cover", "hum.wav", "--idea", "x", "--name", "order-1"]),
        (1, "files cannot be saved in songs", &["cover", "hum.wav", "--idea", "x", "--save", "songs"]),
        (2, "cannot be used with", &["cover", "hum.wav", "--idea", "x", "--style", "s"]),
        (2, "SOURCE", &["mashup", "hum.wav"]),
        (
            3,
            "--to is 12, and must be at least 15",
            &[
                "replace",
                "hum.wav",
                "--from",
                "5",
                "--to",
                "12",
                "--lyrics",
                "a",
                "--full-lyrics",
                "b",
                "--style",
                "s",
                "--title",
                "t",
            ],
        ),
    ] {
        let output = desk.run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        assert!(stderr(&output).contains(told), "{arguments:?}: {output:?}");
        assert_eq!(stdout(&output), "", "{arguments:?}");
    }
    let request =
        json!({ "uploadUrl": "hum.wav", "customMode": false, "instrumental": false, "model": "V5", "prompt": "x" });
    fs::write(desk.path("request.json"), request.to_string()).unwrap();
    let call = ["call", "upload-and-cover-audio", "--json", "request.json", "--allow-files", ".", "--save", "songs"];
    assert!(stderr(&desk.run(&call)).contains("files cannot be saved in songs"));
    let made = desk.service.sandbox.tasks().len();
    assert_eq!((uploads(&desk), made), (0, 0));
}
