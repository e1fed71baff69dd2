//! The envelope around every answer: `{"code": 200, "msg": "success", "data": …}`.
//!
//! The service puts errors inside HTTP 200, so the body decides and the HTTP status only stands in where the body has
//! no `code`.

use serde::{Deserialize, de::DeserializeOwned, de::IntoDeserializer};

use crate::{
    error::{Refusal, Unreadable},
    tolerant::any,
};

/// What an answer of the service turned out to be, when it is not what was asked for.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Unopened {
    /// The service said no.
    #[error(transparent)]
    Refused(Refusal),
    /// The answer claims success, and yet what was asked for cannot be read from it.
    #[error(transparent)]
    Unreadable(Unreadable),
}

#[derive(Deserialize)]
struct Envelope<T> {
    #[serde(default, deserialize_with = "any")]
    code: Option<i64>,
    #[serde(default = "none")]
    data: Option<T>,
}

#[derive(Deserialize)]
struct Verdict {
    #[serde(default, deserialize_with = "any")]
    code: Option<i64>,
    #[serde(default, deserialize_with = "any")]
    msg: Option<String>,
}

fn none<T>() -> Option<T> {
    None
}

/// Opens the envelope of an answer and reads `data` as `T`.
///
/// `T` may be an `Option`: then `"data": null`, the service's way of saying that it knows no such task, is `None`.
///
/// # Errors
///
/// [`Unopened::Refused`] if the effective code is not 200, and [`Unopened::Unreadable`] if it is but `data` does not
/// hold a `T`.
pub fn open<T: DeserializeOwned>(http_status: u16, body: &[u8]) -> Result<T, Unopened> {
    let Ok(text) = std::str::from_utf8(body) else {
        return Err(refused_or_unreadable(http_status, body, "the body is not UTF-8".into()));
    };
    // One pass for the answer that is expected. Only when it is not that is the body read again, to learn what it is.
    match serde_json::from_str::<Envelope<T>>(text) {
        Ok(Envelope { code, data: Some(data) }) if accepts(code, http_status) => Ok(data),
        Ok(Envelope { code: Some(200), data: None }) => {
            nothing().map_err(|reason| Unopened::Unreadable(Unreadable::new(http_status, body, reason)))
        }
        Ok(_) => Err(refused_or_unreadable(http_status, body, "the answer holds no data".into())),
        Err(error) => Err(refused_or_unreadable(http_status, body, error.to_string())),
    }
}

/// Code 0 is a placeholder in the documentation; with usable data it counts as success.
fn accepts(code: Option<i64>, http_status: u16) -> bool {
    match code {
        Some(code) => code == 200 || code == 0,
        None => http_status == 200,
    }
}

fn nothing<T: DeserializeOwned>() -> Result<T, String> {
    let unit: serde::de::value::UnitDeserializer<serde::de::value::Error> = ().into_deserializer();
    T::deserialize(unit).map_err(|_| "the answer holds no data".into())
}

fn refused_or_unreadable(http_status: u16, body: &[u8], reason: String) -> Unopened {
    let verdict = serde_json::from_slice::<Verdict>(body).ok();
    match verdict.and_then(|verdict| Some((verdict.code?, verdict.msg))) {
        Some((200 | 0, _)) => Unopened::Unreadable(Unreadable::new(http_status, body, reason)),
        Some((code, message)) => {
            Unopened::Refused(Refusal::new(http_status, Some(code), message.unwrap_or_default(), body))
        }
        None if http_status == 200 => Unopened::Unreadable(Unreadable::new(http_status, body, reason)),
        None => Unopened::Refused(Refusal::new(http_status, None, String::new(), body)),
    }
}
