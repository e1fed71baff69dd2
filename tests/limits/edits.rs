//! Tests of the limits and modes of the operations on recordings and on sections of tracks. Limits are checked at their
//! bounds and just beyond them.

use kie_types::{
    AddVocals, Endpoint, GenerateMashup, GenerateSounds, Model, PersonaModel, ReplaceSection, Rule, Seconds, SoundKey,
    UploadAndCoverAudio, UploadAndExtendAudio, VocalGender, check,
    suno::music::{
        add_vocals, extend_music, generate_mashup, generate_music, generate_sounds, replace_section,
        upload_and_cover_audio, upload_and_extend_audio,
    },
};
use serde_json::{Value, json};

use crate::limits::sides::{boundary, broken, not_accepted};

const A: &str = "https://cdn.example.net/a.mp3";
const TASK: &str = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";
const TRACK: &str = "7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a";

fn models<L>(table: &[(Model, Option<L>)], accepted: bool) -> Vec<&Model> {
    table.iter().filter(|(_, row)| row.is_some() == accepted).map(|(model, _)| model).collect()
}

fn section(from: f64, to: f64) -> ReplaceSection {
    ReplaceSection::in_track(TASK, TRACK, from..to, "polka", "Stairs", "[Verse]\nOne", "[Verse]\nOne")
}

/// Returns the names of the fields in which a body breaks a rule. The names are in the order of the violations, with
/// spaces between them.
fn lacks<E: Endpoint>(body: &Value) -> String {
    let invalid = check::<E>(body).result.err();
    let fields = invalid.iter().flat_map(kie_types::Invalid::violations).map(|violation| violation.field.as_str());
    fields.collect::<Vec<_>>().join(" ")
}

// ---- Tables

#[test]
fn the_tables_say_what_the_pages_say() {
    // On the documentation pages, the title of a cover has the same limit as in extend-music. The title of a mashup has
    // the same limit as in generate-music.
    for (index, model) in Model::ALL.iter().enumerate() {
        let (new, longer) = (generate_music::LIMITS[index].1, extend_music::LIMITS[index].1);
        let (named, cover) = &upload_and_cover_audio::LIMITS[index];
        let expected = longer.map(|limits| (limits.prompt, limits.style, limits.title));
        assert_eq!((named, cover.map(|limits| (limits.lyrics, limits.style, limits.title))), (model, expected));
        assert_eq!(upload_and_extend_audio::LIMITS[index], (model.clone(), longer));
        assert_eq!(generate_mashup::LIMITS[index], (model.clone(), new));
        assert_eq!(add_vocals::MODELS[index].0, *model);
        assert_eq!(generate_sounds::MODELS[index].0, *model);
        assert_eq!(replace_section::MODELS[index].0, *model);
    }
    assert_eq!((upload_and_cover_audio::IDEA, generate_mashup::IDEA, generate_sounds::PROMPT), (500, 500, 500));
    assert_eq!((add_vocals::STYLE, add_vocals::NEGATIVE_TAGS), (1_000, 200));
}

#[test]
fn every_page_holds_its_table() {
    for model in models(&upload_and_cover_audio::LIMITS, true) {
        let (_, limits) = upload_and_cover_audio::LIMITS.iter().find(|(known, _)| known == model).unwrap();
        let limits = limits.unwrap();
        let song = || UploadAndCoverAudio::song(model.clone(), A, "polka", "Stairs", "[Verse]\nOne");
        boundary("prompt", limits.lyrics, |text| song().prompt(text));
        boundary("style", limits.style, |text| song().style(text));
        boundary("title", limits.title, |text| song().title(text));
        boundary("prompt", 500, |text| UploadAndCoverAudio::simple(model.clone(), A, text));

        let song = || UploadAndExtendAudio::song(model.clone(), A, 40, "polka", "Stairs", "[Verse]\nOne");
        boundary("prompt", limits.lyrics, |text| song().prompt(text));
        boundary("style", limits.style, |text| song().style(text));
        boundary("title", limits.title, |text| song().title(text));

        let song = || GenerateMashup::song(model.clone(), [A, A], "polka", "Stairs", "[Verse]\nOne");
        boundary("prompt", limits.lyrics, |text| song().prompt(text));
        boundary("style", limits.style, |text| song().style(text));
        boundary("title", 80, |text| song().title(text));
        boundary("prompt", 500, |text| GenerateMashup::simple(model.clone(), [A, A], text));
    }
    boundary("style", 1_000, |text| AddVocals::new(A, "Stairs", text, "edm", "[Verse]\nOne"));
    boundary("negativeTags", 200, |text| AddVocals::new(A, "Stairs", "polka", text, "[Verse]\nOne"));
    boundary("prompt", 500, |text| GenerateSounds::new(Model::V5_5, text));
}

