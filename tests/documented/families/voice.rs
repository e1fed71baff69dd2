//! Tests of Suno Voice: the phrases that the owner of a voice sings, the voices, and the unusual names and statuses of
//! these operations.

use kie_types::{
    Callback, Charged, ClonedVoice, Endpoint, Job, Output, PersonaId, Phrase, Record, RefusalKind, SingerSkillLevel,
    Started, SunoVoiceCheckVoice, SunoVoiceGenerate, SunoVoiceRegenerate, SunoVoiceValidate, TaskState, Voice,
    VoiceAvailability, VoiceLanguage, VoiceRecord, VoiceStatus, VoiceValidation, VoiceValidationRecord, check,
};
use serde_json::json;

use crate::documented::{failure, fixture, push, refusal, valid};

const VALIDATION: &str = "d3f70a1c55b84c7e9b1a2f6609e4cd18";
const TASK: &str = "5b0e7a94c2d14f3d8a6f31c7e9d2b406";
const VOICE: &str = "b86e0c0f-4a0b-44a5-a0c7-2f1fd27e3b90";
const PHRASE: &str = "Silver rain on the harbour wall";

fn phrase(name: &str) -> VoiceValidationRecord {
    let fixture = fixture(&format!("suno-voice-validate-info/{name}"));
    fixture.open::<Option<VoiceValidationRecord>>().unwrap().expect("a record")
}

fn voice(name: &str) -> VoiceRecord {
    let fixture = fixture(&format!("suno-voice-record-info/{name}"));
    fixture.open::<Option<VoiceRecord>>().unwrap().expect("a record")
}

fn id(voice: Option<ClonedVoice>) -> Option<PersonaId> {
    voice.map(|voice| voice.voice_id)
}

fn broken<E: Endpoint>(request: &E) -> Vec<String> {
    let invalid = request.validate().unwrap_err();
    invalid.violations().iter().map(ToString::to_string).collect()
}

#[test]
fn processing_0_2_each_status_of_a_phrase_is_a_state() {
    for name in ["record-wait-processing", "record-processing-validate", "record-unknown-status"] {
        assert_eq!((phrase(name).state(), phrase(name).output()), (TaskState::Running(None), None), "{name}");
    }
    for name in ["record-wait-validating", "record-success", "record-keys-missing"] {
        let record = phrase(name);
        assert_eq!((record.state(), record.output()), (TaskState::Complete, Some(Phrase::new(PHRASE))), "{name}");
    }
    let failure = failure(phrase("record-processing-validate-fail").state());
    assert_eq!((failure.status.as_deref(), failure.code), (Some("processing_validate_fail"), Some(500)));
    assert_eq!(failure.message.as_deref(), Some("Failed to generate validation phrase"));
}

#[test]
fn processing_0_2_each_status_of_a_voice_is_a_state() {
    for name in [
        "record-wait-processing",
        "record-processing-validate",
        "record-wait-validating",
        "record-generating-voice",
        "record-unknown-status",
    ] {
        assert_eq!((voice(name).state(), voice(name).output()), (TaskState::Running(None), None), "{name}");
    }
    assert_eq!(voice("record-generating-voice").status, Some(VoiceStatus::GeneratingVoice));
    assert_eq!(voice("record-unknown-status").status.unwrap().as_str(), "polishing");
    assert_eq!(voice("record-success").state(), TaskState::Complete);
    for (name, status) in [("record-fail", "fail"), ("record-processing-validate-fail", "processing_validate_fail")] {
        let failure = failure(voice(name).state());
        assert_eq!((failure.status.as_deref(), failure.code), (Some(status), Some(500)), "{name}");
        assert_eq!((failure.kind(), failure.charged()), (RefusalKind::Server, Charged::Unknown), "{name}");
    }
}

