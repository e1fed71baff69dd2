//! The target of a call: a description of the operation that has no Rust type parameter. Also the addresses of the API
//! host and of the upload host.

use std::borrow::Cow;

use kie_transport::BaseUrl;
use kie_types::{Effect, Endpoint, Host, MarketForm, Method, Price, Route};
use tracing::Span;

use crate::error::{About, Error, OutcomeUnknown, TransportError};

/// Addresses of the API host and of the upload host.
#[derive(Debug)]
pub(crate) struct Hosts {
    pub(crate) api: BaseUrl,
    pub(crate) upload: BaseUrl,
}

impl Hosts {
    pub(crate) fn of(&self, host: Host) -> &BaseUrl {
        match host {
            Host::Upload => &self.upload,
            _ => &self.api,
        }
    }
}

/// The operation that a call is sent to: its name, method, host, path and other properties, but not the Rust types of
/// its request and response.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) name: Cow<'static, str>,
    pub(crate) method: Method,
    pub(crate) host: Host,
    pub(crate) path: Cow<'static, str>,
    pub(crate) effect: Effect,
    /// Listed price of a call, if there is one.
    pub(crate) price: Option<&'static Price>,
    /// Name of the request field with the path of a local file, if the operation has one.
    pub(crate) file: Option<&'static str>,
    /// Name of the request field with the callback address, if the operation has one.
    pub(crate) call_back_url: Option<&'static str>,
    /// Form of the operation on the market route. `None` if the call is made on the classic route.
    pub(crate) market: Option<&'static MarketForm>,
    /// The other route on which the operation can be called, if there is one.
    pub(crate) other_route: Option<Route>,
}

impl Target {
    /// Returns the target of an operation on this route. An operation without a form on the market route is called on
    /// the classic route.
    pub(crate) fn on<E: Endpoint>(route: Route) -> Self {
        let classic = Self::of::<E>();
        match route {
            Route::Market if E::MARKET.is_some() => {
                Self { market: E::MARKET, other_route: Some(Route::Classic), ..classic }
            }
            _ => classic,
        }
    }

    /// Returns the target of an operation on the classic route.
    pub(crate) fn of<E: Endpoint>() -> Self {
        let (name, method, host, path) = (E::NAME.into(), E::METHOD, E::HOST, E::PATH.into());
        Self {
            name,
            method,
            host,
            path,
            effect: E::EFFECT,
            price: E::PRICE.as_ref(),
            file: E::FILE,
            call_back_url: E::CALL_BACK_URL,
            market: None,
            other_route: E::MARKET.map(|_| Route::Market),
        }
    }

    /// Returns the route on which the call is made.
    pub(crate) fn route(&self) -> Route {
        if self.market.is_some() { Route::Market } else { Route::Classic }
    }

    /// Returns the error for a call that ended without a response and without an error.
    pub(crate) fn unanswered(&self) -> Error {
        let lost = kie_transport::Error::new(kie_transport::ErrorKind::Interrupted, "no response was read");
        match self.effect {
            Effect::Reads => self.failed(lost),
            _ => OutcomeUnknown::new(self.name.clone()).with_cause(lost).into(),
        }
    }

    pub(crate) fn failed(&self, source: kie_transport::Error) -> Error {
        Error::Transport(Box::new(TransportError { about: About::new(self.name.clone()), source }))
    }
}

/// Records the task id in the current `tracing` span, the span of the call whose response is being read.
pub(crate) fn saw_task(id: &str) {
    Span::current().record("task_id", id);
}
