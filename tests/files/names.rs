//! Tests of the names of saved files: templates with folders, and names after a song.

use std::{fs, path::Path};

use kie_suno::{
    files::NameTemplate,
    requests::{ConvertToWav, GenerateMidi, SeparateVocals},
};
use serde_json::json;
use tempfile::tempdir;

use crate::setup::stack::{instant, waltz, with_ledger};

/// Returns the paths of all files below a folder, relative to it, with slashes.
fn below(folder: &Path) -> Vec<String> {
    let mut paths = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                paths.push(path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    paths.sort();
    paths
}

fn template(text: &str) -> NameTemplate {
    text.parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_template_makes_folders_and_a_title_makes_none() {
    let (_sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let task = client.start(waltz()).await.unwrap();
    let mut tracks = task.wait().await.unwrap();
    tracks[0].title = Some("../../../outside/of it".to_owned());
    tracks[1].title = Some("Night/..".to_owned());
    let songs = folder.path().join("a/songs");
    let names = template("{kind}/{title}/{index}-{id8}.{ext}");
    let saved = task.save(&tracks, &songs).names(names.clone()).await.unwrap();
    let id8 = |index: usize| &tracks[index].id.as_ref().unwrap().as_str()[..8];
    let expected =
        [format!("a/songs/music/Night/2-{}.mp3", id8(1)), format!("a/songs/music/outside of it/1-{}.mp3", id8(0))];
    assert_eq!(below(folder.path()), expected);
    assert!(saved[0].path.ends_with(Path::new("outside of it").join(format!("1-{}.mp3", id8(0)))));
    assert_eq!(task.save(&tracks, &songs).names(names).await.unwrap(), saved, "a second save finds the files");
    assert_eq!(below(folder.path()), expected);
}

#[tokio::test(start_paused = true)]
async fn equal_names_are_numbered_also_in_folders() {
    let (_sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let task = client.start(waltz()).await.unwrap();
    let mut tracks = task.wait().await.unwrap();
    tracks.iter_mut().for_each(|track| track.title = Some("Same".to_owned()));
    task.save(&tracks, folder.path()).names(template("x/{title}")).with_extras().await.unwrap();
    let kept: Vec<_> = below(folder.path()).into_iter().filter(|path| path.ends_with("mp3")).collect();
    assert_eq!(kept, ["x/Same (2).mp3", "x/Same.mp3"]);
    assert!(below(folder.path()).contains(&"x/music.json".to_owned()), "the record has no title");
}

#[tokio::test(start_paused = true)]
async fn the_results_of_other_tasks_are_named_after_their_song() {
    let (_sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let song = client.start(waltz()).await.unwrap();
    let track = song.wait().await.unwrap().remove(0);
    let id = track.id.clone().unwrap();
    let id8 = &id.as_str()[..8];

    let task = client.start(ConvertToWav::new(song.id().clone(), id.clone())).await.unwrap();
    let wav = task.wait().await.unwrap();
    task.save(&wav, folder.path()).of_song("A polka", id.as_str()).with_extras().await.unwrap();
    let task = client.start(SeparateVocals::of_track(song.id().clone(), id.clone())).await.unwrap();
    let stems = task.wait().await.unwrap();
    task.save(&stems, folder.path()).of_song("A polka", id.as_str()).await.unwrap();
    let named = |rest: &str| format!("A polka-{id8}{rest}");
    let mut expected = vec![named(".wav"), named(" wav.json")];
    expected.extend(["Instrumental", "Vocals"].map(|stem| named(&format!(" {stem}.mp3"))));
    expected.sort();
    assert_eq!(below(folder.path()), expected);
}

#[tokio::test(start_paused = true)]
async fn all_receipts_are_saved_under_a_template() {
    let (_sandbox, _ledger, client) = with_ledger();
    let folder = tempdir().unwrap();
    let task = client.start(waltz()).await.unwrap();
    client.save_all(folder.path()).names(template("{date}/{task}-{index}")).await.unwrap();
    let paths = below(folder.path());
    assert_eq!(paths.len(), 2, "{paths:?}");
    for (path, index) in paths.iter().zip(1..) {
        let (date, file) = path.split_once('/').unwrap();
        assert_eq!(date.split('-').map(str::len).collect::<Vec<_>>(), [4, 2, 2]);
        assert_eq!(file, format!("{}-{index}.mp3", task.id()));
    }
}

#[tokio::test(start_paused = true)]
async fn the_results_of_receipts_are_named_after_the_song_that_the_ledger_knows() {
    let (_sandbox, _ledger, client) = with_ledger();
    let folder = tempdir().unwrap();
    let song = client.start(waltz()).await.unwrap();
    let track = song.wait().await.unwrap().remove(1);
    let id = track.id.clone().unwrap();
    client.start(ConvertToWav::new(song.id().clone(), id.clone())).await.unwrap();
    let stems = client.start(SeparateVocals::of_track(song.id().clone(), id.clone())).await.unwrap();
    stems.wait().await.unwrap();
    client.start(GenerateMidi::new(stems.id().clone())).await.unwrap();
    client.save_all(folder.path()).await.unwrap();
    let title = track.title.unwrap();
    let named = ["wav", "mid"].map(|extension| format!("{title}-{}.{extension}", &id.as_str()[..8]));
    let paths = below(folder.path());
    assert!(named.iter().all(|name| paths.contains(name)), "{named:?} are not all in {paths:?}");
    let made = client.source_track(&json!({ "taskId": stems.id().as_str() })).await.unwrap().unwrap();
    assert_eq!((made.id.as_deref(), made.title), (Some(id.as_str()), Some(title)));
    let unknown = json!({ "taskId": "76a65e3c4a96cb31e4b1f2a1a5a73a0b", "audioId": id.as_str() });
    assert_eq!(client.source_track(&unknown).await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn a_song_with_a_new_tag_keeps_its_name() {
    let (_sandbox, client) = instant();
    let folder = tempdir().unwrap();
    let task = client.start(waltz()).await.unwrap();
    let tracks = task.wait().await.unwrap();
    let saved = task.save(&tracks, folder.path()).await.unwrap();
    let bytes = fs::read(&saved[0].path).unwrap();
    let size = bytes[6..10].iter().fold(0, |size, byte| size << 7 | usize::from(byte & 0x7f));
    let untagged = &bytes[10 + size..];
    fs::write(&saved[0].path, untagged).unwrap();
    let again = task.save(&tracks, folder.path()).await.unwrap();
    assert_eq!((&again[0].path, again[0].bytes), (&saved[0].path, untagged.len() as u64));
    assert_eq!(fs::read(&saved[0].path).unwrap(), untagged, "the file is not replaced");
    assert_eq!(below(folder.path()).len(), 2);

    fs::write(&saved[0].path, &untagged[..untagged.len() - 1]).unwrap();
    let again = task.save(&tracks, folder.path()).await.unwrap();
    assert!(again[0].path.to_str().unwrap().ends_with(" (2).mp3"), "a file that is cut is another file");
}