#[test]
fn processing_0_3_nothing_of_a_voice_has_a_time_and_code_0_or_null_is_none() {
    for name in ["record-wait-validating", "record-success", "record-wait-processing"] {
        let fixture = fixture(&format!("suno-voice-validate-info/{name}")).json();
        let keys: Vec<_> = fixture["data"].as_object().unwrap().keys().cloned().collect();
        assert!(keys.iter().all(|key| !key.ends_with("Time")), "{keys:?}");
        assert_eq!((phrase(name).error_code, phrase(name).error_message), (None, None), "{name}");
    }
    let unexplained = failure(phrase("record-processing-validate-fail-days-old").state());
    assert_eq!((unexplained.code, unexplained.message), (None, None));
    for state in [phrase("record-fail-code-0").state(), voice("record-fail-expired").state()] {
        let failure = failure(state);
        assert_eq!((failure.code, failure.kind()), (None, RefusalKind::TaskFailed));
        let words = "Verification phrase expired or not found. Please request a new phrase.";
        assert_eq!(failure.message.as_deref(), Some(words));
    }
    let refused = failure(voice("record-fail-wrong-words").state());
    assert!(refused.message.unwrap().starts_with("It didn't sound like you said the phrase."));
}

#[test]
fn a_whole_list_of_states_in_the_place_of_one_is_running() {
    let record = phrase("record-status-explained");
    assert_eq!(record.state(), TaskState::Running(None));
    assert!(record.status.unwrap().as_str().starts_with("wait_processing: "));
    assert_eq!(record.validate_info.as_deref(), Some(PHRASE), "what it holds is not lost");
}

#[test]
fn a_phrase_that_is_no_longer_shown_is_no_end() {
    let record = phrase("record-wait-validating-without-phrase");
    assert_eq!((record.state(), record.output()), (TaskState::Running(None), None));
}

#[test]
fn common_2_a_voice_task_that_is_not_there_yet_has_null_data() {
    let phrase = fixture("suno-voice-validate-info/record-null-data").open::<Option<VoiceValidationRecord>>();
    assert_eq!(phrase, Ok(None));
    assert_eq!(fixture("suno-voice-record-info/record-unknown-task").open::<Option<VoiceRecord>>(), Ok(None));
}

#[test]
fn a_phrase_is_a_text_and_a_text_file() {
    let items = phrase("record-wait-validating").output().unwrap().items();
    let [item] = &items[..] else { panic!("{items:?}") };
    assert_eq!((item.text.as_deref(), item.url.as_ref()), (Some(PHRASE), None));
    let file = item.inline.as_ref().unwrap();
    assert_eq!((file.extension, &file.bytes[..]), ("txt", PHRASE.as_bytes()));
}

#[test]
fn a_voice_goes_by_its_own_id_or_else_by_that_of_its_task() {
    for (name, expected) in [
        ("record-success", VOICE),
        ("record-success-voice-id-is-task-id", TASK),
        ("record-success-without-voice-id", TASK),
    ] {
        let output = voice(name).output();
        assert_eq!(output.as_ref().unwrap().items()[0].id.as_deref(), Some(expected), "{name}");
        assert_eq!(id(output), Some(expected.into()), "{name}");
    }
    for name in ["record-wait-validating", "record-fail", "record-generating-voice"] {
        assert_eq!(id(voice(name).output()), None, "{name}: the task's id stands in for a finished voice alone");
    }
}

#[test]
fn common_7_voice_callbacks_spell_the_task_s_id_in_camel_case() {
    fn named<J: Job>(name: &str) -> String {
        push::<J>(name).task_id.unwrap().to_string()
    }
    for name in ["suno-voice-validate/complete", "suno-voice-regenerate/complete", "suno-voice-validate/error"] {
        assert_eq!(named::<VoiceValidation>(name), VALIDATION, "{name}");
    }
    for name in ["suno-voice-generate/complete", "suno-voice-generate/error-sister"] {
        assert_eq!(named::<Voice>(name), TASK, "{name}");
    }
}

#[test]
fn a_callback_brings_the_phrase_whether_it_is_the_first_or_another() {
    for page in ["suno-voice-validate", "suno-voice-regenerate"] {
        for name in ["complete", "complete-sister"] {
            let callback = push::<VoiceValidation>(&format!("{page}/{name}"));
            assert_eq!((callback.state(), callback.output()), (TaskState::Complete, Some(Phrase::new(PHRASE))));
        }
    }
    // KIE's sister service sunoapi.org writes the error code 0 where KIE writes null. So 0 means that there is no
    // error.
    assert_eq!(push::<VoiceValidation>("suno-voice-validate/complete").data.error_code, None);
    assert_eq!(push::<VoiceValidation>("suno-voice-validate/complete-sister").data.error_code, Some(0));
}

