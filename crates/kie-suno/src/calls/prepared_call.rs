//! A request on its way to becoming a call.

use kie_ledger::ReceiptId;
use kie_types::{Invalid, envelope::ReadError};
use serde::{Serialize, de::DeserializeOwned};

use super::{call_future::CallFuture, options::Options};
use crate::{
    client::{Client, FindAddressField, Target, TypedExchange},
    error::Error,
};

/// A request, and all that is said about its call before it is made.
pub(crate) struct PreparedCall<R> {
    pub(crate) client: Client,
    request: R,
    check: fn(&R) -> Result<(), Invalid>,
    call_back: FindAddressField<R>,
    pub(crate) options: Options,
}

impl<R> PreparedCall<R> {
    pub(crate) fn new(
        client: &Client,
        request: R,
        check: fn(&R) -> Result<(), Invalid>,
        call_back: FindAddressField<R>,
    ) -> Self {
        Self { client: client.clone(), request, check, call_back, options: Options::default() }
    }

    /// Makes the call, and something of the client, the answer and the receipt, if it has one.
    pub(crate) fn run<T, O>(
        self,
        route: Target,
        read: impl Fn(u16, &[u8]) -> Result<T, ReadError> + Send + 'static,
        finish: impl FnOnce(Client, T, Option<ReceiptId>) -> O + Send + 'static,
    ) -> CallFuture<O>
    where
        R: Serialize + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
        O: Send + 'static,
    {
        let Self { client, request, check, call_back, options } = self;
        let mut exchange = TypedExchange::new(request, call_back, read);
        // One block, so that the future holds each of these once.
        CallFuture::new(Box::pin(async move {
            if !options.unchecked {
                check(exchange.request()).map_err(Error::Invalid)?;
            }
            let receipt = client.ask(&route, &mut exchange, &options).await?;
            let answer = exchange.answer.ok_or_else(|| route.unanswered())?;
            Ok(finish(client, answer, receipt))
        }))
    }
}
