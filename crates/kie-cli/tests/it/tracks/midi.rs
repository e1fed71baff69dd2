//! Tests of `kie midi`.

use serde_json::{Value, json};

use super::{Studio, words};
use crate::stage::service::{stderr, stdout};

/// Returns the number of tracks in a Standard MIDI File.
fn tracks(file: &[u8]) -> u16 {
    assert!(file.starts_with(b"MThd\0\0\0\x06\0\x01"), "{file:?}");
    u16::from_be_bytes([file[10], file[11]])
}

#[test]
fn the_newest_stems_of_the_track_become_a_standard_midi_file() {
    let studio = Studio::new("classic");
    let of_second = studio.json(0, &["stems", studio.task(), "--track", "2"]);
    let vocals = studio.json(0, &["stems", "--last"]);
    let all = studio.json(0, &["stems", "--last", "--type", "all"]);
    let stems = |task: &Value, sent: Value| assert_eq!(&sent["taskId"], task);

    studio.json(0, &["midi", "--last", "--save", "all"]);
    stems(&all["taskId"], studio.sent("generate-midi"));
    assert_eq!(tracks(&studio.only_file("all", "mid")), 13, "a track with the tempo, and one for each stem");

    studio.json(0, &["midi", &studio.file(1), "--save", "second"]);
    stems(&of_second["taskId"], studio.sent("generate-midi"));
    assert_eq!(tracks(&studio.only_file("second", "mid")), 3);

    let short = &vocals["taskId"].as_str().unwrap()[..8];
    studio.json(0, &["midi", "--stems", short]);
    stems(&vocals["taskId"], studio.sent("generate-midi"));
    assert!(studio.sent("generate-midi").get("audioId").is_none());
}

#[test]
fn one_stem_is_named_by_its_name_or_its_id() {
    let studio = Studio::new("classic");
    let stems = studio.json(0, &["stems", "--last"]);
    let id = stems["items"][1]["id"].as_str().unwrap();
    for word in ["instrumental", &id[..8], id] {
        studio.json(0, &["midi", "--last", "--stem", word]);
        assert_eq!(studio.sent("generate-midi")["audioId"], id, "{word}");
    }
    let refused = studio.refuse(3, &["midi", "--last", "--stem", "Kick"]);
    assert!(refused.contains("Vocals") && refused.contains(&id[..8]), "{refused}");
}

#[test]
fn notes_that_are_not_saved_can_be_saved_with_the_printed_command() {
    let studio = Studio::new("classic");
    studio.json(0, &["stems", "--last"]);
    let output = studio.run(&["midi", "--last"]);
    assert!(stdout(&output).starts_with("Vocals, Instrumental\n"), "{output:?}");
    let told = stderr(&output);
    let next = told.lines().find_map(|line| line.strip_prefix("next: ")).expect(&told);
    assert_eq!(studio.run(&words(next)[2..]).status.code(), Some(0), "{next}");
    assert_eq!(tracks(&studio.only_file("midi", "mid")), 3);
}

#[test]
fn a_track_without_stems_is_refused() {
    let studio = Studio::new("classic");
    let refused = studio.refuse(3, &["midi", "--last"]);
    assert!(refused.contains("kie stems") && refused.contains("--stems TASK"), "{refused}");
    assert!(refused.contains(&studio.track(0)[..8]), "{refused}");
    // A separation that failed made no stems.
    studio.json(5, &["stems", "https://upload.invalid/take.mp3"]);
    studio.refuse(3, &["midi", "--last"]);
    for (word, told) in [("12ab", "only the beginning"), ("no such task", "letters, digits")] {
        let refused = studio.refuse(3, &["midi", "--stems", word]);
        assert!(refused.contains(told), "{refused}");
    }
    studio.refuse(2, &["midi", "--last", "--stems", studio.task()]);
    studio.refuse(2, &["midi"]);
}

#[test]
fn on_the_market_route_notes_need_a_receiver_or_the_classic_route() {
    let studio = Studio::new("market");
    let stems = studio.json(0, &["stems", "--last"]);
    let refused = studio.refuse(3, &["midi", "--last"]);
    assert!(refused.contains("--route classic") && refused.contains("--call-back-url"), "{refused}");

    let sent = ["midi", "--last", "--call-back-url", "https://hooks.example.net/kie", "--no-wait"];
    assert_eq!(studio.json(0, &sent)["route"], "market");
    assert_eq!(studio.sent("generate-midi")["taskId"], stems["taskId"]);

    let classic = studio.json(0, &["--route", "classic", "midi", "--last", "--save", "midi"]);
    assert_eq!((&classic["route"], &classic["outcome"]), (&json!("classic"), &json!("success")));
    assert_eq!(tracks(&studio.only_file("midi", "mid")), 3);
}
