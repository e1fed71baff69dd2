//! The guard in front of the network.

use kie_suno::{
    HttpService,
    transport::{
        Body, Error, ErrorKind, HttpFuture,
        http::{Method, Request},
    },
};

/// An HTTP service that lets only lookups pass, unless credits may be spent.
#[derive(Debug)]
pub(crate) struct Guard<S> {
    pub(crate) service: S,
    pub(crate) may_spend: bool,
}

impl<S: HttpService> HttpService for Guard<S> {
    fn call(&self, request: Request<Body>) -> HttpFuture<'_> {
        if self.may_spend || request.method() == Method::GET {
            return self.service.call(request);
        }
        Box::pin(async { Err(Error::new(ErrorKind::Setup, "only lookups are sent without --spend")) })
    }
}
