//! Tests of the lifetime of files: the time for which the service keeps a file. It is known from the kind of the file's
//! link or from the record of the task.

use std::time::Duration;

use kie_types::{
    Cover, DownloadUrl, Endpoint, Item, Job, Lifetime, Link, Lyrics, Midi, Music, MusicVideo, Output, Record, Recovery,
    Report, Timestamp, UploadedFile, VocalSeparation, Voice, WavConversion, link::Any,
};

use super::{fixture, music, record};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns the name and the lifetime of each link in the items of a record. `name` is the name of the record's fixture.
/// Also checks that the main link of each item has the lifetime of generated files.
fn said<J: Job>(name: &str) -> Vec<(String, Option<Lifetime>)> {
    let items = record::<J>(name).output().unwrap().items();
    for Item { url, .. } in &items {
        assert_eq!(url.as_ref().and_then(Link::lifetime), url.as_ref().map(|_| Lifetime::GENERATED), "{name}");
    }
    items.into_iter().flat_map(|item| item.urls).map(|(wire, link)| (wire, link.lifetime())).collect()
}

#[test]
fn common_9_the_documented_times_are_data() {
    let days = |lifetime: Lifetime| (lifetime.shortest.div_duration_f64(DAY), lifetime.longest.div_duration_f64(DAY));
    assert_eq!(days(Lifetime::GENERATED), (14.0, 15.0));
    assert_eq!(days(Lifetime::UPLOADED), (1.0, 3.0));
    assert_eq!((Lifetime::DIRECT.shortest, Lifetime::DIRECT.longest), (DAY / 72, DAY / 72));
}

#[test]
fn common_9_every_link_tells_how_long_it_is_good_for() {
    let track = &music("record-success-live").tracks()[0].clone();
    for link in [&track.audio_url, &track.image_url] {
        assert_eq!(link.as_ref().unwrap().lifetime(), Some(Lifetime::GENERATED));
    }
    let unknown =
        [&track.source_audio_url, &track.stream_audio_url, &track.source_stream_audio_url, &track.source_image_url];
    for link in unknown {
        assert_eq!(link.as_ref().unwrap().lifetime(), None, "nothing is documented of {link:?}");
    }

    let direct = fixture("download-url/response-link");
    let direct = DownloadUrl::read(direct.http_status, &direct.body).unwrap();
    assert_eq!(direct.lifetime(), Some(Lifetime::DIRECT));
    for name in ["response-quickstart", "response-file-url-only", "response-live"] {
        let file: UploadedFile = fixture(&format!("upload-file-base-64/{name}")).open().unwrap();
        assert_eq!(file.url().unwrap().lifetime(), Some(Lifetime::UPLOADED), "{name}");
    }
}

#[test]
fn common_9_links_by_name_know_what_the_typed_ones_do() {
    let all = [
        ("music", said::<Music>("record-success-live")),
        ("stems", said::<VocalSeparation>("record-success-sister")),
        ("wav", said::<WavConversion>("record-success-documented")),
        ("video", said::<MusicVideo>("record-success-documented")),
        ("cover", said::<Cover>("record-success-documented")),
        ("recovery", said::<Recovery>("record-success")),
    ];
    for (job, links) in all {
        assert!(!links.is_empty(), "{job}");
        for (name, lifetime) in links {
            let is_unknown = name.starts_with("source") || ["streamAudioUrl", "originUrl"].contains(&name.as_str());
            assert_eq!(lifetime, (!is_unknown).then_some(Lifetime::GENERATED), "{job} {name}");
        }
    }
}

