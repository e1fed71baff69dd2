//! Tests of requests exactly as the documentation pages show them.

use kie_types::{
    AddInstrumental, CreateMusicVideo, ExtendMusic, GenerateMusic, Model, PersonaModel, Route, Seconds, VocalGender,
    check_on,
};

use super::{fixture, valid};

#[test]
fn the_printed_extend_request_is_read_with_its_masked_id_and_chinese_words() {
    let request: ExtendMusic = valid("extend-music/request-as-printed");
    assert!(request.default_param_flag);
    assert_eq!(request.audio_id.as_str(), "e231****-****-****-****-****8cadc7dc");
    assert_eq!(request.prompt.as_deref(), Some("用更多放松的音符和一个柔和的过渡段延长音乐"));
    assert_eq!(request.continue_at.map(Seconds::get), Some(60.0));
    assert_eq!(request.model, Model::V4);
    assert_eq!(request.vocal_gender, Some(VocalGender::Male));
}

#[test]
fn the_printed_add_instrumental_request_has_every_field_of_its_page() {
    let request: AddInstrumental = valid("add-instrumental/request-as-printed");
    assert_eq!(request.upload_url, "https://example.com/music.mp3");
    assert_eq!(request.model, Some(Model::V4_5Plus));
    assert_eq!(request.negative_tags, "重金属, 快节奏鼓点");
    assert_eq!(request.audio_weight.map(kie_types::Weight::get), Some(0.65));
    assert_eq!(serde_json::to_value(&request).unwrap().as_object().unwrap().len(), 10);
}

#[test]
fn the_printed_video_request_is_read() {
    let request: CreateMusicVideo = valid("create-music-video/request-as-printed");
    assert_eq!(request.task_id.as_str(), "taskId_774b9aa0422f");
    assert_eq!(request.author.as_deref(), Some("电子音乐DJ"));
}

#[test]
fn a_cloned_voice_stands_in_for_a_persona() {
    let request: GenerateMusic = valid("generate-music/request-voice-as-persona");
    assert_eq!(request.persona_model, Some(PersonaModel::Voice));
}

#[test]
fn the_sister_s_extra_fields_are_fields_of_the_market_route() {
    let request = fixture("generate-music/request-sister-lyrics-and-variety").json();
    let invalid = check_on::<GenerateMusic>(&request, Route::Classic).result.unwrap_err();
    let fields: Vec<_> = invalid.violations().iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(fields, ["lyrics", "variety"]);
    let checked = check_on::<GenerateMusic>(&request, Route::Market);
    assert_eq!((checked.result.map(drop), checked.unknown), (Ok(()), Vec::new()));
}

#[test]
fn the_pages_examples_are_valid_against_the_pages_text_on_persona_kinds() {
    valid::<GenerateMusic>("generate-music/request-page-example");
    valid::<ExtendMusic>("extend-music/request-page-example");
}
