//! Tests of the operations on recordings and on sections of tracks. They cover the points in which the documentation
//! pages of these operations differ from other pages.

use kie_types::{
    AddVocals, CallbackType, Charged, Endpoint, GenerateMashup, GenerateMusic, GenerateSounds, Model, Music,
    MusicRecord, PersonaModel, Record, RefusalKind, ReplaceSection, Route, Rule, Seconds, SoundKey, Stage, Started,
    TaskState, UploadAndCoverAudio, UploadAndExtendAudio, check, check_on, envelope::ReadError,
};
use serde_json::json;

use crate::documented::{MP3, SECOND_TRACK, TASK, TRACK, failure, finished, fixture, music, push, refusal, valid};

/// Returns the names of the fields in which a documented request breaks a rule.
fn broken<E: Endpoint>(name: &str) -> Vec<String> {
    let invalid = check::<E>(&fixture(name).json()).result.err();
    let violations = invalid.iter().flat_map(kie_types::Invalid::violations);
    violations.map(|violation| violation.field.clone()).collect()
}

// ---- Requests

#[test]
fn the_printed_requests_have_every_field_of_their_pages() {
    let cover: UploadAndCoverAudio = valid("upload-and-cover-audio/request-as-printed");
    assert_eq!((cover.model, cover.persona_model), (Model::V4, Some(PersonaModel::Style)));
    let extend: UploadAndExtendAudio = valid("upload-and-extend-audio/request-as-printed");
    assert_eq!((extend.instrumental, extend.continue_at.map(Seconds::get)), (Some(true), Some(60.0)));
    let vocals: AddVocals = valid("add-vocals/request-as-printed");
    assert_eq!((vocals.style.as_str(), vocals.model), ("Jazz", Some(Model::V4_5Plus)));
    let mashup: GenerateMashup = valid("generate-mashup/request-as-printed");
    assert_eq!(mashup.upload_url_list, ["https://example.com/audio1.mp3", "https://example.com/audio2.mp3"]);
    let sound: GenerateSounds = valid("generate-sounds/request-as-printed");
    assert_eq!((sound.sound_tempo, sound.sound_key), (Some(166), Some(SoundKey::DSharpMinor)));
    let section: ReplaceSection = valid("replace-section/request-as-printed");
    assert_eq!(section.infill_end_s.map(Seconds::get), Some(20.75));
    assert_eq!(section.audio_id.unwrap().as_str(), "e231****-****-****-****-****8cadc7dc");
}

#[test]
fn bodies_that_the_live_service_accepted_break_no_rule() {
    let extend: UploadAndExtendAudio = valid("upload-and-extend-audio/request-live-without-style-and-title");
    assert_eq!((extend.default_param_flag, extend.style, extend.title), (true, None, None));
    let mashup: GenerateMashup = valid("generate-mashup/request-live-without-prompt");
    assert_eq!((mashup.custom_mode, mashup.prompt, mashup.instrumental), (false, None, None));
    valid::<UploadAndCoverAudio>("upload-and-cover-audio/request-live-unreachable");
    valid::<GenerateSounds>("generate-sounds/request-live-loop");
    assert_eq!(valid::<AddVocals>("add-vocals/request-v6").model, Some(Model::V6Mini));
    assert_eq!(valid::<GenerateSounds>("generate-sounds/request-v6").model, Model::V6);
}

#[test]
fn sounds_and_sections_may_lack_a_callback_address() {
    assert_eq!(valid::<GenerateSounds>("generate-sounds/request-minimal").call_back_url, None);
    assert_eq!(valid::<ReplaceSection>("replace-section/request-track-minimal").call_back_url, None);
}

#[test]
fn the_sister_s_persona_of_a_mashup_is_only_on_the_market_route() {
    let mut request = fixture("generate-mashup/request-sister-persona").json();
    let fields = |route| {
        let invalid = check_on::<GenerateMashup>(&request, route).result.unwrap_err();
        invalid.violations().iter().map(|violation| violation.field.clone()).collect::<Vec<_>>()
    };
    assert_eq!(fields(Route::Classic), ["personaId", "personaModel"]);
    assert_eq!(fields(Route::Market), ["instrumental"], "the market route makes only songs");
    request["instrumental"] = json!(false);
    assert_eq!(check_on::<GenerateMashup>(&request, Route::Market).result.map(drop), Ok(()));
}

