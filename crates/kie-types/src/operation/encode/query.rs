//! Query of a `GET`, written from the fields of the request.

use std::fmt::Write as _;

use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeMap, SerializeStruct},
};
use serde_json::Error;

use super::shapes::{Name, Never, plain_shapes, refuse};

/// Returns the path with the request's fields as its query, percent-encoded. Texts are written without quotes. All
/// other values are written as in JSON. Absent fields and null fields are left out.
///
/// Use this function for operations whose [`METHOD`](crate::Endpoint::METHOD) is [`Get`](crate::Method::Get), if you
/// send them with your own HTTP client.
///
/// ```
/// use kie_types::{Endpoint, GetMusicDetails, path_and_query};
///
/// let request = GetMusicDetails::new("4be1 c0d2");
/// let path = path_and_query(GetMusicDetails::PATH, &request)?;
/// assert_eq!(path, "/api/v1/generate/record-info?taskId=4be1%20c0d2");
///
/// let address = format!("{}{path}", GetMusicDetails::HOST.base_url());
/// assert_eq!(address, "https://api.kie.ai/api/v1/generate/record-info?taskId=4be1%20c0d2");
/// # Ok::<(), kie_types::NotAQuery>(())
/// ```
///
/// # Errors
///
/// [`NotAQuery`] if the request is neither an object nor null, or if one of its fields cannot be written as JSON.
pub fn path_and_query(path: &str, request: &impl Serialize) -> Result<String, NotAQuery> {
    let mut whole = String::with_capacity(path.len() + 64);
    whole.push_str(path);
    request.serialize(Query { path: &mut whole, name: None, key: String::new() }).map_err(NotAQuery)?;
    Ok(whole)
}

/// Error: a request cannot be written as a query. Either it is not an object, or one of its fields cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the request cannot be written as a query")]
pub struct NotAQuery(#[source] Error);

/// Serializer for a whole request. If `name` is set, it is the serializer for the field with this name.
struct Query<'a> {
    path: &'a mut String,
    name: Option<&'a str>,
    /// Key of the current entry of a map. The value of this entry is serialized next.
    key: String,
}

impl Query<'_> {
    fn field(&mut self, name: &str, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        let written = value.serialize(Query { path: self.path, name: Some(name), key: String::new() });
        written.or_else(|_| {
            push_query(self.path, name, &serde_json::to_string(value)?);
            Ok(())
        })
    }

    fn text(self, text: &str) -> Result<(), Error> {
        push_query(self.path, self.name.ok_or_else(not_here)?, text);
        Ok(())
    }

    fn fields(self) -> Result<Self, Error> {
        if self.name.is_none() { Ok(self) } else { Err(not_here()) }
    }
}

/// Adds `name=value` to the query of a path, percent-encoded.
fn push_query(path: &mut String, name: &str, value: &str) {
    path.push(if path.contains('?') { '&' } else { '?' });
    push_encoded(path, name);
    path.push('=');
    push_encoded(path, value);
}

/// Appends a text. All bytes are percent-encoded, except the unreserved characters of RFC 3986 and `*`.
fn push_encoded(path: &mut String, text: &str) {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'*');
    // Most ids and names need no percent-encoding.
    if text.bytes().all(is_plain) {
        return path.push_str(text);
    }
    for byte in text.bytes() {
        if is_plain(byte) {
            path.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(path, "%{byte:02X}");
        }
    }
}

fn not_here() -> Error {
    Error::custom("only an object with plain values can be a query")
}

macro_rules! as_text {
    ($($method:ident: $kind:ty,)+) => {
        $(
            fn $method(self, value: $kind) -> Result<(), Error> {
                self.text(&value.to_string())
            }
        )+
    };
}

impl Serializer for Query<'_> {
    type SerializeStruct = Self;
    type SerializeMap = Self;
    type SerializeSeq = Never;

    plain_shapes!(not_here());

    fn serialize_struct(self, _: Name, _: usize) -> Result<Self, Error> {
        self.fields()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, Error> {
        self.fields()
    }

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        self.text(text)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        Ok(())
    }

    as_text! {
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_char: char,
    }

    // This serializer also refuses floats and lists. [`Query::field`] then writes them with serde_json, in the same
    // form as in JSON bodies.
    refuse! {
        not_here() =>
        serialize_f32(f32) -> (),
        serialize_f64(f64) -> (),
        serialize_seq(Option<usize>) -> Never,
    }
}

impl SerializeStruct for Query<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: Name, value: &T) -> Result<(), Error> {
        self.field(name, value)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl SerializeMap for Query<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        let key = serde_json::to_value(key)?;
        self.key = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let key = std::mem::take(&mut self.key);
        self.field(&key, value)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;
    use crate::{GetAccountCredits, GetMusicDetails};

    #[test]
    fn fields_become_a_query() {
        assert_eq!(path_and_query("/a", &GetAccountCredits::new()).unwrap(), "/a");
        assert_eq!(
            path_and_query("/a", &GetMusicDetails::new("5c79****be/8e é&x=1")).unwrap(),
            "/a?taskId=5c79****be%2F8e%20%C3%A9%26x%3D1"
        );
        let all = json!({ "a b": "", "c": -3, "d": true, "e": 1.0, "f": null, "g": [1, "x"], "h": { "i": "ü" }, "j": u64::MAX });
        let query = path_and_query("/a?z=1", &all).unwrap();
        assert_eq!(
            query,
            "/a?z=1&a%20b=&c=-3&d=true&e=1.0&g=%5B1%2C%22x%22%5D&h=%7B%22i%22%3A%22%C3%BC%22%7D&j=18446744073709551615"
        );
        assert_eq!(path_and_query("/a", &json!(null)).unwrap(), "/a");
        for no_fields in [json!("text"), json!([1]), json!(7)] {
            assert!(path_and_query("/a", &no_fields).is_err(), "{no_fields}");
        }
    }

    #[derive(Serialize)]
    enum Word {
        #[serde(rename = "one")]
        One,
        Two(u8),
    }

    #[derive(Serialize)]
    struct Odd {
        word: Word,
        pair: Word,
        some: Option<Option<char>>,
        none: Option<u8>,
    }

    #[test]
    fn words_and_options_are_plain() {
        let odd = Odd { word: Word::One, pair: Word::Two(2), some: Some(Some('+')), none: None };
        assert_eq!(path_and_query("/a", &odd).unwrap(), "/a?word=one&pair=%7B%22Two%22%3A2%7D&some=%2B");
    }

    #[test]
    fn names_and_values_are_percent_encoded() {
        let mut path = String::from("/look");
        push_query(&mut path, "taskId", "a b&c=*");
        push_query(&mut path, "x", "ü");
        assert_eq!(path, "/look?taskId=a%20b%26c%3D*&x=%C3%BC");

        let all: String = (0..=127_u8).map(char::from).collect();
        let mut plain = String::new();
        push_encoded(&mut plain, &all);
        let kept: String = plain.split('%').map(|piece| piece.get(2..).unwrap_or_default()).collect();
        assert_eq!(kept, "*-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~");
        assert!(plain.starts_with("%00%01") && plain.ends_with("~%7F"), "{plain}");
    }

    #[test]
    fn a_refusal_keeps_its_cause() {
        use std::error::Error as _;
        let error = path_and_query("/a", &json!([1])).unwrap_err();
        assert_eq!(error.to_string(), "the request cannot be written as a query");
        assert!(error.source().is_some());
    }
}
