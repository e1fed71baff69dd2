//! The books: what the sandbox received and charged.

use kie_types::Credits;
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;

use crate::account::{Account, Received, SentCallback, TaskEntry};

/// Maximum number of characters of a text in the body of a request. Only files are longer.
const TEXT: usize = 10_000;

/// The journal of a sandbox and its balance, as one value. [`Sandbox::books`](crate::Sandbox::books) returns it.
///
/// Each list has at most [`Books::LATEST`] entries, the latest ones. In the bodies of requests, a text of more than 10,000
/// characters is cut. `Serialize` writes an object with keys in camelCase, such as `taskId`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Books {
    /// Balance in credits.
    pub balance: Credits,
    /// Sum of all prices that were charged and not refunded, in credits.
    pub charged: Credits,
    /// The requests that arrived, without those to `/sandbox/`.
    pub requests: Latest<Received>,
    /// The tasks that requests started.
    pub tasks: Latest<TaskEntry>,
    /// The callbacks, with those that were not sent.
    pub callbacks: Latest<SentCallback>,
}

/// The latest entries of a list, in their order.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Latest<T> {
    /// Number of all entries so far.
    pub total: usize,
    /// The latest entries.
    pub latest: Vec<T>,
}

impl Books {
    /// Maximum number of entries in each list.
    pub const LATEST: usize = 1_000;

    pub(crate) fn of(account: &Account, now: Instant) -> Self {
        let mut requests = Latest::of(&account.requests);
        requests.latest.iter_mut().for_each(|request| cut(&mut request.body));
        Self {
            balance: account.balance(now),
            charged: account.charged(now),
            requests,
            tasks: Latest::of(&account.entries(now)),
            callbacks: Latest::of(&account.callbacks),
        }
    }
}

impl<T: Clone> Latest<T> {
    fn of(all: &[T]) -> Self {
        let latest = all.get(all.len().saturating_sub(Books::LATEST)..).unwrap_or_default();
        Self { total: all.len(), latest: latest.to_vec() }
    }
}

/// Cuts the long texts of a request.
fn cut(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some((end, _)) = text.char_indices().nth(TEXT) {
                text.truncate(end);
                text.push('…');
            }
        }
        Value::Array(items) => items.iter_mut().for_each(cut),
        Value::Object(fields) => fields.values_mut().for_each(cut),
        _ => {}
    }
}
