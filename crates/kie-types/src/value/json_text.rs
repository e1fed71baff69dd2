//! JSON documents that are sent as text inside JSON.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{
        DeserializeOwned, Error, MapAccess, SeqAccess,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::Value;

use crate::{
    answer::Unreadable,
    decode::{FromAny, any, repair},
};

/// A JSON document that is sent as text inside JSON. For example, the record of a task has the request as the text
/// `param`.
///
/// The text is kept unchanged. If a response has a JSON object or a list in place of the text, it is converted to text.
/// [`parse`](Self::parse) reads the document from the text.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct JsonText(String);

impl JsonText {
    /// Wraps a text unchanged.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the text unchanged.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads the document in the text as a `T`.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if the text cannot be read as a `T`.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Unreadable> {
        repair::read(self.0.as_bytes()).map_err(|error| Unreadable::new(200, self.0.as_bytes(), error.to_string()))
    }
}

impl fmt::Debug for JsonText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonText({:?})", crate::text::redacted::text_in_brief(&self.0))
    }
}

impl<'de> Deserialize<'de> for JsonText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        any(deserializer)?.ok_or_else(|| D::Error::custom("expected JSON in a text"))
    }
}

impl FromAny for JsonText {
    fn text(text: &str) -> Option<Self> {
        String::text(text).map(Self)
    }
    fn owned_text(text: String) -> Option<Self> {
        String::owned_text(text).map(Self)
    }
    fn map<'de, A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(map)).map(|value| Some(Self(value.to_string())))
    }
    fn seq<'de, A: SeqAccess<'de>>(seq: A) -> Result<Option<Self>, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(seq)).map(|value| Some(Self(value.to_string())))
    }
}