#[test]
fn a_callback_brings_the_voice_or_the_id_that_stands_in_for_it() {
    for (name, expected) in
        [("complete", VOICE), ("complete-sister", "voice_b86e"), ("complete-without-voice-id", TASK)]
    {
        let callback = push::<Voice>(&format!("suno-voice-generate/{name}"));
        assert_eq!((callback.state(), id(callback.output())), (TaskState::Complete, Some(expected.into())), "{name}");
    }
}

#[test]
fn failed_voice_callbacks_have_500_here_and_400_at_the_sister() {
    for (name, code, status, words) in [
        ("suno-voice-validate/error", 500, "processing_validate_fail", "Failed to generate validation phrase"),
        ("suno-voice-validate/error-sister", 400, "processing_validate_fail", "Failed to generate validation phrase"),
        ("suno-voice-validate/error-fail", 400, "fail", "Validation phrase generation failed"),
        (
            "suno-voice-regenerate/error-sister",
            400,
            "processing_validate_fail",
            "Failed to regenerate validation phrase",
        ),
    ] {
        let callback = push::<VoiceValidation>(name);
        let failure = failure(callback.state());
        assert_eq!((failure.code, failure.status.as_deref()), (Some(code), Some(status)), "{name}");
        assert_eq!((failure.message.as_deref(), callback.output()), (Some(words), None), "{name}");
    }
    for (name, code, status) in [
        ("error", 500, "fail"),
        ("error-sister", 400, "fail"),
        ("error-processing-validate-fail", 400, "processing_validate_fail"),
    ] {
        let callback = push::<Voice>(&format!("suno-voice-generate/{name}"));
        let failure = failure(callback.state());
        assert_eq!((failure.code, failure.status.as_deref()), (Some(code), Some(status)), "{name}");
        assert_eq!(failure.message.as_deref(), Some("Verification audio did not match the validation phrase"));
        assert_eq!(callback.output(), None, "{name}");
    }
}

#[test]
fn a_voice_callback_without_a_code_or_a_status_goes_by_what_it_brings() {
    let of = |body: serde_json::Value| Callback::<VoiceValidation>::parse(body.to_string().as_bytes()).unwrap().state();
    assert_eq!(
        of(json!({ "data": { "taskId": "a", "validateInfo": "b", "status": "wait_validating" } })),
        TaskState::Complete
    );
    assert_eq!(of(json!({ "code": 200, "data": { "taskId": "a", "validateInfo": "b" } })), TaskState::Complete);
    assert_eq!(of(json!({ "code": 200, "data": { "taskId": "a" } })), TaskState::Running(None));
    assert_eq!(of(json!({ "data": { "taskId": "a" } })), TaskState::Running(None));
    let of = |body: serde_json::Value| Callback::<Voice>::parse(body.to_string().as_bytes()).unwrap().state();
    assert_eq!(
        of(json!({ "code": 0, "data": { "taskId": "a", "voiceId": "b", "status": "success" } })),
        TaskState::Complete
    );
    assert_eq!(of(json!({ "code": 200, "data": { "taskId": "a", "voiceId": "b" } })), TaskState::Complete);
    assert_eq!(of(json!({ "code": 200, "data": { "taskId": "a" } })), TaskState::Running(None));
    assert!(matches!(of(json!({ "code": 200, "data": { "taskId": "a", "status": "fail" } })), TaskState::Failed(_)));
}

#[test]
fn common_3_a_state_conflict_of_a_voice_is_a_422() {
    for (name, message) in [
        ("suno-voice-generate/refusal-not-in-valid-status", "Validate record is not in valid status"),
        ("suno-voice-regenerate/refusal-no-need", "The record is not found or does not need to be rebuilt"),
        ("suno-voice-check-voice/refusal-suno-user-id-is-missing", "suno_user_id is missing"),
    ] {
        let refusal = refusal(name);
        assert_eq!((refusal.code(), refusal.message()), (422, message));
        assert_eq!((refusal.kind(), refusal.charged()), (RefusalKind::Validation, Charged::No), "{name}");
    }
}

