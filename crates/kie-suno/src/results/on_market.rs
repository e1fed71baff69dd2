//! Calls on the market route whose response is the result, or a task that makes the result.

use kie_types::{Endpoint, MarketAnswer, Route};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Error as _},
};
use serde_json::{Value, json};

use super::result_job::ResultJob;
use crate::{
    calls::{CallFuture, PreparedCall},
    client::Target,
    task::Task,
};

impl<R: Serialize + Send + 'static> PreparedCall<R> {
    /// Makes a call on the market route. If the service starts a task, waits for its result.
    pub(super) fn run_on_market<E: Endpoint>(self) -> CallFuture<E::Response> {
        let polling = self.client.polling();
        let read = |http_status: u16, body: &[u8]| E::read_market(http_status, body).map(Response);
        let call = self.run(Target::on::<E>(Route::Market), read, |client, Response(answer), origin| {
            (client, answer, origin.receipt)
        });
        CallFuture::new(Box::pin(async move {
            let (client, answer, receipt) = call.await?;
            let id = match answer {
                MarketAnswer::Result(result) => return Ok(result),
                MarketAnswer::Task(id) => id,
            };
            let task = Task::<ResultJob>::resumed(client, id.into(), Route::Market, receipt);
            let record = task.wait().polling(polling).await?;
            E::of_market(&record.0).ok_or_else(|| task.shows_nothing())
        }))
    }
}

/// Response to a call on the market route. A receipt keeps it as JSON: the result, or an object with the task id and
/// nothing else.
struct Response<T>(MarketAnswer<T>);

impl<T: Serialize> Serialize for Response<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            MarketAnswer::Result(result) => result.serialize(serializer),
            MarketAnswer::Task(id) => json!({ "taskId": id }).serialize(serializer),
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Response<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let is_alone = value.as_object().is_some_and(|fields| fields.len() == 1);
        match value.get("taskId").and_then(Value::as_str).filter(|_| is_alone) {
            Some(id) => Ok(Self(MarketAnswer::Task(id.to_owned()))),
            None => T::deserialize(value).map(|result| Self(MarketAnswer::Result(result))).map_err(D::Error::custom),
        }
    }
}
