//! Tests of the callbacks of music tasks: their stages, their tracks, and their failures.

use kie_types::{Callback, CallbackType, Charged, Model, Music, RefusalKind, Seconds, Stage, TaskState};

use crate::documented::{MP3, SECOND_TRACK, TASK, TRACK, failure, finished, push};

#[test]
fn each_callback_names_its_stage_and_its_tracks() {
    for (page, rows) in [("generate-music", 2), ("extend-music", 2), ("add-instrumental", 1)] {
        for (name, kind, state, ids) in [
            ("text", CallbackType::Text, TaskState::Running(Some(Stage::Text)), &[][..]),
            ("first", CallbackType::First, TaskState::Running(Some(Stage::First)), &[TRACK][..]),
            // The documentation page of add-instrumental shows only one track in the last callback, instead of two.
            ("complete", CallbackType::Complete, TaskState::Complete, &[TRACK, SECOND_TRACK][..rows]),
        ] {
            let callback = push::<Music>(&format!("{page}/{name}"));
            assert_eq!(callback.task_id.as_ref().unwrap().as_str(), TASK);
            assert_eq!((callback.code, callback.data.callback_type.as_ref()), (200, Some(&kind)), "{page}/{name}");
            assert_eq!((callback.state(), finished(&callback.data.tracks)), (state, ids.to_vec()), "{page}/{name}");
        }
    }
    let callback = push::<Music>("add-instrumental/first");
    let track = &callback.data.tracks[0];
    assert_eq!(track.model_name.as_deref(), Some("chirp-v4-5"));
    assert_eq!(track.create_time.as_ref().unwrap().to_string(), "2025-01-01 00:00:00");
    assert_eq!(track.duration.map(Seconds::get), Some(198.44));
}

#[test]
fn failed_callbacks_say_what_failed_and_who_paid() {
    for (code, kind, charged) in [
        (400, RefusalKind::Content, Charged::Unknown),
        (408, RefusalKind::TaskFailed, Charged::Unknown),
        (413, RefusalKind::Content, Charged::Unknown),
        (500, RefusalKind::Server, Charged::Unknown),
        (531, RefusalKind::TaskFailed, Charged::Refunded),
    ] {
        let failure = failure(push::<Music>(&format!("generate-music/error-{code}")).state());
        assert_eq!((failure.code, failure.kind(), failure.charged()), (Some(code), kind, charged), "{code}");
    }
}

#[test]
fn the_sister_s_451_says_that_a_file_could_not_be_fetched() {
    let failure = failure(push::<Music>("generate-music/error-451-sister").state());
    assert_eq!((failure.code, failure.kind()), (Some(451), RefusalKind::FileUnreachable));
}

#[test]
fn a_live_callback_has_source_links_and_may_lack_the_stream() {
    let callback = push::<Music>("generate-music/complete-live");
    let track = &callback.data.tracks[0];
    assert_eq!((track.url(), track.stream_audio_url.as_ref()), (Some(MP3), None));
    assert!(track.source_audio_url.is_some() && track.source_stream_audio_url.is_some());
    assert_eq!(track.create_time.as_ref().unwrap().as_millis(), Some(1_770_127_702_000));
    assert_eq!(track.model(), Some(Model::V5));
}

#[test]
fn early_rows_without_a_file_are_not_finished() {
    let callback = push::<Music>("generate-music/text-with-rows");
    assert_eq!(callback.data.tracks.len(), 2);
    assert_eq!(finished(&callback.data.tracks), Vec::<&str>::new());
    assert_eq!(callback.data.tracks[1].duration.map(Seconds::get), Some(0.0));
}

#[test]
fn a_stage_that_we_do_not_know_keeps_the_task_running() {
    let callback = push::<Music>("generate-music/second");
    assert_eq!(callback.data.callback_type.as_ref().unwrap().as_str(), "second");
    assert_eq!(callback.state(), TaskState::Running(None));
    assert_eq!(finished(&callback.data.tracks).len(), 2);
}

#[test]
fn an_error_text_inside_data_wins_over_the_envelope_s() {
    let failure = failure(push::<Music>("generate-music/error-message-inside").state());
    assert_eq!(failure.message.as_deref(), Some("the lyrics were refused"));
}

#[test]
fn a_failure_without_words_has_none() {
    let body = format!(r#"{{"code":500,"data":{{"callbackType":"error","task_id":"{TASK}","data":null}}}}"#);
    let callback = Callback::<Music>::parse(body.as_bytes()).unwrap();
    assert_eq!(failure(callback.state()).message, None);
    assert_eq!(failure(callback.state()).to_string(), "failed (code 500)");
}
