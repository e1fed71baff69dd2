//! Tests of videos: records, callbacks and refusals, and the discrepancies between the documentation pages about
//! processing.

use kie_types::{Charged, MusicVideo, Output, Record, RefusalKind, TaskState};

use crate::documented::{MP4, TRACK, VIDEO_TASK, failure, push, refusal, video};

#[test]
fn processing_0_2_each_success_flag_is_a_state() {
    assert_eq!(video("record-pending").state(), TaskState::Running(None));
    assert_eq!(video("record-pending-absent-keys").state(), TaskState::Running(None));
    assert_eq!(video("record-success-documented").state(), TaskState::Complete);
    assert_eq!(video("record-unknown-flag").state(), TaskState::Running(None));
    assert_eq!(video("record-unknown-flag").success_flag.unwrap().as_str(), "RENDERING");
    for name in ["record-create-task-failed", "record-generate-mp4-failed"] {
        let failure = failure(video(name).state());
        assert_eq!((failure.code, failure.kind()), (Some(500), RefusalKind::Server), "{name}");
        assert!(failure.message.is_some(), "{name}");
    }
}

#[test]
fn processing_0_2_callback_exception_of_the_sister_goes_by_the_link() {
    assert_eq!(video("record-callback-exception-with-video").state(), TaskState::Complete);
    assert_eq!(video("record-callback-exception-without-video").state(), TaskState::Undelivered);
}

#[test]
fn processing_0_3_times_are_text_or_milliseconds_or_null() {
    let documented = video("record-success-documented");
    assert_eq!(documented.create_time.unwrap().to_string(), "2026-02-03 14:17:58");
    assert_eq!(documented.complete_time.as_ref().unwrap().to_string(), "2026-02-03 14:20:10");
    assert_eq!(documented.complete_time.unwrap().system_time(), None);
    let sister = video("record-success-sister");
    assert_eq!(sister.create_time.unwrap().as_millis(), Some(1_770_128_278_000));
    assert_eq!(sister.complete_time.unwrap().as_millis(), Some(1_770_128_410_000));
    assert_eq!(video("record-pending").complete_time, None);
    assert_eq!(video("record-pending-absent-keys").complete_time, None);
}

#[test]
fn processing_0_3_error_code_is_null_or_zero_when_nothing_failed() {
    assert_eq!(video("record-success-documented").error_code, None);
    let placeholder = video("record-placeholder");
    assert_eq!(placeholder.error_code, Some(0));
    assert_eq!(placeholder.error_message, None);
    assert_eq!(placeholder.state(), TaskState::Running(None));
    assert_eq!(placeholder.task_id, None);
    assert!(placeholder.output().is_none_or(|video| video.video_url.is_none()));
}

#[test]
fn processing_0_3_response_is_null_or_absent_while_running() {
    assert_eq!(video("record-pending").output(), None);
    assert_eq!(video("record-pending-absent-keys").output(), None);
}

#[test]
fn processing_0_3_music_index_counts_from_zero() {
    assert_eq!(video("record-success-documented").music_index, Some(0));
    assert_eq!(video("record-success-sister").music_index, Some(1));
}

#[test]
fn a_finished_video_has_its_link_in_both_spellings_of_the_pages() {
    let record = video("record-success-documented");
    assert_eq!(record.task_id.as_ref().unwrap().as_str(), VIDEO_TASK);
    assert_eq!(record.music_id.as_ref().unwrap().as_str(), TRACK);
    assert_eq!(record.response.unwrap().video_url.as_deref(), Some(MP4));
    let callback = push::<MusicVideo>("create-music-video/complete");
    assert_eq!(callback.task_id.as_ref().unwrap().as_str(), VIDEO_TASK);
    assert_eq!(callback.state(), TaskState::Complete);
    assert_eq!(callback.output().unwrap().items()[0].url.as_deref(), Some(MP4));
}

#[test]
fn a_failed_video_callback_has_a_null_link() {
    for (name, code) in [("create-music-video/error", 500), ("create-music-video/error-sister", 400)] {
        let callback = push::<MusicVideo>(name);
        assert_eq!(failure(callback.state()).code, Some(code), "{name}");
        assert_eq!(callback.output(), None, "{name}");
    }
    assert_eq!(push::<MusicVideo>("create-music-video/complete-sister").state(), TaskState::Complete);
}

#[test]
fn a_video_of_an_unknown_track_is_refused_at_once() {
    let refusal = refusal("create-music-video/refusal-record-does-not-exist");
    assert_eq!((refusal.code(), refusal.message()), (422, "Record does not exist"));
    assert_eq!((refusal.kind(), refusal.charged()), (RefusalKind::Validation, Charged::No));
}
