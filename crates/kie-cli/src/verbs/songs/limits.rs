//! Rules of songs that need more than the request: the route of the lyrics, and the end of the source.

use kie_suno::{
    Route,
    errors::{Invalid, Rule},
    requests::{Endpoint, Rules},
};

use crate::exit::ExitError;

/// Maximum duration of a recording that is covered or continued, in seconds: 8 minutes.
const LONGEST_UPLOAD: f64 = 480.0;

/// Returns the fields `prompt` and `lyrics` of a request whose prompt is sung. The market route has a field for lyrics,
/// which allows longer lyrics for old models.
pub(super) fn sung(route: Route, lyrics: Option<String>) -> (Option<String>, Option<String>) {
    if route == Route::Market { (None, lyrics) } else { (lyrics, None) }
}

/// Refuses an idea on the market route, where the service would sing it.
pub(super) fn check_idea<E: Endpoint>(route: Route, idea: Option<&String>) -> Result<(), ExitError> {
    let mut rules = Rules::new(E::NAME);
    rules.not_carried(route, "prompt", route == Route::Market && idea.is_some());
    rules.finish().map_err(ExitError::invalid)
}

/// Refuses a request with a position at or after the end of the track, if the duration of the track is known. The
/// service accepts and charges such a request, and its task fails. `may_be_end` is `true` for a position that can be the
/// end itself. The error lists all other broken rules too.
pub(super) fn check_end<E: Endpoint>(
    request: &E,
    route: Route,
    field: &str,
    position: Option<f64>,
    duration: Option<f64>,
    may_be_end: bool,
) -> Result<(), ExitError> {
    let (Some(position), Some(duration)) = (position, duration) else { return Ok(()) };
    if position < duration || (position == duration && may_be_end) {
        return Ok(());
    }
    let rule = Rule::custom(format!("is {position}, and the track plays for {duration} seconds"));
    with_rule(request, route, field, rule)
}

/// Refuses a recording that is longer than the service accepts, if the duration of the recording is known. `field` is the
/// field with its address. The error lists all other broken rules too.
pub(super) fn check_length<E: Endpoint>(
    request: &E,
    route: Route,
    field: &str,
    duration: Option<f64>,
) -> Result<(), ExitError> {
    let Some(duration) = duration.filter(|duration| *duration > LONGEST_UPLOAD) else { return Ok(()) };
    let rule = Rule::custom(format!("plays for {duration:.1} seconds, and the service accepts at most 8 minutes"));
    with_rule(request, route, field, rule)
}

/// Refuses a request that breaks a rule. The error lists all other rules that the request breaks.
fn with_rule<E: Endpoint>(request: &E, route: Route, field: &str, rule: Rule) -> Result<(), ExitError> {
    let mut rules = Rules::new(E::NAME);
    for broken in request.validate_on(route).err().iter().flat_map(Invalid::violations) {
        rules.broken(&broken.field, broken.rule.clone());
    }
    rules.broken(field, rule);
    rules.finish().map_err(ExitError::invalid)
}
