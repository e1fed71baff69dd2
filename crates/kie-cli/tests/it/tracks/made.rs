//! Tests of `kie wav`, `kie stems`, `kie video`, `kie artwork` and `kie link`.

use std::fs;

use serde_json::json;

use super::{ROUTES, Studio, words};
use crate::stage::service::{stderr, stdout};

#[test]
fn a_track_is_converted_filmed_and_drawn_on_the_route_that_made_it() {
    for route in ROUTES {
        let studio = Studio::new(route);
        let (task, track) = (json!(studio.task()), json!(studio.track(0)));

        let wav = studio.json(0, &["wav", "--last", "--save", "wavs"]);
        assert_eq!(
            (&wav["operation"], &wav["route"], &wav["outcome"]),
            (&json!("convert-to-wav"), &json!(route), &json!("success"))
        );
        assert_eq!(
            (&studio.sent("convert-to-wav")["taskId"], &studio.sent("convert-to-wav")["audioId"]),
            (&task, &track)
        );
        assert!(studio.only_file("wavs", "wav").starts_with(b"RIFF"));

        // The saved file names the track too, and here it is the second one.
        let video =
            ["video", &studio.file(1), "--author", "Nachtfalter", "--domain-name", "tram.example", "--save", "videos"];
        let video = studio.json(0, &video);
        let sent = studio.sent("create-music-video");
        assert_eq!((&sent["author"], &sent["domainName"]), (&json!("Nachtfalter"), &json!("tram.example")));
        assert_eq!((&sent["taskId"], &sent["audioId"]), (&task, &json!(studio.track(1))));
        assert_eq!(video["files"].as_array().unwrap().len(), 1);
        assert!(studio.only_file("videos", "mp4")[4..].starts_with(b"ftyp"));

        // The first characters of the id of the task name it.
        let artwork = studio.json(0, &["artwork", &studio.task()[..8], "--save", "covers"]);
        assert_eq!(studio.sent("cover-suno")["taskId"], task);
        assert_eq!((artwork["items"].as_array().unwrap().len(), artwork["files"].as_array().unwrap().len()), (2, 2));
        let again = studio.json(0, &["artwork", "--last"]);
        assert_eq!(again["taskId"], artwork["taskId"], "the service draws one set of covers for a task");
    }
}

#[test]
fn a_second_conversion_of_a_track_is_refused_with_the_command_that_saves_the_first() {
    let studio = Studio::new("classic");
    let first = studio.json(0, &["wav", "--last"]);
    let refused = studio.json(4, &["wav", "--last", "--save", "wavs"]);
    let command = refused["goOn"].as_str().unwrap();
    assert!(command.contains(first["taskId"].as_str().unwrap()), "{command}");
    assert_eq!(studio.run(&words(command)[2..]).status.code(), Some(0), "{command}");
    assert!(studio.only_file("wavs", "wav").starts_with(b"RIFF"));
    // The other track has no WAV file yet.
    // The first characters of its id name it.
    studio.json(0, &["wav", &studio.track(1)[..8]]);
    assert_eq!(studio.sent("convert-to-wav")["audioId"], studio.track(1));
}

#[test]
fn stems_are_the_voice_all_or_one() {
    for route in ROUTES {
        let studio = Studio::new(route);
        for (more, kind, stem, price, count) in [
            (&[][..], "separate_vocal", None, 10.0, 2),
            (&["--type", "vocals"], "separate_vocal", None, 10.0, 2),
            (&["--type", "all"], "split_stem", None, 50.0, 12),
            (&["--stem", "Hi-Hat"], "split_stem_advanced", Some("Hi-Hat"), 20.0, 2),
            (&["--type", "one", "--stem", "Hi-Hat"], "split_stem_advanced", Some("Hi-Hat"), 20.0, 2),
        ] {
            let folder = format!("stems-{}", studio.requests("separate-vocals").len());
            let stems = [&["stems", "--last", "--save", &folder], more].concat();
            let stems = studio.json(0, &stems);
            let sent = studio.sent("separate-vocals");
            assert_eq!((sent["type"].as_str(), sent["stemName"].as_str()), (Some(kind), stem), "{more:?}");
            assert_eq!((&sent["audioId"], stems["price"].as_f64()), (&json!(studio.track(0)), Some(price)));
            assert_eq!(fs::read_dir(studio.path(&folder)).unwrap().count(), count, "{route} {more:?}");
            assert_eq!(stems["next"].as_array().unwrap().len(), 1);
        }
        // Stems have ids too, but they are no tracks.
        studio.json(0, &["wav", "--last"]);
        assert_eq!(studio.sent("convert-to-wav")["audioId"], studio.track(0));
    }
}

