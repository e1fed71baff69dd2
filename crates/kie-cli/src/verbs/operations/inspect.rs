//! `kie inspect`: explains a request, a response, a record or a callback, in one document. For each of these kinds, the
//! keys of the document are the same for all operations.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kie_suno::{
    Charged, Route,
    callbacks::{AnyCallback, Callback},
    errors::{RefusalKind, Rule, envelope::ReadError},
    records::{Job, Outcome, Report},
    requests::{
        Endpoint, Rules, TaskEndpoint,
        catalog::{self, OPERATIONS, Visitor},
    },
    types::{MarketAnswer, MarketRecord, check_on, text::one_line},
};
use serde_json::{Value, json, to_value};

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::{ExitError, Interrupt},
    output::{long_line, out, print_json},
    sources::read_bytes,
    verbs::operations::{
        documents::Inspection,
        market::{is_slug, name_of, route_named, with_classic_names},
    },
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct InspectArgs {
    /// Kind of the body
    #[arg(value_enum)]
    pub(crate) kind: BodyKind,
    /// Name of the operation, as listed by kie operations, or its slug on the market route, such as
    /// ai-music-api/generate, which implies --route market. For a callback of an unknown operation, write any
    pub(crate) operation: String,
    /// File with the body, or - for standard input
    pub(crate) file: PathBuf,
    /// HTTP status of the response
    #[arg(long, value_name = "STATUS", default_value_t = 200)]
    pub(crate) http_status: u16,
}

const EXAMPLES: &str = "\
Examples:
  kie inspect request generate-music request.json
  kie inspect callback any body.json";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BodyKind {
    /// A request
    Request,
    /// A response to a call
    Response,
    /// A response to a lookup of a task
    Record,
    /// A callback
    Callback,
}

/// Operation name for a callback of an unknown operation.
const ANY: &str = "any";

pub(crate) async fn run(args: &InspectArgs, global: &GlobalArgs, interrupt: &Interrupt) -> Result<(), ExitError> {
    // A body that is named by a slug is of the market route.
    let is_slug = is_slug(&args.operation) && global.route.is_none();
    let route = if is_slug { Route::Market } else { global.route()? };
    let operation = name_of(&args.operation);
    let is_any = args.kind == BodyKind::Callback && operation == ANY;
    let name = match args.kind {
        _ if is_any => ANY,
        _ if ExitError::unless_known(operation).is_err() => return ExitError::unless_known(operation),
        BodyKind::Record | BodyKind::Callback => submit_of(operation, route)?,
        BodyKind::Request | BodyKind::Response => operation,
    };
    let body = read_bytes(&args.file, interrupt).await?;
    // The response to a lookup of a task is a record, so it is explained as a record.
    let is_lookup =
        args.kind == BodyKind::Response && submit_of(operation, route).is_ok_and(|submit| submit != operation);
    let (kind, visited) = if is_lookup { (BodyKind::Record, submit_of(operation, route)?) } else { (args.kind, name) };
    let reading = Reading { kind, route: route_named(visited, route), http_status: args.http_status, body: &body };
    let (report, answer) = match is_any {
        true => any_callback(&body)?,
        false => catalog::visit(visited, reading).ok_or_else(|| ExitError::unknown_operation(name))??,
    };
    let raw = serde_json::from_slice(&body).unwrap_or_else(|_| String::from_utf8_lossy(&body).into());
    let report = if kind == BodyKind::Request { report } else { completed(&report, &raw) };
    let inspection = Inspection { operation: name.to_owned(), report, answer, raw };
    if global.format == OutputFormat::Json {
        return Ok(print_json(&inspection)?);
    }
    tell(&inspection);
    Ok(())
}

/// Returns the report with all its keys. A missing value is taken from the body. If the body does not have the value,
/// the report gets a default.
fn completed(report: &Value, raw: &Value) -> Value {
    let data = &raw["data"];
    let said = |of: &Value, name: &str| of.get(name).filter(|value| !value.is_null() && *value != "").cloned();
    let id = said(data, "task_id").or_else(|| said(data, "taskId"));
    let id = id.or_else(|| said(raw, "taskId")).or_else(|| said(raw, "task_id"));
    let credits = Some(&report["credits"]).filter(|credits| credits.is_number());
    let credits = credits.cloned().or_else(|| said(data, "creditsConsumed")).filter(Value::is_number);
    // A failed task costs nothing. The record of a task that runs does not show yet what the task will cost.
    let charged = match credits.as_ref().and_then(Value::as_f64) {
        Some(credits) if credits > 0.0 => Charged::Yes,
        Some(_) if report["outcome"] == json!(Outcome::Failed) => Charged::No,
        _ => Charged::Unknown,
    };
    let mut whole = json!({
        "taskId": id, "outcome": "unknown", "stage": null, "code": said(raw, "code"), "message": said(raw, "msg"),
        "charged": charged, "items": [],
    });
    if let Some(credits) = credits {
        whole["credits"] = credits;
    }
    for (name, value) in report.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        let is_less = name == "charged" && *value == json!(Charged::Unknown);
        if !is_less {
            whole[name] = value.clone();
        }
    }
    whole
}

