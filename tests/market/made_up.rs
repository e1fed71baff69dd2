//! Tests of records that nobody has seen, made from the facts about records that were seen.

use kie_types::{
    Endpoint, GenerateMusic, GetLyricsDetails, GetMidiDetails, GetMusicDetails, GetTimestampedLyrics, Job, JsonText,
    MarketAnswer, MarketRecord, MarketState, MidiRecord, Music, MusicRecord, MusicVideo, Outcome, PollOutcome, Record,
    RefusalKind, Report, SunoVoiceRecordInfo, SunoVoiceValidateInfo, TaskState, Track, VoiceRecord,
    envelope::ReadError,
};
use serde_json::{Value, json};

use super::{TASK, failure_kind};

const URL: &str = "https://files.example.net/a.mp3";

fn market(data: &Value) -> MarketRecord {
    MarketRecord::read(200, json!({ "code": 200, "data": data }).to_string().as_bytes()).unwrap().unwrap()
}

fn read<E: Endpoint<Response = Option<R>>, R>(data: &Value) -> Result<R, ReadError> {
    match E::read_market(200, json!({ "code": 200, "data": data }).to_string().as_bytes())? {
        MarketAnswer::Result(record) => Ok(record.unwrap()),
        other => panic!("{} is no record", matches!(other, MarketAnswer::Task(_))),
    }
}

fn music(data: &Value) -> Result<MusicRecord, ReadError> {
    read::<GetMusicDetails, _>(data)
}

#[test]
fn the_state_is_told_by_the_first_field_that_tells_it() {
    let word = |data: Value| market(&data).status("running", "success", "failed");
    for (data, expected) in [
        (json!({ "state": "success", "successFlag": 3 }), "success"),
        (json!({ "state": "fail", "successFlag": 1, "status": "SUCCESS" }), "failed"),
        (json!({ "state": "generating", "successFlag": 1 }), "running"),
        (json!({ "state": "rehearsing" }), "running"),
        (json!({ "state": "rehearsing", "successFlag": 0 }), "running"),
        (json!({ "state": "rehearsing", "successFlag": 1 }), "success"),
        (json!({ "successFlag": "SUCCESS" }), "success"),
        (json!({ "successFlag": "1" }), "success"),
        (json!({ "successFlag": "GENERATE_AUDIO_FAILED" }), "failed"),
        (json!({ "successFlag": 3 }), "failed"),
        (json!({ "successFlag": 2 }), "running"),
        (json!({ "successFlag": "PENDING" }), "running"),
        (json!({ "status": "SUCCESS" }), "success"),
        (json!({ "status": "SENSITIVE_WORD_ERROR" }), "failed"),
        (json!({ "state": null, "successFlag": null }), "running"),
        (json!({}), "running"),
    ] {
        assert_eq!(word(data.clone()), expected, "{data}");
    }
    assert_eq!(market(&json!({ "state": "rehearsing" })).state.unwrap().as_str(), "rehearsing");
}

