//! `kie inspect`: explains a request, a response, a record or a callback, in one document. For each of these kinds, the
//! keys of the document are the same for all operations.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kie_suno::{
    Charged, Route,
    callbacks::{AnyCallback, Callback},
    errors::{RefusalKind, Rule, Unreadable, envelope::ReadError},
    records::{Job, Outcome, Report},
    requests::{
        Endpoint, Rules, TaskEndpoint,
        catalog::{self, OPERATIONS, Operation, Visitor},
    },
    types::{MarketAnswer, MarketRecord, text::one_line},
};
use serde::Serialize;
use serde_json::{Value, json, to_value};

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::{ExitError, Interrupt},
    output::{long_line, out, print_json},
    sources::{
        market::{is_slug, name_of, with_classic_names},
        operation_named, read_bytes,
    },
    verbs::operations::documents::Inspection,
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
    let name = name_of(&args.operation);
    if args.kind == BodyKind::Callback && name == ANY {
        let body = read_bytes(&args.file, interrupt).await?;
        return print(ANY, BodyKind::Callback, any_callback(&body)?, &body, global.format);
    }
    let operation = operation_named(name)?;
    let (kind, operation) = match (args.kind, submit_of(operation, route)) {
        (BodyKind::Record | BodyKind::Callback, submit) => (args.kind, submit?),
        // The response to a lookup of a task is a record, so it is explained as a record.
        (BodyKind::Response, Ok(submit)) if submit != operation => (BodyKind::Record, submit),
        _ => (args.kind, operation),
    };
    let body = read_bytes(&args.file, interrupt).await?;
    let route = operation.route_on(route);
    let read = || {
        let reading = Reading { kind, route, http_status: args.http_status, body: &body };
        catalog::visit(operation.name, reading).ok_or_else(|| ExitError::unknown_operation(name))
    };
    let explained = match kind {
        BodyKind::Request => request(operation, route, &body)?,
        BodyKind::Callback => callback(operation, &body)?,
        BodyKind::Response => opened(&body, ResponseTo::Call, read()?)?,
        BodyKind::Record => opened(&body, ResponseTo::Lookup, read()?)?,
    };
    // The response to a lookup belongs to the operation that was asked for.
    let asked = if args.kind == BodyKind::Response { name } else { operation.name };
    print(asked, kind, explained, &body, global.format)
}

