//! Rules that several music pages state in the same words.

use super::singer::{PersonaModel, VocalGender};
use crate::{
    request::{Bound, Ignored, Limit, Mode, Rules},
    value::{Model, Seconds, Weight},
};

/// `prompt` is an idea, and the service writes the rest.
pub(super) const SIMPLE: Mode = Mode::flag("simple", "customMode", false);
/// Lyrics, style and title are the caller's.
pub(super) const CUSTOM: Mode = Mode::flag("custom", "customMode", true);
/// A continuation goes on with the parameters of its source.
pub(super) const INHERIT: Mode = Mode::flag("inherit", "defaultParamFlag", false);
/// A continuation has parameters of its own.
pub(super) const OWN: Mode = Mode::flag("custom", "defaultParamFlag", true);

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

/// The words of `personaModel`, as [`persona`] holds it to them.
pub(super) fn persona_limits() -> Vec<Limit> {
    let words = |words: &[&'static str]| Limit::new("personaModel", Bound::OneOf(words.to_vec()));
    let older = models().filter(Model::is_before_v5);
    let of_older = older.map(|model| words(&["style_persona"]).of_model(model));
    [words(&PersonaModel::WORDS)].into_iter().chain(of_older).collect()
}

/// `duration` is 10 to 360 seconds, and for V5_5 and later.
pub(super) fn duration(rules: &mut Rules, model: &Model, duration: Option<Seconds>) {
    rules.range("duration", duration.map(Seconds::get), DURATION_MIN..=DURATION_MAX);
    let too_old = model.is_before_v5() || *model == Model::V5;
    rules.forbidden_when("model is older than V5_5", "duration", duration.is_some() && too_old);
}

/// The numbers of `duration`, and the mode and the models without it, as [`duration`] and each page hold it to them.
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

/// The numbers of `duration`, as [`whole_duration`] holds it to them.
pub(super) fn whole_duration_limits() -> Vec<Limit> {
    let mut limits = duration_limits();
    limits.push(Limit::new("duration", Bound::Step(1.0)).in_mode(CUSTOM));
    limits
}

/// The fields that count in custom mode only. Those that must be left out otherwise are limits.
pub(super) fn ignored_in_simple_mode() -> Vec<Ignored> {
    let mut ignored: Vec<_> = Ignored::all(["style", "title", "negativeTags", "personaModel"], SIMPLE).collect();
    ignored.extend(ignored_hints(SIMPLE));
    // Nothing is sung.
    ignored.push(Ignored::new("prompt", [CUSTOM, Mode::flag("instrumental", "instrumental", true)]));
    ignored
}

/// The hints that several pages have, in a mode in which they do not count.
pub(super) fn ignored_hints(mode: Mode) -> impl Iterator<Item = Ignored> {
    Ignored::all(["vocalGender", "styleWeight", "weirdnessConstraint", "audioWeight"], mode)
}

/// The models that some page still accepts.
fn models() -> impl Iterator<Item = Model> {
    Model::ALL.into_iter().filter(|model| *model != Model::V3_5)
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

/// The words of `vocalGender`.
pub(super) fn voice_limits() -> [Limit; 1] {
    [Limit::new("vocalGender", Bound::OneOf(VocalGender::WORDS.to_vec()))]
}

/// The numbers of the three weights.
pub(super) fn weight_limits() -> Vec<Limit> {
    let fields = ["styleWeight", "weirdnessConstraint", "audioWeight"];
    fields.into_iter().flat_map(weight_limits_of).collect()
}

/// The three weights are each between 0 and 1.
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
