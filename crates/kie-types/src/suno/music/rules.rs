//! Rules that several music pages state in the same way.

use super::singer::{PersonaModel, VocalGender};
use crate::{
    request::{Bound, IgnoredField, Limit, Mode, Rules},
    value::{Model, Seconds, Weight},
};

/// Simple mode: `prompt` is an idea, and the service writes the rest.
pub(super) const SIMPLE: Mode = Mode::flag("simple", "customMode", false);
/// Custom mode: lyrics, style and title come from the caller.
pub(super) const CUSTOM: Mode = Mode::flag("custom", "customMode", true);
/// Mode of a continuation that uses the parameters of its source.
pub(super) const INHERIT: Mode = Mode::flag("inherit", "defaultParamFlag", false);
/// Mode of a continuation that has its own parameters.
pub(super) const OWN: Mode = Mode::flag("custom", "defaultParamFlag", true);

/// Minimum of the requested length, in seconds.
pub const DURATION_MIN: f64 = 10.0;
/// Maximum of the requested length, in seconds.
pub const DURATION_MAX: f64 = 360.0;

/// Checks `personaModel`, which is one of two words. A cloned voice needs V5 or later. The page says the same of a
/// persona made from a track, but its own example sends such a persona to V4, so this is not checked.
pub(super) fn persona(rules: &mut Rules, model: &Model, persona: Option<&PersonaModel>) {
    let Some(persona) = persona else { return };
    rules.accepted("personaModel", persona.as_str(), PersonaModel::ALL.iter().map(PersonaModel::as_str));
    if *persona == PersonaModel::Voice && model.is_before_v5() {
        let accepted = [PersonaModel::Style];
        rules.accepted("personaModel", persona.as_str(), accepted.iter().map(PersonaModel::as_str));
    }
}

/// Returns the limits of `personaModel`, as [`persona`] checks them.
pub(super) fn persona_limits() -> Vec<Limit> {
    let words = |words: &[&'static str]| Limit::new("personaModel", Bound::OneOf(words.to_vec()));
    let older = models().filter(Model::is_before_v5);
    let of_older = older.map(|model| words(&["style_persona"]).of_model(model));
    [words(&PersonaModel::WORDS)].into_iter().chain(of_older).collect()
}

/// Checks `duration`: 10 to 360 seconds, and only for V5_5 and later.
pub(super) fn duration(rules: &mut Rules, model: &Model, duration: Option<Seconds>) {
    rules.range("duration", duration.map(Seconds::get), DURATION_MIN..=DURATION_MAX);
    let too_old = model.is_before_v5() || *model == Model::V5;
    rules.forbidden_when("model is older than V5_5", "duration", duration.is_some() && too_old);
}

/// Returns the limits of `duration`: its range, and the mode and the models without it. [`duration`] and the `validate`
/// of each page check them.
pub(super) fn duration_limits() -> Vec<Limit> {
    let limit = |bound| Limit::new("duration", bound);
    let older = models().filter(|model| model.is_before_v5() || *model == Model::V5);
    [
        limit(Bound::AtLeast(DURATION_MIN)).in_mode(CUSTOM).named("DURATION_MIN"),
        limit(Bound::AtMost(DURATION_MAX)).in_mode(CUSTOM).named("DURATION_MAX"),
        limit(Bound::LeftOut).in_mode(SIMPLE),
    ]
    .into_iter()
    .chain(older.map(|model| limit(Bound::LeftOut).of_model(model)))
    .collect()
}

/// Returns the limits of `duration`, as [`whole_duration`] checks them.
pub(super) fn whole_duration_limits() -> Vec<Limit> {
    let mut limits = duration_limits();
    limits.push(Limit::new("duration", Bound::Step(1.0)).in_mode(CUSTOM));
    limits
}

/// Returns the fields that the service ignores in simple mode. Fields that must be left out in simple mode are limits
/// instead.
pub(super) fn ignored_in_simple_mode() -> Vec<IgnoredField> {
    let mut ignored: Vec<_> = IgnoredField::all(["style", "title", "negativeTags", "personaModel"], SIMPLE).collect();
    ignored.extend(ignored_hints(SIMPLE));
    // An instrumental has no lyrics to sing.
    ignored.push(IgnoredField::new("prompt", [CUSTOM, Mode::flag("instrumental", "instrumental", true)]));
    ignored
}

/// Returns the hints that several pages have, as ignored fields of `mode`.
pub(super) fn ignored_hints(mode: Mode) -> impl Iterator<Item = IgnoredField> {
    IgnoredField::all(["vocalGender", "styleWeight", "weirdnessConstraint", "audioWeight"], mode)
}

/// Returns the models that at least one page still accepts.
fn models() -> impl Iterator<Item = Model> {
    Model::ALL.into_iter().filter(|model| *model != Model::V3_5)
}

/// Checks `duration` like [`duration`], and that it is a whole number of seconds, as some pages require.
pub(super) fn whole_duration(rules: &mut Rules, model: &Model, length: Option<Seconds>) {
    duration(rules, model, length);
    rules.step("duration", length.map(Seconds::get), 1.0);
}

/// Checks `vocalGender`, which is one of two words.
pub(super) fn voice(rules: &mut Rules, gender: Option<&VocalGender>) {
    if let Some(gender) = gender {
        rules.accepted("vocalGender", gender.as_str(), VocalGender::ALL.iter().map(VocalGender::as_str));
    }
}

/// Returns the limits of `vocalGender`.
pub(super) fn voice_limits() -> [Limit; 1] {
    [Limit::new("vocalGender", Bound::OneOf(VocalGender::WORDS.to_vec()))]
}

/// Returns the limits of the three weights.
pub(super) fn weight_limits() -> Vec<Limit> {
    let fields = ["styleWeight", "weirdnessConstraint", "audioWeight"];
    fields.into_iter().flat_map(weight_limits_of).collect()
}

/// Checks the three weights, each between 0 and 1.
pub(super) fn weights(rules: &mut Rules, style: Option<Weight>, weirdness: Option<Weight>, audio: Option<Weight>) {
    rules.weight("styleWeight", style);
    rules.weight("weirdnessConstraint", weirdness);
    rules.weight("audioWeight", audio);
}

fn weight_limits_of(field: &'static str) -> [Limit; 3] {
    [
        Limit::new(field, Bound::AtLeast(Weight::MIN)),
        Limit::new(field, Bound::AtMost(Weight::MAX)),
        Limit::new(field, Bound::Step(Weight::STEP)),
    ]
}
