//! The envelope around every answer: `{"code": 200, "msg": "success", "data": …}`.
//!
//! The service puts errors inside HTTP 200, so the body decides and the HTTP status only stands in where the body has
//! no `code`.

use std::marker::PhantomData;

use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeOwned, Error, IgnoredAny, IntoDeserializer, MapAccess,
        value::{self, MapDeserializer, UnitDeserializer},
    },
};

use super::refusal::{Refusal, Unreadable};
use crate::{
    decode::{FromAny, Slot, Tolerant, Word, answer, any, repair},
    text::describe_body,
};

/// What an answer of the service turned out to be, when it is not what was asked for.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ReadError {
    /// The service said no.
    #[error(transparent)]
    Refused(Refusal),
    /// The answer claims success, and yet what was asked for cannot be read from it.
    #[error(transparent)]
    Unreadable(Unreadable),
}

/// The envelope with what is expected in it.
struct Envelope<T> {
    code: Option<i64>,
    data: Option<T>,
    /// A task id beside `data`, where one client has met it.
    task_id: Option<String>,
}

#[derive(Clone, Copy)]
enum Key {
    Code,
    Data,
    TaskId,
    Other,
}

impl From<&str> for Key {
    fn from(key: &str) -> Self {
        match key {
            "code" => Self::Code,
            "data" => Self::Data,
            "taskId" | "task_id" => Self::TaskId,
            _ => Self::Other,
        }
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(Word(PhantomData))
    }
}

impl<T: DeserializeOwned> FromAny for Envelope<T> {
    fn map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut envelope = Self { code: None, data: None, task_id: None };
        while let Some(key) = map.next_key()? {
            match key {
                Key::Code => envelope.code.put(map.next_value_seed(Tolerant::new())?),
                Key::TaskId => envelope.task_id.offer(map.next_value_seed(Tolerant::new())?),
                Key::Data if envelope.data.is_none() => envelope.data = map.next_value()?,
                Key::Data | Key::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Some(envelope))
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Envelope<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        any(deserializer)?.ok_or_else(|| D::Error::custom("the answer is not an object"))
    }
}

answer! {
    /// The envelope of an answer that is not what was expected.
    struct Verdict {
        code: Option<i64> = "code",
        msg: Option<String> = "msg",
        data: Option<Named> = "data",
        task_id: Option<String> = "taskId" | "task_id",
    }
}

answer! {
    /// What an answer can name although it refuses.
    struct Named {
        task_id: Option<String> = "taskId" | "task_id",
    }
}

/// Opens the envelope of an answer and reads `data` as `T`.
///
/// `T` may be an `Option`: then `"data": null`, the service's way of saying that it knows no such task, is `None`.
///
/// # Errors
///
/// [`ReadError::Refused`] if the effective code is not 200, and [`ReadError::Unreadable`] if it is but `data` does not
/// hold a `T`.
pub fn open<T: DeserializeOwned>(http_status: u16, body: &[u8]) -> Result<T, ReadError> {
    // One pass for the answer that is expected. Only when it is not that is the body read again, to learn what it is.
    match repair::read::<Envelope<T>>(body) {
        Ok(Envelope { code, data: Some(data), .. }) if accepts(code, http_status) => Ok(data),
        Ok(Envelope { code: Some(200), data: None, task_id }) => {
            nothing(task_id).map_err(|reason| ReadError::Unreadable(Unreadable::new(http_status, body, reason)))
        }
        Ok(_) => otherwise(http_status, body, "the answer holds no data".into()),
        Err(error) => otherwise(http_status, body, misread(body, &error)),
    }
}

/// Why a body could not be read, in words for who has to look for the cause.
fn misread(body: &[u8], error: &serde_json::Error) -> String {
    match describe_body(body) {
        Some(description) => format!("it is {description}"),
        None if error.is_eof() => format!("it is JSON that ends early: {error}"),
        None => error.to_string(),
    }
}

/// Reads what `data` holds as `T`, whatever the code says.
pub(crate) fn data<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    repair::read::<Envelope<T>>(body).ok()?.data
}

/// Code 0 is a placeholder in the documentation; with usable data it counts as success.
fn accepts(code: Option<i64>, http_status: u16) -> bool {
    match code {
        Some(code) => code == 200 || code == 0,
        None => (200..300).contains(&http_status),
    }
}

/// What an answer without data means: `None` to a lookup, and to a submit the id beside it, if there is one.
fn nothing<T: DeserializeOwned>(task_id: Option<String>) -> Result<T, String> {
    let unit: UnitDeserializer<value::Error> = ().into_deserializer();
    T::deserialize(unit).or_else(|_| {
        let fields = task_id.into_iter().map(|id| ("taskId", id));
        let beside: MapDeserializer<'_, _, value::Error> = MapDeserializer::new(fields);
        T::deserialize(beside).map_err(|_| "the answer holds no data".into())
    })
}

/// What an answer is that does not hold what was expected.
fn otherwise<T: DeserializeOwned>(http_status: u16, body: &[u8], reason: String) -> Result<T, ReadError> {
    let unreadable = |reason| ReadError::Unreadable(Unreadable::new(http_status, body, reason));
    match repair::read::<Verdict>(body) {
        Ok(Verdict { code: Some(200 | 0), task_id: Some(id), .. }) => nothing(Some(id)).map_err(|_| unreadable(reason)),
        Ok(Verdict { code: Some(200 | 0), .. }) => Err(unreadable(reason)),
        Ok(Verdict { code: Some(code), msg, data, task_id }) => {
            let task_id = data.and_then(|data| data.task_id).or(task_id);
            let refusal = Refusal::new(http_status, Some(code), msg.unwrap_or_default(), body);
            Err(ReadError::Refused(refusal.of_task(task_id)))
        }
        _ if (200..300).contains(&http_status) => Err(unreadable(reason)),
        _ => Err(ReadError::Refused(Refusal::new(http_status, None, String::new(), body))),
    }
}