#[test]
fn a_section_lies_in_a_track_or_in_an_upload() {
    let upload: ReplaceSection = valid("replace-section/request-upload");
    assert_eq!((upload.model, upload.task_id, upload.audio_id), (Some(Model::V4_5All), None, None));
    assert_eq!(upload.infill_start_s.map(Seconds::get), Some(0.0));
    let track: ReplaceSection = valid("replace-section/request-track-minimal");
    assert_eq!((track.task_id.unwrap().as_str(), track.upload_url), (TASK, None));
}

#[test]
fn full_lyrics_are_asked_for_live_though_the_older_page_did_not_list_them() {
    assert_eq!(broken::<ReplaceSection>("replace-section/request-without-full-lyrics"), ["fullLyrics"]);
    let refusal = refusal("replace-section/refusal-full-lyrics-blank");
    assert_eq!((refusal.code(), refusal.message()), (422, "fullLyrics cannot be blank"));
    assert_eq!((refusal.kind(), refusal.charged()), (RefusalKind::Validation, Charged::No));
}

// ---- Discrepancies between the documentation pages and the live service. Tests of the same discrepancy have the same
// number in their names.

#[test]
fn music_row_02_a_mashup_s_error_can_be_an_empty_object() {
    let empty = refusal("generate-mashup/refusal-http-500-empty-object");
    assert_eq!((empty.http_status(), empty.code(), empty.has_envelope()), (500, 500, false));
    assert_eq!((empty.kind(), empty.charged()), (RefusalKind::Server, Charged::Unknown));
    for page in ["upload-and-cover-audio", "upload-and-extend-audio", "add-vocals", "replace-section"] {
        let documented = refusal(&format!("{page}/refusal-http-500"));
        assert_eq!((documented.http_status(), documented.has_envelope()), (500, true), "{page}");
    }
}

#[test]
fn music_row_05_operations_on_uploads_have_words_of_their_own_or_none() {
    let record = music("record-upload-extend");
    assert_eq!((record.operation_type.as_deref(), record.parent_music_id.as_ref()), (Some("upload_extend"), None));
    let request: UploadAndExtendAudio = record.param.unwrap().parse().unwrap();
    assert_eq!(request.continue_at.map(Seconds::get), Some(41.0));
    assert_eq!(music("record-sounds-sister").operation_type, None);
}

