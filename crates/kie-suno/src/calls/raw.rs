//! Calling what is not typed yet.

use std::fmt;

use kie_types::{Effect, Host, Method, envelope};
use serde_json::Value;

use super::{call_future::CallFuture, options::setters, prepared_call::PreparedCall};
use crate::{
    client::{Client, Target, call_back},
    error::Error,
};

impl Client {
    /// An escape hatch: calls what we do not type yet, with the same key, rate, retries and errors, and returns the
    /// answer's `data`.
    ///
    /// A `GET` sends the document's keys as its query and may be repeated; a `POST` sends it as its body and is taken
    /// for one that creates something; with a [ledger](crate::ClientBuilder::ledger) it has a receipt, and its callback address stays
    /// as it is.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call); and [`Error::Ledger`] if a `GET` has a name.
    pub fn raw(&self, method: Method, host: Host, path: &str, request: &Value) -> Raw {
        let effect = if method == Method::Get { Effect::Reads } else { Effect::Creates };
        // The name is for errors and logs, where a query does not belong.
        let name = path.split('?').next().unwrap_or_default().to_owned().into();
        let path = path.to_owned().into();
        let route = Target { name, method, host, path, effect, file: None, call_back_url: None };
        Raw { asked: PreparedCall::new(self, request.clone(), |_| Ok(()), call_back::nowhere), route }
    }
}

/// A call of something that is not typed: `.await` it. Made by [`Client::raw`].
#[must_use = "nothing is called unless this is awaited"]
pub struct Raw {
    asked: PreparedCall<Value>,
    route: Target,
}

impl Raw {
    setters!(self => self.asked);
    setters!(named self => self.asked);
}

impl IntoFuture for Raw {
    type Output = Result<Value, Error>;
    type IntoFuture = CallFuture<Value>;

    fn into_future(self) -> Self::IntoFuture {
        self.asked.run(self.route, envelope::open, |_, answer, _| answer)
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { asked, route } = self;
        f.debug_struct("Raw").field("operation", &route.name).field("options", &asked.options).finish_non_exhaustive()
    }
}
