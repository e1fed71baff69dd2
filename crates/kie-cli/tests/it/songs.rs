//! Tests of making songs and other results, from the command to the saved file.

use std::{
    fs,
    process::Stdio,
    time::{Duration, SystemTime},
};

use kie_sandbox::{FILES, Speed};
use tempfile::tempdir;

use crate::{
    stage::desk::Desk,
    stage::service::{Service, document, kie, printed, stderr, stdout},
};

#[test]
fn one_command_makes_a_song_offline() {
    let folder = tempdir().unwrap();
    let output = kie()
        .args(["--sandbox", "generate", "a slow waltz for two accordions", "--save", "songs"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");

    let progress = stderr(&output);
    let at = |word| progress.find(word).unwrap_or_else(|| panic!("{word} is missing in {progress}"));
    assert!(at("\ntext ") < at("\nfirst ") && at("\nfirst ") < at("\ncomplete "), "{progress}");

    let said = stdout(&output);
    let files: Vec<_> = fs::read_dir(folder.path().join("songs")).unwrap().map(|entry| entry.unwrap()).collect();
    assert_eq!(files.len(), 2);
    for file in files {
        assert!(said.contains(file.file_name().to_str().unwrap()), "{said}");
        assert!(fs::read(file.path()).unwrap().starts_with(b"ID3"));
    }
    assert!(said.contains("price 12 credits, 988 left"), "{said}");
}

#[test]
fn the_json_document_tells_everything() {
    let (service, folder) = (Service::new(Speed::Instant), tempdir().unwrap());
    let output = service
        .kie()
        .args(["--format", "json", "generate", "x", "--instrumental", "--save"])
        .arg(folder.path())
        .output()
        .unwrap();
    let document = document(&output);
    assert_eq!(document["operation"], "generate-music");
    assert_eq!(document["outcome"], "success");
    assert_eq!(document["stage"], "complete");
    assert_eq!(document["taskId"].as_str().unwrap().len(), 32);
    assert_eq!(document["items"].as_array().unwrap().len(), 2);
    assert_eq!(document["items"][0]["url"], document["items"][0]["urls"]["audioUrl"]);
    let until = SystemTime::UNIX_EPOCH + Duration::from_millis(document["keptUntil"].as_u64().unwrap());
    let days = until.duration_since(SystemTime::now()).unwrap().as_secs() / (24 * 60 * 60);
    assert_eq!(days, 13, "two weeks, less the moment since");
    assert_eq!(document["files"].as_array().unwrap().len(), 2);
    assert_eq!(document["files"][0]["id"], document["items"][0]["id"]);
    let money = ["price", "creditsBefore", "creditsLeft"].map(|key| document[key].as_f64().unwrap());
    assert_eq!(money, [12.0, 1000.0, 988.0]);
    assert_eq!(document["priceDate"].as_str().unwrap().len(), "2026-10-02".len());
}

#[test]
fn an_unknown_word_and_a_text_that_is_ignored_are_warned_of_before_they_are_paid_for() {
    let service = Service::new(Speed::Instant);
    let first_line = |arguments: &[&str]| {
        let output = service.kie().arg("generate").args(arguments).arg("--no-wait").output().unwrap();
        (output.status.code(), stderr(&output).lines().next().unwrap_or_default().to_owned())
    };
    let near =
        "warning: --model: \"V6_MAXI\" is not a word that this version knows; did you mean \"V6_MINI\"?".to_owned();
    assert_eq!(first_line(&["a waltz", "--model", "V6_MAXI"]), (Some(0), near));
    let sung = "warning: the service ignores PROMPT with --style, --title and --instrumental".to_owned();
    assert_eq!(first_line(&["la la", "--instrumental", "--style", "polka", "--title", "Stairs"]), (Some(0), sung));
    let hint = "warning: the service ignores --negative-tags without --style and --title".to_owned();
    assert_eq!(first_line(&["a waltz", "--negative-tags", "drums"]), (Some(0), hint));
    assert_eq!(service.sandbox.requests("generate-music").len(), 3);
    let (code, line) = first_line(&["a waltz"]);
    assert!(code == Some(0) && !line.contains("warning"), "{line}");
    assert_eq!(service.sandbox.requests("generate-music").len(), 4);
}

#[test]
fn songs_that_are_made_at_the_same_time_report_their_own_price() {
    let service = Service::new(Speed::Fast);
    let start = || service.kie().args(["generate", "x"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let songs: Vec<_> = (0..8).map(|_| start()).collect();
    for song in songs {
        let output = song.wait_with_output().unwrap();
        assert!(stdout(&output).contains("price 12 credits, "), "{output:?}");
    }
    let left = service.kie().arg("credits").output().unwrap();
    assert_eq!(stdout(&left), "904 credits left\n");
}

#[test]
fn a_price_is_told_before_the_call_and_not_for_a_call_that_is_not_sent() {
    let desk = Desk::new(Speed::Instant);
    let order = ["generate", "x", "--name", "order-1", "--no-wait"];
    let first = desk.run(&order);
    let said = stderr(&first);
    let [price, task] =
        ["price: 12 credits, about US$ 0.06; prices of 20", "task "].map(|line| said.find(line).expect(&said));
    assert!(price < task, "{said}");
    let again = desk.run(&order);
    assert_eq!(again.status.code(), Some(0), "{again:?}");
    assert!(!stderr(&again).contains("price") && !stdout(&again).contains("price"), "{again:?}");
    assert_eq!(desk.starts(), 1);
    let operations = kie().arg("operations").output().unwrap();
    let line = stdout(&operations).lines().find(|line| line.starts_with("separate-vocals ")).unwrap().to_owned();
    assert!(line.contains("  10 to 50  "), "{line}");
}

#[test]
fn links_are_printed_with_their_documented_lifetime() {
    let service = Service::new(Speed::Instant);
    let output = service.kie().args(["generate", "a waltz"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(stderr(&output).contains("KIE documents that it keeps them until 20"), "{output:?}");
    assert!(stderr(&output).contains("files were seen gone after hours, so save now"), "{output:?}");
}

#[test]
fn the_printed_requests_go_through_to_files() {
    for (operation, ending, count) in [
        ("extend-music", "mp3", 2),
        ("add-instrumental", "mp3", 2),
        ("generate-lyrics", "txt", 2),
        ("convert-to-wav", "wav", 1),
        ("separate-vocals", "mp3", 2),
        ("generate-midi", "mid", 1),
        ("create-music-video", "mp4", 1),
    ] {
        let folder = tempdir().unwrap();
        let request = folder.path().join("request.json");
        fs::write(&request, printed(operation).to_string()).unwrap();

        let checked = kie().args(["check", operation]).arg(&request).output().unwrap();
        assert_eq!((checked.status.code(), stdout(&checked).as_str()), (Some(0), "valid\n"), "{operation}");

        let songs = folder.path().join("songs");
        let called = kie()
            .args(["--sandbox", "call", operation, "--wait", "--json"])
            .arg(&request)
            .arg("--save")
            .arg(&songs)
            .output()
            .unwrap();
        assert_eq!(called.status.code(), Some(0), "{operation}: {called:?}");
        let files: Vec<_> = fs::read_dir(&songs).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.len(), count, "{operation}");
        assert!(files.iter().all(|file| file.extension().unwrap() == ending), "{files:?}");
    }
}

#[test]
fn a_song_is_extended_filmed_and_saved_later() {
    let service = Service::new(Speed::Instant);
    let started = service.kie().args(["--format", "json", "generate", "a waltz"]).output().unwrap();
    let song = document(&started);
    let (task, track) = (song["taskId"].as_str().unwrap(), song["items"][0]["id"].as_str().unwrap());

    let extended = service.kie().args(["extend", track, "--model", "V5_5"]).output().unwrap();
    assert_eq!(extended.status.code(), Some(0), "{extended:?}");
    let filmed = service.kie().args(["video", track, "--task", task, "--author", "Nachtfalter"]).output().unwrap();
    assert!(stdout(&filmed).contains(".mp4"), "{filmed:?}");

    let folder = tempdir().unwrap();
    let saved = service.kie().args(["task", "generate-music", task, "--save"]).arg(folder.path()).output().unwrap();
    assert_eq!(saved.status.code(), Some(0), "{saved:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    assert!(service.sandbox.requests(FILES).iter().all(|request| !request.bearer), "no key to the file host");

    let polled = service.kie().args(["--format", "json", "task", "generate-music", task]).output().unwrap();
    assert_eq!(document(&polled)["outcome"], "success");
    let credits = service.kie().arg("credits").output().unwrap();
    assert_eq!(stdout(&credits), "974 credits left\n");
}