#[test]
fn music_row_09_an_accepted_sound_with_code_422_keeps_its_id() {
    let read = |name: &str| {
        let fixture = fixture(&format!("generate-sounds/{name}"));
        GenerateSounds::read(fixture.http_status, &fixture.body)
    };
    assert_eq!(read("response-422-success"), Ok(Started::new("task41c7****b20e")));
    assert_eq!(read("response-accepted-live"), Ok(Started::new("16f0a1b2c3d4e5f60718293a4b5c6d7e")));
    let Err(ReadError::Refused(refusal)) = read("refusal-422-other") else { panic!("a refusal") };
    assert_eq!((refusal.code(), refusal.kind()), (422, RefusalKind::Validation));
    // A response with code 422 and without a task id is an error.
    let empty = GenerateSounds::read(200, br#"{"code":422,"msg":"success","data":null}"#);
    assert!(matches!(empty, Err(ReadError::Refused(_))), "{empty:?}");
    // Only the documentation page of generate-sounds shows a success with code 422. For every other operation, code 422
    // is a refusal.
    let fixture = fixture("generate-sounds/response-422-success");
    assert!(matches!(GenerateMusic::read(200, &fixture.body), Err(ReadError::Refused(_))));
}

#[test]
fn music_row_10_any_key_is_said_by_leaving_it_out() {
    let checked = check::<GenerateSounds>(&fixture("generate-sounds/request-key-any").json());
    let invalid = checked.result.unwrap_err();
    let [violation] = invalid.violations() else { panic!("{invalid}") };
    assert_eq!(violation.field, "soundKey");
    let Rule::NotAccepted { accepted, actual, .. } = &violation.rule else { panic!("{violation}") };
    assert_eq!((accepted.len(), actual.as_str()), (24, "Any"));
    assert_eq!(valid::<GenerateSounds>("generate-sounds/request-minimal").sound_key, None);
}

#[test]
fn music_row_11_duration_is_whole_on_uploads_and_mashups() {
    let cover: UploadAndCoverAudio = valid("upload-and-cover-audio/request-full");
    assert_eq!(cover.duration.map(Seconds::get), Some(150.0));
    let mashup: GenerateMashup = valid("generate-mashup/request-full");
    assert_eq!(mashup.duration.map(Seconds::get), Some(360.0));
    for invalid in [cover.duration(92.5).validate(), mashup.duration(92.5).validate()] {
        let invalid = invalid.unwrap_err();
        let [violation] = invalid.violations() else { panic!("{invalid}") };
        assert!(matches!(violation.rule, Rule::OffStep { step: 1.0, actual: 92.5, .. }), "{violation}");
    }
}

#[test]
fn music_row_13_an_upload_may_be_longer_than_the_callback_page_says() {
    let request: UploadAndExtendAudio = valid("upload-and-extend-audio/request-continue-at-7-minutes");
    assert_eq!(request.continue_at.map(Seconds::get), Some(420.0));
}

#[test]
fn music_row_14_a_section_has_at_least_10_seconds_and_no_most() {
    valid::<ReplaceSection>("replace-section/request-long-section");
    let checked = check::<ReplaceSection>(&fixture("replace-section/request-section-of-6-seconds").json());
    let invalid = checked.result.unwrap_err();
    let [violation] = invalid.violations() else { panic!("{invalid}") };
    assert_eq!(violation.to_string(), "infillEndS is 16, and must be at least 20");
}

#[test]
fn music_row_15_a_replaced_section_fails_in_a_text_of_its_own() {
    let callback = push::<Music>("replace-section/error");
    assert_eq!(callback.task_id.as_ref().unwrap().as_str(), TASK);
    assert_eq!(callback.data.callback_type, Some(CallbackType::Error));
    assert!(callback.data.tracks.is_empty() && callback.output().is_none());
    for (name, code, kind, charged, words) in [
        ("error", 501, RefusalKind::TaskFailed, Charged::Unknown, "the section could not be sung"),
        ("error-400", 400, RefusalKind::Content, Charged::Unknown, "the section lies beyond the track"),
        ("error-531", 531, RefusalKind::TaskFailed, Charged::Refunded, "generation failed, credits refunded"),
    ] {
        let failure = failure(push::<Music>(&format!("replace-section/{name}")).state());
        assert_eq!((failure.code, failure.message.as_deref()), (Some(code), Some(words)), "{name}");
        assert_eq!((failure.kind(), failure.charged()), (kind, charged), "{name}");
    }
}

#[test]
fn music_row_16_an_error_callback_has_null_an_empty_list_or_nothing() {
    for page in ["upload-and-cover-audio", "upload-and-extend-audio", "add-vocals", "replace-section"] {
        let callback = push::<Music>(&format!("{page}/error"));
        assert!(callback.data.tracks.is_empty() && callback.output().is_none(), "{page}");
        assert_eq!(failure(callback.state()).code, Some(501), "{page}");
    }
    for page in ["upload-and-cover-audio", "upload-and-extend-audio", "generate-mashup"] {
        let failure = failure(push::<Music>(&format!("{page}/error-413")).state());
        assert_eq!((failure.code, failure.kind()), (Some(413), RefusalKind::Content), "{page}");
    }
}

#[test]
fn music_row_21_an_idea_for_a_recording_still_has_500_characters() {
    let cover = |length| UploadAndCoverAudio::simple(Model::V4, MP3, "x".repeat(length)).validate();
    let mashup = |length| GenerateMashup::simple(Model::V4, [MP3, MP3], "x".repeat(length)).validate();
    assert!(cover(500).is_ok() && cover(501).is_err());
    assert!(mashup(500).is_ok() && mashup(501).is_err());
    valid::<UploadAndCoverAudio>("upload-and-cover-audio/request-simple-minimal");
    valid::<GenerateMashup>("generate-mashup/request-simple");
}

#[test]
fn music_row_22_a_title_has_80_characters_on_a_mashup_and_100_on_a_cover() {
    let title = "x".repeat(100);
    assert!(UploadAndCoverAudio::instrumental(Model::V5, MP3, "polka", &title).validate().is_ok());
    assert!(UploadAndCoverAudio::instrumental(Model::V4_5All, MP3, "polka", &title).validate().is_err());
    assert!(GenerateMashup::instrumental(Model::V5, [MP3, MP3], "polka", &title).validate().is_err());
}

// ---- Responses

#[test]
fn an_address_that_cannot_be_fetched_is_accepted() {
    for page in ["upload-and-cover-audio", "upload-and-extend-audio"] {
        let started = fixture(&format!("{page}/response-accepted-unreachable-upload")).open::<Started<Music>>();
        assert_eq!(started.unwrap().task_id.as_str().len(), 32, "{page}");
    }
    for page in ["add-vocals", "generate-mashup"] {
        let started = fixture(&format!("{page}/response-accepted-live")).open::<Started<Music>>();
        assert_eq!(started.unwrap().task_id.as_str().len(), 32, "{page}");
    }
}

#[test]
fn each_page_s_callbacks_name_their_stages_and_their_tracks() {
    for (page, rows) in
        [("upload-and-cover-audio", 2), ("upload-and-extend-audio", 1), ("add-vocals", 1), ("generate-mashup", 2)]
    {
        for (name, state, ids) in [
            ("text", TaskState::Running(Some(Stage::Text)), &[][..]),
            ("first", TaskState::Running(Some(Stage::First)), &[TRACK][..]),
            ("complete", TaskState::Complete, &[TRACK, SECOND_TRACK][..rows]),
        ] {
            let callback = push::<Music>(&format!("{page}/{name}"));
            assert_eq!(callback.task_id.as_ref().unwrap().as_str(), TASK, "{page}/{name}");
            assert_eq!((callback.state(), finished(&callback.data.tracks)), (state, ids.to_vec()), "{page}/{name}");
        }
    }
    assert_eq!(push::<Music>("replace-section/text").state(), TaskState::Running(Some(Stage::Text)));
    let replaced = push::<Music>("replace-section/complete");
    assert_eq!((replaced.state(), finished(&replaced.data.tracks)), (TaskState::Complete, vec![TRACK]));
}

#[test]
fn rows_of_uploads_have_source_links_and_rows_of_vocals_no_tags() {
    for page in ["upload-and-cover-audio", "upload-and-extend-audio"] {
        let track = push::<Music>(&format!("{page}/complete")).data.tracks.remove(0);
        assert!(track.source_audio_url.is_some() && track.source_image_url.is_some(), "{page}");
        assert!(track.source_stream_audio_url.is_some() && track.tags.is_some(), "{page}");
    }
    let track = push::<Music>("add-vocals/complete").data.tracks.remove(0);
    assert_eq!((track.url(), &track.tags, &track.source_audio_url), (Some(MP3), &None, &None));
    let track = push::<Music>("generate-mashup/complete").data.tracks.remove(0);
    assert_eq!((track.tags.as_deref(), track.source_audio_url), (Some("chamber pop"), None));
}

#[test]
fn a_sound_is_found_among_the_tracks_of_its_record() {
    let record: MusicRecord = music("record-sounds-sister");
    assert_eq!(record.state(), TaskState::Complete);
    let [sound] = record.tracks() else { panic!("one sound") };
    assert_eq!((sound.url(), sound.source_audio_url.as_deref()), (Some(MP3), Some(MP3)));
    assert_eq!((sound.title.as_deref(), sound.prompt.as_ref()), (Some(TRACK), None));
    assert_eq!(finished(music("record-replace-section-one-track").tracks()), [TRACK]);
}
