//! Lyrics, cover and record beside a song.

use std::fs;

use kie_sandbox::Speed;
use kie_suno::{Error, GenerateMusic, Model};
use serde_json::Value;
use tempfile::tempdir;

use super::House;

#[tokio::test(start_paused = true)]
async fn a_song_has_its_lyrics_cover_and_record_beside_it() {
    let house = House::new(Speed::Instant);
    let client = house.client();
    let folder = tempdir().unwrap();
    let task =
        client.start(GenerateMusic::song(Model::V5, "polka", "Stairs", "[Verse]\nOne more stair")).await.unwrap();
    let tracks = task.wait().await.unwrap();
    let plain = task.save(&tracks, folder.path()).await.unwrap();
    assert_eq!(plain.len(), 2);

    let saved = task.save(&tracks, folder.path()).with_extras().await.unwrap();
    let endings: Vec<_> = saved.iter().map(|file| file.path.extension().unwrap().to_str().unwrap()).collect();
    assert_eq!(endings, ["mp3", "mp3", "txt", "jpg", "txt", "jpg", "json"]);
    assert_eq!(saved[..2], plain, "the songs are where they were");
    for (song, beside) in [(0, 2), (0, 3), (1, 4), (1, 5)] {
        assert_eq!(saved[song].path.with_extension(""), saved[beside].path.with_extension(""));
        assert_eq!(saved[song].id, saved[beside].id);
    }
    assert_eq!(fs::read_to_string(&saved[2].path).unwrap(), "[Verse]\nOne more stair");
    let record: Value = serde_json::from_slice(&fs::read(&saved[6].path).unwrap()).unwrap();
    assert_eq!(record["taskId"], task.id().as_str());
    assert_eq!(client.unfinished().await.unwrap().len(), 0);

    // An extra counts like any other file.
    house
        .sandbox
        .fault("get-music-details", kie_sandbox::Fault::Refuse { http_status: 200, code: 401, msg: "no".into() });
    let error = task.save(&tracks, folder.path()).with_extras().await.unwrap_err();
    let Error::Save(save) = &error else { panic!("{error:?}") };
    assert_eq!((save.saved().len(), save.missing()), (6, 1));
}
