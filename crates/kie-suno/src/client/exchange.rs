//! What a call asks and what it is answered, in one shape for all operations.

use kie_types::{EncodeError, Encoded, envelope::ReadError};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Error, Value};

use super::{
    call_back::{AddressField, FindAddressField},
    target::Target,
};

/// A request, and room for its answer. All that is done about a call is written on this, so that it is compiled once and
/// not once for each operation.
pub(crate) trait Exchange: Send {
    /// The request as a JSON document.
    fn json(&self) -> Result<String, Error>;

    /// The request as it goes by this route.
    fn encode(&self, route: &Target) -> Result<Encoded, EncodeError>;

    /// The place of its callback address, where it has one.
    fn call_back(&mut self) -> Option<AddressField<'_>>;

    /// Reads an answer, and keeps it.
    fn read(&mut self, http_status: u16, body: &[u8]) -> Result<(), ReadError>;

    /// Keeps as the answer what was answered before, and says whether it could be read.
    fn recall(&mut self, answer: &str) -> bool;

    /// The answer as JSON.
    fn answer(&self) -> Value;
}

/// The errand of a request whose types are known.
pub(crate) struct TypedExchange<R, T, F> {
    request: R,
    call_back: FindAddressField<R>,
    read: F,
    pub(crate) answer: Option<T>,
}

impl<R, T, F: Fn(u16, &[u8]) -> Result<T, ReadError>> TypedExchange<R, T, F> {
    pub(crate) fn new(request: R, call_back: FindAddressField<R>, read: F) -> Self {
        Self { request, call_back, read, answer: None }
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
        serde_json::to_string(&self.request)
    }

    fn encode(&self, route: &Target) -> Result<Encoded, EncodeError> {
        let path = route.path.clone();
        match route.file {
            Some(file) => Encoded::form(route.host, path, file, &self.request),
            None => Encoded::new(route.method, route.host, path, &self.request),
        }
    }

    fn call_back(&mut self) -> Option<AddressField<'_>> {
        (self.call_back)(&mut self.request)
    }

    fn read(&mut self, http_status: u16, body: &[u8]) -> Result<(), ReadError> {
        self.answer = Some((self.read)(http_status, body)?);
        Ok(())
    }

    fn recall(&mut self, answer: &str) -> bool {
        self.answer = serde_json::from_str(answer).ok();
        self.answer.is_some()
    }

    fn answer(&self) -> Value {
        serde_json::to_value(&self.answer).unwrap_or_default()
    }
}
