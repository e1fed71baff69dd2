//! Tests of `kie timed-lyrics`.

use std::{fs, path::Path};

use kie_sandbox::Fault;
use serde_json::json;

use super::{ROUTES, Studio};
use crate::stage::service::{stderr, stdout};

#[test]
fn lyrics_are_printed_as_lrc_or_srt() {
    for route in ROUTES {
        let studio = Studio::new(route);
        let lrc = studio.run(&["timed-lyrics", "--last"]);
        let lines: Vec<_> =
            stdout(&lrc).lines().map(|line| line.split_at(10)).map(|(_, text)| text.to_owned()).collect();
        assert_eq!(lines, ["Tram bells at dawn", "and no one waits"], "{lrc:?}");
        assert!(stdout(&lrc).starts_with("[00:"), "{lrc:?}");
        assert!(stderr(&lrc).contains("price 0.5 credits, "), "{lrc:?}");
        assert_eq!(studio.sent("get-timestamped-lyrics")["audioId"], studio.track(0));

        let srt = stdout(&studio.run(&["timed-lyrics", &studio.file(1), "--as", "srt"]));
        assert!(srt.starts_with("1\n00:0") && srt.contains(" --> ") && srt.contains("\n\n2\n"), "{srt}");
        assert_eq!(studio.sent("get-timestamped-lyrics")["audioId"], studio.track(1));
    }
}

#[test]
fn lyrics_are_saved_beside_the_song_or_in_named_files() {
    for route in ROUTES {
        let studio = Studio::new(route);
        let document = studio.json(0, &["timed-lyrics", "--last", "--save", "--srt", "subtitles.srt"]);
        let song = studio.file(0);
        let beside = [Path::new(&song).with_extension("lrc"), Path::new(&song).with_extension("srt")];
        let saved = document["files"].as_array().unwrap();
        assert_eq!(saved.len(), 3);
        assert_eq!(document["files"][0]["id"], studio.track(0));
        assert_eq!(document["response"]["alignedWords"].as_array().unwrap().len(), 8);
        // The ledger has the absolute path of the song.
        for (path, format) in [(&beside[0], "lrc"), (&beside[1], "srt"), (&"subtitles.srt".into(), "srt")] {
            let text = fs::read_to_string(studio.desk.folder.path().join(path)).unwrap();
            assert_eq!(document[format], text, "{path:?}");
        }
        assert!(studio.run(&["timed-lyrics", &studio.file(1), "--lrc", "b.lrc"]).stdout.starts_with(b"1 kB  b.lrc"));
    }
}

#[test]
fn no_file_is_replaced_and_named_lyrics_are_paid_for_once() {
    let studio = Studio::new("classic");
    fs::write(studio.path("mine.lrc"), "mine").unwrap();
    let refused = studio.refuse(3, &["timed-lyrics", "--last", "--lrc", "mine.lrc"]);
    assert!(refused.contains("mine.lrc exists already"), "{refused}");
    // Here the folder is a file.
    studio.refuse(1, &["timed-lyrics", "--last", "--lrc", "mine.lrc/a.lrc"]);
    assert_eq!(fs::read_to_string(studio.path("mine.lrc")).unwrap(), "mine");

    let named = ["timed-lyrics", "--last", "--name", "order-1", "--lrc", "a.lrc"];
    let first = studio.json(0, &named);
    assert_eq!(first["files"], studio.json(0, &named)["files"], "the file has the same content");
    assert_eq!(studio.requests("get-timestamped-lyrics").len(), 1);
    // The lyrics are printed if they cannot be saved, because they are paid for.
    fs::write(studio.path("a.lrc"), "changed").unwrap();
    let output = studio.run(&named);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(
        stdout(&output).contains("]Tram bells at dawn") && stderr(&output).contains("a.lrc cannot be saved"),
        "{output:?}"
    );
    let document = studio.json(1, &named);
    assert_eq!((&document["files"], document["lrc"].is_string()), (&json!([]), true));
    assert_eq!(fs::read_to_string(studio.path("a.lrc")).unwrap(), "changed");
}

#[test]
fn a_song_that_is_not_saved_has_no_place_for_lyrics() {
    let studio = Studio::new("classic");
    fs::remove_dir_all(studio.path("songs")).unwrap();
    let refused = studio.refuse(3, &["timed-lyrics", "--last", "--save"]);
    assert!(refused.contains("no saved file of the track"), "{refused}");
}

#[test]
fn a_track_without_words_has_no_lyrics_and_a_lost_response_is_told() {
    let studio = Studio::new("classic");
    studio.desk.json(0, &["generate", "--instrumental", "--style", "polka", "--title", "Stairs"]);
    let output = studio.run(&["timed-lyrics", "--last", "--lrc", "a.lrc"]);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), ""), "{output:?}");
    assert!(stderr(&output).contains("no sung words") && !studio.path("a.lrc").exists(), "{output:?}");

    studio.desk.service.sandbox.fault("get-timestamped-lyrics", Fault::DropResponse);
    let lost = studio.json(7, &["timed-lyrics", studio.task()]);
    assert_eq!((&lost["outcome"], &lost["operation"]), (&json!("unknown"), &json!("get-timestamped-lyrics")));
}
