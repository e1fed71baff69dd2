//! A request on its way to becoming a call.

use kie_ledger::ReceiptId;
use kie_types::{Invalid, envelope::Unopened};
use serde::{Serialize, de::DeserializeOwned};

use super::{options::Options, running::Running};
use crate::{
    client::{Client, Find, Route, Typed},
    error::Error,
};

/// A request, and all that is said about its call before it is made.
pub(crate) struct Asked<R> {
    pub(crate) client: Client,
    request: R,
    check: fn(&R) -> Result<(), Invalid>,
    call_back: Find<R>,
    pub(crate) options: Options,
}

impl<R> Asked<R> {
    pub(crate) fn new(client: &Client, request: R, check: fn(&R) -> Result<(), Invalid>, call_back: Find<R>) -> Self {
        Self { client: client.clone(), request, check, call_back, options: Options::default() }
    }

    /// Makes the call, and something of the client, the answer and the receipt, if it has one.
    pub(crate) fn run<T, O>(
        self,
        route: Route,
        read: impl Fn(u16, &[u8]) -> Result<T, Unopened> + Send + 'static,
        finish: impl FnOnce(Client, T, Option<ReceiptId>) -> O + Send + 'static,
    ) -> Running<O>
    where
        R: Serialize + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
        O: Send + 'static,
    {
        let Self { client, request, check, call_back, options } = self;
        let mut errand = Typed::new(request, call_back, read);
        // One block, so that the future holds each of these once.
        Running::new(Box::pin(async move {
            if !options.unchecked {
                check(errand.request()).map_err(Error::Invalid)?;
            }
            let receipt = client.ask(&route, &mut errand, &options).await?;
            let answer = errand.answer.ok_or_else(|| route.unanswered())?;
            Ok(finish(client, answer, receipt))
        }))
    }
}
