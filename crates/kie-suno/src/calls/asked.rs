//! A request on its way to becoming a call.

use kie_ledger::ReceiptId;
use kie_types::{Invalid, envelope::Unopened};
use serde::{Serialize, de::DeserializeOwned};

use super::options::Options;
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

    /// Makes the call, and returns its answer with its receipt, if it has one.
    pub(crate) async fn run<T>(
        self,
        route: Route,
        read: impl Fn(u16, &[u8]) -> Result<T, Unopened> + Send,
    ) -> Result<(T, Option<ReceiptId>), Error>
    where
        R: Serialize + Send,
        T: Serialize + DeserializeOwned + Send,
    {
        let Self { client, request, check, call_back, options } = self;
        if !options.unchecked {
            check(&request)?;
        }
        let mut errand = Typed::new(request, call_back, read);
        let receipt = client.ask(&route, &mut errand, &options).await?;
        let answer = errand.answer.ok_or_else(|| route.unanswered())?;
        Ok((answer, receipt))
    }
}
