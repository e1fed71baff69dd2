//! Rules for the fields of requests. Each of these rules holds for several music operations.

use serde::Serialize;

use super::singer::{PersonaModel, VocalGender};
use crate::{
    market::Route,
    request::{Bound, IgnoredField, Limit, Mode, Rules, Warning, WarningKind},
    value::{Model, Seconds, Weight},
};

/// Simple mode: `prompt` is an idea, and the service writes lyrics, style and title.
pub(super) const SIMPLE: Mode = Mode::flag("simple", "customMode", false);
/// Custom mode: the request has lyrics, style and title.
pub(super) const CUSTOM: Mode = Mode::flag("custom", "customMode", true);
/// Mode of a request that continues a track or a recording, and uses the parameters of that track or recording.
pub(super) const INHERIT: Mode = Mode::flag("inherit", "defaultParamFlag", false);
/// Mode of a request that continues a track or a recording, and uses the parameters in the request.
pub(super) const OWN: Mode = Mode::flag("custom", "defaultParamFlag", true);

/// Request for music with singing.
pub(super) const SINGING: Mode = Mode::flag("song", "instrumental", false);
/// Request for music without singing.
pub(super) const WITHOUT_SINGING: Mode = Mode::flag("instrumental", "instrumental", true);

/// Maximum number of characters of `prompt`, which has the lyrics, on the market route. It holds for every model but V4.
pub const PROMPT: usize = 5_000;
/// Maximum number of characters of `lyrics`, for every model.
pub const LYRICS: usize = 5_000;
/// Variety of music that keeps to the exact style: the smallest `variety`.
pub const VARIETY_MIN: i64 = 0;
/// Variety of the wildest music: the largest `variety`.
pub const VARIETY_MAX: i64 = 4;

/// Minimum duration of the music that a request can ask for, in seconds.
pub const DURATION_MIN: f64 = 10.0;
/// Maximum duration of the music that a request can ask for, in seconds.
pub const DURATION_MAX: f64 = 360.0;

/// Checks that fields that only the market route has are left out on the classic route. Each field stands with `true`
/// if the request has it.
pub(super) fn only_on_market<const N: usize>(rules: &mut Rules, route: Route, fields: [(&str, bool); N]) {
    if route == Route::Classic {
        for (field, is_given) in fields {
            rules.not_carried(route, field, is_given);
        }
    }
}

/// Checks `lyrics` and `variety`, which only the market route has.
pub(super) fn lyrics_and_variety(rules: &mut Rules, route: Route, lyrics: Option<&str>, variety: Option<i64>) {
    only_on_market(rules, route, [("lyrics", lyrics.is_some()), ("variety", variety.is_some())]);
    if route == Route::Market {
        rules.at_most("lyrics", lyrics, LYRICS);
        let range = VARIETY_MIN as f64..=VARIETY_MAX as f64;
        rules.range("variety", variety.map(|variety| variety as f64), range);
    }
}

/// Returns the limits that [`lyrics_and_variety`] checks on the market route.
pub(super) fn lyrics_and_variety_limits() -> [Limit; 4] {
    [
        Limit::new("lyrics", Bound::Characters(LYRICS)).named("LYRICS"),
        Limit::new("variety", Bound::AtLeast(VARIETY_MIN as f64)).named("VARIETY_MIN"),
        Limit::new("variety", Bound::AtMost(VARIETY_MAX as f64)).named("VARIETY_MAX"),
        Limit::new("variety", Bound::Step(1.0)),
    ]
}

/// Checks that a request that inherits its parameters has none of these fields on the market route. The route has no
/// flag for this mode, so the fields that the classic route ignores would take effect. The value `false` has no effect.
pub(super) fn inherited<const N: usize>(rules: &mut Rules, request: &impl Serialize, fields: [&str; N]) {
    let given = serde_json::to_value(request).unwrap_or_default();
    for field in fields {
        let is_given = given.get(field).is_some_and(|value| !value.is_null() && *value != false);
        rules.forbidden_when("defaultParamFlag is false", field, is_given);
    }
}

