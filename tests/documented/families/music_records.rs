//! Tests of the records of music tasks (the responses of their lookup operations): their states, their tracks, and
//! missing fields.

use kie_types::{
    Charged, GenerateMusic, Model, Music, MusicStatus, Outcome, Output, Record, RefusalKind, Report, Seconds, Stage,
    TaskState,
};

use crate::documented::{MP3, SECOND_TRACK, TASK, TRACK, failure, finished, music};

#[test]
fn each_status_of_a_music_record_is_a_state() {
    let running = |stage| TaskState::Running(stage);
    assert_eq!(music("record-pending").state(), running(None));
    assert_eq!(music("record-text-success").state(), running(Some(Stage::Text)));
    assert_eq!(music("record-first-success").state(), running(Some(Stage::First)));
    assert_eq!(music("record-success-documented").state(), TaskState::Complete);
    assert_eq!(music("record-unknown-status").state(), running(None));
    assert_eq!(music("record-unknown-status").status.unwrap().as_str(), "SECOND_SUCCESS");
    for (name, status) in [
        ("record-create-task-failed", MusicStatus::CreateTaskFailed),
        ("record-generate-audio-failed-400", MusicStatus::GenerateAudioFailed),
        ("record-sensitive-word-error", MusicStatus::SensitiveWordError),
    ] {
        assert_eq!(failure(music(name).state()).status.as_deref(), Some(status.as_str()), "{name}");
    }
}

#[test]
fn failed_records_say_what_failed_and_who_paid() {
    let of = |name| failure(music(name).state());
    for (name, code, kind, charged) in [
        ("record-create-task-failed", Some(408), RefusalKind::TaskFailed, Charged::Unknown),
        ("record-generate-audio-failed-400", Some(400), RefusalKind::Content, Charged::Unknown),
        ("record-generate-audio-failed-413", Some(413), RefusalKind::Content, Charged::Unknown),
        ("record-generate-audio-failed-501", Some(501), RefusalKind::TaskFailed, Charged::Unknown),
        ("record-generate-audio-failed-531", Some(531), RefusalKind::TaskFailed, Charged::Refunded),
        ("record-sensitive-word-error", None, RefusalKind::Content, Charged::Unknown),
    ] {
        let failure = of(name);
        assert_eq!((failure.code, failure.kind(), failure.charged()), (code, kind, charged), "{name}");
    }
    // The error message of a failed task can be inside `response`.
    assert_eq!(of("record-generate-audio-failed-501").message.as_deref(), Some("generation failed"));
}

#[test]
fn a_live_record_is_read_to_its_last_field() {
    let record = music("record-success-live");
    assert_eq!(record.task_id.as_ref().unwrap().as_str(), TASK);
    assert_eq!(record.parent_music_id, None);
    assert_eq!(record.kind.as_deref(), Some("chirp-crow"));
    assert_eq!(record.operation_type.as_deref(), Some("generate"));
    assert_eq!((record.error_code, record.error_message.as_deref()), (None, None));
    assert_eq!(record.create_time.as_ref().and_then(kie_types::Timestamp::as_millis), Some(1_770_127_700_000));
    let [first, second] = record.tracks() else { panic!("two tracks") };
    assert_eq!(first.id.as_ref().unwrap().as_str(), TRACK);
    assert_eq!(first.url(), Some(MP3));
    assert_eq!(
        first.source_audio_url.as_deref(),
        Some("https://source.example.org/7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a.mp3")
    );
    assert_eq!(first.stream_audio_url.as_deref(), Some("https://stream.example.net/a"));
    assert_eq!(first.image_url.as_deref(), Some("https://files.example.net/a.jpeg"));
    assert!(first.source_stream_audio_url.is_some() && first.source_image_url.is_some());
    assert_eq!(first.model(), Some(Model::V5));
    assert_eq!(first.duration.map(Seconds::get), Some(151.2));
    // In this JSON the duration is an integer without a decimal point. It is read as a number of seconds with decimals.
    assert_eq!(second.duration.map(Seconds::get), Some(164.0));
    assert_eq!(second.title.as_deref(), Some("One More Stop"));
    assert_eq!(second.tags.as_deref(), Some("chamber pop"));
    assert!(second.prompt.as_deref().unwrap().starts_with("[Verse]"));
}

#[test]
fn the_request_inside_param_can_be_read_as_a_request() {
    let record = music("record-success-live");
    let request: GenerateMusic = record.param.unwrap().parse().unwrap();
    assert_eq!(request.model, Model::V5);
    assert_eq!(request.title.as_deref(), Some("One More Stop"));
    assert_eq!(music("record-empty-param").param, None);
}

#[test]
fn a_pending_record_has_no_tracks() {
    let record = music("record-pending");
    assert_eq!(record.response, None);
    assert!(record.tracks().is_empty() && record.output().is_none());
}

#[test]
fn empty_and_null_links_are_absent_while_the_lyrics_are_ready() {
    let record = music("record-text-success");
    assert_eq!(record.tracks().len(), 2);
    for track in record.tracks() {
        assert_eq!((track.url(), track.audio_url.as_ref(), track.duration), (None, None, None));
        assert!(track.stream_audio_url.is_some(), "the stream already plays");
    }
    let record = music("record-text-success-no-links");
    let [track] = record.tracks() else { panic!("one track") };
    assert_eq!((&track.stream_audio_url, &track.image_url, &track.title, &track.tags), (&None, &None, &None, &None));
}

