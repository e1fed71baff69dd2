//! Finds out what a request to the market route asks for.

use http::Method;
use kie_types::{MarketForm, catalog::Operation};
use serde_json::Value;

use crate::{
    account::{Account, RateLimit},
    operations::{IncomingCall, OperationResult, SERVED_OPERATIONS, ServedOperation},
};

use super::{catalogue, lookup, submit};

/// Name that stands for lookups on the market route of a task that the account does not have, and of a task whose
/// operation starts no task on the classic route. Pass it to [`Sandbox::requests`](crate::Sandbox::requests) or
/// [`Sandbox::fault`](crate::Sandbox::fault) in place of the name of an operation.
pub const TASK_DETAILS: &str = "get-task-detail";

/// Name that stands for requests to the catalogue of the market route. Pass it to
/// [`Sandbox::requests`](crate::Sandbox::requests) or [`Sandbox::fault`](crate::Sandbox::fault) in place of the name of
/// an operation.
pub const MODELS: &str = "models";

/// Path of the catalogue.
const CATALOGUE: &str = "/api/v1/models";

/// A request to the market route.
pub(crate) enum MarketCall {
    /// Starts a task, or makes a result immediately. `None` if no operation has the slug of the request.
    Submit(Option<&'static ServedOperation>),
    /// Looks up a task.
    Lookup { id: String, name: &'static str },
    /// Lists all operations.
    Models,
    /// Describes one operation.
    Model { slug: String, part: catalogue::Part },
}

impl MarketCall {
    /// Returns the request with this HTTP method, path and fields. Returns `None` if the market route has no such path.
    pub(crate) fn find(account: &Account, method: &Method, path: &str, fields: &Value) -> Option<Self> {
        let text = |field: &str| fields.get(field).and_then(Value::as_str).unwrap_or_default();
        match (method, path) {
            (&Method::POST, MarketForm::SUBMIT_PATH) => Some(Self::Submit(with_slug(text("model")))),
            (&Method::GET, MarketForm::LOOKUP_PATH) => {
                let id = text("taskId").to_owned();
                let name = account.any_task(&id).map_or(TASK_DETAILS, |task| task.work.lookup());
                Some(Self::Lookup { id, name })
            }
            (&Method::GET, CATALOGUE) => Some(Self::Models),
            (&Method::GET, _) => {
                let (slug, part) = path.strip_prefix(CATALOGUE)?.strip_prefix('/')?.rsplit_once('/')?;
                Some(Self::Model { slug: slug.to_owned(), part: part.parse().ok()? })
            }
            _ => None,
        }
    }

    /// Returns the name under which the request is recorded. It is empty for an unknown slug.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Submit(served) => served.map_or("", |served| served.operation.name),
            Self::Lookup { name, .. } => name,
            Self::Models | Self::Model { .. } => MODELS,
        }
    }

    /// Returns the operation that the request starts.
    pub(crate) fn operation(&self) -> Option<&'static Operation> {
        match self {
            Self::Submit(served) => served.map(|served| served.operation),
            _ => None,
        }
    }

    /// Returns the rate limit for the request. Returns `None` for an operation that starts no task on the classic route.
    pub(crate) fn limited(&self) -> Option<RateLimit> {
        match self {
            Self::Submit(served) => served.and_then(|served| served.operation.job).map(|_| RateLimit::Submit),
            Self::Lookup { id, .. } => Some(RateLimit::Read(id.clone())),
            Self::Models | Self::Model { .. } => Some(RateLimit::Catalogue),
        }
    }

    /// Handles the request.
    pub(crate) fn serve(&self, call: &mut IncomingCall<'_>) -> OperationResult {
        match self {
            Self::Submit(served) => submit::submit(call, *served),
            Self::Lookup { id, .. } => lookup::lookup(call, id),
            Self::Models => Ok(catalogue::models()),
            Self::Model { slug, part } => catalogue::model(with_slug(slug), *part),
        }
    }
}

/// Returns the operation with this slug.
fn with_slug(slug: &str) -> Option<&'static ServedOperation> {
    SERVED_OPERATIONS.iter().find(|served| served.operation.market == Some(slug))
}