#[test]
fn stems_of_a_recording_are_made_from_its_link_and_a_file_is_uploaded_first() {
    let studio = Studio::new("classic");
    let link = "https://cdn.example.net/take3.mp3";
    studio.json(0, &["stems", link]);
    assert_eq!(studio.sent("separate-vocals")["audioUrl"], link);

    fs::write(studio.path("take.wav"), "RIFF").unwrap();
    let output = studio.run(&["stems", "take.wav", "--type", "all"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let sent = studio.sent("separate-vocals");
    assert!(sent["audioUrl"].as_str().unwrap().ends_with("take.wav") && sent.get("audioId").is_none(), "{sent}");
    assert!(stderr(&output).contains("uploading take.wav"), "{output:?}");
    assert_eq!(studio.requests("upload-file-stream").len(), 1);

    fs::File::create(studio.path("long.wav")).unwrap().set_len(20_000_001).unwrap();
    fs::write(studio.path("empty.wav"), "").unwrap();
    for (arguments, told) in [
        (&["stems", "long.wav"][..], "at most 20 MB"),
        (&["stems", "empty.wav"], "is empty"),
        (&["stems", "take.wav", "--stem", "Hi-Ht"], "--stem is \"Hi-Ht\"; did you mean \"Hi-Hat\"?"),
        (&["stems", "https://"], "SOURCE"),
    ] {
        let refused = studio.refuse(3, arguments);
        assert!(refused.contains(told), "{refused}");
    }
    for (arguments, told) in [
        (&["stems", "take.wav", "--name", "order-1"][..], "--name cannot upload"),
        (&["stems", "take.wav", "--task", studio.task()], "needs a track"),
        (&["stems", "--last", "--type", "one"], "--type one needs --stem"),
        (&["stems", "--last", "--type", "all", "--stem", "Kick"], "--stem NAME needs --type one"),
    ] {
        let refused = studio.refuse(2, arguments);
        assert!(refused.contains(told), "{refused}");
    }
}

#[test]
fn the_ids_of_results_are_printed_with_the_next_command() {
    let studio = Studio::new("classic");
    let output = studio.run(&["stems", "--last"]);
    let stems = studio.requests("separate-vocals").len();
    let said = stdout(&output);
    let first: Vec<_> = said.lines().next().unwrap().split_whitespace().collect();
    assert_eq!((first[0].len(), first[2]), (8, "Vocals"), "{said}");
    let told = stderr(&output);
    let next = told.lines().find_map(|line| line.strip_prefix("next: ")).expect(&told);
    let midi = studio.run(&words(next)[2..]);
    assert_eq!(midi.status.code(), Some(0), "{next}: {midi:?}");
    assert_eq!(studio.requests("separate-vocals").len(), stems, "nothing else was started");
    // Without a ledger, the command has the whole id.
    let alone = studio.desk.service.kie().args(["stems", "https://cdn.example.net/take3.mp3"]).output().unwrap();
    let told = stderr(&alone);
    let next = told.lines().find_map(|line| line.strip_prefix("next: ")).expect(&told);
    assert_eq!(words(next).last().unwrap().len(), 32, "{next}");
}

#[test]
fn a_fresh_link_leads_to_the_file_of_the_track() {
    for route in ROUTES {
        let studio = Studio::new(route);
        let second = studio.json(0, &["link", studio.task(), "--track", "2"]);
        assert_eq!((&second["id"], &second["title"]), (&json!(studio.track(1)), &json!("Tram")));
        let url = second["url"].as_str().unwrap();
        assert!(url.contains(studio.track(1)) && url.contains("Expires="), "{url}");
        assert!(second["keptUntil"].is_u64(), "{second}");

        let output = studio.run(&["link", "--last"]);
        assert!(stdout(&output).contains(studio.track(0)), "{output:?}");
        assert!(stderr(&output).contains("the link works until 20"), "{output:?}");
        // The link of any file that the service made is renewed.
        let cover = studio.song["items"][0]["urls"]["imageUrl"].as_str().unwrap();
        let renewed = studio.json(0, &["link", cover]);
        assert!(renewed["url"].as_str().unwrap().starts_with(cover), "{renewed}");
    }
    let studio = Studio::new("classic");
    studio.json(4, &["link", "https://cdn.example.net/other.mp3"]);
    fs::write(studio.path("own.mp3"), "ID3").unwrap();
    assert!(studio.refuse(3, &["link", "own.mp3"]).contains("kie upload"));
    assert_eq!(studio.requests("download-url").len(), 1);
}