#[test]
fn an_upstream_link_before_completion_is_not_a_finished_file() {
    let record = music("record-text-success-source-link-early");
    assert_eq!(finished(record.tracks()), Vec::<&str>::new());
    assert!(record.output().unwrap().items().iter().all(|item| item.url.is_none()));
}

#[test]
fn the_first_finished_row_is_the_only_finished_one() {
    let record = music("record-first-success");
    assert_eq!(record.tracks().len(), 2);
    assert_eq!(finished(record.tracks()), [TRACK]);
}

#[test]
fn rows_survive_what_they_lack() {
    let record = music("record-placeholder-row");
    assert_eq!(record.tracks().len(), 2);
    assert_eq!((record.tracks()[1].id.as_ref(), record.tracks()[1].url()), (None, None));
    assert_eq!(finished(music("record-partial-second-row").tracks()), [TRACK, SECOND_TRACK]);
    assert_eq!(music("record-response-without-task-id").tracks().len(), 2);
    assert_eq!(music("record-title-is-the-id").tracks()[0].title.as_deref(), Some(TRACK));
    let record = music("record-instrumental");
    let [first, second] = record.tracks() else { panic!("two tracks") };
    assert_eq!((first.prompt.as_deref(), second.prompt.as_deref()), (Some("[Instrumental]"), None));
}

#[test]
fn both_spellings_of_a_row_are_read() {
    let record = music("record-snake-case-rows");
    let [track] = record.tracks() else { panic!("one track") };
    assert_eq!(track.url(), Some(MP3));
    assert_eq!(track.model(), Some(Model::V5));
    assert_eq!((track.stream_audio_url.is_some(), track.image_url.is_some()), (true, true));
}

#[test]
fn what_is_filled_wins_over_what_is_empty_and_repeated_keys_do_no_harm() {
    let record = music("record-both-spellings-twice");
    assert_eq!(record.task_id.as_ref().unwrap().as_str(), TASK);
    assert_eq!(record.tracks()[0].url(), Some(MP3));
    assert_eq!(record.tracks()[0].title.as_deref(), Some("One More Stop"));
}

#[test]
fn numbers_may_be_texts() {
    let record = music("record-numbers-as-text");
    assert_eq!(record.error_code, None);
    assert_eq!(record.create_time.unwrap().as_millis(), Some(1_770_127_700_000));
    let track = &record.response.unwrap().suno_data[0];
    assert_eq!(track.duration.map(Seconds::get), Some(151.2));
    assert_eq!(track.create_time.as_ref().unwrap().as_millis(), Some(1_770_127_702_000));
}

#[test]
fn an_undelivered_callback_with_tracks_is_a_success_and_without_is_not_yet_a_failure() {
    assert_eq!(music("record-callback-exception-with-tracks").state(), TaskState::Complete);
    let half = music("record-callback-exception-one-track");
    assert_eq!(half.state(), TaskState::Undelivered, "the other track may still come");
    let report = Report::of_record::<Music>(Some(&half));
    assert_eq!((report.outcome, report.stage), (Outcome::Success, Some(Stage::Complete)), "and this one can be used");
    assert_eq!(report.task_id.as_deref(), Some(TASK));
    assert_eq!(finished(half.tracks()), [TRACK]);
    assert_eq!(half.tracks().len(), 2);
    assert_eq!(half.output().unwrap().len(), 1, "a missing track is not saved");
    assert_eq!(music("record-callback-exception-without-tracks").state(), TaskState::Undelivered);
}

#[test]
fn a_record_becomes_a_report() {
    let record = music("record-first-success");
    let report = Report::new::<Music>(&TASK.into(), Some(&record));
    assert_eq!((report.outcome, report.stage), (kie_types::Outcome::Running, Some(Stage::First)));
    assert_eq!(report.items.iter().filter(|item| item.url.is_some()).count(), 1);
    assert_eq!(report.items[0].urls["audioUrl"], MP3);
    let report = Report::new::<Music>(&TASK.into(), Some(&music("record-generate-audio-failed-531")));
    assert_eq!((report.code, report.charged), (Some(531), Charged::Refunded));
    assert_eq!(Report::new::<Music>(&TASK.into(), None).outcome, Outcome::NotFound);
}

#[test]
fn every_model_has_its_upstream_name() {
    for (model, upstream) in [
        (Model::V3_5, "chirp-v3-5"),
        (Model::V4, "chirp-v4"),
        (Model::V4_5, "chirp-auk"),
        (Model::V4_5All, "chirp-auk-turbo"),
        (Model::V4_5Plus, "chirp-bluejay"),
        (Model::V5, "chirp-crow"),
        (Model::V5_5, "chirp-fenix"),
        (Model::V6, "chirp-hawk"),
        (Model::V6Wild, "chirp-hawk-wild"),
        (Model::V6Mini, "chirp-goose"),
    ] {
        assert_eq!(model.upstream(), Some(upstream));
        assert_eq!(Model::from_upstream(upstream), Some(model));
    }
    // Only the documented callbacks of add-instrumental have this model name. The documentation does not say which
    // model it means.
    assert_eq!(Model::from_upstream("chirp-v4-5"), None);
}