/// Prints the explanation of a body of this operation.
fn print(
    operation: &str,
    kind: BodyKind,
    (report, answer): Explained,
    body: &[u8],
    format: OutputFormat,
) -> Result<(), ExitError> {
    let raw = serde_json::from_slice(body).unwrap_or_else(|_| String::from_utf8_lossy(body).into());
    let report = if kind == BodyKind::Request { report } else { completed(&report, &raw) };
    let inspection = Inspection { operation: operation.to_owned(), report, answer, raw };
    if format == OutputFormat::Json {
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
fn any_callback(body: &[u8]) -> Result<Explained, ExitError> {
    let callback = AnyCallback::parse(body).map_err(anyhow::Error::from)?;
    let mut report = match callback.report() {
        Some(report) => printed(report),
        None => json!({ "taskId": callback.task_id(), "outcome": "unrecognised", "items": [] }),
    };
    report["job"] = json!(callback.job());
    Ok((report, printed(&callback)))
}

/// Reads a callback of an operation. If the operation starts no task, the callback tells its kind.
fn callback(operation: &Operation, body: &[u8]) -> Result<Explained, ExitError> {
    match catalog::visit(operation.name, ReadCallback(body)).flatten() {
        Some(read) => Ok(read.map_err(anyhow::Error::from)?),
        None => any_callback(body),
    }
}

/// Returns the operation if it starts tasks. If it looks up tasks, returns the first operation in the catalog that starts
/// such tasks. On the market route, an operation that responds with its result can also start a task.
fn submit_of(operation: &'static Operation, route: Route) -> Result<&'static Operation, ExitError> {
    let is_lookup_of = |submit: &&Operation| catalog::visit(submit.name, Lookup).flatten() == Some(operation.name);
    if operation.may_start_task(route) {
        return Ok(operation);
    }
    OPERATIONS.iter().find(is_lookup_of).ok_or_else(|| {
        let name = operation.name;
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

/// Report about a body, and the decoded body.
type Explained = (Value, Value);

/// Converts a value of the library to JSON. The conversion cannot fail.
fn printed(value: impl Serialize) -> Value {
    to_value(value).unwrap_or_default()
}

/// Visitor that reads a callback.
struct ReadCallback<'a>(&'a [u8]);

impl Visitor for ReadCallback<'_> {
    type Output = Option<Result<Explained, Unreadable>>;

    fn call<E: Endpoint>(self) -> Self::Output {
        None
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        let callback = Callback::<E::Job>::parse(self.0);
        Some(callback.map(|callback| (printed(Report::of_callback(&callback)), printed(callback))))
    }
}

/// Visitor that reads the response to a call, or the record of a task in the response to its lookup.
struct Reading<'a> {
    kind: BodyKind,
    route: Route,
    http_status: u16,
    body: &'a [u8],
}

impl Reading<'_> {
    fn answer<E: Endpoint>(&self) -> Result<MarketAnswer<E::Response>, ReadError> {
        match self.route {
            Route::Market => E::read_market(self.http_status, self.body),
            _ => E::read(self.http_status, self.body).map(MarketAnswer::Result),
        }
    }
}

impl Visitor for Reading<'_> {
    type Output = Result<Explained, ReadError>;

    fn call<E: Endpoint>(self) -> Self::Output {
        if self.kind == BodyKind::Record {
            return MarketRecord::read(self.http_status, self.body)
                .map(|record| market_record(record, |record| printed(E::of_market(record))));
        }
        self.answer::<E>().map(|answer| match answer {
            MarketAnswer::Result(result) => (json!({ "outcome": "success", "items": [] }), printed(result)),
            MarketAnswer::Task(id) => (json!({ "taskId": id, "outcome": Outcome::Running }), Value::Null),
        })
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        if self.kind == BodyKind::Record {
            let record = match self.answer::<<E::Job as Job>::Lookup>()? {
                MarketAnswer::Result(record) => record,
                MarketAnswer::Task(_) => None,
            };
            return Ok((printed(Report::of_record::<E::Job>(record.as_ref())), printed(record)));
        }
        let started = match self.answer::<E>()? {
            MarketAnswer::Result(started) => started,
            MarketAnswer::Task(id) => E::Response::new(id),
        };
        let mut report = Report::new::<E::Job>(&started.task_id, None);
        report.outcome = Outcome::Running;
        Ok((printed(report), printed(started)))
    }
}

/// Explains the record of a task that the market route started for an operation which responds with its result on the
/// classic route. `result` reads the result in the record.
fn market_record(record: Option<MarketRecord>, result: impl FnOnce(&MarketRecord) -> Value) -> Explained {
    let Some(record) = record else { return (json!({ "outcome": Outcome::NotFound }), Value::Null) };
    (report_of(&record), result(&record))
}

fn report_of(record: &MarketRecord) -> Value {
    let outcome = record.status(Outcome::Running, Outcome::Success, Outcome::Failed);
    json!({
        "taskId": record.task_id, "outcome": outcome, "code": record.error_code(), "message": record.error_message(),
        "credits": record.credits_consumed,
    })
}

fn request(operation: &Operation, route: Route, body: &[u8]) -> Result<Explained, ExitError> {
    let body: Value = serde_json::from_slice(body).map_err(anyhow::Error::from)?;
    let mut rules = Rules::new(operation.name);
    let body = match operation.market_form.filter(|_| route == Route::Market) {
        Some(form) => {
            if let (Some(slug), Some(_)) = (form.slug().filter(|slug| body["model"] != *slug), body.get("input")) {
                rules.broken("model", Rule::custom(format!("must be {slug}, which is the slug of the operation")));
            }
            with_classic_names(operation, form, &body)
        }
        None => body,
    };
    let checked = catalog::check_named_on(operation.name, &body, route).map_err(anyhow::Error::from)?;
    let (request, mut violations) = match checked.result {
        Ok(request) => (request, Vec::new()),
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
fn opened(body: &[u8], response_to: ResponseTo, read: Result<Explained, ReadError>) -> Result<Explained, ExitError> {
    match read {
        Ok(explained) => Ok(explained),
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