/// Reads a callback of an unknown operation.
fn any_callback(body: &[u8]) -> Read {
    let callback = AnyCallback::parse(body).map_err(anyhow::Error::from)?;
    let mut report = match callback.report() {
        Some(report) => to_value(report).map_err(anyhow::Error::from)?,
        None => json!({ "taskId": callback.task_id(), "outcome": "unrecognised", "items": [] }),
    };
    report["job"] = json!(callback.job());
    Ok((report, to_value(&callback).map_err(anyhow::Error::from)?))
}

/// Returns `name` if this operation starts tasks. If it looks up tasks, returns the first operation in the catalog that
/// starts such tasks. On the market route, an operation that responds with its result can also start a task.
fn submit_of(name: &str, route: Route) -> Result<&str, ExitError> {
    let starts = |operation: &&str| catalog::visit(operation, Lookup).flatten() == Some(name);
    let is_on_market = || catalog::find(name).is_ok_and(|operation| operation.market.is_some());
    if catalog::visit(name, Lookup).flatten().is_some() || (route == Route::Market && is_on_market()) {
        return Ok(name);
    }
    let mut names = OPERATIONS.iter().map(|operation| operation.name);
    names.find(starts).ok_or_else(|| {
        ExitError::Usage(format!("{name} neither starts nor looks up tasks, so it has no records and no callbacks"))
    })
}

/// Visitor that returns the lookup operation of an operation that starts tasks.
struct Lookup;

impl Visitor for Lookup {
    type Output = Option<&'static str>;

    fn call<E: Endpoint>(self) -> Self::Output {
        None
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        Some(<<E::Job as Job>::Lookup as Endpoint>::NAME)
    }
}

struct Reading<'a> {
    kind: BodyKind,
    route: Route,
    http_status: u16,
    body: &'a [u8],
}

impl Reading<'_> {
    /// Reads the response to a call, or the record of a task in the response to its lookup.
    fn answer<E: Endpoint>(&self) -> Result<MarketAnswer<E::Response>, ReadError> {
        match self.route {
            Route::Market => E::read_market(self.http_status, self.body),
            _ => E::read(self.http_status, self.body).map(MarketAnswer::Result),
        }
    }
}

type Read = Result<(Value, Value), ExitError>;

impl Visitor for Reading<'_> {
    type Output = Read;

    fn call<E: Endpoint>(self) -> Read {
        match self.kind {
            BodyKind::Request => request::<E>(self.body, self.route),
            BodyKind::Callback => any_callback(self.body),
            BodyKind::Record => {
                let record = MarketRecord::read(self.http_status, self.body);
                opened(self.body, record, ResponseTo::Lookup, market_record::<E>)
            }
            BodyKind::Response => opened(self.body, self.answer::<E>(), ResponseTo::Call, |answer| match answer {
                MarketAnswer::Result(result) => Ok((json!({ "outcome": "success", "items": [] }), to_value(result)?)),
                MarketAnswer::Task(id) => Ok((json!({ "taskId": id, "outcome": Outcome::Running }), Value::Null)),
            }),
        }
    }

    fn start<E: TaskEndpoint>(self) -> Read {
        match self.kind {
            BodyKind::Request => request::<E>(self.body, self.route),
            BodyKind::Response => {
                let started = self.answer::<E>().map(|answer| match answer {
                    MarketAnswer::Result(started) => started,
                    MarketAnswer::Task(id) => E::Response::new(id),
                });
                opened(self.body, started, ResponseTo::Call, |started| {
                    let mut report = Report::new::<E::Job>(&started.task_id, None);
                    report.outcome = Outcome::Running;
                    Ok((to_value(report)?, to_value(started)?))
                })
            }
            BodyKind::Record => {
                let record = self.answer::<<E::Job as Job>::Lookup>().map(|answer| match answer {
                    MarketAnswer::Result(record) => record,
                    MarketAnswer::Task(_) => None,
                });
                opened(self.body, record, ResponseTo::Lookup, |record| {
                    Ok((to_value(Report::of_record::<E::Job>(record.as_ref()))?, to_value(record)?))
                })
            }
            BodyKind::Callback => {
                let callback = Callback::<E::Job>::parse(self.body).map_err(anyhow::Error::from)?;
                let report = to_value(Report::of_callback(&callback)).map_err(anyhow::Error::from)?;
                Ok((report, to_value(callback).map_err(anyhow::Error::from)?))
            }
        }
    }
}

