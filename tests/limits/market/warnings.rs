//! Tests of the warnings.

use std::collections::BTreeSet;

use kie_types::{
    AddVocals, Endpoint, GenerateMashup, GenerateMusic, Model, PersonaModel, Route, UploadAndCoverAudio,
    UploadAndExtendAudio, VocalGender, WarningKind,
};

use super::{A, MARKET, MODELS, song, words};

/// Returns the fields and the kinds of the warnings on a route.
fn warned<E: Endpoint>(route: Route, request: &E) -> Vec<(String, WarningKind)> {
    request.warnings_on(route).into_iter().map(|warning| (warning.field, warning.kind)).collect()
}

#[test]
fn a_missing_duration_of_a_v6_model_has_a_warning() {
    let missing = [("duration".to_owned(), WarningKind::LeftOut)];
    for model in [Model::V6, Model::V6Mini, Model::V6Wild] {
        let mut song = song(model.clone());
        assert_eq!(warned(MARKET, &song), []);
        song.duration = None;
        assert_eq!(warned(MARKET, &song), missing);
        assert_eq!(warned(Route::Classic, &song), missing);
        assert_eq!(warned(MARKET, &GenerateMusic::simple(model.clone(), "an idea")), []);
        let cover = UploadAndCoverAudio::song(model.clone(), A, "polka", "Stairs", "One");
        assert_eq!((warned(MARKET, &cover), warned(Route::Classic, &cover)), (missing.to_vec(), Vec::new()));
        let mashup = GenerateMashup::song(model, [A, A], "polka", "Stairs", "One");
        assert_eq!((warned(MARKET, &mashup), warned(Route::Classic, &mashup)), (missing.to_vec(), Vec::new()));
    }
    let mut song = song(Model::V6);
    song.duration = None;
    assert_eq!(
        song.warnings_on(MARKET)[0].to_string(),
        "duration: the service makes a song of 20 seconds when duration is left out; ask for 10 to 360 seconds"
    );
    // A model of the future may have another default.
    song.model = Model::from("V9");
    assert_eq!(warned(MARKET, &song), [("model".to_owned(), WarningKind::UnknownWord)]);
}

#[test]
fn a_model_before_v6_is_valid_and_discontinued() {
    assert_eq!((Model::NEWEST_CLASSIC, Model::NEWEST_MARKET), (Model::V5_5, Model::V6));
    for (model, _, _, _) in &MODELS[..6] {
        let mut song = song(model.clone());
        song.duration = None;
        assert_eq!(song.validate_on(MARKET), Ok(()));
        assert_eq!(warned(MARKET, &song), [("model".to_owned(), WarningKind::Discontinued)], "{model}");
        assert_eq!(warned(Route::Classic, &song), [], "{model}");
    }
    let warnings = song(Model::V5).warnings_on(MARKET);
    let expected = "model: KIE labels V5 as discontinued on the market route; the newest model is V6";
    assert_eq!(warnings[0].to_string(), expected);
    // A model that the operation does not accept breaks a rule. It needs no warning.
    let vocals = AddVocals::new(A, "Stairs", "polka", "edm", "One");
    assert_eq!(warned(MARKET, &vocals.clone().model(Model::V4)), []);
    assert_eq!(warned(MARKET, &vocals), []);
}

#[test]
fn silent_traps_have_a_warning() {
    let mut extend = UploadAndExtendAudio::inherit(Model::V6, A, 40);
    assert_eq!(warned(MARKET, &extend), []);
    extend.continue_at = None;
    assert_eq!(warned(MARKET, &extend), [("continueAt".to_owned(), WarningKind::LeftOut)]);
    assert_eq!(warned(Route::Classic, &extend), [], "the classic route requires the field");

    let cover = UploadAndCoverAudio::song(Model::V6, A, "polka", "Stairs", "One").duration(60);
    let voice = cover.persona_model(PersonaModel::Voice);
    assert_eq!(warned(MARKET, &voice), [("personaModel".to_owned(), WarningKind::Undocumented)]);
    assert_eq!(warned(Route::Classic, &voice), []);

    let mut mashup = GenerateMashup::song(Model::V6, [A, A], "polka", "Stairs", "One").duration(60);
    mashup.upload_url_list.extend([A.to_owned(), A.to_owned()]);
    let ignored = |index: usize| (format!("uploadUrlList[{index}]"), WarningKind::Ignored);
    assert_eq!(warned(MARKET, &mashup), [ignored(2), ignored(3)]);
}

#[test]
fn a_field_without_effect_has_a_warning() {
    let fields = |request: &GenerateMusic| -> BTreeSet<String> {
        let warnings = request.warnings_on(MARKET);
        assert!(warnings.iter().all(|warning| warning.kind == WarningKind::Ignored), "{warnings:?}");
        warnings.into_iter().map(|warning| warning.field).collect()
    };
    let hints = |request: GenerateMusic| {
        let request = request.style_weight(0.5).weirdness_constraint(0.5).audio_weight(0.5).variety(2);
        request.vocal_gender(VocalGender::Male).persona_id("p").persona_model(PersonaModel::Style).lyrics("One")
    };
    let simple = hints(GenerateMusic::simple(Model::V6, "an idea")).style("polka").title("Stairs");
    let expected = "styleWeight weirdnessConstraint audioWeight variety vocalGender personaId personaModel";
    assert_eq!(fields(&simple), words(expected), "lyrics, style and title have an effect");
    assert_eq!(fields(&hints(song(Model::V6))), words(""));
    let instrumental = GenerateMusic::instrumental(Model::V6, "polka", "Stairs").duration(60).prompt("One");
    assert_eq!(fields(&hints(instrumental)), words("prompt lyrics vocalGender audioWeight"));
}
