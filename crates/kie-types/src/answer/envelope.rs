//! The envelope of every response: `{"code": 200, "msg": "success", "data": …}`.
//!
//! The service reports most errors with the HTTP status 200. So the `code` of the body tells if the request succeeded.
//! The HTTP status is used only if the body has no `code`.

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

/// Error: a response is a refusal, or it cannot be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ReadError {
    /// The service refused the request.
    #[error(transparent)]
    Refused(Refusal),
    /// The response claims success, but the expected data cannot be read from it.
    #[error(transparent)]
    Unreadable(Unreadable),
}

/// Envelope with the expected data.
struct Envelope<T> {
    code: Option<i64>,
    data: Option<T>,
    /// Task id next to `data` and not inside `data`. Another client of KIE found the id in this place.
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
    /// Envelope of a response without the expected data.
    struct OtherEnvelope {
        code: Option<i64> = "code",
        msg: Option<String> = "msg",
        data: Option<RefusalData> = "data",
        task_id: Option<String> = "taskId" | "task_id",
    }
}

answer! {
    /// `data` of a refusal.
    struct RefusalData {
        task_id: Option<String> = "taskId" | "task_id",
    }
}

/// Reads the `data` of a response as a `T`.
///
/// `T` may be an `Option`. For such a `T`, `"data": null` is read as `None`. The service sends `"data": null` in the
/// response to a lookup of an unknown task.
///
/// # Errors
///
/// [`ReadError::Refused`] if the code is neither 200 nor 0. If the body has no code, the error is `Refused` if the HTTP
/// status is not 2xx. [`ReadError::Unreadable`] if the response claims success but `data` cannot be read as a `T`.
pub fn open<T: DeserializeOwned>(http_status: u16, body: &[u8]) -> Result<T, ReadError> {
    // Most successes are parsed only once: a response with the expected data, a response with code 200 and no data, and
    // a response with code 0, no data and a task id beside `data`. Any other response is parsed a second time, to find
    // out if it is a refusal.
    match repair::read::<Envelope<T>>(body) {
        Ok(Envelope { code, data: Some(data), .. }) if accepts(code, http_status) => Ok(data),
        Ok(Envelope { code: Some(200), data: None, task_id }) => {
            without_data(task_id).map_err(|reason| ReadError::Unreadable(Unreadable::new(http_status, body, reason)))
        }
        Ok(Envelope { code: Some(0), data: None, task_id: Some(id) }) => {
            without_data(Some(id)).map_err(|reason| ReadError::Unreadable(Unreadable::new(http_status, body, reason)))
        }
        Ok(_) => classify(http_status, body, "the answer holds no data".into()),
        Err(error) => classify(http_status, body, read_failure(body, &error)),
    }
}

/// Returns the reason why a body could not be read, as a clause for the error message.
fn read_failure(body: &[u8], error: &serde_json::Error) -> String {
    match describe_body(body) {
        Some(description) => format!("it is {description}"),
        None if error.is_eof() => format!("it is JSON that ends early: {error}"),
        None => error.to_string(),
    }
}

/// Reads the `data` of a response as a `T`. The code of the response is not checked. Returns `None` if `data` cannot be
/// read.
pub(crate) fn data<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    repair::read::<Envelope<T>>(body).ok()?.data
}

/// Returns the task id in a successful response, inside of `data` or beside it.
pub(crate) fn task_id(http_status: u16, body: &[u8]) -> Option<String> {
    let envelope = repair::read::<OtherEnvelope>(body).ok().filter(|envelope| accepts(envelope.code, http_status))?;
    envelope.data.and_then(|data| data.task_id).or(envelope.task_id)
}

/// Returns `true` if a response with data is a success. The documentation has examples with the placeholder code 0, so
/// code 0 counts as success.
fn accepts(code: Option<i64>, http_status: u16) -> bool {
    match code {
        Some(code) => code == 200 || code == 0,
        None => (200..300).contains(&http_status),
    }
}

/// Reads a response without data. The response to a lookup is read as `None`. The response to an operation that starts
/// a task is read from the task id beside `data`, if the body has this id.
fn without_data<T: DeserializeOwned>(task_id: Option<String>) -> Result<T, String> {
    let unit: UnitDeserializer<value::Error> = ().into_deserializer();
    T::deserialize(unit).or_else(|_| beside_data(task_id))
}

/// Reads the response to an operation that starts a task from the task id beside `data`.
fn beside_data<T: DeserializeOwned>(task_id: Option<String>) -> Result<T, String> {
    let fields = task_id.into_iter().map(|id| ("taskId", id));
    let beside: MapDeserializer<'_, _, value::Error> = MapDeserializer::new(fields);
    T::deserialize(beside).map_err(|_| "the answer holds no data".into())
}

/// Handles a response with unreadable data, or with a code that does not mean success. If the response is a success
/// with the task id beside `data`, [`beside_data`] reads the result from this id. In all other cases, returns an error:
/// a refusal, or an unreadable response. This function does not use [`without_data`], because that function reads the
/// response to a lookup as `None`, and `None` means that the task is unknown.
fn classify<T: DeserializeOwned>(http_status: u16, body: &[u8], reason: String) -> Result<T, ReadError> {
    let unreadable = |reason| ReadError::Unreadable(Unreadable::new(http_status, body, reason));
    match repair::read::<OtherEnvelope>(body) {
        Ok(OtherEnvelope { code: Some(200 | 0), task_id: Some(id), .. }) => {
            beside_data(Some(id)).map_err(|_| unreadable(reason))
        }
        Ok(OtherEnvelope { code: Some(200 | 0), .. }) => Err(unreadable(reason)),
        Ok(OtherEnvelope { code: Some(code), msg, data, task_id }) => {
            let task_id = data.and_then(|data| data.task_id).or(task_id);
            let refusal = Refusal::new(http_status, Some(code), msg.unwrap_or_default(), body);
            Err(ReadError::Refused(refusal.of_task(task_id)))
        }
        _ if (200..300).contains(&http_status) => Err(unreadable(reason)),
        _ => Err(ReadError::Refused(Refusal::new(http_status, None, String::new(), body))),
    }
}
