//! Calls of endpoints for which this library has no types.

use std::fmt;

use kie_types::{Effect, Host, Method, envelope};
use serde_json::Value;

use super::{call_future::CallFuture, options::setters, prepared_call::PreparedCall};
use crate::{
    client::{Client, Target, call_back},
    error::Error,
};

impl Client {
    /// Calls an endpoint for which this library has no types yet, and returns the `data` of the response. The API key,
    /// rate limit, retries and errors are the same as for typed calls.
    ///
    /// A `GET` sends the keys of `request` as its query, and counts as a call that only reads. A `POST` sends `request`
    /// as its body, and counts as a call that creates something. With a [ledger](crate::ClientBuilder::ledger), a
    /// `POST` to the API host has a receipt. The client does not check `request`, and does not change or add a callback
    /// address.
    ///
    /// # Errors
    ///
    /// Same as [`call`](Self::call), and [`Error::Ledger`] if a `GET` or an upload has a name.
    pub fn raw(&self, method: Method, host: Host, path: &str, request: &Value) -> Raw {
        let effect = if method == Method::Get { Effect::Reads } else { Effect::Creates };
        // Errors and logs print the name of the operation, so the name must not contain the query.
        let name = path.split('?').next().unwrap_or_default().to_owned().into();
        let path = path.to_owned().into();
        let (price, file, call_back_url, market, other_route) = (None, None, None, None, None);
        let target = Target { name, method, host, path, effect, price, file, call_back_url, market, other_route };
        Raw { prepared: PreparedCall::new(self, request.clone(), |_, _| Ok(()), call_back::nowhere), target }
    }
}

/// A call of an endpoint without types. `.await` it to send the request. Returned by [`Client::raw`].
#[must_use = "nothing is called unless this is awaited"]
pub struct Raw {
    prepared: PreparedCall<Value>,
    target: Target,
}

impl Raw {
    setters!(self => self.prepared);
    setters!(named self => self.prepared);
}

impl IntoFuture for Raw {
    type Output = Result<Value, Error>;
    type IntoFuture = CallFuture<Value>;

    fn into_future(self) -> Self::IntoFuture {
        self.prepared.run(self.target, envelope::open, |_, response, _| response)
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { prepared, target } = self;
        f.debug_struct("Raw")
            .field("operation", &target.name)
            .field("options", &prepared.options)
            .finish_non_exhaustive()
    }
}
