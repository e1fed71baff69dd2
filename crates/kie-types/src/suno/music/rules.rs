//! Rules that several music pages state in the same words.

use super::singer::{PersonaModel, VocalGender};
use crate::{
    request::Rules,
    value::{Model, Seconds, Weight},
};

/// The shortest length that can be wished for, in seconds.
pub const DURATION_MIN: f64 = 10.0;
/// The longest length that can be wished for, in seconds.
pub const DURATION_MAX: f64 = 360.0;

/// `personaModel` is one of two words. A cloned voice is for V5 and later; the page says the same of a persona made from
/// a track, but its own example sends one to V4.
pub(super) fn persona(rules: &mut Rules, model: &Model, persona: Option<&PersonaModel>) {
    let Some(persona) = persona else { return };
    rules.accepted("personaModel", persona.as_str(), PersonaModel::ALL.iter().map(PersonaModel::as_str));
    if *persona == PersonaModel::Voice && model.is_before_v5() {
        let accepted = [PersonaModel::Style];
        rules.accepted("personaModel", persona.as_str(), accepted.iter().map(PersonaModel::as_str));
    }
}

/// `duration` is 10 to 360 seconds, and for V5_5 and later.
pub(super) fn duration(rules: &mut Rules, model: &Model, duration: Option<Seconds>) {
    rules.range("duration", duration.map(Seconds::get), DURATION_MIN..=DURATION_MAX);
    let too_old = model.is_before_v5() || *model == Model::V5;
    rules.forbidden_when("model is older than V5_5", "duration", duration.is_some() && too_old);
}

/// `duration` as [`duration`] has it, and whole, as some pages want it.
pub(super) fn whole_duration(rules: &mut Rules, model: &Model, length: Option<Seconds>) {
    duration(rules, model, length);
    rules.step("duration", length.map(Seconds::get), 1.0);
}

/// `vocalGender` is one of two words.
pub(super) fn voice(rules: &mut Rules, gender: Option<&VocalGender>) {
    if let Some(gender) = gender {
        rules.accepted("vocalGender", gender.as_str(), VocalGender::ALL.iter().map(VocalGender::as_str));
    }
}

/// The three weights are each between 0 and 1.
pub(super) fn weights(rules: &mut Rules, style: Option<Weight>, weirdness: Option<Weight>, audio: Option<Weight>) {
    rules.weight("styleWeight", style);
    rules.weight("weirdnessConstraint", weirdness);
    rules.weight("audioWeight", audio);
}