#[test]
fn a_link_among_others_is_the_same_text_and_takes_no_room() {
    let link = Link::<kie_types::link::Generated>::new("https://files.example.net/a b.mp3");
    let any = link.to_any();
    assert_eq!((any.as_str(), any.lifetime()), (link.as_str(), link.lifetime()));
    assert_eq!(serde_json::to_string(&any).unwrap(), serde_json::to_string(&link).unwrap());
    // The lifetime depends on the kind of a link, such as a link to an uploaded file. JSON does not contain this kind,
    // so a `Link<Any>` that was read from JSON has no known lifetime.
    let read: Link<Any> = serde_json::from_str(&serde_json::to_string(&any).unwrap()).unwrap();
    assert_eq!((&read, read.lifetime()), (&any, None));
    assert_eq!(size_of::<Option<Link>>(), size_of::<Box<str>>());
}

#[test]
fn common_9_records_tell_until_when_files_are_kept() {
    let until = |kept: Option<Timestamp>| kept.and_then(|kept| kept.to_utc());
    // The expected time is fourteen days after the creation time in the record.
    assert_eq!(until(music("record-success-live").kept_until()).unwrap(), "2026-02-17T14:08:20.000Z");
    let video = record::<MusicVideo>("record-success-sister");
    assert_eq!(until(video.kept_until()).unwrap(), "2026-02-17T14:17:58.000Z");
    let cover = record::<Cover>("record-success-documented");
    assert_eq!(until(cover.kept_until()).unwrap(), "2026-02-17T14:17:58.000Z", "by a text with its zone");
    assert!(until(record::<VocalSeparation>("record-success-sister").kept_until()).is_some());
    assert!(until(record::<Midi>("record-success-documented").kept_until()).is_some());

    // If a record has no creation time, the lifetime begins at the creation time of its tracks. A time that is written
    // as text with a time zone is exact.
    let mut rows_only = music("record-iso-time");
    rows_only.create_time = None;
    assert_eq!(until(rows_only.kept_until()).unwrap(), "2026-02-17T14:08:22.000Z");

    // A time that is written as text without a time zone is not exact, so there is no result. There is no result for a
    // missing time either.
    assert_eq!(music("record-success-documented").kept_until(), None);
    assert_eq!(record::<MusicVideo>("record-success-documented").kept_until(), None);
    assert_eq!(record::<Lyrics>("record-success-documented").kept_until(), None);
    assert_eq!(record::<Voice>("record-success").kept_until(), None);
    assert_eq!(record::<Recovery>("record-success").kept_until(), None);
}

#[test]
fn reports_have_the_lifetime_of_their_items() {
    let report = Report::of_record::<Music>(Some(&music("record-success-live")));
    assert_eq!(serde_json::to_value(&report).unwrap()["keptUntil"], 1_771_337_300_000_u64);
    let pending = Report::of_record::<Music>(Some(&music("record-pending")));
    assert_eq!((pending.kept_until.as_ref(), serde_json::to_value(&pending).unwrap().get("keptUntil")), (None, None));
}

#[test]
fn common_8_an_upload_is_good_until_the_service_says_or_for_the_shorter_time() {
    let until = |name: &str| {
        let file: UploadedFile = fixture(&format!("upload-file-base-64/{name}")).open().unwrap();
        file.kept_until()
    };
    // The response on the quickstart page contains `expiresAt`, and this time is used unchanged. If `expiresAt` is
    // missing, a file expires one day after `uploadedAt`.
    assert_eq!(until("response-quickstart").unwrap().to_string(), "2026-02-04T14:02:11.508Z");
    assert_eq!(until("response-documented").unwrap().to_utc().unwrap(), "2026-02-04T14:02:11.508Z");
    assert_eq!(until("response-live").unwrap().as_millis(), Some(1_770_213_731_508));

    let read = |text: &str| serde_json::from_str::<UploadedFile>(text).unwrap().kept_until();
    let later = r#"{"uploadedAt": "2026-02-03T14:02:11Z", "expiresAt": "2026-02-06T14:02:11Z"}"#;
    assert_eq!(read(later).unwrap().to_string(), "2026-02-06T14:02:11Z", "the service knows better");
    assert_eq!(read(r#"{"uploadedAt": "2026-02-03 14:02:11"}"#), None);
    assert_eq!(read("{}"), None);
}
