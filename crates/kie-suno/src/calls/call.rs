//! Calling an operation: typed, or as JSON.

use std::{fmt, marker::PhantomData};

use kie_types::{Endpoint, GetAccountCredits, PaidEndpoint, check};
use serde::Serialize;
use serde_json::Value;

use super::{call_future::CallFuture, options::setters, prepared_call::PreparedCall};
use crate::{
    client::{Client, Target, call_back},
    error::Error,
};

impl Client {
    /// Calls any operation: `.await` the call, and have its answer.
    ///
    /// The request is checked first, and a callback address is filled in where the request has a place for one.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] before anything is sent; else whatever stood between the call and its answer.
    pub fn call<E: Endpoint>(&self, request: E) -> Call<E> {
        Call::new(PreparedCall::new(self, request, E::validate, call_back::field))
    }

    /// Calls an operation with a JSON document as its request, sent as it is, keys included that we do not know; only
    /// a missing callback address is filled in.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub fn call_json<E: Endpoint>(&self, request: Value) -> Call<E, Value> {
        Call::new(PreparedCall::new(
            self,
            request,
            |request| check::<E>(request).result.map(drop),
            call_back::json::<E>,
        ))
    }

    /// The account's balance, in credits.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub fn credits(&self) -> Call<GetAccountCredits> {
        self.call(GetAccountCredits::new())
    }
}

/// A call of an operation: `.await` it. Made by [`Client::call`] and [`Client::call_json`].
#[must_use = "nothing is called unless this is awaited"]
pub struct Call<E: Endpoint, R = E> {
    asked: PreparedCall<R>,
    endpoint: PhantomData<fn() -> E>,
}

impl<E: Endpoint, R> Call<E, R> {
    fn new(asked: PreparedCall<R>) -> Self {
        Self { asked, endpoint: PhantomData }
    }

    setters!(self => self.asked);
    setters!(unchecked self => self.asked);
}

/// A call that can cost money can have a name. Others do not compile with one:
///
/// ```compile_fail
/// # fn demo(client: kie_suno::Client) {
/// client.credits().named("order-4711");
/// # }
/// ```
impl<E: PaidEndpoint, R> Call<E, R> {
    setters!(named self => self.asked);
}

impl<E: Endpoint, R: Serialize + Send + 'static> IntoFuture for Call<E, R> {
    type Output = Result<E::Response, Error>;
    type IntoFuture = CallFuture<E::Response>;

    fn into_future(self) -> Self::IntoFuture {
        self.asked.run(Target::of::<E>(), E::read, |_, answer, _| answer)
    }
}

impl<E: Endpoint, R> fmt::Debug for Call<E, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &E::NAME)
            .field("options", &self.asked.options)
            .finish_non_exhaustive()
    }
}