#[test]
fn a_model_that_a_page_does_not_list_is_refused_by_name() {
    let listed = models(&upload_and_cover_audio::LIMITS, true);
    not_accepted(&Model::V3_5, &listed, &UploadAndCoverAudio::simple(Model::V3_5, A, "an idea"));
    not_accepted(&Model::V3_5, &listed, &UploadAndExtendAudio::inherit(Model::V3_5, A, 40));
    not_accepted(&Model::V3_5, &listed, &GenerateMashup::simple(Model::V3_5, [A, A], "an idea"));
    let upload = ReplaceSection::in_upload(Model::V3_5, A, 0.0..10.0, "polka", "Stairs", "[Verse]", "[Verse]");
    not_accepted(&Model::V3_5, &listed, &upload);

    let others = models(&add_vocals::MODELS, false);
    assert_eq!(others, [&Model::V3_5, &Model::V4, &Model::V4_5, &Model::V4_5All]);
    for model in others {
        let request = AddVocals::new(A, "Stairs", "polka", "edm", "[Verse]\nOne").model(model.clone());
        not_accepted(model, &models(&add_vocals::MODELS, true), &request);
    }
    let others = models(&generate_sounds::MODELS, false);
    assert_eq!(others, [&Model::V3_5, &Model::V4, &Model::V4_5, &Model::V4_5Plus, &Model::V4_5All]);
    for model in others {
        not_accepted(model, &models(&generate_sounds::MODELS, true), &GenerateSounds::new(model.clone(), "a gate"));
    }
}

#[test]
fn an_unknown_model_has_no_limit() {
    let (model, long) = (Model::from("V7_GIANT"), "x".repeat(100_000));
    let cover = UploadAndCoverAudio::song(model.clone(), A, &*long, &*long, &*long).duration(20);
    assert_eq!(cover.persona_model(PersonaModel::Voice).validate(), Ok(()));
    assert_eq!(UploadAndExtendAudio::song(model.clone(), A, 40, &*long, &*long, &*long).validate(), Ok(()));
    assert_eq!(GenerateMashup::song(model.clone(), [A, A], &*long, &*long, &*long).duration(20).validate(), Ok(()));
    assert_eq!(GenerateSounds::new(model, "a gate").validate(), Ok(()));
}

// ---- Modes: the value of a field such as `customMode` decides which other fields are required

#[test]
fn each_mode_asks_for_its_fields() {
    let of = |custom: bool, instrumental: bool| json!({ "uploadUrl": A, "customMode": custom, "instrumental": instrumental, "model": "V5" });
    assert_eq!(lacks::<UploadAndCoverAudio>(&of(true, true)), "style title");
    assert_eq!(lacks::<UploadAndCoverAudio>(&of(true, false)), "style title prompt");
    assert_eq!(lacks::<UploadAndCoverAudio>(&of(false, true)), "prompt");

    for flag in [false, true] {
        let body = json!({ "defaultParamFlag": flag, "model": "V5" });
        assert_eq!(lacks::<UploadAndExtendAudio>(&body), "uploadUrl continueAt");
    }
    assert_eq!(lacks::<AddVocals>(&json!({})), "prompt title style negativeTags uploadUrl");

    let of = |custom: bool| json!({ "uploadUrlList": [A, A], "customMode": custom, "model": "V5" });
    assert_eq!(lacks::<GenerateMashup>(&of(false)), "");
    assert_eq!(lacks::<GenerateMashup>(&of(true)), "style title prompt");
    let mut instrumental = of(true);
    instrumental["instrumental"] = json!(true);
    assert_eq!(lacks::<GenerateMashup>(&instrumental), "style title");

    assert_eq!(lacks::<GenerateSounds>(&json!({})), "prompt model");
    let all = "prompt tags title fullLyrics infillStartS infillEndS taskId audioId";
    assert_eq!(lacks::<ReplaceSection>(&json!({})), all);
}

