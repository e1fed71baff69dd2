//! Calls whose response is the result, or on the market route perhaps a task that makes the result.

use kie_ledger::ReceiptUpdate;
use kie_types::{Endpoint, MarketAnswer, ResultOf, Route};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::{Value, json};

use crate::{
    calls::{CallFuture, CallOrigin, PreparedCall, only_task_id},
    client::{Client, Target, saw_task},
    error::{About, Error, LostAnswer, OutcomeUnknown},
    receipts::TaskFacts,
    task::Task,
};

impl<R: Serialize + Send + 'static> PreparedCall<R> {
    /// Makes a call. If the service starts a task, waits for its result.
    ///
    /// The response can be that of an earlier call, on the other route. So it is read in the same way on both routes,
    /// and its origin tells where its task is read.
    pub(super) fn run_or_wait<E: Endpoint>(self) -> CallFuture<E::Response> {
        let target = Target::on::<E>(self.route::<E>());
        let route = target.route();
        let read = move |http_status: u16, body: &[u8]| match route {
            Route::Market => E::read_market(http_status, body).map(Answer::<E>).inspect(Answer::record),
            _ => E::read(http_status, body).map(|result| Answer(MarketAnswer::Result(result))),
        };
        let call = self.run(target, read, |client, Answer(answer), origin| (client, answer, origin));
        CallFuture::new(Box::pin(async move {
            let (client, answer, origin) = call.await?;
            match answer {
                MarketAnswer::Result(result) => Ok(result),
                MarketAnswer::Task(id) => result_of_task::<E>(client, id, &origin).await,
            }
        }))
    }
}

/// Waits for the task that makes the response of an operation. Then marks the receipt as saved: the result has no
/// files, and the caller gets it.
async fn result_of_task<E: Endpoint>(client: Client, id: String, origin: &CallOrigin) -> Result<E::Response, Error> {
    // Only a refusal of the classic route names a task, and no lookup shows the response of the call.
    if origin.route != Route::Market {
        let mut about = About::new(E::NAME);
        about.receipt = origin.receipt;
        return Err(Error::OutcomeUnknown(Box::new(OutcomeUnknown { about, source: LostAnswer::Before })));
    }
    let task_id = Some(id.clone()).filter(|_| origin.receipt.is_none());
    let mut trace = Trace { operation: E::NAME, task_id };
    let new_task = if origin.is_recalled { Task::resumed } else { Task::started };
    let task: Task<ResultOf<E>> = new_task(client, id.into(), origin.route, origin.receipt);
    let waited = task.wait().await;
    // From here on, the caller gets the result, or an error with the id.
    trace.task_id = None;
    let response = waited?.response().ok_or_else(|| task.shows_nothing())?;
    if origin.receipt.is_some() {
        task.update_receipt(&ReceiptUpdate::Saved { files: Vec::new() }, TaskFacts::default()).await;
    }
    Ok(response)
}

/// Logs the id of a task without a receipt if the wait for the task is dropped. The log entry is then the only trace of
/// the task.
struct Trace {
    operation: &'static str,
    /// `None` if nothing is to be logged.
    task_id: Option<String>,
}

impl Drop for Trace {
    fn drop(&mut self) {
        if let Self { operation, task_id: Some(task_id) } = self {
            tracing::warn!(operation, task_id, "a call was dropped while its task was running");
        }
    }
}

/// Response to a call. A receipt keeps it as JSON: the result, or an object with the task id and nothing else.
struct Answer<E: Endpoint>(MarketAnswer<E::Response>);

impl<E: Endpoint> Answer<E> {
    /// Records the id of a started task in the current span.
    fn record(&self) {
        if let MarketAnswer::Task(id) = &self.0 {
            saw_task(id);
        }
    }
}

impl<E: Endpoint> Serialize for Answer<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            MarketAnswer::Result(result) => result.serialize(serializer),
            MarketAnswer::Task(id) => json!({ "taskId": id }).serialize(serializer),
        }
    }
}

impl<'de, E: Endpoint> Deserialize<'de> for Answer<E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        // The operation decides if an id alone is its response, or that of a task that makes its response.
        let read = if only_task_id(&value).is_some() {
            E::read_market(200, json!({ "code": 200, "data": value }).to_string().as_bytes()).map_err(D::Error::custom)
        } else {
            E::Response::deserialize(value).map(MarketAnswer::Result).map_err(D::Error::custom)
        };
        read.map(Self)
    }
}