#[test]
fn a_failure_keeps_its_code_its_word_and_its_message() {
    let video = |code: Value, message: Value| {
        let record = market(&json!({ "state": "fail", "failCode": code, "failMsg": message }));
        let report = Report::of_record::<MusicVideo>(Some(&MusicVideo::of_market(&record)));
        assert_eq!(report.outcome, Outcome::Failed);
        (report.code, report.message)
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(video(json!(400), json!("no")), (Some(400), text("no")));
    assert_eq!(video(json!("400"), json!("no")), (Some(400), text("no")));
    assert_eq!(video(json!(" 400 "), json!("no")), (Some(400), text("no")));
    assert_eq!(video(json!("TOO_LOUD"), json!("no")), (None, text("TOO_LOUD: no")));
    assert_eq!(video(json!("TOO_LOUD"), json!("it is TOO_LOUD")), (None, text("it is TOO_LOUD")));
    assert_eq!(video(json!("TOO_LOUD"), Value::Null), (None, text("TOO_LOUD")));
    assert_eq!(video(json!(""), json!("")), (None, text("GENERATE_MP4_FAILED")));
    assert_eq!(video(json!(0), Value::Null), (None, text("GENERATE_MP4_FAILED")));
}

#[test]
fn a_word_of_the_content_filter_is_about_the_content_for_every_kind() {
    let record = market(&json!({ "state": "fail", "failCode": "SENSITIVE_WORD_ERROR", "failMsg": "no" }));
    assert_eq!(failure_kind(&Music::of_market(&record).state()), Some(RefusalKind::Content));
    assert_eq!(failure_kind(&MusicVideo::of_market(&record).state()), Some(RefusalKind::Content));
}

#[test]
fn a_failure_in_the_envelope_keeps_the_record_inside() {
    let data =
        json!({ "taskId": TASK, "state": "fail", "failCode": "531", "failMsg": "malformed", "creditsConsumed": 0 });
    let body = json!({ "code": 501, "msg": "failed", "data": data }).to_string();
    let record = MarketRecord::read(200, body.as_bytes()).unwrap().unwrap();
    assert_eq!(record.task_id.as_deref(), Some(TASK));
    assert_eq!((record.error_code(), record.error_message().as_deref()), (Some(531), Some("malformed")));
    let body = r#"{"code":501,"msg":"failed","data":null}"#;
    let record = MarketRecord::read(200, body.as_bytes()).unwrap().unwrap();
    assert_eq!((record.state, record.fail_code.as_deref()), (Some(MarketState::Fail), Some("501")));
    // The code 505 fails no task, unless the record inside does.
    let read = |data: Value| {
        MarketRecord::read(200, json!({ "code": 505, "msg": "off", "data": data }).to_string().as_bytes())
    };
    for data in [Value::Null, json!({ "taskId": TASK, "state": "generating" })] {
        assert!(matches!(read(data), Err(ReadError::Refused(_))));
    }
    let failed = read(json!({ "taskId": TASK, "state": "fail", "failCode": "500" })).unwrap().unwrap();
    assert_eq!((failed.task_id.as_deref(), failed.error_code()), (Some(TASK), Some(500)));
    // A proxy knows nothing about tasks.
    assert!(matches!(MarketRecord::read(408, b"timeout"), Err(ReadError::Refused(_))));
    assert!(matches!(MarketRecord::read(404, b"<html>"), Err(ReadError::Refused(_))));
}

#[test]
fn only_the_message_about_the_record_makes_a_task_unknown() {
    let read = |body: Value| MarketRecord::read(200, body.to_string().as_bytes());
    assert_eq!(read(json!({ "code": 422, "msg": "recordInfo is null" })), Ok(None));
    assert_eq!(read(json!({ "code": 200, "msg": "success", "data": null })), Ok(None));
    assert!(matches!(read(json!({ "code": 422, "msg": "taskId is too long" })), Err(ReadError::Refused(_))));
}

#[test]
fn a_damaged_result_is_replaced_by_its_copy() {
    let damaged = "{\"data\":[{\"id\":\"a\",\"audio_u";
    let copy = json!({ "data": [{ "id": "a", "audio_url": URL }] });
    let record =
        music(&json!({ "taskId": TASK, "state": "success", "resultJson": damaged, "response": copy })).unwrap();
    assert_eq!(record.tracks()[0].url(), Some(URL));
    // An empty or poorer result is replaced too.
    for poor in [json!(""), json!(null), json!("{\"data\":[]}"), json!("{\"code\":200,\"msg\":\"success\"}")] {
        let record = music(&json!({ "state": "success", "resultJson": poor, "response": copy })).unwrap();
        assert_eq!(record.tracks()[0].url(), Some(URL), "{poor}");
    }
}

#[test]
fn a_result_that_cannot_be_read_is_kept_in_the_error() {
    let results = [json!("{\"data\":[{\"id\":\"a\",\"audio_u"), json!({ "stones": "audio_u" }), json!("audio_u")];
    for result in results {
        let data = json!({ "taskId": TASK, "state": "success", "resultJson": result, "creditsConsumed": 12 });
        let kept = |error: ReadError| match error {
            ReadError::Unreadable(error) => error.body().contains("audio_u") && error.body().contains(TASK),
            ReadError::Refused(_) => false,
        };
        assert!(kept(music(&data).unwrap_err()), "{result}");
        assert!(kept(read::<SunoVoiceRecordInfo, _>(&data).unwrap_err()), "{result}");
        assert!(kept(read::<SunoVoiceValidateInfo, _>(&data).unwrap_err()), "{result}");
        assert!(kept(read::<GetLyricsDetails, _>(&data).unwrap_err()), "{result}");
    }
    // A finished task without any result is asked again too.
    for data in [json!({ "state": "success", "resultJson": "" }), json!({ "state": "success", "resultJson": "{}" })] {
        assert!(matches!(music(&data), Err(ReadError::Unreadable(_))), "{data}");
    }
    // A body that is no JSON stays unreadable.
    let body = br#"{"code":200,"data":{"taskId":"a","param":"{\"input\":\"{\\"a"#;
    assert!(matches!(GetMusicDetails::read_market(200, body), Err(ReadError::Unreadable(_))));
}

#[test]
fn unknown_rows_do_not_hide_known_ones() {
    let result = json!({ "data": [{ "weight": 3 }, 5, null], "tracks": [{ "audio_url": URL }, {}] });
    let record = music(&json!({ "state": "success", "resultJson": result.to_string() })).unwrap();
    assert_eq!(record.tracks().iter().map(Track::url).collect::<Vec<_>>(), [Some(URL)]);
}

#[test]
fn a_finished_midi_task_has_no_notes_and_a_reference() {
    let midi = |result: Value| {
        read::<GetMidiDetails, MidiRecord>(
            &json!({ "taskId": TASK, "state": "success", "resultJson": result.to_string() }),
        )
    };
    for result in [
        json!({ "resultObject": "r1" }),
        json!({ "code": 200, "data": { "id": "r1" } }),
        json!({ "resultUrls": ["r1"] }),
    ] {
        let record = midi(result).unwrap();
        assert_eq!((record.state(), record.reference.as_deref()), (TaskState::Complete, Some("r1")));
        let items = kie_types::Output::items(&record.output().unwrap());
        assert_eq!(PollOutcome::of(record.state(), &items, false), PollOutcome::Empty);
    }
    let notes =
        json!({ "resultObject": { "instruments": [{ "name": "Piano", "notes": [{ "pitch": 60, "start": 0 }] }] } });
    assert_eq!(midi(notes).unwrap().output().unwrap().instruments.len(), 1);
    // A file or an unknown list could be the notes.
    for result in [json!({ "resultUrls": ["https://files.example.net/a.mid"] }), json!({ "notes": [{ "key": 60 }] })] {
        assert!(matches!(midi(result), Err(ReadError::Unreadable(_))));
    }
}

#[test]
fn an_id_in_place_of_an_address_is_the_id_of_a_task_or_of_a_voice() {
    let voice = |result: Value| {
        read::<SunoVoiceRecordInfo, VoiceRecord>(
            &json!({ "taskId": TASK, "state": "success", "resultJson": result.to_string() }),
        )
    };
    let dashed = "5e0c91b7-6a3d-4f28-b0e4-97d1c2a8f356";
    let record = voice(json!({ "resultUrls": [dashed] })).unwrap();
    assert_eq!((record.voice_id.unwrap().as_str(), record.validation_task_id), (dashed, None));
    let record = voice(json!({ "resultUrls": [TASK], "personaId": dashed })).unwrap();
    assert_eq!(record.output().unwrap().voice_id.as_str(), dashed);
    // An empty id does not hide the id in a deeper object.
    let record = voice(json!({ "persona_id": "", "data": { "info": [{ "voice_id": dashed }] } })).unwrap();
    assert_eq!(record.voice_id.unwrap().as_str(), dashed);
}

#[test]
fn a_second_envelope_with_a_refusal_is_a_refusal() {
    let body = json!({ "code": 200, "data": { "code": 402, "msg": "no credits", "data": null } }).to_string();
    let Err(ReadError::Refused(refusal)) = GetTimestampedLyrics::read_market(200, body.as_bytes()) else {
        panic!("it was no refusal")
    };
    assert_eq!(refusal.kind(), RefusalKind::InsufficientCredits);
}

#[test]
fn a_list_or_an_object_in_place_of_a_text_is_kept_as_text() {
    let record = market(&json!({ "resultJson": [URL], "response": { "resultUrls": [URL] } }));
    assert_eq!(record.result_json.as_ref().map(JsonText::as_str), Some(&*json!([URL]).to_string()));
    assert_eq!(record.result().urls(), [URL]);
}

#[test]
fn numbers_of_a_record_may_be_fractional_missing_or_text() {
    let record = market(&json!({ "costTime": 59.5, "creditsConsumed": "0.4", "createTime": null, "progress": 12 }));
    assert_eq!(record.cost_time, Some(59.5));
    assert_eq!(record.credits_consumed.map(kie_types::Credits::get), Some(0.4));
    assert_eq!((record.create_time, record.progress), (None, Some(12.0)));
    let record = market(&json!({ "consumeCredits": 2.5, "remainedCredits": 97.25 }));
    let credits = [record.credits_consumed, record.credits_remaining].map(|credits| credits.unwrap().get());
    assert_eq!(credits, [2.5, 97.25]);
}

#[test]
fn an_accepted_request_without_an_id_is_not_a_refusal() {
    for data in [json!({}), Value::Null] {
        let body = json!({ "code": 200, "data": data }).to_string();
        assert!(matches!(GenerateMusic::read_market(200, body.as_bytes()), Err(ReadError::Unreadable(_))));
    }
}
