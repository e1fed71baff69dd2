//! Calls of operations that are known by their names.

use std::fmt;

use kie_types::{
    Endpoint, TaskEndpoint, Unreadable,
    catalog::{self, Visitor},
};
use serde_json::Value;

use super::call::Call;
use crate::{
    calls::{CallFuture, PreparedCall, check_json, setters},
    client::{Client, call_back},
    error::{About, DecodeError, Error},
};

impl Client {
    /// Calls the operation with this name, such as `get-music-details`. Use this method if your program has the operation
    /// as a string and not as a Rust type. The request is a JSON document, and is sent in the same way as by
    /// [`call_json`](Self::call_json). Returns `None` if no operation has this name. Of an operation that starts tasks,
    /// the call responds with the id of the task: [`start_any`](Self::start_any) returns the task.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client, operation: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// use serde_json::json;
    ///
    /// let request = json!({ "content": "tango nuevo" });
    /// let response = client.call_any(operation, request).ok_or("no such operation")?.await?;
    /// println!("{response:#}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of the awaited [`AnyCall`] are those of [`call`](Self::call). A call that costs nothing has no receipt,
    /// so it fails with [`Error::Ledger`] if it has a name.
    pub fn call_any(&self, operation: &str, request: Value) -> Option<AnyCall> {
        catalog::visit(operation, Calling { client: self, request })
    }
}

/// Visitor of the catalog that prepares a call.
struct Calling<'a> {
    client: &'a Client,
    request: Value,
}

impl Visitor for Calling<'_> {
    type Output = AnyCall;

    fn call<E: Endpoint>(self) -> AnyCall {
        let prepared = PreparedCall::new(self.client, self.request, check_json::<E>, call_back::json::<E>);
        AnyCall { name: E::NAME, prepared, send: send::<E> }
    }

    fn start<E: TaskEndpoint>(self) -> AnyCall {
        self.call::<E>()
    }
}

/// A call of an operation that is known by its name. `.await` it to send the request, and to get the response as JSON.
/// Returned by [`Client::call_any`].
#[must_use = "nothing is called unless this is awaited"]
pub struct AnyCall {
    name: &'static str,
    prepared: PreparedCall<Value>,
    send: fn(PreparedCall<Value>) -> CallFuture<Value>,
}

impl AnyCall {
    setters!(self => self.prepared);
    setters!(unchecked self => self.prepared);
    setters!(named self => self.prepared);
}

impl IntoFuture for AnyCall {
    type Output = Result<Value, Error>;
    type IntoFuture = CallFuture<Value>;

    fn into_future(self) -> Self::IntoFuture {
        (self.send)(self.prepared)
    }
}

fn send<E: Endpoint>(prepared: PreparedCall<Value>) -> CallFuture<Value> {
    let call = Call::<E, Value>::new(prepared).into_future();
    CallFuture::new(Box::pin(async move {
        let response = call.await?;
        serde_json::to_value(response).map_err(|error| {
            let answer = Unreadable::new(200, b"", error.to_string());
            Error::Decode(Box::new(DecodeError { about: About::new(E::NAME), answer }))
        })
    }))
}

impl fmt::Debug for AnyCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyCall")
            .field("operation", &self.name)
            .field("options", &self.prepared.options)
            .finish_non_exhaustive()
    }
}
