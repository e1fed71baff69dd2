//! Tests of MIDI: the status flag is a number, the error code is a text, and times have two forms.

use kie_types::{
    Charged, Endpoint, GenerateMidi, GetMidiDetails, Midi, MidiRecord, MidiStatus, Note, Output, Record, Seconds,
    TaskState,
};

use crate::documented::{failure, fixture, push, record, refusal, valid};

const MIDI_TASK: &str = "20d5ce7f1b8e4f0c8a6f3b94d1a7e003";

fn midi(name: &str) -> MidiRecord {
    record::<Midi>(name)
}

#[test]
fn processing_0_2_each_midi_flag_is_a_number_and_a_state() {
    for name in ["record-pending", "record-pending-absent-keys", "record-unknown-flag"] {
        assert_eq!(midi(name).state(), TaskState::Running(None), "{name}");
    }
    assert_eq!(midi("record-pending").success_flag, Some(MidiStatus::Pending));
    assert_eq!(midi("record-unknown-flag").success_flag.unwrap().as_str(), "7");
    for name in ["record-success-documented", "record-flag-as-text"] {
        assert_eq!(midi(name).state(), TaskState::Complete, "{name}");
    }
    for (name, status) in [("record-create-task-failed", "2"), ("record-generate-failed", "3")] {
        let failure = failure(midi(name).state());
        assert_eq!((failure.status.as_deref(), failure.code), (Some(status), Some(500)), "{name}");
    }
}

#[test]
fn processing_0_3_error_code_of_midi_is_text_and_need_not_be_a_number() {
    assert_eq!(midi("record-success-documented").error_code, None);
    assert_eq!(midi("record-generate-failed").error_code.as_deref(), Some("500"));
    let failure = failure(midi("record-generate-failed-code-of-words").state());
    assert_eq!(failure.code, None);
    assert_eq!(failure.message.as_deref(), Some("UPSTREAM_TIMEOUT: MIDI generation failed"));
}

#[test]
fn processing_0_3_times_of_midi_are_milliseconds() {
    let record = midi("record-success-documented");
    assert_eq!(record.create_time.unwrap().as_millis(), Some(1_770_127_999_000));
    assert_eq!(record.complete_time.unwrap().as_millis(), Some(1_770_128_005_000));
    assert_eq!(record.record_task_id, Some(-1));
    assert_eq!(midi("record-pending").complete_time, None);
}

#[test]
fn processing_0_3_no_response_is_around_the_notes() {
    let data = midi("record-success-documented").midi_data.unwrap();
    assert_eq!(data.state.as_deref(), Some("complete"));
    let names: Vec<_> = data.instruments.iter().filter_map(|instrument| instrument.name.as_deref()).collect();
    assert_eq!(names, ["Drums", "Acoustic Grand Piano"]);
    let Note { pitch, start, end, velocity, .. } = data.instruments[1].notes[0].clone();
    assert_eq!((pitch, velocity), (Some(60), Some(0.8)));
    assert_eq!((start.map(Seconds::get), end.map(Seconds::get)), (Some(0.5), Some(0.9375)));
    assert_eq!(midi("record-pending").output(), None);
}

#[test]
fn a_finished_task_may_have_no_notes_and_then_has_no_file() {
    for name in ["record-success-without-notes", "record-success-null-data"] {
        let record = midi(name);
        assert_eq!((record.state(), record.audio_id.as_ref()), (TaskState::Complete, None), "{name}");
        assert!(record.output().unwrap().items().is_empty(), "{name}");
    }
    let callback = push::<Midi>("generate-midi/complete-without-notes");
    assert_eq!(callback.state(), TaskState::Complete);
    assert!(callback.output().unwrap().items().is_empty());
}

#[test]
fn the_notes_are_one_file_with_a_track_for_each_instrument() {
    let item = midi("record-success-documented").output().unwrap().items().remove(0);
    assert_eq!((item.text.as_deref(), item.url), (Some("Drums, Acoustic Grand Piano"), None));
    let file = item.inline.unwrap();
    assert_eq!(file.extension, "mid");
    assert!(file.bytes.starts_with(b"MThd\0\0\0\x06\0\x01\0\x03\x01\xE0MTrk"));
    assert_eq!(file.bytes.windows(4).filter(|four| four == b"MTrk").count(), 3);
}

#[test]
fn common_7_a_time_in_a_midi_callback_is_a_number_or_text() {
    let callback = push::<Midi>("generate-midi/complete");
    let instruments = callback.output().unwrap().instruments;
    let times = |index: usize| {
        let note: &Note = &instruments[index].notes[0];
        (note.start.map(Seconds::get), note.end.map(Seconds::get))
    };
    assert_eq!(times(0), (Some(0.427_083_333_333_333_3), Some(0.5)));
    assert_eq!(times(1), (Some(0.5), Some(0.9375)));
}

#[test]
fn common_7_a_midi_callback_names_its_task_in_data_or_beside_it() {
    for name in ["complete", "complete-id-at-root"] {
        let callback = push::<Midi>(&format!("generate-midi/{name}"));
        assert_eq!(callback.task_id.as_ref().unwrap().as_str(), MIDI_TASK, "{name}");
        assert_eq!(callback.state(), TaskState::Complete, "{name}");
    }
}

#[test]
fn a_failed_midi_callback_has_the_id_and_nothing_else() {
    let callback = push::<Midi>("generate-midi/error");
    assert_eq!(callback.task_id.as_ref().unwrap().as_str(), MIDI_TASK);
    let failure = failure(callback.state());
    assert_eq!((failure.code, failure.message.as_deref()), (Some(500), Some("MIDI generation failed")));
    assert_eq!(callback.output(), None);
}

#[test]
fn common_2_midi_of_an_unknown_separation_is_refused_at_once() {
    let unknown = refusal("generate-midi/refusal-record-does-not-exist");
    assert_eq!((unknown.code(), unknown.message(), unknown.charged()), (422, "Record does not exist", Charged::No));
    let every: GenerateMidi = valid("generate-midi/request-minimal");
    assert_eq!(every.audio_id, None);
}

#[test]
fn music_row_01_an_unknown_midi_task_is_null() {
    assert_eq!(GetMidiDetails::read(200, &fixture("get-midi-details/record-unknown-task").body), Ok(None));
}
