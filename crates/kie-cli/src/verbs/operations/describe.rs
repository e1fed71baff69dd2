//! Description of an operation: what it does and costs, where it is called, and what its request has.

use kie_suno::{
    Credits, Route,
    errors::{Invalid, Rule},
    requests::{
        Bound, Checked, Effect, Endpoint, Host, Limit, Method, TaskEndpoint,
        catalog::{self, Operation, Visitor},
    },
    types::MarketForm,
};
use serde::Serialize;
use serde_json::Value;

use crate::{
    exit::ExitError,
    output::{dollars, out, print},
    sources::operation_named,
    verbs::operations::limits,
};

/// Name of the file with the request in the printed commands.
const FILE: &str = "request.json";

/// Description of an operation.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Description {
    #[serde(flatten)]
    operation: &'static Operation,
    /// The routes of the operation: the classic route, and the market route if the operation is called there.
    routes: Vec<OnRoute>,
    /// A request that is valid on the route of the command. `None` if no example is valid on this route.
    example: Option<Value>,
    /// Commands that check the example and send it.
    commands: [String; 2],
}

/// An operation on one of its routes.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct OnRoute {
    /// The route.
    route: Route,
    /// HTTP method.
    method: Method,
    /// Whole address of the operation.
    url: String,
    /// Value of the field `model` beside the fields of the request, on the market route.
    #[serde(skip_serializing_if = "Option::is_none")]
    slug: Option<&'static str>,
    /// Fields that a request must have.
    required: Vec<Required>,
    /// Limits of the fields.
    limits: Vec<Limit>,
}

/// A field that a request must have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "RequiredField"))]
struct Required {
    /// Name of the field.
    field: String,
    /// Condition under which the field is required. `None` if it is always required.
    when: Option<&'static str>,
}

impl Description {
    /// Returns the description of this operation, with an example for this route.
    pub(super) fn of(name: &str, route: Route) -> Result<Self, ExitError> {
        let operation = operation_named(name)?;
        let routes = on_routes(operation);
        let route = if routes.iter().any(|on| on.route == route) { route } else { Route::Classic };
        let commands = [format!("kie check {name} {FILE}"), format!("kie call {name} --json {FILE}")];
        Ok(Self { operation, routes, example: example(name, route), commands })
    }

    pub(super) fn print(&self) {
        let Operation { name, docs, effect, job, .. } = self.operation;
        out!("{name}");
        out!("  page      {docs}");
        out!("  effect    {effect}{}", job.map(|job| format!(", starts a {job} task")).unwrap_or_default());
        out!("  price     {}", self.price());
        for on in &self.routes {
            out!("  {:<8}  {} {}", on.route.to_string(), on.method, on.url);
            if let Some(slug) = on.slug {
                out!("  {:<8}  model {slug}", "");
            }
        }
        self.print_required();
        limits::print(self.routes.iter().map(|on| (on.route, on.limits.as_slice())));
        let Some(example) = &self.example else { return };
        out!("\nExample, in a file {FILE}:");
        print(&format!("{example:#}"));
        out!("\nCheck it, then send it:");
        self.commands.iter().for_each(|command| out!("  {command}"));
    }

    /// Returns the listed price in credits and in money, with its date.
    fn price(&self) -> String {
        let Operation { price, effect, host, .. } = self.operation;
        match price {
            None if *effect == Effect::Reads || *host == Host::Upload => "free".to_owned(),
            None => "not listed".to_owned(),
            Some(price) => {
                let (least, most) = (dollars(price.credits.usd()), dollars(price.most.usd()));
                let money = if least == most { least } else { format!("{least} to {most}") };
                let money = if price.most > Credits::default() { format!(", about {money}") } else { String::new() };
                format!("{price}{money}; listed on {}", price.date)
            }
        }
    }

    fn print_required(&self) {
        let is_same = self.routes.iter().all(|on| on.required == self.routes[0].required);
        for on in self.routes.iter().take(if is_same { 1 } else { self.routes.len() }) {
            let always: Vec<&str> =
                on.required.iter().filter(|it| it.when.is_none()).map(|it| it.field.as_str()).collect();
            if on.required.is_empty() && is_same {
                continue;
            }
            let place = if is_same { String::new() } else { format!(" on the {} route", on.route) };
            out!("\nRequired fields{place}:");
            if !always.is_empty() {
                out!("  {}", always.join(", "));
            }
            for Required { field, when } in &on.required {
                when.iter().for_each(|when| out!("  {field} when {when}"));
            }
        }
    }
}

