//! The request and the response of a call, in one form for all operations.

use kie_types::{EncodeError, Encoded, envelope::ReadError, to_json};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Error, Value};

use super::{
    call_back::{AddressField, FindAddressField},
    target::Target,
};

/// A request and its response, without their types. The code that makes a call uses this trait, so this code is
/// compiled once, and not once for each operation.
pub(crate) trait Exchange: Send {
    /// Returns the request as JSON.
    fn json(&self) -> Result<String, Error>;

    /// Encodes the request for this target.
    fn encode(&self, target: &Target) -> Result<Encoded, EncodeError>;

    /// Returns the field of the callback address, if the request has one.
    fn call_back(&mut self) -> Option<AddressField<'_>>;

    /// Reads a response, and stores it.
    fn read(&mut self, http_status: u16, body: &[u8]) -> Result<(), ReadError>;

    /// Stores the response of an earlier call, given as JSON. Returns `false` if the JSON cannot be read as a response.
    fn recall(&mut self, response: &str) -> bool;

    /// Returns the stored response as JSON.
    fn response(&self) -> Value;
}

/// The [`Exchange`] of a request with known types.
pub(crate) struct TypedExchange<R, T, F> {
    request: R,
    call_back: FindAddressField<R>,
    read: F,
    pub(crate) response: Option<T>,
    /// `true` if the response is that of an earlier call.
    pub(crate) is_recalled: bool,
}

impl<R, T, F: Fn(u16, &[u8]) -> Result<T, ReadError>> TypedExchange<R, T, F> {
    pub(crate) fn new(request: R, call_back: FindAddressField<R>, read: F) -> Self {
        Self { request, call_back, read, response: None, is_recalled: false }
    }

    pub(crate) fn request(&self) -> &R {
        &self.request
    }
}

impl<R, T, F> Exchange for TypedExchange<R, T, F>
where
    R: Serialize + Send,
    T: Serialize + DeserializeOwned + Send,
    F: Fn(u16, &[u8]) -> Result<T, ReadError> + Send,
{
    fn json(&self) -> Result<String, Error> {
        to_json(&self.request)
    }

    fn encode(&self, target: &Target) -> Result<Encoded, EncodeError> {
        if let Some(form) = target.market {
            return Encoded::market(form, target.call_back_url, &self.request);
        }
        let path = target.path.clone();
        match target.file {
            Some(file) => Encoded::form(target.host, path, file, &self.request),
            None => Encoded::new(target.method, target.host, path, &self.request),
        }
    }

    fn call_back(&mut self) -> Option<AddressField<'_>> {
        (self.call_back)(&mut self.request)
    }

    fn read(&mut self, http_status: u16, body: &[u8]) -> Result<(), ReadError> {
        self.response = Some((self.read)(http_status, body)?);
        Ok(())
    }

    fn recall(&mut self, response: &str) -> bool {
        self.response = serde_json::from_str(response).ok();
        self.is_recalled = self.response.is_some();
        self.is_recalled
    }

    fn response(&self) -> Value {
        serde_json::to_value(&self.response).unwrap_or_default()
    }
}
