//! `kie inspect`: explains a request, a response, a record or a callback, in one document. For each of these kinds, the
//! keys of the document are the same for all operations.

use kie_suno::{
    Charged,
    callbacks::{AnyCallback, Callback},
    errors::{RefusalKind, envelope::ReadError},
    records::{Job, Outcome, Report},
    requests::{
        Endpoint, TaskEndpoint,
        catalog::{self, OPERATIONS, Visitor},
        check,
    },
    types::text::one_line,
};
use serde::Serialize;
use serde_json::{Value, json, to_value};

use crate::{
    args::{BodyKind, InspectArgs, OutputFormat},
    commands::input::read_bytes,
    exit::{ExitError, Interrupt},
    output::{long_line, out, print_json},
};

/// Operation name for a callback of an unknown operation.
const ANY: &str = "any";

/// The explanation of a body, with the body itself.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Inspection {
    operation: String,
    #[serde(flatten)]
    report: Value,
    /// The decoded body. If a field has several names on the wire, it always has the same name here. Null if the body
    /// is a refusal, an invalid request, or does not have the expected content.
    answer: Value,
    /// The whole body: as JSON, or as text if it is not JSON.
    raw: Value,
}

pub(crate) async fn run(args: &InspectArgs, format: OutputFormat, interrupt: &Interrupt) -> Result<(), ExitError> {
    let is_any = args.kind == BodyKind::Callback && args.operation == ANY;
    let name = match args.kind {
        _ if is_any => ANY,
        _ if ExitError::unless_known(&args.operation).is_err() => return ExitError::unless_known(&args.operation),
        BodyKind::Record | BodyKind::Callback => submit_of(&args.operation)?,
        BodyKind::Request | BodyKind::Response => &args.operation,
    };
    let body = read_bytes(&args.file, interrupt).await?;
    // The response to a lookup of a task is a record, so it is explained as a record.
    let is_lookup =
        args.kind == BodyKind::Response && submit_of(&args.operation).is_ok_and(|submit| submit != args.operation);
    let (kind, visited) = if is_lookup { (BodyKind::Record, submit_of(&args.operation)?) } else { (args.kind, name) };
    let reading = Reading { kind, http_status: args.http_status, body: &body };
    let (report, answer) = match is_any {
        true => any_callback(&body)?,
        false => catalog::visit(visited, reading).ok_or_else(|| ExitError::unknown_operation(name))??,
    };
    let raw = serde_json::from_slice(&body).unwrap_or_else(|_| String::from_utf8_lossy(&body).into());
    let report = if kind == BodyKind::Request { report } else { completed(&report, &raw) };
    let inspection = Inspection { operation: name.to_owned(), report, answer, raw };
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
    let charged = if data["creditsConsumed"].is_number() { Charged::Yes } else { Charged::Unknown };
    let mut whole = json!({
        "taskId": id, "outcome": "unknown", "stage": null, "code": said(raw, "code"), "message": said(raw, "msg"),
        "charged": charged, "items": [],
    });
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
/// starts such tasks.
fn submit_of(name: &str) -> Result<&str, ExitError> {
    let starts = |operation: &&str| catalog::visit(operation, Lookup).flatten() == Some(name);
    if catalog::visit(name, Lookup).flatten().is_some() {
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
    http_status: u16,
    body: &'a [u8],
}

type Read = Result<(Value, Value), ExitError>;

impl Visitor for Reading<'_> {
    type Output = Read;

    fn call<E: Endpoint>(self) -> Read {
        match self.kind {
            BodyKind::Request => request::<E>(self.body),
            _ => opened(self.body, E::read(self.http_status, self.body), ResponseTo::Call, |answer| {
                Ok((json!({ "outcome": "success", "items": [] }), to_value(answer)?))
            }),
        }
    }

    fn start<E: TaskEndpoint>(self) -> Read {
        match self.kind {
            BodyKind::Request => request::<E>(self.body),
            BodyKind::Response => {
                opened(self.body, E::read(self.http_status, self.body), ResponseTo::Call, |started| {
                    let mut report = Report::new::<E::Job>(&started.task_id, None);
                    report.outcome = Outcome::Running;
                    Ok((to_value(report)?, to_value(started)?))
                })
            }
            BodyKind::Record => {
                let record = <E::Job as Job>::Lookup::read(self.http_status, self.body);
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

fn request<E: Endpoint>(body: &[u8]) -> Read {
    let body: Value = serde_json::from_slice(body).map_err(anyhow::Error::from)?;
    let checked = check::<E>(&body);
    let (outcome, violations, answer) = match checked.result {
        Ok(request) => ("valid", json!([]), to_value(request).map_err(anyhow::Error::from)?),
        Err(invalid) => ("invalid", json!(invalid.violations()), Value::Null),
    };
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
            Ok(Value::Object(_)) => Ok((json!({ "outcome": "unknown" }), Value::Null)),
            _ => Err(anyhow::Error::from(unreadable).into()),
        },
    }
}

/// Prints the most important facts.
fn tell(inspection: &Inspection) {
    let report = &inspection.report;
    for name in ["taskId", "outcome", "stage", "code", "message", "charged"] {
        match &report[name] {
            Value::Null => {}
            Value::String(text) => out!("{name:<8} {}", one_line(text)),
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
