//! Tests of the limits at their bounds and just beyond them.

use kie_types::{
    AddInstrumental, AddVocals, ExtendMusic, GenerateMashup, GenerateMusic, Model, ReplaceSection, UploadAndCoverAudio,
    UploadAndExtendAudio,
    suno::music::{add_vocals, generate_music, replace_section},
};
use serde_json::{Value, json};

use super::{A, MARKET, MODELS, TASK, lacks, song, with};
use crate::limits::sides::{TRACK, boundary_on, broken_on};

#[test]
fn every_page_holds_its_table() {
    for (model, prompt, style, title) in MODELS {
        let new = || {
            let mut song = song(model.clone());
            song.duration = None;
            song
        };
        boundary_on(MARKET, "prompt", prompt, |text| new().prompt(text));
        boundary_on(MARKET, "style", style, |text| new().style(text));
        boundary_on(MARKET, "title", 80, |text| new().title(text));
        boundary_on(MARKET, "lyrics", 5_000, |text| new().lyrics(text));
        let simple = || GenerateMusic::simple(model.clone(), "an idea");
        boundary_on(MARKET, "prompt", 3_000, |text| simple().prompt(text));
        boundary_on(MARKET, "lyrics", 5_000, |text| simple().lyrics(text));
        boundary_on(MARKET, "style", style, |text| simple().style(text));
        boundary_on(MARKET, "title", 80, |text| simple().title(text));

        let cover = || UploadAndCoverAudio::song(model.clone(), A, "polka", "Stairs", "[Verse]\nOne");
        boundary_on(MARKET, "prompt", prompt, |text| cover().prompt(text));
        boundary_on(MARKET, "style", style, |text| cover().style(text));
        boundary_on(MARKET, "title", 80, |text| cover().title(text));
        boundary_on(MARKET, "lyrics", 5_000, |text| cover().lyrics(text));

        let mashup = || GenerateMashup::song(model.clone(), [A, A], "polka", "Stairs", "[Verse]\nOne");
        boundary_on(MARKET, "prompt", prompt, |text| mashup().prompt(text));
        boundary_on(MARKET, "style", style, |text| mashup().style(text));
        boundary_on(MARKET, "title", title, |text| mashup().title(text));
        boundary_on(MARKET, "lyrics", 5_000, |text| mashup().lyrics(text));

        let longer = || ExtendMusic::song(model.clone(), TRACK, 40, "polka", "Stairs", "[Verse]\nOne");
        boundary_on(MARKET, "prompt", prompt, |text| longer().prompt(text));
        boundary_on(MARKET, "style", style, |text| longer().style(text));
        boundary_on(MARKET, "title", 100, |text| longer().title(text));
        boundary_on(MARKET, "lyrics", 5_000, |text| longer().lyrics(text));

        let longer = || UploadAndExtendAudio::song(model.clone(), A, 40, "polka", "Stairs", "[Verse]\nOne");
        boundary_on(MARKET, "prompt", prompt, |text| longer().prompt(text));
        boundary_on(MARKET, "style", style, |text| longer().style(text));
        boundary_on(MARKET, "title", title, |text| longer().title(text));
        boundary_on(MARKET, "lyrics", 5_000, |text| longer().lyrics(text));

        let section = |text| ReplaceSection::in_upload(model.clone(), A, 0.0..10.0, "polka", "Stairs", text, "One");
        boundary_on(MARKET, "prompt", prompt, section);
        boundary_on(MARKET, "lyrics", 5_000, |text| section("One".to_owned()).lyrics(text));
    }
    let section = |text: String| ReplaceSection::in_track(TASK, TRACK, 0.0..10.0, "polka", "Stairs", text, "One");
    boundary_on(MARKET, "prompt", replace_section::PROMPT, section);
    let vocals = || AddVocals::new(A, "Stairs", "polka", "edm", "[Verse]\nOne");
    boundary_on(MARKET, "prompt", add_vocals::PROMPT, |text| vocals().prompt(text));
    boundary_on(MARKET, "style", 1_000, |text| AddVocals::new(A, "Stairs", text, "edm", "One"));
    boundary_on(MARKET, "negativeTags", 200, |text| AddVocals::new(A, "Stairs", "polka", text, "One"));
    boundary_on(MARKET, "lyrics", 5_000, |text| vocals().lyrics(text));
    boundary_on(MARKET, "tags", 1_000, |text| AddInstrumental::new(A, "Stairs", text, "edm"));
    boundary_on(MARKET, "negativeTags", 200, |text| AddInstrumental::new(A, "Stairs", "polka", text));
    assert_eq!((add_vocals::PROMPT, replace_section::PROMPT, generate_music::LYRICS), (5_000, 5_000, 5_000));
}

#[test]
fn a_variety_is_a_whole_number_from_0_to_4() {
    for variety in 0..=4 {
        assert_eq!(broken_on(MARKET, &song(Model::V6).variety(variety)), [""; 0], "{variety}");
    }
    for variety in [-1, 5, i64::MIN, i64::MAX] {
        assert_eq!(broken_on(MARKET, &song(Model::V6).variety(variety)), ["variety"], "{variety}");
    }
    let request = with(&serde_json::to_value(song(Model::V6)).unwrap(), &json!({ "variety": 1.5 }));
    assert_eq!(lacks::<GenerateMusic>(&request), "variety");
}

#[test]
fn media_belong_to_simple_mode_and_each_has_a_place() {
    let simple = |more: Value| {
        lacks::<GenerateMusic>(&with(&json!({ "customMode": false, "instrumental": false, "model": "V6" }), &more))
    };
    for (field, most) in [("imageUrls", 5), ("videoUrls", 1)] {
        assert_eq!(simple(json!({ field: vec![A; most] })), "", "{field}");
        assert_eq!(simple(json!({ field: vec![A; most + 1] })), field);
    }
    // The maximum number of recordings is not documented.
    assert_eq!(simple(json!({ "audioUrls": vec![A; 20] })), "");
    assert_eq!(simple(json!({ "imageUrls": [A, "b.png", ""] })), "imageUrls[1] imageUrls[2]");
    assert_eq!(simple(json!({ "imageUrls": [], "prompt": "an idea" })), "");
    for field in ["imageUrls", "videoUrls", "audioUrls"] {
        let custom = with(&serde_json::to_value(song(Model::V6)).unwrap(), &json!({ field: [A] }));
        assert_eq!(lacks::<GenerateMusic>(&custom), field);
    }
}
