//! Calling an operation: typed, as JSON, or by its path.

use kie_types::{Credits, Effect, Endpoint, GetAccountCredits, Host, Method, check, envelope};
use serde_json::Value;

use crate::{
    client::{Client, Route, Typed, call_back},
    error::Error,
};

impl Client {
    /// Calls any operation and returns its answer.
    ///
    /// The request is checked first, and a callback address is filled in where the request has a place for one.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] before anything is sent; else whatever stood between the call and its answer.
    pub async fn call<E: Endpoint>(&self, request: E) -> Result<E::Response, Error> {
        if self.checked {
            request.validate()?;
        }
        Ok(self.ask(&Route::of::<E>(), Typed::new(request, call_back::field, E::read)).await?.0)
    }

    /// The account's balance, in credits.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub async fn credits(&self) -> Result<Credits, Error> {
        self.call(GetAccountCredits::new()).await
    }

    /// Calls an operation with a JSON document as its request, sent as it is, keys included that we do not know; only
    /// a missing callback address is filled in.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub async fn call_json<E: Endpoint>(&self, request: Value) -> Result<E::Response, Error> {
        if self.checked {
            check::<E>(&request).result?;
        }
        Ok(self.ask(&Route::of::<E>(), Typed::new(request, call_back::json::<E>, E::read)).await?.0)
    }

    /// An escape hatch: calls what we do not type yet, with the same key, rate, retries and errors, and returns the
    /// answer's `data`.
    ///
    /// A `GET` sends the document's keys as its query and may be repeated; a `POST` sends it as its body and is taken
    /// for one that creates something; with a [ledger](ClientBuilder::ledger) it has a receipt, and its callback address stays
    /// as it is.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub async fn raw(&self, method: Method, host: Host, path: &str, request: &Value) -> Result<Value, Error> {
        let effect = if method == Method::Get { Effect::Reads } else { Effect::Creates };
        // The name is for errors and logs, where a query does not belong.
        let name = path.split('?').next().unwrap_or_default().to_owned().into();
        let path = path.to_owned().into();
        let route = Route { name, method, host, path, effect, file: None, call_back_url: None };
        Ok(self.ask(&route, Typed::new(request, call_back::nowhere, envelope::open)).await?.0)
    }
}