/// Returns the limits that [`inherited`] checks.
pub(super) fn inherited_limits<const N: usize>(fields: [&'static str; N]) -> [Limit; N] {
    fields.map(|field| Limit::new(field, Bound::LeftOut).in_mode(INHERIT))
}

/// Returns the limits of the classic route that require the texts of a request with these parameters of its own: style
/// and title, and lyrics for a song.
pub(super) fn own_texts(own: Mode) -> impl Iterator<Item = Limit> {
    Limit::all(["style", "title"], Bound::Required, [own]).chain(Limit::all(
        ["prompt"],
        Bound::Required,
        [own, SINGING],
    ))
}

/// Returns the limits of an operation that the market route offers only in custom mode: the limits of custom mode hold
/// for every request, and those of simple mode for none.
pub(super) fn always_custom(limits: Vec<Limit>) -> Vec<Limit> {
    let mut custom = limits;
    custom.retain(|limit| !limit.modes.contains(&SIMPLE));
    custom.iter_mut().for_each(|limit| limit.modes.retain(|mode| *mode != CUSTOM));
    custom
}

/// Returns the fields that have no meaning for music without singing on the market route.
pub(super) fn ignored_without_singing<const N: usize>(fields: [&'static str; N]) -> impl Iterator<Item = IgnoredField> {
    IgnoredField::all(fields, WITHOUT_SINGING)
}

/// Returns the warning about a missing `duration`. The models of the V6 family keep to its default, 20 seconds. Older
/// models do not keep to it.
pub(super) fn default_duration(model: &Model, duration: Option<Seconds>) -> Option<Warning> {
    let advice = "the service makes a song of 20 seconds when duration is left out; ask for 10 to 360 seconds";
    (model.is_v6() && duration.is_none()).then(|| Warning::new("duration", WarningKind::LeftOut, advice))
}

/// Checks `personaModel`. The value must be `style_persona` (a persona from a track) or `voice_persona` (a cloned
/// voice). A cloned voice needs model V5 or later. The documentation page says that a persona from a track needs V5 or
/// later too, but an example on the page uses such a persona with V4. So a persona from a track is allowed with every
/// model.
pub(super) fn persona(rules: &mut Rules, model: &Model, persona: Option<&PersonaModel>) {
    let Some(persona) = persona else { return };
    rules.accepted("personaModel", persona.as_str(), PersonaModel::ALL.iter().map(PersonaModel::as_str));
    if *persona == PersonaModel::Voice && model.is_before_v5() {
        let accepted = [PersonaModel::Style];
        rules.accepted("personaModel", persona.as_str(), accepted.iter().map(PersonaModel::as_str));
    }
}

/// Returns the limits of `personaModel` that [`persona`] checks.
pub(super) fn persona_limits() -> Vec<Limit> {
    let words = |words: &[&'static str]| Limit::new("personaModel", Bound::OneOf(words.to_vec()));
    let older = models().filter(Model::is_before_v5);
    let of_older = older.map(|model| words(&["style_persona"]).of_model(model));
    [words(&PersonaModel::WORDS)].into_iter().chain(of_older).collect()
}

/// Checks that `duration` is 10 to 360 seconds. Also checks that this field is missing for models before V5_5.
pub(super) fn duration(rules: &mut Rules, model: &Model, duration: Option<Seconds>) {
    rules.range("duration", duration.map(Seconds::get), DURATION_MIN..=DURATION_MAX);
    let too_old = model.is_before_v5() || *model == Model::V5;
    rules.forbidden_when("model is older than V5_5", "duration", duration.is_some() && too_old);
}

/// Returns the limits of `duration`: its range, the mode that does not allow this field, and the models that do not
/// allow this field. The function [`duration`] checks the range and the models. The method `validate` of each request
/// checks the mode.
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

/// Returns the limits of [`duration_limits`], and one more limit: the duration is a whole number of seconds.
/// [`whole_duration`] checks these limits.
pub(super) fn whole_duration_limits() -> Vec<Limit> {
    let mut limits = duration_limits();
    limits.push(Limit::new("duration", Bound::Step(1.0)).in_mode(CUSTOM));
    limits
}

/// Returns the fields that the service ignores in simple mode, and `prompt`, which the service ignores for an
/// instrumental in custom mode. Fields that must be missing in simple mode are not in this list: `validate` refuses
/// them.
pub(super) fn ignored_in_simple_mode() -> Vec<IgnoredField> {
    let mut ignored: Vec<_> = IgnoredField::all(["style", "title", "negativeTags", "personaModel"], SIMPLE).collect();
    ignored.extend(ignored_hints(SIMPLE));
    // In custom mode `prompt` is the lyrics, and an instrumental has no lyrics to sing.
    ignored.push(IgnoredField::new("prompt", [CUSTOM, WITHOUT_SINGING]));
    ignored
}

/// Returns one entry for the gender of the voice and for each of the three weights. Each entry says that the service
/// ignores the field in `mode`.
pub(super) fn ignored_hints(mode: Mode) -> impl Iterator<Item = IgnoredField> {
    IgnoredField::all(["vocalGender", "styleWeight", "weirdnessConstraint", "audioWeight"], mode)
}

/// Returns the models that at least one music operation accepts: all models except V3_5.
fn models() -> impl Iterator<Item = Model> {
    Model::ALL.into_iter().filter(|model| *model != Model::V3_5)
}

/// Makes the same checks as the function [`duration`], and also checks that the duration is a whole number of seconds.
/// Some documentation pages require whole seconds.
pub(super) fn whole_duration(rules: &mut Rules, model: &Model, length: Option<Seconds>) {
    duration(rules, model, length);
    rules.step("duration", length.map(Seconds::get), 1.0);
}

/// Checks that `vocalGender` is `m` or `f`.
pub(super) fn voice(rules: &mut Rules, gender: Option<&VocalGender>) {
    if let Some(gender) = gender {
        rules.accepted("vocalGender", gender.as_str(), VocalGender::ALL.iter().map(VocalGender::as_str));
    }
}

/// Returns the limit of `vocalGender`: the two accepted words.
pub(super) fn voice_limits() -> [Limit; 1] {
    [Limit::new("vocalGender", Bound::OneOf(VocalGender::WORDS.to_vec()))]
}

/// Returns the limits of the three weights, `styleWeight`, `weirdnessConstraint` and `audioWeight`.
pub(super) fn weight_limits() -> Vec<Limit> {
    let fields = ["styleWeight", "weirdnessConstraint", "audioWeight"];
    fields.into_iter().flat_map(weight_limits_of).collect()
}

/// Checks that each of the three weights is between 0 and 1, and is a multiple of [`Weight::STEP`].
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