#[test]
fn an_accepted_voice_submit_gives_the_id_of_its_own_kind_of_task() {
    let validation = fixture("suno-voice-validate/response-accepted").open::<Started<VoiceValidation>>().unwrap();
    assert_eq!(validation.task_id.as_str(), VALIDATION);
    let again = fixture("suno-voice-regenerate/response-accepted").open::<Started<VoiceValidation>>().unwrap();
    assert_eq!(again.task_id.as_str(), VALIDATION);
    let voice = fixture("suno-voice-generate/response-accepted").open::<Started<Voice>>().unwrap();
    assert_eq!(voice.task_id.as_str(), TASK);
}

#[test]
fn a_voice_is_available_or_not() {
    for (name, available) in [("response-available", true), ("response-not-available", false)] {
        let answer = fixture(&format!("suno-voice-check-voice/{name}")).open::<VoiceAvailability>().unwrap();
        assert_eq!(answer.is_available, Some(available));
    }
}

#[test]
fn common_7_the_callback_address_is_misspelt_in_one_request() {
    let request: SunoVoiceRegenerate = valid("suno-voice-regenerate/request-full");
    assert_eq!(request.call_back_url.as_deref(), Some("https://hooks.example.net/kie"));
    assert_eq!(SunoVoiceRegenerate::CALL_BACK_URL, Some("calBackUrl"));
    let request: SunoVoiceRegenerate = valid("suno-voice-regenerate/request-minimal");
    assert_eq!((request.task_id.as_str(), request.call_back_url), (VALIDATION, None));
    let misspelt = check::<SunoVoiceRegenerate>(&json!({ "taskId": "a", "callBackUrl": "https://hooks.example.net" }));
    assert_eq!(misspelt.unknown, ["callBackUrl"]);
}

#[test]
fn the_task_id_is_in_snake_case_in_one_request() {
    let request: SunoVoiceCheckVoice = valid("suno-voice-check-voice/request");
    assert_eq!(request.task_id.as_str(), TASK);
    let checked = check::<SunoVoiceCheckVoice>(&fixture("suno-voice-check-voice/request-with-unknown-names").json());
    assert_eq!((checked.unknown.len(), checked.result), (2, Ok(request)));
    assert_eq!(broken(&SunoVoiceCheckVoice::new("")), ["task_id is required"]);
}

#[test]
fn the_rules_of_the_voice_pages_are_checked_together() {
    let request: SunoVoiceValidate = valid("suno-voice-validate/request-full");
    assert_eq!(request.language, Some(VoiceLanguage::German));
    assert_eq!(request.vocal_end_s.map(kie_types::Seconds::get), Some(30.0));
    assert_eq!(
        broken(&SunoVoiceValidate::new("sample.mp3", 19, 19).language("it").call_back_url("here")),
        [
            "voiceUrl is not an http or https address",
            "vocalEndS is 19, and must be more than vocalStartS, which is 19",
            "language is \"it\", accepted are en, zh, es, fr, pt, de, ja, ko, hi, ru",
            "callBackUrl is not an http or https address",
        ]
    );
    let fractions = json!({ "voiceUrl": "https://cdn.example.net/a.mp3", "vocalStartS": 1.5 });
    let invalid = check::<SunoVoiceValidate>(&fractions).result.unwrap_err();
    let texts: Vec<_> = invalid.violations().iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["vocalStartS is 1.5, allowed are steps of 1", "vocalEndS is required"]);

    let request: SunoVoiceGenerate = valid("suno-voice-generate/request-as-printed-sister");
    assert_eq!(request.singer_skill_level, Some(SingerSkillLevel::Beginner));
    assert_eq!(
        broken(&SunoVoiceGenerate::new(" ", "").singer_skill_level("star")),
        [
            "taskId is required",
            "verifyUrl is required",
            "singerSkillLevel is \"star\", accepted are beginner, intermediate, advanced, professional",
        ]
    );
}