/// Explains the record of a task that the market route started for an operation which responds with its result on the
/// classic route.
fn market_record<E: Endpoint>(record: Option<MarketRecord>) -> serde_json::Result<(Value, Value)> {
    let Some(record) = record else { return Ok((json!({ "outcome": Outcome::NotFound }), Value::Null)) };
    let outcome = record.status(Outcome::Running, Outcome::Success, Outcome::Failed);
    let report = json!({
        "taskId": record.task_id, "outcome": outcome, "code": record.error_code(), "message": record.error_message(),
        "credits": record.credits_consumed,
    });
    Ok((report, to_value(E::of_market(&record))?))
}

fn request<E: Endpoint>(body: &[u8], route: Route) -> Read {
    let body: Value = serde_json::from_slice(body).map_err(anyhow::Error::from)?;
    let mut rules = Rules::new(E::NAME);
    let body = match E::MARKET.filter(|_| route == Route::Market) {
        Some(form) => {
            if let (Some(slug), Some(_)) = (form.slug().filter(|slug| body["model"] != *slug), body.get("input")) {
                rules.broken("model", Rule::custom(format!("must be {slug}, which is the slug of the operation")));
            }
            with_classic_names::<E>(form, &body)
        }
        None => body,
    };
    let checked = check_on::<E>(&body, route);
    let (request, mut violations) = match checked.result {
        Ok(request) => (to_value(request).map_err(anyhow::Error::from)?, Vec::new()),
        Err(invalid) => (Value::Null, invalid.violations().to_vec()),
    };
    if let Err(invalid) = rules.finish() {
        violations.extend_from_slice(invalid.violations());
    }
    let (outcome, answer) = if violations.is_empty() { ("valid", request) } else { ("invalid", Value::Null) };
    let task_id = body.get("taskId").or_else(|| body.get("task_id"));
    let report = json!({
        "taskId": task_id, "outcome": outcome, "violations": violations, "unknown": checked.unknown,
        "warnings": checked.warnings,
    });
    Ok((report, answer))
}

/// The kind of call that a response belongs to.
#[derive(Debug, Clone, Copy)]
enum ResponseTo {
    /// A call that is not a lookup.
    Call,
    /// A lookup of a task.
    Lookup,
}

/// Explains a response with this body. A refusal is explained too. An error is returned if the body is not a JSON
/// object.
fn opened<T>(
    body: &[u8],
    answer: Result<T, ReadError>,
    response_to: ResponseTo,
    report: impl FnOnce(T) -> serde_json::Result<(Value, Value)>,
) -> Read {
    match answer {
        Ok(answer) => Ok(report(answer).map_err(anyhow::Error::from)?),
        Err(ReadError::Refused(refused)) => {
            let (code, message) = (refused.code(), refused.message());
            // Of all refusals of a lookup, only the refusal for a failed task tells if the task was charged.
            let (outcome, charged) = match (response_to, refused.kind(), refused.charged()) {
                (ResponseTo::Call, _, charged) => ("refused", charged),
                (ResponseTo::Lookup, RefusalKind::TaskFailed, charged) => ("failed", charged),
                (ResponseTo::Lookup, RefusalKind::NotFound | RefusalKind::Validation, _) => {
                    ("notFound", Charged::Unknown)
                }
                (ResponseTo::Lookup, ..) => ("refused", Charged::Unknown),
            };
            let report = json!({
                "taskId": refused.task_id(), "outcome": outcome, "stage": null, "code": code, "message": message,
                "charged": charged, "items": [],
            });
            Ok((report, Value::Null))
        }
        // The body is JSON without the expected content, so the result of the call is unknown.
        Err(ReadError::Unreadable(unreadable)) => match serde_json::from_slice(body) {
            Ok(Value::Object(_)) => {
                // The task is finished, and its result has an unknown form.
                let message = unreadable.is_final().then(|| unreadable.to_string());
                Ok((json!({ "outcome": "unknown", "message": message }), Value::Null))
            }
            _ => Err(anyhow::Error::from(unreadable).into()),
        },
    }
}

/// Prints the most important facts.
fn tell(inspection: &Inspection) {
    let report = &inspection.report;
    for name in ["taskId", "outcome", "stage", "code", "message", "charged", "credits"] {
        match &report[name] {
            Value::Null => {}
            Value::String(text) => out!("{name:<8} {}", one_line(text)),
            Value::Number(number) if number.is_f64() => out!("{name:<8} {}", number.as_f64().unwrap_or_default()),
            other => out!("{name:<8} {other}"),
        }
    }
    for item in report["items"].as_array().into_iter().flatten() {
        let title = one_line(item["title"].as_str().or(item["id"].as_str()).unwrap_or("untitled"));
        out!("item     {title}  {}", long_line(item["url"].as_str().unwrap_or("not finished")));
    }
    for violation in report["violations"].as_array().into_iter().flatten() {
        out!("rule     {}", long_line(violation["message"].as_str().unwrap_or_default()));
    }
}