#[test]
fn what_belongs_to_custom_mode_is_left_out_of_the_others() {
    let cover = UploadAndCoverAudio::simple(Model::V5_5, A, "an idea").persona_id("p").duration(20);
    assert_eq!(broken(&cover), ["personaId", "duration"]);
    assert_eq!(broken(&UploadAndExtendAudio::inherit(Model::V5, A, 40).persona_id("p")), ["personaId"]);
    assert_eq!(broken(&GenerateMashup::simple(Model::V5_5, [A, A], "an idea").duration(20)), ["duration"]);
    let voice = UploadAndCoverAudio::instrumental(Model::V4, A, "polka", "Stairs").persona_model(PersonaModel::Voice);
    assert_eq!(broken(&voice), ["personaModel"]);
    let voice = UploadAndExtendAudio::instrumental(Model::V4_5, A, 40, "polka", "Stairs");
    assert_eq!(broken(&voice.persona_model(PersonaModel::Voice)), ["personaModel"]);
}

#[test]
fn the_contradictions_of_upload_extend_are_left_to_the_service() {
    let extend = UploadAndExtendAudio::instrumental(Model::V5, A, 40, "polka", "Stairs");
    assert_eq!(extend.prompt("[Verse]\nOne").vocal_gender(VocalGender::Female).validate(), Ok(()));
    let null =
        json!({ "uploadUrl": A, "defaultParamFlag": true, "continueAt": 40, "model": "V5", "instrumental": null });
    assert_eq!(lacks::<UploadAndExtendAudio>(&null), "instrumental");
    for at in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(broken(&UploadAndExtendAudio::inherit(Model::V5, A, at)), ["continueAt"], "{at}");
    }
    // The client does not know the duration of the uploaded file. So it accepts a position that may be after the end of
    // the file.
    assert_eq!(UploadAndExtendAudio::inherit(Model::V5, A, 600).validate(), Ok(()));
}

