//! Tests of personas, styles, timed lyrics, covers, and recovery (new links in place of expired ones).

use kie_types::{
    BoostMusicStyle, Callback, Charged, Cover, CoverRecord, CoverStatus, CoverSuno, Endpoint, Examples, Failure,
    GenerateMusic, GeneratePersona, GetCoverSunoDetails, GetRecoveryAudioDetails, GetTimestampedLyrics, Model, Output,
    Record, Recovery, RecoveryAudio, RecoveryRecord, RecoveryStatus, Refusal, RefusalKind, Rule, Seconds, TaskState,
    TimestampedLyrics, check, envelope::ReadError,
};
use serde_json::json;

use crate::documented::{TASK, TRACK, failure, fixture, push, valid};

const COVER_TASK: &str = "2c58d1a7e0f94b36a7d3b9c4e81f6025";
const RECOVERY_TASK: &str = "f0a94c6b3d1e4e7293b58c0d7a61e2f4";

fn answer<E: Endpoint>(name: &str) -> E::Response {
    let name = format!("{}/{name}", E::NAME);
    let fixture = fixture(&name);
    E::read(fixture.http_status, &fixture.body).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn refusal<E: Endpoint>(name: &str) -> Refusal {
    let fixture = fixture(&format!("{}/{name}", E::NAME));
    match E::read(fixture.http_status, &fixture.body) {
        Err(ReadError::Refused(refusal)) => refusal,
        other => panic!("{name} is no refusal: {other:?}"),
    }
}

fn cover(name: &str) -> CoverRecord {
    answer::<GetCoverSunoDetails>(name).expect("a record")
}

fn recovery(name: &str) -> RecoveryRecord {
    answer::<GetRecoveryAudioDetails>(name).expect("a record")
}

// ---- Personas

#[test]
fn music_row_07_persona_keys_have_no_space_in_front() {
    let checked = check::<GeneratePersona>(&fixture("generate-persona/request-schema-keys").json());
    assert_eq!(checked.unknown, [" vocalEnd", " vocalStart"]);
    let full: GeneratePersona = valid("generate-persona/request-full");
    assert_eq!(full.vocal_start.zip(full.vocal_end), Some((Seconds::new(12.5), Seconds::new(25.8))));
    let printed: GeneratePersona = valid("generate-persona/request-as-printed");
    assert_eq!(serde_json::to_value(&printed).unwrap()["vocalStart"], 0);
}

#[test]
fn music_row_08_a_source_that_is_not_taken_is_told_like_an_unknown_one() {
    let refusal = refusal::<GeneratePersona>("refusal-music-does-not-exist");
    assert_eq!((refusal.code(), refusal.message()), (422, "Music does not exist"));
    assert_eq!((refusal.kind(), refusal.charged()), (RefusalKind::Validation, Charged::No));
}

#[test]
fn a_persona_has_an_id_that_songs_take() {
    let persona = answer::<GeneratePersona>("response-live");
    assert_eq!(persona.name.as_deref(), Some("Tram singer"));
    let song = GenerateMusic::song(Model::V5, "polka", "Stairs", "One").persona_id(persona.persona_id);
    assert_eq!(song.persona_id.unwrap().as_str(), "b86e0c0f4a0b44a5a0c72f1fd27e3b90");
    assert_eq!(answer::<GeneratePersona>("response-documented").persona_id.as_str(), "b86e****3b90");
    assert_eq!(refusal::<GeneratePersona>("refusal-exists-already").kind(), RefusalKind::Conflict);
}

#[test]
fn a_persona_listens_to_10_to_30_seconds() {
    let broken = |start: Option<f64>, end: Option<f64>| {
        let mut request = GeneratePersona::new(TASK, TRACK, "x", "x");
        request.vocal_start = start.map(Seconds::new);
        request.vocal_end = end.map(Seconds::new);
        let violations = request.validate().err().map(|invalid| invalid.violations().to_vec()).unwrap_or_default();
        violations.into_iter().map(|violation| violation.field).collect::<Vec<_>>()
    };
    for (start, end) in [
        (None, None),
        (Some(0.0), Some(10.0)),
        (None, Some(10.0)),
        (Some(20.0), None),
        (Some(12.34), Some(22.34)),
        (Some(12.34), Some(42.34)),
        (Some(133.07), Some(163.07)),
    ] {
        assert_eq!(broken(start, end), [""; 0], "{start:?} to {end:?}");
    }
    for (start, end) in [
        (None, Some(9.99)),
        (None, Some(30.01)),
        (Some(20.01), None),
        (Some(12.34), Some(22.33)),
        (Some(12.34), Some(42.35)),
        (Some(60.0), Some(50.0)),
        (None, Some(20.005)),
        (None, Some(f64::NAN)),
    ] {
        assert!(broken(start, end).iter().all(|field| field == "vocalEnd"), "{start:?} to {end:?}");
        assert!(!broken(start, end).is_empty(), "{start:?} to {end:?}");
    }
    assert_eq!(broken(Some(-0.01), None), ["vocalStart"]);
    assert_eq!(broken(Some(f64::NAN), Some(20.0)), ["vocalStart"]);
}

// ---- Styles

#[test]
fn music_row_06_a_style_is_told_in_two_dialects() {
    let page = answer::<BoostMusicStyle>("response-documented");
    let live = answer::<BoostMusicStyle>("response-live");
    assert!(page.result.is_some() && page.result == live.result && page.param == live.param);
    assert_eq!((page.success_flag.as_deref(), live.success_flag.as_deref()), (Some("1"), Some("成功")));
    assert_eq!(page.create_time.unwrap().as_millis(), None);
    assert_eq!(live.create_time.unwrap().as_millis(), Some(1_770_127_702_000));
    assert_eq!((page.error_message, live.error_message, live.error_code), (None, None, None));
    assert_eq!(live.credits_consumed.unwrap().to_string(), "0.4");
    assert_eq!(live.credits_remaining.unwrap().get(), 29_212.53);
    // The error message of a response can be in either of these two fields.
    for name in ["errorMsg", "errorMessage"] {
        let body = json!({ "code": 200, "data": { "result": null, name: "too vague" } }).to_string();
        let Err(ReadError::Refused(refusal)) = BoostMusicStyle::read(200, body.as_bytes()) else { panic!("{body}") };
        assert_eq!(refusal.message(), "too vague");
    }
}

#[test]
fn a_style_that_was_not_written_is_a_failure_with_an_unknown_charge() {
    let failed = refusal::<BoostMusicStyle>("refusal-failed");
    assert_eq!((failed.code(), failed.kind(), failed.charged()), (400, RefusalKind::TaskFailed, Charged::Unknown));
    assert!(failed.body().contains("c1d0e9f8"), "the id of the call is kept");
    let empty = fixture("boost-music-style/response-empty");
    assert!(matches!(BoostMusicStyle::read(200, &empty.body), Err(ReadError::Unreadable(_))));
}

#[test]
fn music_row_26_409_speaks_of_wav_on_the_page_of_styles_too() {
    let refusal = refusal::<BoostMusicStyle>("refusal-conflict");
    assert_eq!((refusal.kind(), refusal.charged()), (RefusalKind::Conflict, Charged::No));
}

// ---- Timed lyrics

#[test]
fn timed_words_are_read_with_what_surrounds_them() {
    let lyrics = answer::<GetTimestampedLyrics>("response-documented");
    let word = &lyrics.aligned_words[0];
    assert_eq!((word.word.as_deref(), word.success, word.palign), (Some("[Verse]\nTram "), Some(true), Some(0)));
    assert_eq!(word.start_s.zip(word.end_s), Some((Seconds::new(1.36), Seconds::new(1.79))));
    assert_eq!(lyrics.waveform_data, [0.0, 1.0, 0.5, 0.75]);
    assert_eq!((lyrics.hoot_cer, lyrics.is_streamed), (Some(0.380_319_148_936_170_2), Some(false)));

    let bare = answer::<GetTimestampedLyrics>("response-fields-missing");
    assert_eq!((bare.aligned_words[0].end_s, bare.aligned_words[0].palign), (None, None));
    for name in ["response-instrumental", "response-instrumental-null"] {
        let lyrics = answer::<GetTimestampedLyrics>(name);
        assert!(lyrics.aligned_words.is_empty() && lyrics.to_lrc().is_empty() && lyrics.to_srt().is_empty(), "{name}");
    }
    let unknown = refusal::<GetTimestampedLyrics>("refusal-record-does-not-exist");
    assert_eq!((unknown.code(), unknown.charged()), (422, Charged::No));
}

#[test]
fn timed_lyrics_are_written_as_lrc_and_srt() {
    let lyrics = answer::<GetTimestampedLyrics>("response-documented");
    assert_eq!(lyrics.to_lrc(), "[00:01.36]Tram bells at dawn\n[00:07.50]One more stop\n");
    assert_eq!(
        lyrics.to_srt(),
        "1\n00:00:01,360 --> 00:00:03,950\nTram bells at dawn\n\n2\n00:00:07,500 --> 00:00:09,900\nOne more stop\n\n"
    );
}

#[test]
fn timed_lyrics_without_all_their_times_are_written_too() {
    let of = |words| serde_json::from_value::<TimestampedLyrics>(json!({ "alignedWords": words })).unwrap();
    // A line of timed lyrics without an end time ends when the next line begins. If the last line has no end time, it
    // ends three seconds after its last word begins.
    let lyrics = answer::<GetTimestampedLyrics>("response-fields-missing");
    assert_eq!(lyrics.to_srt(), "1\n00:00:01,360 --> 00:00:04,800\nTram bells\n\n");
    let two = of(json!([{ "word": "One\n", "startS": 1 }, { "word": "two", "startS": 3599.999 }]));
    assert_eq!(two.to_srt(), "1\n00:00:01,000 --> 00:59:59,999\nOne\n\n2\n00:59:59,999 --> 01:00:02,999\ntwo\n\n");
    assert_eq!(two.to_lrc(), "[00:01.00]One\n[60:00.00]two\n");
    // A line of timed lyrics ends at the latest when the next line begins, unless both lines begin at the same time. A
    // tag in brackets may have several words, or be inside a line. The text of a line does not contain tags.
    let tags = of(json!([
        { "word": "[Guitar ", "startS": 0, "endS": 1 },
        { "word": "solo]\nOh\r\n[Chorus] [Loud] Sing ", "startS": 1, "endS": 9 },
        { "word": null, "startS": "soon" },
        { "word": "it\n", "startS": 10, "endS": 11 },
        { "word": "\n", "startS": 12 },
        { "word": "Bye", "startS": 10.5, "endS": -1 },
    ]));
    assert_eq!(tags.to_lrc(), "[00:01.00]Oh\n[00:01.00]Sing it\n[00:10.50]Bye\n");
    assert_eq!(
        tags.to_srt(),
        "1\n00:00:01,000 --> 00:00:09,000\nOh\n\n2\n00:00:01,000 --> 00:00:10,500\nSing it\n\n\
         3\n00:00:10,500 --> 00:00:13,500\nBye\n\n"
    );
    assert_eq!(of(json!([{ "word": "x", "startS": -5 }])).to_lrc(), "[00:00.00]x\n");
}

// ---- Covers

#[test]
fn music_row_17_a_repeated_cover_is_the_task_of_the_first_under_400_and_409() {
    for name in ["response-accepted", "response-exists-already-400", "response-exists-already-409"] {
        assert_eq!(answer::<CoverSuno>(name).task_id.as_str(), COVER_TASK, "{name}");
    }
    assert_eq!(refusal::<CoverSuno>("refusal-exists-without-id").kind(), RefusalKind::Conflict);
    assert_eq!(refusal::<CoverSuno>("refusal-format").kind(), RefusalKind::Validation);
    let other = json!({ "code": 422, "msg": "no", "data": { "taskId": COVER_TASK } }).to_string();
    assert!(matches!(CoverSuno::read(200, other.as_bytes()), Err(ReadError::Refused(_))));
}

#[test]
fn a_cover_is_refused_in_the_captured_words() {
    let homeless = refusal::<CoverSuno>("refusal-call-back-url-missing");
    assert_eq!((homeless.code(), homeless.message()), (422, "Please enter callBackUrl"));
    let unknown = refusal::<CoverSuno>("refusal-music-record-does-not-exist");
    assert_eq!((unknown.message(), unknown.charged()), ("Original music record does not exist", Charged::No));
}

#[test]
fn music_row_18_flag_2_of_a_cover_is_under_way() {
    for (name, flag, state) in [
        ("record-pending", CoverStatus::Pending, TaskState::Running(None)),
        ("record-generating", CoverStatus::Generating, TaskState::Running(None)),
        ("record-success-documented", CoverStatus::Success, TaskState::Complete),
        ("record-unknown-flag", CoverStatus::from("7"), TaskState::Running(None)),
        ("record-word-pending", CoverStatus::from("PENDING"), TaskState::Running(None)),
        ("record-word-success", CoverStatus::from("SUCCESS"), TaskState::Complete),
    ] {
        assert_eq!((cover(name).success_flag.as_ref(), cover(name).state()), (Some(&flag), state), "{name}");
    }
    let failed = failure(cover("record-failed").state());
    assert_eq!((failed.code, failed.status.as_deref(), failed.charged()), (Some(500), None, Charged::Unknown));
    assert_eq!(failed.message.as_deref(), Some("Internal error - Please try again later."));
    for name in ["record-word-create-task-failed", "record-word-generate-cover-failed"] {
        assert!(failure(cover(name).state()).status.unwrap().ends_with("FAILED"), "{name}");
    }
    assert_eq!(answer::<GetCoverSunoDetails>("record-unknown-task"), None);
}

#[test]
fn music_row_19_the_address_of_a_cover_has_a_lower_case_b_in_its_record() {
    let record = cover("record-success-documented");
    assert_eq!(record.callback_url.as_deref(), Some("https://hooks.example.net/kie"));
    assert_eq!(CoverSuno::CALL_BACK_URL, Some("callBackUrl"));
    assert_eq!(record.parent_task_id.as_ref().unwrap().as_str(), TASK);
    assert_eq!(record.complete_time.as_ref().unwrap().to_string(), "2026-02-03T14:20:10.000Z");
    let items = record.output().unwrap().items();
    assert_eq!(items.iter().filter_map(|item| item.url.as_deref()).count(), 2);
    assert_eq!(items[1].urls["images"], "https://files.example.net/2c58-2.png");
    valid::<CoverSuno>("cover-suno/request-without-call-back-url");
}

#[test]
fn a_cover_callback_names_its_task_in_camel_case() {
    let complete = push::<Cover>("cover-suno/complete");
    assert_eq!(complete.task_id.as_ref().unwrap().as_str(), COVER_TASK);
    assert_eq!((complete.state(), complete.output().unwrap().images.len()), (TaskState::Complete, 2));
    for (name, code, kind, charged) in [
        ("error", 501, RefusalKind::TaskFailed, Charged::Unknown),
        ("error-400", 400, RefusalKind::Content, Charged::Unknown),
        ("error-408", 408, RefusalKind::TaskFailed, Charged::Unknown),
        ("error-500", 500, RefusalKind::Server, Charged::Unknown),
        ("error-531", 531, RefusalKind::TaskFailed, Charged::Refunded),
    ] {
        let callback = push::<Cover>(&format!("cover-suno/{name}"));
        assert_eq!(callback.output(), None, "{name}");
        let failure = failure(callback.state());
        assert_eq!((failure.code, failure.kind(), failure.charged()), (Some(code), kind, charged), "{name}");
    }
}

// ---- Recovery

#[test]
fn music_row_20_recovery_is_in_snake_case_at_kie() {
    let request = RecoveryAudio::new(TASK).call_back_url("https://hooks.example.net/kie");
    assert_eq!(request, valid("recovery-audio/request-full"));
    assert_eq!(RecoveryAudio::CALL_BACK_URL, Some("call_back_url"));
    let lookup = serde_json::to_value(GetRecoveryAudioDetails::new(RECOVERY_TASK)).unwrap();
    assert_eq!(lookup, fixture("get-recovery-audio-details/request").json());
    let sister = check::<RecoveryAudio>(&fixture("recovery-audio/request-sister").json());
    assert_eq!(sister.unknown, ["callBackUrl", "sunoTaskId"]);
    let [violation] = sister.result.as_ref().unwrap_err().violations() else { panic!("{sister:?}") };
    assert!(violation.field == "task_id" && matches!(violation.rule, Rule::Required { .. }));
    assert_eq!(answer::<RecoveryAudio>("response-accepted").task_id.as_str(), RECOVERY_TASK);
}

#[test]
fn common_7_addresses_are_spelled_in_three_ways() {
    let recovery = RecoveryAudio::examples().remove(1);
    assert!(serde_json::to_value(recovery).unwrap().get("call_back_url").is_some());
    let cover = CoverSuno::examples().remove(1);
    assert!(serde_json::to_value(cover).unwrap().get("callBackUrl").is_some());
}

#[test]
fn the_code_of_a_recovery_is_its_status() {
    let running = recovery("record-running");
    assert_eq!((running.state(), running.output(), running.code), (TaskState::Running(None), None, Some(201)));
    assert_eq!(running.task_id.unwrap().as_str(), RECOVERY_TASK);

    let done = recovery("record-success");
    assert_eq!((done.state(), done.tracks().len()), (TaskState::Complete, 2));
    let items = done.output().unwrap().items();
    assert_eq!((items[0].id.as_deref(), items[0].title.as_deref()), (Some(TRACK), Some("One More Stop")));
    assert_eq!(items[0].url.as_deref(), Some("https://files.example.net/a.m4a"));

    let partial = recovery("record-partial");
    assert_eq!(
        (partial.state(), partial.tracks()[1].status.as_ref()),
        (TaskState::Complete, Some(&RecoveryStatus::Failed))
    );
    assert_eq!(partial.tracks()[1].error.as_deref(), Some("mango_transfer_failed"));
    assert_eq!(partial.output().unwrap().items()[1].url, None);
    assert_eq!(recovery("record-unknown-status").state(), TaskState::Complete);
}

#[test]
fn common_3_code_500_of_a_recovery_is_its_failure_and_no_server_trouble() {
    let failed = recovery("record-all-failed");
    let Failure { status, code, message, .. } = failure(failed.state());
    assert_eq!(
        (status.as_deref(), code, message.as_deref()),
        (Some("feed_failed"), Some(500), Some("all tracks failed"))
    );
    let reasons = recovery("record-every-error");
    assert_eq!(reasons.tracks().iter().filter(|track| track.error.is_some()).count(), 8);
    for unknown in ["record-unknown-task", "record-null-data"] {
        assert_eq!(answer::<GetRecoveryAudioDetails>(unknown), None, "{unknown}");
    }
    // Code 500 in a JSON body means that the task failed, even if the body has no items. The only exception is the
    // message that the task does not exist. A body that is not JSON means that a server failed.
    let bare = GetRecoveryAudioDetails::read(200, br#"{"code":500,"msg":"failed","data":null}"#).unwrap();
    assert_eq!(failure(bare.unwrap().state()).code, Some(500));
    match GetRecoveryAudioDetails::read(502, b"<html>") {
        Err(ReadError::Refused(refusal)) => assert_eq!(refusal.kind(), RefusalKind::Server),
        other => panic!("{other:?}"),
    }
    assert_eq!(refusal::<GetRecoveryAudioDetails>("refusal-unauthorized").kind(), RefusalKind::Auth);

    let source = refusal::<RecoveryAudio>("refusal-original-task-does-not-exist");
    assert_eq!((source.code(), source.kind(), source.charged()), (500, RefusalKind::NotFound, Charged::No));
    match RecoveryAudio::read(200, br#"{"code":500,"msg":"Server exception","data":null}"#) {
        Err(ReadError::Refused(refusal)) => assert_eq!(refusal.kind(), RefusalKind::Server),
        other => panic!("{other:?}"),
    }
}

#[test]
fn rows_of_a_recovery_are_found_where_clients_look_for_them() {
    for name in ["record-rows-in-data-data", "record-rows-in-suno-data", "record-rows-in-response"] {
        let record = recovery(name);
        assert_eq!((record.state(), record.tracks().len()), (TaskState::Complete, 1), "{name}");
        assert_eq!(record.tracks()[0].audio_url.as_deref().unwrap().len(), 31, "{name}");
    }
    let record = recovery("record-rows-in-response");
    assert_eq!(record.task_id().unwrap(), RECOVERY_TASK);
    // A record with code 200 and without items describes a task that is still running.
    let body = br#"{"code":200,"msg":"success","data":{"taskId":"f0a9","status":"PENDING","response":null}}"#;
    let record = GetRecoveryAudioDetails::read(200, body).unwrap().unwrap();
    assert_eq!((record.task_id(), record.state()), (Some("f0a9"), TaskState::Running(None)));
}

#[test]
fn a_recovery_callback_is_flat() {
    let complete = push::<Recovery>("recovery-audio/complete");
    assert_eq!((complete.code, complete.task_id.as_ref().unwrap().as_str()), (200, RECOVERY_TASK));
    assert_eq!((complete.state(), complete.output().unwrap().items().len()), (TaskState::Complete, 2));
    let partial = push::<Recovery>("recovery-audio/complete-partial");
    assert_eq!((partial.state(), partial.data.tracks()[0].audio_url.as_ref()), (TaskState::Complete, None));
    let error = push::<Recovery>("recovery-audio/error");
    assert_eq!(failure(error.state()).code, Some(500));
    let nested = push::<Recovery>("recovery-audio/rows-in-data-data");
    assert_eq!((nested.state(), nested.task_id.unwrap().as_str()), (TaskState::Complete, RECOVERY_TASK));
    let running = Callback::<Recovery>::parse(br#"{"code":201,"task_id":"f0a9","msg":"","data":null}"#).unwrap();
    assert_eq!(running.state(), TaskState::Running(None));
}
