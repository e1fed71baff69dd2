//! Tests of the names and the tags of saved songs, from the command to the file.

use std::{
    fs,
    io::Cursor,
    path::{Path, PathBuf},
};

use id3::{Tag, TagLike as _};
use kie_sandbox::{FILES, Fault, Speed};
use mp4ameta::{Data, FreeformIdent};
use serde_json::Value;

use crate::{
    stage::desk::Desk,
    stage::service::{stderr, stdout},
};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn names(folder: &Path) -> Vec<String> {
    files(folder).iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

fn tag(path: &Path) -> Tag {
    Tag::read_from2(Cursor::new(fs::read(path).unwrap())).unwrap()
}

fn field(tag: &Tag, name: &str) -> Option<String> {
    tag.extended_texts().find(|text| text.description == name).map(|text| text.value.clone())
}

/// Returns an MP3 file without the tag at its beginning.
fn audio(mp3: &[u8]) -> &[u8] {
    let size = mp3[6..10].iter().fold(0, |size, byte| size << 7 | usize::from(byte & 0x7f));
    &mp3[10 + size..]
}

/// Makes a song with lyrics, and returns the document that the command prints.
fn sing(desk: &Desk, options: &[&str]) -> Value {
    let song = ["generate", "[Verse]\nTram bells", "--style", "polka", "--title", "A polka", "--save", "songs"];
    desk.json(0, &[&song[..], options].concat())
}

#[test]
fn a_saved_song_tells_its_title_lyrics_and_ids() {
    let desk = Desk::new(Speed::Instant);
    let song = sing(&desk, &["--extras"]);
    let id = song["items"][0]["id"].as_str().unwrap();
    let path = desk.folder.path().join(song["files"][0]["path"].as_str().unwrap());
    assert_eq!(song["files"][0]["bytes"], fs::metadata(&path).unwrap().len());
    let found = tag(&path);
    assert_eq!((found.title(), found.genre()), (Some("A polka"), song["items"][0]["style"].as_str()));
    assert_eq!(found.lyrics().next().unwrap().text, "[Verse]\nTram bells");
    let cover = files(&desk.path("songs")).into_iter().find(|path| path.extension().unwrap() == "jpg").unwrap();
    assert_eq!(found.pictures().next().unwrap().data, fs::read(cover).unwrap());
    let [task, track, model, route] =
        ["KIE_TASK_ID", "KIE_TRACK_ID", "KIE_MODEL", "KIE_ROUTE"].map(|name| field(&found, name));
    assert_eq!((task.as_deref(), track.as_deref()), (song["taskId"].as_str(), Some(id)));
    assert_eq!((model.as_deref(), route.as_deref()), (song["items"][0]["model"].as_str(), song["route"].as_str()));
    assert!(model.is_some_and(|model| model.starts_with('V')));
}

/// Returns the number of requests for cover images.
fn images(desk: &Desk) -> usize {
    desk.service.sandbox.requests(FILES).iter().filter(|request| request.path.contains("/images/")).count()
}

#[test]
fn a_cover_is_in_the_tags_without_a_file_of_its_own() {
    for route in ["classic", "market"] {
        let desk = Desk::new(Speed::Instant);
        sing(&desk, &["--route", route]);
        desk.json(0, &["--route", route, "generate", "x", "--no-wait"]);
        desk.json(0, &["save", "later"]);
        let cover = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../kie-sandbox/assets/cover.jpeg")).unwrap();
        for folder in ["songs", "later"] {
            let songs = files(&desk.path(folder));
            assert_eq!(songs.len(), 2, "no other file is left: {songs:?}");
            for song in songs {
                let found = tag(&song);
                let picture = found.pictures().next().unwrap();
                assert_eq!((&picture.data, picture.mime_type.as_str()), (&cover, "image/jpeg"));
            }
        }
        assert_eq!(images(&desk), 4);
        sing(&desk, &["--no-tags"]);
        assert_eq!(images(&desk), 4, "a song without tags needs no cover");
        sing(&desk, &["--extras"]);
        assert_eq!(images(&desk), 6, "a saved image is not fetched again");
    }
}

#[test]
fn a_cover_that_cannot_be_fetched_is_a_warning() {
    for fault in [Fault::ErrorPage { http_status: 404 }, Fault::ErrorPage { http_status: 200 }] {
        let desk = Desk::new(Speed::Instant);
        desk.service.sandbox.faults(move |request| request.path.contains("/images/").then(|| fault.clone()));
        let sung = desk.run(&["generate", "x", "--style", "polka", "--title", "A polka", "--save", "songs"]);
        assert_eq!(sung.status.code(), Some(0), "{sung:?}");
        assert_eq!(stderr(&sung).matches(".mp3 gets no cover: ").count(), 2, "{sung:?}");
        let songs = files(&desk.path("songs"));
        assert_eq!(songs.len(), 2, "{songs:?}");
        for song in songs {
            let found = tag(&song);
            assert_eq!((found.title(), found.pictures().count()), (Some("A polka"), 0));
        }
    }
}

#[test]
fn both_tracks_name_the_model_on_the_market_route() {
    let desk = Desk::new(Speed::Instant);
    let song = desk.json(0, &["--route", "market", "generate", "x", "--model", "V6", "--save", "songs"]);
    for path in files(&desk.path("songs")) {
        let [model, route] = ["KIE_MODEL", "KIE_ROUTE"].map(|name| field(&tag(&path), name));
        assert_eq!((model.as_deref(), route.as_deref()), (Some("V6"), Some("market")), "{song}");
    }
}

#[test]
fn tags_change_no_audio_and_can_be_left_out() {
    let desk = Desk::new(Speed::Instant);
    let song = sing(&desk, &["--artist", "Nachtfalter"]);
    let task = song["taskId"].as_str().unwrap();
    let plain = desk.json(0, &["task", "generate-music", task, "--save", "plain", "--no-tags"]);
    for index in 0..2 {
        let [tagged, plain] = [&song, &plain].map(|document| document["files"][index]["path"].as_str().unwrap());
        let (tagged, plain) = (desk.path(tagged), desk.path(plain));
        assert_eq!(tagged.file_name(), plain.file_name());
        let [tagged, plain] = [tagged, plain].map(|path| fs::read(path).unwrap());
        assert!(tagged != plain && audio(&tagged) == audio(&plain));
        let read = |bytes: &[u8]| Tag::read_from2(Cursor::new(bytes.to_vec())).unwrap();
        assert_eq!((read(&tagged).artist(), field(&read(&plain), "KIE_TASK_ID")), (Some("Nachtfalter"), None));
    }
    let again = desk.json(0, &["task", "generate-music", task, "--save", "songs"]);
    assert_eq!(again["files"], song["files"], "a song with tags is found again");
    assert_eq!(desk.songs(), 2);
}

#[test]
fn songs_of_receipts_have_tags_too() {
    let desk = Desk::new(Speed::Instant);
    desk.json(0, &["generate", "x", "--style", "polka", "--title", "A polka", "--no-wait"]);
    let saved = desk.json(0, &["save", "songs", "--out-template", "{title}/{index}.{ext}"]);
    for (index, number) in [(0, 1), (1, 2)] {
        let path = PathBuf::from(saved["tasks"][0]["files"][index]["path"].as_str().unwrap());
        assert_eq!(path, Path::new("songs/A polka").join(format!("{number}.mp3")));
        let found = tag(&desk.path(path.to_str().unwrap()));
        assert_eq!(found.title(), Some("A polka"));
        assert_eq!(field(&found, "KIE_TASK_ID").as_deref(), saved["tasks"][0]["taskId"].as_str());
    }
}

#[test]
fn a_wav_file_and_stems_are_named_and_tagged_after_their_song() {
    let desk = Desk::new(Speed::Instant);
    let song = sing(&desk, &[]);
    let (task, track) = (song["taskId"].as_str().unwrap(), song["items"][0]["id"].as_str().unwrap());
    fs::write(desk.path("request.json"), serde_json::json!({ "taskId": task, "audioId": track }).to_string()).unwrap();
    let save = |operation| ["call", operation, "--json", "request.json", "--save", "parts"];
    let wav = desk.json(0, &save("convert-to-wav"));
    desk.json(0, &save("separate-vocals"));
    let named = |rest: &str| desk.path("parts").join(format!("A polka-{}{rest}", &track[..8]));
    let [instrumental, vocals, whole] = [named(" Instrumental.mp3"), named(" Vocals.mp3"), named(".wav")];
    assert_eq!(files(&desk.path("parts")), [instrumental, vocals.clone(), whole.clone()]);
    let found = tag(&vocals);
    assert_eq!(found.title(), Some("Vocals"), "the service's own title is kept");
    assert!(field(&found, "KIE_TRACK_ID").is_some_and(|id| id != track), "a stem has its own id");
    let found = tag(&whole);
    assert_eq!(found.title(), Some("A polka"));
    assert_eq!(field(&found, "KIE_TRACK_ID").as_deref(), Some(track));
    assert_eq!(field(&found, "KIE_TASK_ID").as_deref(), wav["taskId"].as_str());
}

/// Files that are saved later have the names and the tags of files that are saved at once.
#[test]
fn parts_that_are_saved_later_are_named_and_tagged_after_their_song_too() {
    for route in ["classic", "market"] {
        let desk = Desk::new(Speed::Instant);
        let song = desk
            .json(0, &["--route", route, "generate", "x", "--style", "polka", "--title", "A polka", "--save", "songs"]);
        let (task, track) = (song["taskId"].as_str().unwrap(), song["items"][1]["id"].as_str().unwrap());
        let stems = desk.json(0, &["stems", track, "--save", "at once"]);
        let tasks = [["wav", track], ["video", track], ["artwork", task]].map(|[verb, source]| {
            let started = desk.json(0, &[verb, source, "--no-wait"]);
            [started["operation"].clone(), started["taskId"].clone()].map(|word| word.as_str().unwrap().to_owned())
        });
        desk.json(0, &["save", "saved"]);
        let first = &song["items"][0]["id"].as_str().unwrap()[..8];
        let second = &track[..8];
        let found = names(&desk.path("saved"));
        for name in [format!("A polka-{second}.wav"), format!("A polka-{second}.mp4"), format!("A polka-{first}.jpg")] {
            assert!(found.contains(&name), "{name}: {found:?}");
        }
        let of = |folder: &str| tag(&desk.path(folder).join(format!("A polka-{second}.wav")));
        assert_eq!(of("saved").title(), Some("A polka"));
        assert_eq!(field(&of("saved"), "KIE_TRACK_ID").as_deref(), Some(track));

        for [operation, id] in &tasks {
            desk.json(0, &["resume", id, "--save", "resumed"]);
            desk.json(0, &["task", operation, id, "--save", "task"]);
        }
        assert_eq!([names(&desk.path("resumed")), names(&desk.path("task"))], [found.clone(), found]);
        assert_eq!(
            [of("resumed"), of("task")].map(|tag| tag.title().map(str::to_owned)),
            [(); 2].map(|()| Some("A polka".to_owned()))
        );

        let stems = stems["taskId"].as_str().unwrap();
        desk.json(0, &["resume", stems, "--save", "later"]);
        assert_eq!(names(&desk.path("at once")), names(&desk.path("later")));
    }
}

#[test]
fn notes_are_named_after_the_song_of_their_stems() {
    let desk = Desk::new(Speed::Instant);
    let song = sing(&desk, &[]);
    let track = song["items"][0]["id"].as_str().unwrap();
    let stems = desk.json(0, &["stems", track, "--type", "all"]);
    desk.json(0, &["midi", "--stems", stems["taskId"].as_str().unwrap(), "--save", "midi"]);
    desk.json(0, &["midi", track, "--no-wait"]);
    desk.json(0, &["save", "later"]);
    for folder in ["midi", "later"] {
        let notes: Vec<_> = names(&desk.path(folder)).into_iter().filter(|name| name.ends_with(".mid")).collect();
        assert_eq!(notes, [format!("A polka-{}.mid", &track[..8])]);
    }
}

#[test]
fn a_saved_song_can_be_extended_by_its_file() {
    let desk = Desk::new(Speed::Instant);
    let song = sing(&desk, &[]);
    let path = song["files"][1]["path"].as_str().unwrap();
    desk.json(0, &["extend", path, "--model", "V5_5", "--no-wait"]);
    let sent = &desk.service.sandbox.requests("extend-music")[0];
    assert_eq!(sent.body["audioId"], song["items"][1]["id"]);

    let other = desk.run(&["extend", path, "--model", "V6", "--no-wait", "--route", "market"]);
    assert!(stderr(&other).contains("the classic route made this track, and this command uses the market route"));
}

/// The recovery of links can return M4A files, so people have them. This one has another name and is elsewhere.
#[test]
fn an_m4a_file_with_ids_in_its_tags_is_a_source() {
    let desk = Desk::new(Speed::Instant);
    let song = sing(&desk, &[]);
    let (task, track) = (song["taskId"].as_str().unwrap(), song["items"][1]["id"].as_str().unwrap());
    let own = desk.path("my favourite.m4a");
    fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/../kie-sandbox/assets/video.mp4"), &own).unwrap();
    let path = own.to_str().unwrap();
    desk.json(3, &["wav", path, "--no-wait"]);

    let mut found = mp4ameta::Tag::read_from_path(&own).unwrap();
    for (name, id) in [("KIE_TASK_ID", task), ("KIE_TRACK_ID", track), ("KIE_ROUTE", "classic")] {
        found.set_data(FreeformIdent::new_static("com.apple.iTunes", name), Data::Utf8(id.to_owned()));
    }
    found.write_to_path(&own).unwrap();
    desk.json(0, &["wav", path, "--save", "waves"]);
    let sent = &desk.service.sandbox.requests("convert-to-wav")[0].body;
    assert_eq!((&sent["taskId"], &sent["audioId"]), (&Value::from(task), &Value::from(track)));
    assert_eq!(names(&desk.path("waves")), [format!("A polka-{}.wav", &track[..8])]);
    // The tags are enough: no ledger knows the song.
    let unknown = ["--ledger", "none", "wav", path, "--no-wait"];
    desk.service.kie().args(unknown).current_dir(desk.folder.path()).output().unwrap();
    assert_eq!(desk.service.sandbox.requests("convert-to-wav").len(), 2);
}

#[test]
fn a_template_is_checked_before_a_song_is_paid_for() {
    let desk = Desk::new(Speed::Instant);
    let refused = desk.run(&["generate", "x", "--save", "songs", "--out-template", "{titel}.{ext}"]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(stderr(&refused).contains("there is no placeholder {titel}; there are {title}, "), "{refused:?}");
    let refused = desk.run(&["generate", "x", "--save", "songs", "--out-template", "../{title}"]);
    assert!(stderr(&refused).contains("a name must not begin with a dot: .."), "{refused:?}");
    assert_eq!(desk.starts(), 0);
    let saved = desk.run(&["generate", "x", "--save", "songs", "--out-template", "{kind}/{task}-{index}"]);
    assert_eq!(saved.status.code(), Some(0), "{saved:?}");
    assert_eq!(files(&desk.path("songs/music")).len(), 2);
    assert!(stdout(&saved).contains("-1.mp3"), "{saved:?}");
}

#[cfg(unix)]
#[test]
fn a_song_that_cannot_be_tagged_stays_as_it_is() {
    let desk = Desk::new(Speed::Instant);
    let song = sing(&desk, &["--no-tags"]);
    let path = desk.path(song["files"][0]["path"].as_str().unwrap());
    let bytes = fs::read(&path).unwrap();
    fs::rename(&path, desk.path("elsewhere.mp3")).unwrap();
    std::os::unix::fs::symlink(desk.path("elsewhere.mp3"), &path).unwrap();
    let again = desk.run(&["task", "generate-music", song["taskId"].as_str().unwrap(), "--save", "songs"]);
    assert_eq!(again.status.code(), Some(0), "{again:?}");
    assert!(stderr(&again).contains("gets no tags: it is a link, or no regular file"), "{again:?}");
    assert_eq!(fs::read(&path).unwrap(), bytes);
    assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
    assert_eq!(desk.songs(), 2);
}

#[test]
fn timed_lyrics_are_written_into_the_saved_song() {
    let desk = Desk::new(Speed::Instant);
    let song = sing(&desk, &[]);
    let path = song["files"][0]["path"].as_str().unwrap();
    let before = fs::read(desk.path(path)).unwrap();
    let document = desk.json(0, &["timed-lyrics", path, "--tag"]);
    assert_eq!((&document["outcome"], &document["files"]), (&Value::from("success"), &serde_json::json!([])));
    let after = fs::read(desk.path(path)).unwrap();
    assert!(audio(&before) == audio(&after), "the audio stays as it is");
    let found = tag(&desk.path(path));
    let words = found.synchronised_lyrics().next().unwrap();
    assert_eq!(words.content.len(), document["response"]["alignedWords"].as_array().unwrap().len());
    assert!(words.content.windows(2).all(|pair| pair[0].0 <= pair[1].0), "{words:?}");
    assert_eq!(found.title(), Some("A polka"), "the rest of the tag stays");
    fs::remove_file(desk.path(path)).unwrap();
    let asked = desk.service.sandbox.requests("get-timestamped-lyrics").len();
    let id = song["items"][0]["id"].as_str().unwrap();
    desk.json(3, &["timed-lyrics", id, "--tag"]);
    assert_eq!(desk.service.sandbox.requests("get-timestamped-lyrics").len(), asked, "nothing is paid without a song");
}