#[test]
fn a_section_is_in_a_track_or_in_an_upload_and_never_in_both() {
    let of = |more: Value| {
        let mut body = json!({
            "prompt": "x", "tags": "x", "title": "x", "fullLyrics": "x", "infillStartS": 0, "infillEndS": 10,
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        lacks::<ReplaceSection>(&body)
    };
    assert_eq!(of(json!({ "taskId": TASK, "audioId": TRACK })), "");
    assert_eq!(of(json!({ "uploadUrl": A, "model": "V5" })), "");
    assert_eq!(of(json!({ "taskId": TASK })), "audioId");
    assert_eq!(of(json!({ "audioId": TRACK, "taskId": " " })), "taskId");
    assert_eq!(of(json!({ "uploadUrl": A })), "model");
    assert_eq!(of(json!({ "uploadUrl": "", "model": "V5" })), "uploadUrl");
    assert_eq!(of(json!({ "uploadUrl": "a.mp3", "model": "V5" })), "uploadUrl");
    assert_eq!(of(json!({ "taskId": TASK, "audioId": TRACK, "model": "V5" })), "model");
    assert_eq!(of(json!({ "taskId": TASK, "audioId": TRACK, "uploadUrl": A, "model": "V5" })), "taskId audioId");
    assert_eq!(of(json!({ "model": "V5" })), "taskId audioId model");
}

// ---- Numbers

#[test]
fn a_section_lasts_10_seconds_or_longer_in_hundredths() {
    for (from, to) in [(0.0, 10.0), (31.5, 47.25), (0.29, 10.29), (0.1, 10.1), (0.0, 480.0), (299.99, 309.99)] {
        assert_eq!(section(from, to).validate(), Ok(()), "{from} to {to}");
    }
    for (from, to, fields) in [
        (0.0, 9.99, "infillEndS"),
        (20.0, 10.0, "infillEndS"),
        (-0.01, 20.0, "infillStartS"),
        (0.005, 20.0, "infillStartS"),
        (0.0, 20.001, "infillEndS"),
        (0.0, f64::INFINITY, "infillEndS"),
    ] {
        let broken = broken(&section(from, to));
        assert!(!broken.is_empty() && broken.iter().all(|field| field == fields), "{from} to {to}: {broken:?}");
    }
    assert!(broken(&section(f64::NAN, 20.0)).contains(&"infillStartS".to_owned()));
    assert!(broken(&section(0.0, f64::NAN)).contains(&"infillEndS".to_owned()));
    let invalid = section(31.5, 35.0).validate().unwrap_err();
    let [violation] = invalid.violations() else { panic!("{invalid}") };
    assert!(matches!(violation.rule, Rule::TooSmall { min: 41.5, actual: 35.0, .. }), "{violation}");
}

#[test]
fn a_tempo_is_1_to_300_whole_beats() {
    let at = |tempo: i64| broken(&GenerateSounds::new(Model::V5, "a gate").sound_tempo(tempo));
    for tempo in [1, 120, 300] {
        assert_eq!(at(tempo), [""; 0], "{tempo}");
    }
    for tempo in [0, -1, 301, i64::MIN, i64::MAX] {
        assert_eq!(at(tempo), ["soundTempo"], "{tempo}");
    }
    let half = json!({ "prompt": "a gate", "model": "V5", "soundTempo": 120.5 });
    assert_eq!(lacks::<GenerateSounds>(&half), "soundTempo");
}

#[test]
fn a_key_is_one_of_24_words_and_any_is_none_of_them() {
    assert_eq!(SoundKey::ALL.len(), 24);
    for key in SoundKey::ALL {
        let letters = key.as_str().trim_end_matches('m').trim_end_matches('#');
        assert!(["C", "D", "E", "F", "G", "A", "B"].contains(&letters), "{key}");
        assert_eq!(GenerateSounds::new(Model::V5, "a gate").sound_key(key).validate(), Ok(()));
    }
    for word in ["Any", "Db", "c", "H", "E#"] {
        assert_eq!(broken(&GenerateSounds::new(Model::V5, "a gate").sound_key(word)), ["soundKey"], "{word}");
    }
}

#[test]
fn a_mashup_has_exactly_two_recordings_and_each_has_a_place() {
    let of = |urls: &[&str]| {
        let body = json!({ "uploadUrlList": urls, "customMode": false, "model": "V5" });
        lacks::<GenerateMashup>(&body)
    };
    assert_eq!(of(&[A, A]), "");
    for urls in [&[][..], &[A], &[A, A, A]] {
        assert_eq!(of(urls), "uploadUrlList", "{}", urls.len());
    }
    assert_eq!(of(&[A, "b.mp3"]), "uploadUrlList[1]");
    assert_eq!(of(&["", "b.mp3"]), "uploadUrlList[0] uploadUrlList[1]");
    assert_eq!(of(&[A, A, "b.mp3"]), "uploadUrlList uploadUrlList[2]");
    let mut mashup = GenerateMashup::simple(Model::V5, [A, A], "an idea");
    mashup.upload_url_list.pop();
    let invalid = mashup.validate().unwrap_err();
    assert!(invalid.to_string().ends_with("uploadUrlList holds 1, and must hold exactly 2"), "{invalid}");
}

#[test]
fn a_duration_is_10_to_360_whole_seconds_and_for_v5_5_and_later() {
    let cover = |model| UploadAndCoverAudio::instrumental(model, A, "polka", "Stairs");
    let mashup = |model| GenerateMashup::instrumental(model, [A, A], "polka", "Stairs");
    for (seconds, valid) in [(9.0, false), (10.0, true), (10.5, false), (360.0, true), (361.0, false)] {
        let expected: &[&str] = if valid { &[] } else { &["duration"] };
        assert_eq!(broken(&cover(Model::V5_5).duration(seconds)), expected, "{seconds}");
        assert_eq!(broken(&mashup(Model::V6).duration(seconds)), expected, "{seconds}");
    }
    for model in [Model::V4, Model::V4_5, Model::V4_5Plus, Model::V4_5All, Model::V5] {
        assert_eq!(broken(&cover(model.clone()).duration(20)), ["duration"], "{model}");
        assert_eq!(broken(&mashup(model.clone()).duration(20)), ["duration"], "{model}");
    }
    assert_eq!(serde_json::to_value(cover(Model::V5_5).duration(Seconds::new(20.0))).unwrap()["duration"], json!(20));
}
