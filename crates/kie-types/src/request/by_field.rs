//! Reads a request from JSON field by field, so that one bad field does not hide the problems of other fields.

use std::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, Visitor,
    value::StrDeserializer,
};
use serde_json::{Map, Value};

use super::{
    invalid::{Rule, Violation},
    rules::Rules,
    stand_in::StandIn,
};

/// Result of [`read`].
#[derive(Debug)]
pub(crate) struct Read<T> {
    /// The request without the fields that could not be read. `None` if a required field is missing or could not be
    /// read, or if reading failed for another reason.
    pub(crate) request: Option<T>,
    /// Names of the type's fields, in the order of declaration. `None` if the type is not a plain struct.
    pub(crate) known: Option<&'static [&'static str]>,
}

/// Reads a request and reports each field that is missing or has the wrong type.
///
/// `Deserialize` stops at the first problem. So this function calls `Deserialize` again without the field that caused
/// the problem. If this field is required, a placeholder ([`StandIn`]) takes its place.
pub(crate) fn read<T: DeserializeOwned>(fields: &Map<String, Value>, rules: &mut Rules) -> Read<T> {
    let (mut known, mut left_out, mut stood_in) = (None, Vec::new(), Vec::new());
    let request = loop {
        let reading = Reading { fields, left_out: &left_out, stood_in: &stood_in, known: &mut known };
        match T::deserialize(reading) {
            Ok(request) => break stood_in.is_empty().then_some(request),
            Err(FieldError::Field(name, problem)) => {
                rules.broken(&name, Rule::WrongType { problem });
                left_out.push(name);
            }
            Err(FieldError::Missing(name)) if !stood_in.contains(&name) => {
                if !left_out.iter().any(|left_out| left_out == name) {
                    rules.broken(name, Rule::Required { when: None });
                }
                stood_in.push(name);
            }
            Err(fault) => {
                if rules.violations.is_empty() {
                    rules.broken("request", Rule::WrongType { problem: fault.to_string() });
                }
                break None;
            }
        }
    };
    sort(&mut rules.violations, known.unwrap_or_default());
    Read { request, known }
}

/// Sorts broken rules by the order of their fields.
fn sort(violations: &mut [Violation], known: &[&str]) {
    let place = |field: &str| known.iter().position(|known| *known == field);
    violations.sort_by_key(|violation| place(&violation.field).unwrap_or(usize::MAX));
}

/// Error of one attempt to read a request.
#[derive(Debug)]
pub(super) enum FieldError {
    /// The field with this name has a value of the wrong type. The second text describes the problem.
    Field(String, String),
    /// The field with this name is missing.
    Missing(&'static str),
    /// Any other problem.
    Other(String),
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name, problem) => write!(f, "{name}: {problem}"),
            Self::Missing(name) => write!(f, "{name} is missing"),
            Self::Other(problem) => f.write_str(problem),
        }
    }
}

impl std::error::Error for FieldError {}

impl Error for FieldError {
    fn custom<T: fmt::Display>(problem: T) -> Self {
        Self::Other(problem.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }
}

/// One attempt to read a request.
struct Reading<'a> {
    fields: &'a Map<String, Value>,
    left_out: &'a [String],
    stood_in: &'a [&'static str],
    known: &'a mut Option<&'static [&'static str]>,
}

impl<'a> Reading<'a> {
    /// Returns the names and values of the fields: first the known fields from the JSON document, except the fields in
    /// `left_out`, then the placeholders of missing fields, which have the value `None`. Because of this order, a wrong
    /// type is found before a placeholder can fail.
    fn entries(&self) -> impl Iterator<Item = (&'a str, Option<&'a Value>)> + use<'a> {
        let (known, left_out) = (*self.known, self.left_out);
        let is_read = move |name: &str| {
            known.is_none_or(|known| known.contains(&name)) && !left_out.iter().any(|left_out| left_out == name)
        };
        let there = self.fields.iter().map(|(name, value)| (name.as_str(), Some(value)));
        there.filter(move |(name, _)| is_read(name)).chain(self.stood_in.iter().map(|name| (*name, None)))
    }
}

impl<'de> Deserializer<'de> for Reading<'de> {
    type Error = FieldError;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FieldError> {
        *self.known = Some(fields);
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, FieldError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        visitor.visit_map(Entries { rest: self.entries(), at: None })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The entries that are not read yet (`rest`), and the entry whose value is read next (`at`).
struct Entries<'a, I> {
    rest: I,
    at: Option<(&'a str, Option<&'a Value>)>,
}

