//! A request with the options of its call, before the call is made.

use kie_ledger::ReceiptId;
use kie_types::{Invalid, envelope::ReadError};
use serde::{Serialize, de::DeserializeOwned};

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
    check: fn(&R) -> Result<(), Invalid>,
    call_back: FindAddressField<R>,
    pub(crate) options: Options,
}

/// Origin of a response.
pub(crate) struct Origin {
    /// Receipt of the call, if there is one.
    pub(crate) receipt: Option<ReceiptId>,
    /// `true` if an earlier call with the same name got the response.
    pub(crate) is_recalled: bool,
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

    /// Makes the call. `finish` converts the client, the response and its origin into the output.
    pub(crate) fn run<T, O>(
        self,
        target: Target,
        read: impl Fn(u16, &[u8]) -> Result<T, ReadError> + Send + 'static,
        finish: impl FnOnce(Client, T, Origin) -> O + Send + 'static,
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
            if !options.unchecked {
                check(exchange.request()).map_err(Error::Invalid)?;
            }
            let receipt = client.ask(&target, &mut exchange, &options).await?;
            let is_recalled = exchange.is_recalled;
            let response = exchange.response.ok_or_else(|| target.unanswered())?;
            Ok(finish(client, response, Origin { receipt, is_recalled }))
        }))
    }
}
