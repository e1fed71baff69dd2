//! The difference between a recorded request and a request of the player.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    exchange::{RecordedBody, RecordedRequest},
    redaction::{Holds, Part, holds, parts},
};

/// Longest value in a message, in characters.
const LONGEST: usize = 60;

/// The ids of the application for which the cassette has false ids, by the false ids. For example, the id of a song that is
/// written in the source code of the application.
pub(super) type Bindings = HashMap<String, String>;

/// Comparison of a request with a recorded request.
pub(super) struct Comparison<'a> {
    /// Tells if the cassette has this id. Such an id is compared, and each other id is bound to a recorded one.
    pub(super) knows: &'a dyn Fn(&str) -> bool,
    /// Names of fields that are not compared.
    pub(super) ignored: &'a [String],
    pub(super) bindings: Bindings,
}

impl Comparison<'_> {
    /// Returns the first difference in words. `None` if the requests are the same.
    pub(super) fn difference(&mut self, recorded: &RecordedRequest, asked: &RecordedRequest) -> Option<String> {
        if recorded.method != asked.method {
            return Some(told("the method", &recorded.method, &asked.method));
        }
        if !self.same(&recorded.path, &asked.path) {
            return Some(told("the path", &recorded.path, &asked.path));
        }
        match (&recorded.body, &asked.body) {
            (Some(RecordedBody::Json(recorded)), Some(RecordedBody::Json(asked))) => self.json("", recorded, asked),
            (Some(RecordedBody::Text(recorded)), Some(RecordedBody::Text(asked))) => {
                (!self.same(recorded, asked)).then(|| told("the body", recorded, asked))
            }
            // A form has a random boundary, so only its length is compared.
            (Some(RecordedBody::Bytes { length: recorded, .. }), Some(RecordedBody::Bytes { length: asked, .. })) => {
                let told = || format!("the body has {asked} bytes instead of {recorded}");
                (recorded != asked).then(told)
            }
            (None, None) => None,
            _ => Some("the body is of another kind".to_owned()),
        }
    }

    fn json(&mut self, path: &str, recorded: &Value, asked: &Value) -> Option<String> {
        match (recorded, asked) {
            (Value::Object(recorded), Value::Object(asked)) => {
                let new = asked.keys().filter(|name| !recorded.contains_key(*name));
                let names = recorded.keys().chain(new).filter(|name| !self.is_ignored(name));
                let names: Vec<_> = names.collect();
                names.into_iter().find_map(|name| {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    match (recorded.get(name), asked.get(name)) {
                        (Some(recorded), Some(asked)) => self.json(&path, recorded, asked),
                        (Some(_), None) => Some(format!("`{path}` is missing")),
                        _ => Some(format!("`{path}` is new")),
                    }
                })
            }
            (Value::Array(recorded), Value::Array(asked)) if recorded.len() == asked.len() => {
                let mut pairs = recorded.iter().zip(asked).enumerate();
                pairs.find_map(|(at, (recorded, asked))| self.json(&format!("{path}[{at}]"), recorded, asked))
            }
            (Value::String(recorded), Value::String(asked)) if self.same(recorded, asked) => None,
            (Value::Number(recorded), Value::Number(asked)) if recorded.as_f64() == asked.as_f64() => None,
            (Value::Number(recorded), Value::Number(asked)) if is_time(recorded) && is_time(asked) => None,
            _ if recorded == asked => None,
            _ => Some(told(&format!("`{path}`"), &recorded.to_string(), &asked.to_string())),
        }
    }

    fn is_ignored(&self, name: &str) -> bool {
        matches!(holds(name), Holds::CallBack | Holds::File) || self.ignored.iter().any(|ignored| ignored == name)
    }

    /// Tells if two texts are the same, apart from their ids that are not in the cassette, and from times.
    fn same(&mut self, recorded: &str, asked: &str) -> bool {
        if recorded == asked || (is_date(recorded) && is_date(asked)) {
            return true;
        }
        let (recorded, asked) = (parts(recorded), parts(asked));
        recorded.len() == asked.len()
            && recorded.into_iter().zip(asked).all(|pair| match pair {
                (Part::Other(recorded), Part::Other(asked)) => recorded == asked,
                (Part::Id(recorded), Part::Id(asked)) if (self.knows)(asked) => recorded == asked,
                (Part::Id(recorded), Part::Id(asked)) => {
                    self.bindings.entry(recorded.to_owned()).or_insert_with(|| asked.to_owned()) == asked
                }
                _ => false,
            })
    }
}

/// Tells if a number can be a time between 2001 and 2096, in seconds or milliseconds since 1970.
fn is_time(number: &serde_json::Number) -> bool {
    let number = number.as_f64().unwrap_or_default();
    (1e9..4e9).contains(&number) || (1e12..4e12).contains(&number)
}

/// Tells if a text begins with a date and a time, as in RFC 3339.
fn is_date(text: &str) -> bool {
    let form = "0000-00-00T00:00";
    text.len() >= form.len()
        && form
            .bytes()
            .zip(text.bytes())
            .all(|(form, byte)| if form == b'0' { byte.is_ascii_digit() } else { form == byte })
}

fn told(what: &str, recorded: &str, asked: &str) -> String {
    let short = |text: &str| match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    };
    format!("{what} is {} instead of {}", short(asked), short(recorded))
}
