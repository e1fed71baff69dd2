//! Calls of operations with a typed request, or with JSON.

use std::{fmt, marker::PhantomData};

use kie_types::{Effect, Endpoint, GetAccountCredits, PaidEndpoint, Route};
use serde::Serialize;
use serde_json::Value;

use crate::{
    calls::{CallFuture, PreparedCall, check_json, setters},
    client::{Client, Target, call_back},
    error::Error,
};

impl Client {
    /// Calls any operation. `.await` the returned [`Call`] to get the response.
    ///
    /// The request is checked before it is sent. If the request has a field for a callback address, and the field is
    /// not set, the client fills in its own callback address.
    ///
    /// On the [market route](crate::Route::Market), it is not documented if an operation such as
    /// [`BoostMusicStyle`](crate::requests::BoostMusicStyle) responds with its result, or starts a task that makes the
    /// result. If it starts a task, the call waits for the task with the [settings of the
    /// client](crate::ClientBuilder::polling). With a [ledger](crate::ClientBuilder::ledger), the receipt then has the id of
    /// the task, as any other task has: after a crash, [`save_all`](Self::save_all) and [`task_of`](Self::task_of) find
    /// it. Without a ledger, a `tracing` warning reports the id if the call is dropped during the wait.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the check fails; the request is then not sent. Other errors if the call cannot be sent, is
    /// refused, or gets no usable response.
    pub fn call<E: Endpoint>(&self, request: E) -> Call<E> {
        Call::new(PreparedCall::new(self, request, E::validate_on, call_back::field))
    }

    /// Calls an operation with a JSON document as its request. The document may have keys that this library does not
    /// know. The client changes only the callback address: it fills in a missing address, and with a
    /// [ledger](crate::ClientBuilder::ledger) it adds the parameter `kie_receipt` to the address.
    ///
    /// # Errors
    ///
    /// Same as [`call`](Self::call).
    pub fn call_json<E: Endpoint>(&self, request: Value) -> Call<E, Value> {
        Call::new(PreparedCall::new(self, request, check_json::<E>, call_back::json::<E>))
    }

    /// Returns the balance of the account, in credits.
    ///
    /// # Errors
    ///
    /// Same as [`call`](Self::call).
    pub fn credits(&self) -> Call<GetAccountCredits> {
        self.call(GetAccountCredits::new())
    }
}

/// A call of an operation. `.await` it to send the request. Returned by [`Client::call`] and [`Client::call_json`].
#[must_use = "nothing is called unless this is awaited"]
pub struct Call<E: Endpoint, R = E> {
    prepared: PreparedCall<R>,
    endpoint: PhantomData<fn() -> E>,
}

impl<E: Endpoint, R> Call<E, R> {
    pub(super) fn new(prepared: PreparedCall<R>) -> Self {
        Self { prepared, endpoint: PhantomData }
    }

    setters!(self => self.prepared);
    setters!(unchecked self => self.prepared);
}

/// Only a call that can cost money can have a name. A name on any other call does not compile:
///
/// ```compile_fail
/// # fn demo(client: kie_suno::Client) {
/// client.credits().named("order-4711");
/// # }
/// ```
impl<E: PaidEndpoint, R> Call<E, R> {
    setters!(named self => self.prepared);
}

impl<E: Endpoint, R: Serialize + Send + 'static> IntoFuture for Call<E, R> {
    type Output = Result<E::Response, Error>;
    type IntoFuture = CallFuture<E::Response>;

    fn into_future(self) -> Self::IntoFuture {
        // On the classic route, a call that only reads starts no task, and has no receipt with an earlier response.
        if E::EFFECT == Effect::Reads && self.prepared.route::<E>() == Route::Classic {
            return self.prepared.run(Target::of::<E>(), E::read, |_, response, _| response);
        }
        self.prepared.run_or_wait::<E>()
    }
}

impl<E: Endpoint, R> fmt::Debug for Call<E, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &E::NAME)
            .field("options", &self.prepared.options)
            .finish_non_exhaustive()
    }
}
