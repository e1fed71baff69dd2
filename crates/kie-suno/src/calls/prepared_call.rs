//! A request with the options of its call, before the call is made.

use kie_ledger::ReceiptId;
use kie_types::{Endpoint, Invalid, Route, check_on, envelope::ReadError};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{call_future::CallFuture, options::Options};
use crate::{
    client::{Client, FindAddressField, Target, TypedExchange},
    error::Error,
};

/// A request with all that is needed for its call: the client, the function that checks the request, the function that
/// finds the field of the callback address, and the options.
pub(crate) struct PreparedCall<R> {
    pub(crate) client: Client,
    request: R,
    check: fn(&R, Route) -> Result<(), Invalid>,
    call_back: FindAddressField<R>,
    pub(crate) options: Options,
}

/// Checks a JSON document as a request of the operation `E` on a route.
pub(crate) fn check_json<E: Endpoint>(request: &Value, route: Route) -> Result<(), Invalid> {
    check_on::<E>(request, route).result.map(drop)
}

/// Origin of a response.
pub(crate) struct CallOrigin {
    /// Receipt of the call, if there is one.
    pub(crate) receipt: Option<ReceiptId>,
    /// Route on which the call was made. An earlier call with the same name can have had another route.
    pub(crate) route: Route,
    /// `true` if an earlier call with the same name got the response.
    pub(crate) is_recalled: bool,
}

impl<R> PreparedCall<R> {
    pub(crate) fn new(
        client: &Client,
        request: R,
        check: fn(&R, Route) -> Result<(), Invalid>,
        call_back: FindAddressField<R>,
    ) -> Self {
        Self { client: client.clone(), request, check, call_back, options: Options::default() }
    }

    /// Returns the route on which the call is made.
    pub(crate) fn route<E: Endpoint>(&self) -> Route {
        self.options.route.unwrap_or_else(|| self.client.route_of::<E>())
    }

    /// Makes the call. `finish` converts the client, the response and its origin into the output.
    pub(crate) fn run<T, O>(
        self,
        target: Target,
        read: impl Fn(u16, &[u8]) -> Result<T, ReadError> + Send + 'static,
        finish: impl FnOnce(Client, T, CallOrigin) -> O + Send + 'static,
    ) -> CallFuture<O>
    where
        R: Serialize + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
        O: Send + 'static,
    {
        let Self { client, request, check, call_back, options } = self;
        let mut exchange = TypedExchange::new(request, call_back, read);
        // All steps are in one `async` block, so that the future stores each of these values only once.
        CallFuture::new(Box::pin(async move {
            let route = options.route.unwrap_or(target.route());
            // An operation without a form on the route is refused, even if its request is not checked.
            if !options.unchecked || route != target.route() {
                check(exchange.request(), route).map_err(Error::Invalid)?;
            }
            let asked = client.ask(&target, &mut exchange, &options).await?;
            let (receipt, route) = asked.map_or((None, target.route()), |(id, route)| (Some(id), route));
            let is_recalled = exchange.is_recalled;
            let response = exchange.response.ok_or_else(|| target.unanswered())?;
            Ok(finish(client, response, CallOrigin { receipt, route, is_recalled }))
        }))
    }
}