impl<'a, I: Iterator<Item = (&'a str, Option<&'a Value>)>> MapAccess<'a> for Entries<'a, I> {
    type Error = FieldError;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, FieldError> {
        self.at = self.rest.next();
        let Some((name, _)) = self.at else { return Ok(None) };
        let name: StrDeserializer<'_, FieldError> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, FieldError> {
        match self.at {
            Some((name, Some(value))) => {
                seed.deserialize(value).map_err(|error| FieldError::Field(name.to_owned(), error.to_string()))
            }
            _ => seed.deserialize(StandIn).map_err(|fault| FieldError::Other(fault.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{collections::BTreeMap, net::Ipv4Addr, num::NonZeroU8};

    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "camelCase")]
    enum Word {
        One,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Inner {
        a: bool,
        b: (u8, String),
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Wide {
        flag: bool,
        #[serde(default)]
        text: String,
        option: Option<u8>,
        number: NonZeroU8,
        float: f64,
        letter: char,
        list: Vec<Word>,
        map: BTreeMap<String, Inner>,
        inner: Inner,
        word: Word,
        any: Value,
    }

    fn found<T: DeserializeOwned>(body: &Value) -> (Read<T>, Vec<(String, bool)>) {
        let mut rules = Rules::new("a test");
        let read = read::<T>(body.as_object().unwrap(), &mut rules);
        let is_missing = |rule: &Rule| matches!(rule, Rule::Required { .. });
        let found = rules.violations.iter().map(|it| (it.field.clone(), is_missing(&it.rule))).collect();
        (read, found)
    }

    const NEEDED: [&str; 9] = ["flag", "number", "float", "letter", "list", "map", "inner", "word", "any"];

    #[test]
    fn every_field_that_is_missing_is_found() {
        let (read, missing) = found::<Wide>(&json!({ "more": 1 }));
        assert_eq!(read.request, None);
        assert_eq!(read.known.unwrap().len(), 11);
        assert_eq!(missing, NEEDED.map(|name| (name.to_owned(), true)));
    }

    #[test]
    fn every_field_of_the_wrong_type_is_found_beside_those_that_are_missing() {
        let body =
            json!({ "word": "two", "text": null, "option": 256, "inner": { "a": true }, "number": 0, "flag": 1 });
        let (_, wrong) = found::<Wide>(&body);
        let wrong: Vec<_> = wrong.iter().map(|(name, is_missing)| (name.as_str(), *is_missing)).collect();
        let expected = [
            ("flag", false),
            ("text", false),
            ("option", false),
            ("number", false),
            ("float", true),
            ("letter", true),
            ("list", true),
            ("map", true),
            ("inner", false),
            ("word", false),
            ("any", true),
        ];
        assert_eq!(wrong, expected);
    }

    #[test]
    fn a_request_is_read_without_a_bad_field_that_it_can_do_without() {
        let body = json!({
            "flag": true, "text": 7, "number": 3, "float": 1, "letter": "x", "list": ["one"], "map": {}, "any": [null],
            "inner": { "a": false, "b": [1, ""] }, "word": "one",
        });
        let (read, wrong) = found::<Wide>(&body);
        assert_eq!(wrong, [("text".to_owned(), false)]);
        let request = read.request.unwrap();
        assert_eq!((request.text.as_str(), request.option, request.any), ("", None, json!([null])));
    }

    #[derive(Debug, Deserialize)]
    struct Picky {
        #[allow(dead_code)]
        first: Ipv4Addr,
        #[allow(dead_code)]
        second: bool,
    }

    #[test]
    fn a_type_that_nothing_can_stand_in_for_hides_no_wrong_type() {
        let (_, wrong) = found::<Picky>(&json!({ "first": true, "second": 7 }));
        assert_eq!(wrong, [("first".to_owned(), false), ("second".to_owned(), false)]);
        let (_, missing) = found::<Picky>(&json!({}));
        assert_eq!(missing, [("first".to_owned(), true)], "a missing field is reported before the fields it hides");
    }

    #[derive(Debug, Deserialize)]
    struct Flat {
        #[allow(dead_code)]
        #[serde(flatten)]
        rest: BTreeMap<String, u8>,
    }

    #[test]
    fn a_type_that_is_no_plain_struct_is_read_as_a_whole() {
        let (read, wrong) = found::<Flat>(&json!({ "a": 1 }));
        assert!(read.request.is_some() && read.known.is_none() && wrong.is_empty());
        let (read, wrong) = found::<Flat>(&json!({ "a": "x" }));
        assert!(read.request.is_none());
        assert_eq!(wrong, [("request".to_owned(), false)]);
    }
}
