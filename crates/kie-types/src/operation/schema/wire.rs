//! Limits of an operation as they apply to the JSON object that is sent on a route.

use serde_json::Value;

use crate::{
    market::{MarketForm, Route, market_name},
    operation::endpoint::Endpoint,
    request::{Bound, Limit, Mode, ModeValue},
};

/// Description of the JSON object that an operation sends on a route. Its fields have their names in requests of this
/// crate.
pub(super) struct Wire {
    /// Name of the operation.
    pub(super) operation: &'static str,
    pub(super) route: Route,
    /// Limits of the fields that are sent.
    pub(super) limits: Vec<Limit>,
    /// Limits of the other route. Their names can be in a documentation text too.
    pub(super) other_limits: Vec<Limit>,
    /// Fields of the request type that are not sent, and must be left out.
    pub(super) absent: Vec<&'static str>,
    /// The field with the callback address. `None` if the object has no such field.
    pub(super) call_back: Option<CallBack>,
    /// The field with the content of a file.
    pub(super) file: Option<&'static str>,
}

/// The field with the callback address.
#[derive(Clone, Copy)]
pub(super) struct CallBack {
    pub(super) name: &'static str,
    pub(super) is_required: bool,
}

impl Wire {
    pub(super) fn of<E: Endpoint>(route: Route) -> Self {
        let form = E::MARKET.unwrap_or(&MarketForm::LOOKUP);
        let call_back = E::CALL_BACK.map(|field| CallBack { name: field.name(), is_required: field.is_required() });
        let (absent, call_back) = match route {
            Route::Classic => (form.fields_only_here().to_vec(), call_back),
            // The callback address is beside the object, not in it.
            Route::Market => (form.fields_only_classic().chain(E::CALL_BACK_URL).collect(), None),
        };
        let other_limits = E::limits_on(route.other());
        Self { operation: E::NAME, route, limits: sent::<E>(route), other_limits, absent, call_back, file: E::FILE }
    }

    /// Returns the name of a field on the route.
    pub(super) fn name(&self, field: &str) -> String {
        name_on(self.route, field)
    }

    /// Returns the limits for a schema, each with the fewest possible conditions: the value of a field that must be left
    /// out in one mode needs no condition in the other mode.
    pub(super) fn limits(&self) -> impl Iterator<Item = Limit> {
        self.limits.iter().cloned().map(|mut limit| {
            let is_value = !matches!(limit.bound, Bound::Required | Bound::LeftOut);
            let is_absent_in = |mode: &Mode| {
                let rest = |other: &Limit| matches!(other.modes.as_slice(), [only] if is_complement(only, mode));
                self.limits.iter().any(|other| {
                    other.field == limit.field && other.bound == Bound::LeftOut && other.model.is_none() && rest(other)
                })
            };
            let modes = limit.modes.iter().filter(|mode| !(is_value && is_absent_in(mode))).copied().collect();
            limit.modes = modes;
            limit
        })
    }

    /// Returns the limits that apply to every request.
    pub(super) fn always(&self) -> impl Iterator<Item = Limit> {
        self.limits().filter(|limit| limit.modes.is_empty() && limit.model.is_none())
    }
}

/// Returns `true` if every request is in exactly one of the two modes.
fn is_complement(mode: &Mode, other: &Mode) -> bool {
    let is_other_value = match (mode.value, other.value) {
        (ModeValue::Flag(flag), ModeValue::Flag(other)) => flag != other,
        (ModeValue::Given, ModeValue::LeftOut) | (ModeValue::LeftOut, ModeValue::Given) => true,
        _ => false,
    };
    mode.field == other.field && is_other_value
}

/// Returns the limits of the fields that are sent on a route. If the route implies the value of a flag, the limits of
/// this mode always apply, and the others never.
fn sent<E: Endpoint>(route: Route) -> Vec<Limit> {
    let mut limits = E::limits_on(route);
    if let (Route::Market, Some(form)) = (route, E::MARKET) {
        for (flag, value) in form.implied_fields() {
            // A flag that is replaced by the presence of other fields is `true` for a request with these fields.
            let implied = ModeValue::Flag(value.unwrap_or(true));
            let is_possible = |mode: &Mode| mode.field != *flag || mode.value == implied;
            limits.retain(|limit| limit.field != *flag && limit.modes.iter().all(is_possible));
            limits.iter_mut().for_each(|limit| limit.modes.retain(|mode| mode.field != *flag));
        }
    }
    limits
}

/// Returns the limits of the fields that an operation sends on a route as JSON. The fields have their names on the route.
pub(crate) fn limits_as_sent<E: Endpoint>(route: Route) -> Vec<Value> {
    printed(&sent::<E>(route), route)
}

pub(super) fn printed(limits: &[Limit], route: Route) -> Vec<Value> {
    limits.iter().map(|limit| printed_limit(limit, route)).collect()
}

/// Returns a limit as JSON. The fields have their names on the route. The names of Rust constants are left out.
pub(super) fn printed_limit(limit: &Limit, route: Route) -> Value {
    let mut printed = serde_json::to_value(limit).unwrap_or_default();
    if let Some(printed) = printed.as_object_mut() {
        printed.remove("name");
    }
    let modes = printed.pointer("/modes").and_then(Value::as_array).map_or(0, Vec::len);
    let of_modes = (0..modes).map(|index| format!("/modes/{index}/field"));
    for place in ["/field", "/from"].map(String::from).into_iter().chain(of_modes) {
        if let Some(field) = printed.pointer_mut(&place) {
            *field = name_on(route, field.as_str().unwrap_or_default()).into();
        }
    }
    printed
}

fn name_on(route: Route, field: &str) -> String {
    match route {
        Route::Classic => field.to_owned(),
        Route::Market => market_name(field),
    }
}
