//! Tests of the discrepancies between the documentation pages about music and the live service. Tests of the same
//! discrepancy have the same number in their names.

use kie_types::{
    Charged, Endpoint, ExtendMusic, GenerateMusic, Lifetime, Model, Music, MusicRecord, RefusalKind, Rule, Seconds,
    check,
};

use crate::documented::{failure, fixture, music, push, refusal, valid};

#[test]
fn music_row_01_an_unknown_task_is_null_live_and_404_on_the_page() {
    for name in ["record-unknown-task", "record-task-of-another-kind"] {
        let opened = fixture(&format!("get-music-details/{name}")).open::<Option<MusicRecord>>();
        assert_eq!(opened, Ok(None), "{name}");
    }
    assert_eq!(refusal("get-music-details/refusal-not-found").kind(), RefusalKind::NotFound);
}

#[test]
fn music_row_02_errors_come_inside_http_200_and_as_http_500() {
    let live = refusal("generate-music/refusal-call-back-url-missing");
    assert_eq!((live.http_status(), live.code()), (200, 422));
    let documented = refusal("extend-music/refusal-http-500");
    assert_eq!((documented.http_status(), documented.code(), documented.kind()), (500, 500, RefusalKind::Server));
    assert!(documented.has_envelope());
}

#[test]
fn music_row_03_create_time_is_text_on_the_page_and_milliseconds_live() {
    let of = |name| music(name).response.unwrap().suno_data.remove(0).create_time.unwrap();
    assert_eq!(of("record-success-documented").to_string(), "2025-01-01 00:00:00");
    assert_eq!(of("record-success-documented").system_time(), None);
    assert_eq!(of("record-success-live").as_millis(), Some(1_770_127_702_000));
    assert!(of("record-success-live").system_time().is_some());
    assert_eq!(of("record-iso-time").to_string(), "2026-02-03T14:08:22.000Z");
}

#[test]
fn music_row_04_type_is_any_upstream_name_or_generate() {
    assert_eq!(music("record-success-documented").kind.as_deref(), Some("GENERATE"));
    assert_eq!(music("record-v5-5").kind.as_deref(), Some("chirp-fenix"));
    assert_eq!(music("record-v5-5").tracks()[0].model(), Some(Model::V5_5));
    assert_eq!(music("record-upload-cover").tracks()[0].model(), Some(Model::V4_5All));
    assert_eq!(music("record-success-documented").tracks()[0].model(), Some(Model::V3_5));
}

#[test]
fn music_row_05_operation_type_has_more_words_than_the_page() {
    let of = |name| music(name).operation_type;
    assert_eq!(of("record-add-instrumental").as_deref(), Some("underpainting"));
    assert_eq!(of("record-upload-cover").as_deref(), Some("upload_cover"));
    assert_eq!(of("record-success-documented"), None);
    assert_eq!(of("record-extend").as_deref(), Some("extend"));
    assert!(music("record-extend").parent_music_id.is_some());
}

#[test]
fn music_row_11_duration_of_generate_need_not_be_whole() {
    let request: GenerateMusic = valid("generate-music/request-full");
    assert_eq!(request.duration.map(Seconds::get), Some(92.5));
    let whole: GenerateMusic = valid("generate-music/request-custom-song");
    assert_eq!(serde_json::to_value(whole).unwrap()["duration"], 150);
}

#[test]
fn music_row_12_extend_takes_a_persona_with_its_own_flag() {
    let request: ExtendMusic = valid("extend-music/request-as-printed");
    assert_eq!(request.persona_id.unwrap().as_str(), "persona_123");
}

#[test]
fn music_row_16_an_error_callback_has_null_or_an_empty_list() {
    for name in ["generate-music/error", "extend-music/error", "add-instrumental/error"] {
        let callback = push::<Music>(name);
        assert!(callback.data.tracks.is_empty() && callback.output().is_none(), "{name}");
        let failure = failure(callback.state());
        assert_eq!((failure.code, failure.kind()), (Some(501), RefusalKind::TaskFailed), "{name}");
        assert!(failure.message.unwrap().starts_with("Audio generation failed"), "{name}");
    }
}

#[test]
fn music_row_21_an_idea_may_have_3000_characters() {
    let idea = |length| GenerateMusic::simple(Model::V4, "x".repeat(length)).validate();
    assert!(idea(400).is_ok() && idea(500).is_ok() && idea(3_000).is_ok());
    assert!(idea(3_001).is_err());
}

#[test]
fn music_row_22_generate_takes_titles_of_80_characters_though_the_sister_takes_100() {
    let titled = |length| GenerateMusic::instrumental(Model::V5, "polka", "x".repeat(length)).validate();
    assert!(titled(80).is_ok() && titled(81).is_err() && titled(100).is_err());
}

#[test]
fn music_row_23_429_is_a_rate_or_an_empty_account_by_its_text() {
    assert_eq!(refusal("envelope/429-rate").kind(), RefusalKind::RateLimited);
    assert_eq!(refusal("envelope/429-without-envelope").kind(), RefusalKind::RateLimited);
    assert_eq!(refusal("envelope/429-credits-sister").kind(), RefusalKind::InsufficientCredits);
}

#[test]
fn music_row_24_a_missing_address_is_422_and_400_at_the_sister() {
    let kie = refusal("generate-music/refusal-call-back-url-missing");
    assert_eq!((kie.code(), kie.message()), (422, "Please enter callBackUrl."));
    assert_eq!((kie.kind(), kie.charged()), (RefusalKind::Validation, Charged::No));
    let sister = refusal("generate-music/refusal-call-back-url-missing-sister");
    assert_eq!((sister.code(), sister.kind(), sister.charged()), (400, RefusalKind::Validation, Charged::No));
}

#[test]
fn music_row_26_409_speaks_of_wav_on_pages_that_have_none() {
    for name in ["envelope/409-exists", "create-music-video/refusal-exists-already"] {
        let refusal = refusal(name);
        assert_eq!((refusal.kind(), refusal.charged()), (RefusalKind::Conflict, Charged::No), "{name}");
    }
}

#[test]
fn music_row_27_v3_5_is_still_shown_and_taken_nowhere() {
    let checked = check::<GenerateMusic>(&fixture("generate-music/request-older-quickstart-v3-5").json());
    let invalid = checked.result.unwrap_err();
    let [violation] = invalid.violations() else { panic!("{invalid}") };
    assert_eq!(violation.field, "model");
    assert!(matches!(&violation.rule, Rule::NotAccepted { actual, .. } if actual == "V3_5"));
}

#[test]
fn music_row_25_media_is_kept_for_the_shorter_of_two_times() {
    // No recorded response shows the lifetime of a file. The documentation page of upload-and-cover-audio says 15 days,
    // and every other page says 14 days.
    let days = |span: std::time::Duration| span.as_secs() / (24 * 60 * 60);
    assert_eq!((days(Lifetime::GENERATED.shortest), days(Lifetime::GENERATED.longest)), (14, 15));
}