/// Returns the smallest example that is valid on the route, without warnings if there is one.
fn example(name: &str, route: Route) -> Option<Value> {
    let mut valid = valid_examples(name, route);
    let best = valid.iter().position(|(_, has_warnings)| !has_warnings).unwrap_or_default();
    if valid.is_empty() { None } else { Some(valid.swap_remove(best).0) }
}

/// Returns the examples that are valid on the route. The second value is `true` if there are warnings about the request.
fn valid_examples(name: &str, route: Route) -> Vec<(Value, bool)> {
    let of_market = catalog::market_examples(name).filter(|_| route == Route::Market);
    let all = catalog::examples(name).into_iter().chain(of_market).flatten();
    let checked = all.filter_map(|request| {
        let Checked { result, warnings, .. } = catalog::check_named_on(name, &request, route).ok()?;
        result.is_ok().then_some((request, !warnings.is_empty()))
    });
    checked.collect()
}

/// Returns an operation on each of its routes.
fn on_routes(operation: &Operation) -> Vec<OnRoute> {
    let routes = [Some(Route::Classic), operation.market_form.map(|_| Route::Market)];
    routes.into_iter().flatten().map(|route| on_route(operation, route)).collect()
}

fn on_route(operation: &Operation, route: Route) -> OnRoute {
    let limits = catalog::visit(operation.name, Limits(route)).unwrap_or_default();
    let slug = operation.market.filter(|_| route == Route::Market);
    let (method, path) = match (route, slug) {
        (Route::Market, Some(_)) => (Method::Post, MarketForm::SUBMIT_PATH),
        (Route::Market, None) => (Method::Get, MarketForm::LOOKUP_PATH),
        _ => (operation.method, operation.path),
    };
    let required = required(operation.name, route, &limits);
    OnRoute { route, method, url: format!("{}{path}", operation.host.base_url()), slug, required, limits }
}

/// Visitor that returns the limits of an operation on a route.
struct Limits(Route);

impl Visitor for Limits {
    type Output = Vec<Limit>;

    fn call<E: Endpoint>(self) -> Vec<Limit> {
        E::limits_on(self.0)
    }

    fn start<E: TaskEndpoint>(self) -> Vec<Limit> {
        E::limits_on(self.0)
    }
}

/// Returns the required fields: those that an empty request lacks, and those that a request lacks which has only the
/// fields that select a mode.
fn required(operation: &str, route: Route, limits: &[Limit]) -> Vec<Required> {
    let modes: Vec<_> = limits.iter().filter(|limit| limit.bound != Bound::Required).flat_map(|it| &it.modes).collect();
    let selects = |field: &str| modes.iter().any(|mode| mode.field == field);
    let modes = valid_examples(operation, route).into_iter().map(|(mut request, _)| {
        if let Some(fields) = request.as_object_mut() {
            fields.retain(|field, value| value.is_boolean() || selects(field));
        }
        request
    });
    let mut required: Vec<Required> = Vec::new();
    for request in std::iter::once(Value::Object(serde_json::Map::new())).chain(modes) {
        let Ok(Checked { result: Err(invalid), .. }) = catalog::check_named_on(operation, &request, route) else {
            continue;
        };
        required.extend(missing(&invalid));
    }
    let always: Vec<String> = required.iter().filter(|it| it.when.is_none()).map(|it| it.field.clone()).collect();
    let mut distinct = Vec::new();
    for it in required {
        if !distinct.contains(&it) && (it.when.is_none() || !always.contains(&it.field)) {
            distinct.push(it);
        }
    }
    distinct
}

fn missing(invalid: &Invalid) -> impl Iterator<Item = Required> {
    invalid.violations().iter().filter_map(|violation| match violation.rule {
        Rule::Required { when, .. } => Some(Required { field: violation.field.clone(), when }),
        // An empty list stands for a list that is not given.
        Rule::WrongCount { actual: 0, .. } | Rule::TooFew { actual: 0, .. } => {
            Some(Required { field: violation.field.clone(), when: None })
        }
        _ => None,
    })
}
