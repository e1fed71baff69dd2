//! Tests of `kie voice`.

use std::{fs, process::Stdio, thread, time::Duration};

use kie_sandbox::{Speed, TaskScript};
use serde_json::{Value, json};

use super::{ROUTES, words};
use crate::{
    stage::desk::Desk,
    stage::service::{document, stderr, stdout},
};

const SAMPLE: &str = "https://cdn.example.net/sample.mp3";
const PHRASE: &str = "https://cdn.example.net/phrase.mp3";

fn sent(desk: &Desk, operation: &str) -> Value {
    let body = desk.service.sandbox.requests(operation).pop().unwrap().body;
    if body["input"].is_object() { body["input"].clone() } else { body }
}

#[test]
fn a_voice_is_cloned_step_by_step_on_the_route_of_its_phrase() {
    for route in ROUTES {
        let desk = Desk::new(Speed::Instant);
        let phrase = ["--route", route, "voice", "phrase", SAMPLE, "--from", "0:04", "--to", "19", "--language", "de"];
        let output = desk.run(&phrase);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let asked = sent(&desk, "suno-voice-validate");
        let field = |classic: &str, market: &str| asked[if route == "market" { market } else { classic }].clone();
        assert_eq!(
            (field("vocalStartS", "vocal_start_s").as_f64(), field("vocalEndS", "vocal_end_s").as_f64()),
            (Some(4.0), Some(19.0))
        );
        assert_eq!((field("voiceUrl", "voice_url"), field("language", "language")), (json!(SAMPLE), json!("de")));
        let (said, told) = (stdout(&output), stderr(&output));
        assert!(said.lines().next().unwrap().split(' ').count() > 3, "the phrase: {said}");
        assert!(told.contains("within 2 minutes and 30 seconds, until ") && told.contains(" UTC"), "{told}");

        // The printed command needs only the recording.
        let next = told.lines().find_map(|line| line.strip_prefix("next: ")).expect(&told);
        let next = next.replace("RECORDING", PHRASE);
        let options = ["--voice-name", "Marta", "--description", "warm", "--style", "pop", "--skill", "advanced"];
        let make = [&words(&next)[2..], &options, &["--save", "voices"]].concat();
        let made = desk.json(0, &make);
        assert_eq!((&made["operation"], &made["route"]), (&json!("suno-voice-generate"), &json!(route)));
        let voice = made["items"][0]["id"].as_str().unwrap();
        let asked = sent(&desk, "suno-voice-generate");
        let skill = if route == "market" { "singer_skill_level" } else { "singerSkillLevel" };
        assert_eq!((&asked["style"], &asked[skill]), (&json!("pop"), &json!("advanced")));
        assert_eq!(desk.service.sandbox.requests("suno-voice-check-voice").len(), 1, "the voice was checked");
        assert_eq!(
            fs::read_to_string(made["files"][0]["path"].as_str().map(|path| desk.path(path)).unwrap()).unwrap(),
            voice
        );

        // The voice sings with the printed command.
        let next = made["next"][0].as_str().unwrap();
        let sung = desk.run(&words(next)[2..]);
        assert_eq!(sung.status.code(), Some(0), "{next}: {sung:?}");
        let song = sent(&desk, "generate-music").to_string();
        assert!(song.contains(voice) && song.contains("voice_persona"), "{song}");

        let checked = desk.json(0, &["voice", "check"]);
        assert_eq!((&checked["isAvailable"], &checked["taskId"]), (&json!(true), &made["taskId"]));
        assert_eq!(checked["route"], route);
    }
}

