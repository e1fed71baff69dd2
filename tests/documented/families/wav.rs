//! Tests of WAV files: the status flag, the times, and callbacks that spell the names of their fields in two ways.

use kie_types::{
    Charged, ConvertToWav, Endpoint, GetWavDetails, Output, Record, RefusalKind, TaskState, WavConversion, WavRecord,
};

use crate::documented::{TRACK, failure, fixture, push, record, refusal, valid};

const WAV_TASK: &str = "c9a40b61d2ee4b7f9a3f51e8d06b7742";
const WAV: &str = "https://files.example.net/c9a4.wav";

fn wav(name: &str) -> WavRecord {
    record::<WavConversion>(name)
}

#[test]
fn processing_0_2_each_wav_flag_is_a_state() {
    for name in ["record-pending", "record-pending-absent-keys", "record-unknown-flag"] {
        assert_eq!(wav(name).state(), TaskState::Running(None), "{name}");
    }
    assert_eq!(wav("record-unknown-flag").success_flag.unwrap().as_str(), "ENCODING");
    assert_eq!(wav("record-success-documented").state(), TaskState::Complete);
    for (name, status) in
        [("record-create-task-failed", "CREATE_TASK_FAILED"), ("record-generate-wav-failed", "GENERATE_WAV_FAILED")]
    {
        let failure = failure(wav(name).state());
        assert_eq!((failure.status.as_deref(), failure.code), (Some(status), Some(500)), "{name}");
    }
}

#[test]
fn processing_0_2_callback_exception_of_a_wav_goes_by_the_link() {
    assert_eq!(wav("record-callback-exception-with-file").state(), TaskState::Complete);
    assert_eq!(wav("record-callback-exception-without-file").state(), TaskState::Undelivered);
}

#[test]
fn processing_0_3_times_of_a_wav_are_text_without_a_zone() {
    let record = wav("record-success-documented");
    assert_eq!(record.create_time.as_ref().unwrap().to_string(), "2026-02-03 14:07:21");
    assert_eq!(record.complete_time.unwrap().system_time(), None);
    assert_eq!(wav("record-pending").complete_time, None);
    assert_eq!(wav("record-pending-absent-keys").complete_time, None);
}

#[test]
fn processing_0_3_a_wav_has_an_index_only_at_kie() {
    let record = wav("record-success-documented");
    assert_eq!((record.music_index, record.error_code, record.error_message), (Some(1), None, None));
    assert_eq!(wav("record-success-sister").music_index, None);
    assert_eq!(wav("record-pending").output(), None);
    assert_eq!(wav("record-pending-absent-keys").output(), None);
}

#[test]
fn a_finished_wav_has_its_link_and_its_track() {
    let record = wav("record-success-documented");
    assert_eq!(record.task_id.as_ref().unwrap().as_str(), WAV_TASK);
    assert_eq!(record.music_id.as_ref().unwrap().as_str(), TRACK);
    let item = record.output().unwrap().items().remove(0);
    assert_eq!(item.url.as_deref(), Some(WAV));
    assert_eq!(item.urls["audioWavUrl"], WAV);
}

#[test]
fn common_7_a_wav_callback_mixes_two_spellings() {
    for name in ["complete", "complete-camel-case"] {
        let callback = push::<WavConversion>(&format!("convert-to-wav/{name}"));
        assert_eq!(callback.task_id.as_ref().unwrap().as_str(), WAV_TASK, "{name}");
        assert_eq!(callback.state(), TaskState::Complete, "{name}");
        assert_eq!(callback.output().unwrap().audio_wav_url.as_deref(), Some(WAV), "{name}");
    }
}

#[test]
fn a_failed_wav_callback_has_a_null_link() {
    for (name, code) in
        [("error", 500), ("error-400-sister", 400), ("error-451-sister", 451), ("error-500-sister", 500)]
    {
        let callback = push::<WavConversion>(&format!("convert-to-wav/{name}"));
        assert_eq!(failure(callback.state()).code, Some(code), "{name}");
        assert_eq!(callback.output(), None, "{name}");
    }
}

#[test]
fn common_3_a_wav_that_exists_is_a_conflict_and_not_paid_again() {
    let exists = refusal("convert-to-wav/refusal-exists-already");
    assert_eq!((exists.kind(), exists.charged()), (RefusalKind::Conflict, Charged::No));
    assert_eq!(refusal("convert-to-wav/refusal-not-json").kind(), RefusalKind::Validation);
}

#[test]
fn common_2_a_wav_of_an_unknown_track_is_refused_at_once() {
    let unknown = refusal("convert-to-wav/refusal-record-does-not-exist");
    assert_eq!((unknown.http_status(), unknown.code(), unknown.message()), (200, 422, "Record does not exist"));
    valid::<ConvertToWav>("convert-to-wav/request-as-printed");
}

#[test]
fn music_row_01_an_unknown_wav_task_is_null() {
    assert_eq!(GetWavDetails::read(200, &fixture("get-wav-details/record-unknown-task").body), Ok(None));
}