#[test]
fn the_newest_phrase_is_meant_and_local_files_are_uploaded() {
    let desk = Desk::new(Speed::Instant);
    fs::write(desk.path("sample.wav"), "RIFF").unwrap();
    desk.json(0, &["voice", "phrase", SAMPLE, "--to", "15"]);
    let newest = desk.json(0, &["voice", "phrase", "sample.wav", "--to", "15"]);
    assert!(sent(&desk, "suno-voice-validate")["voiceUrl"].as_str().unwrap().ends_with("sample.wav"));
    let output = desk.run(&["voice", "make", "sample.wav"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(sent(&desk, "suno-voice-generate")["taskId"], newest["taskId"]);
    assert!(stderr(&output).contains("the voice can be used"), "{output:?}");
    // Standard output is the id of the voice, and the price.
    assert_eq!(stdout(&output).lines().next().unwrap().len(), 36, "{output:?}");
    assert_eq!(desk.service.sandbox.requests("upload-file-stream").len(), 2);
}

#[test]
fn one_command_waits_for_the_recording_and_makes_the_voice() {
    for route in ROUTES {
        let desk = Desk::new(Speed::Instant);
        fs::write(desk.path("phrase.wav"), "an earlier recording").unwrap();
        let mut kie = desk.kie();
        kie.args(["--format", "json", "--route", route, "voice", "phrase", SAMPLE, "--to", "15"]);
        kie.args(["--recording", "phrase.wav", "--voice-name", "Marta"]);
        let running = kie.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        while desk.service.sandbox.requests("suno-voice-validate").is_empty() {
            thread::sleep(Duration::from_millis(20));
        }
        // The recorder writes in two parts.
        fs::write(desk.path("phrase.wav"), "RIFF").unwrap();
        fs::write(desk.path("phrase.wav"), "RIFF and the phrase").unwrap();
        let output = running.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let told = stderr(&output);
        assert!(told.contains("record them into phrase.wav within 2 minutes and 30 seconds"), "{told}");
        let made = document(&output);
        assert_eq!((&made["operation"], &made["route"]), (&json!("suno-voice-generate"), &json!(route)));
        let uploaded = desk.service.sandbox.requests("upload-file-stream");
        assert_eq!(uploaded.len(), 1);
        let asked = sent(&desk, "suno-voice-generate").to_string();
        assert!(asked.contains("phrase.wav") && asked.contains("Marta"), "{asked}");
        assert_eq!(desk.service.sandbox.requests("suno-voice-check-voice").len(), 1);
    }
}

#[test]
fn another_phrase_is_requested_after_a_recording_that_was_not_accepted() {
    for route in ROUTES {
        let desk = Desk::new(Speed::Instant);
        let first = desk.json(0, &["--route", route, "voice", "phrase", SAMPLE, "--to", "15"]);
        desk.service.sandbox.script_task(TaskScript::Fails {
            status: "fail".into(),
            code: 500,
            message: "It didn't sound like you said the phrase.".into(),
            after: None,
        });
        let failed = desk.json(5, &["voice", "make", PHRASE]);
        assert!(failed["message"].as_str().unwrap().contains("sound like you"), "{failed}");
        // The voice is not made, so it cannot be used, and no check was made by itself.
        assert!(desk.service.sandbox.requests("suno-voice-check-voice").is_empty());
        desk.json(4, &["voice", "check", failed["taskId"].as_str().unwrap()]);

        let second = desk.json(0, &["voice", "phrase", "--again", &first["taskId"].as_str().unwrap()[..8]]);
        assert_eq!((&second["operation"], &second["route"]), (&json!("suno-voice-regenerate"), &json!(route)));
        let made = desk.json(0, &["voice", "make", PHRASE]);
        assert_eq!(made["outcome"], "success", "the newest phrase is the new one");
    }
}

#[test]
fn invalid_input_is_refused_before_anything_is_sent_or_uploaded() {
    let desk = Desk::new(Speed::Instant);
    fs::write(desk.path("sample.wav"), "RIFF").unwrap();
    let phrase = |more: &[&'static str]| [&["voice", "phrase"], more].concat();
    let make = |more: &[&'static str]| [&["voice", "make"], more].concat();
    for (code, arguments, told) in [
        (3, phrase(&["sample.wav", "--to", "15.5"]), "--to is 15.5"),
        (3, phrase(&["sample.wav", "--from", "20", "--to", "15"]), "--to is 15, and must be more than --from"),
        (3, phrase(&["nowhere.wav", "--to", "15"]), "nowhere.wav"),
        (2, phrase(&["sample.wav"]), "--to"),
        (2, phrase(&["sample.wav", "--to", "15", "--language", "la"]), "de"),
        (2, phrase(&["sample.wav", "--to", "15", "--name", "order-1"]), "--name"),
        (2, phrase(&["sample.wav", "--to", "15", "--voice-name", "Marta"]), "--recording"),
        (2, phrase(&["sample.wav", "--to", "15", "--recording", "a.wav", "--no-wait"]), "--no-wait"),
        (2, phrase(&["sample.wav", "--to", "15", "--recording", "a.wav", "--skill", "good"]), "beginner"),
        (2, phrase(&["sample.wav", "--to", "15", "--again", "5b0e7a94c2d14f3d8a6f31c7e9d2b406"]), "--again"),
        (3, phrase(&["--again", "5b0e"]), "only the beginning"),
        (3, make(&["sample.wav"]), "kie voice phrase"),
        (3, make(&["sample.wav", "--phrase", "5b0e"]), "only the beginning"),
        (3, make(&["nowhere.wav", "--phrase", "5b0e7a94c2d14f3d8a6f31c7e9d2b406"]), "nowhere.wav"),
        (2, make(&["sample.wav", "--name", "order-1"]), "--name"),
        (3, vec!["voice", "check"], "kie voice make"),
    ] {
        let output = desk.run(&arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        assert!(stderr(&output).contains(told), "{arguments:?}: {output:?}");
    }
    for operation in ["suno-voice-validate", "suno-voice-generate", "suno-voice-check-voice", "upload-file-stream"] {
        assert!(desk.service.sandbox.requests(operation).is_empty(), "{operation}");
    }
}
