//! Results in the records of the market route.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::value::JsonText;

/// Results of a task of the market route. The route has no fixed shape for them: lists of tracks, addresses and objects
/// were seen in different places. Each method looks in all known places.
#[derive(Clone, PartialEq)]
pub struct MarketResult {
    /// `resultJson`, and then its copy `response`, as far as they can be read.
    documents: Vec<Value>,
    /// `true` if there is a text that cannot be read.
    damaged: bool,
}

/// Places of a list of rows, such as tracks, in the order in which they are looked up.
const ROWS: [&str; 13] = [
    "/data",
    "/resultObject/data",
    "/resultObject/lyricsData",
    "/sunoData",
    "/response/sunoData",
    "/tracks",
    "/data/data",
    "",
    "/resultObject/sunoData",
    "/resultObject/tracks",
    "/data/sunoData",
    "/response/data",
    "/lyricsData",
];

/// Places of a list of addresses.
const URLS: [&str; 5] = ["/resultUrls", "/resultObject/resultUrls", "/data/resultUrls", "/data", ""];

/// Fields of a result that say how the task ended.
const ENDS: [&str; 6] = ["code", "msg", "message", "state", "status", "success"];

impl MarketResult {
    pub(super) fn new(texts: [Option<&JsonText>; 2]) -> Self {
        let mut result = Self { documents: Vec::new(), damaged: false };
        for text in texts.into_iter().flatten() {
            match text.parse::<Value>() {
                Ok(document) if is_empty(&document) => {}
                Ok(document) => result.documents.push(document),
                Err(_) => result.damaged |= !text.as_str().trim().is_empty(),
            }
        }
        result
    }

    /// Returns `true` if the record has no result. A result that cannot be read counts as a result.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty() && !self.damaged
    }

    /// Returns the rows of the result, such as tracks or texts. Rows without a known field are left out.
    pub fn rows<T: DeserializeOwned + Default + PartialEq>(&self) -> Vec<T> {
        let read = |row: &Value| serde_json::from_value(row.clone()).ok().filter(|row| *row != T::default());
        let rows = |list: &Vec<Value>| list.iter().filter(|row| row.is_object()).filter_map(read).collect::<Vec<T>>();
        self.places(&ROWS).filter_map(Value::as_array).map(rows).find(|rows| !rows.is_empty()).unwrap_or_default()
    }

    /// Returns the addresses of the result.
    pub fn urls(&self) -> Vec<&str> {
        self.entries(is_address)
    }

    /// Returns the entries in the list of addresses that are not addresses. The service sends ids in this list.
    pub fn ids(&self) -> Vec<&str> {
        self.entries(|entry| !entry.is_empty() && !is_address(entry))
    }

    /// Returns the first object, at any depth, that has one of these keys. An object in which the key has a value is
    /// preferred to an object in which the value is empty, such as `""` or an empty list.
    pub fn object<T: DeserializeOwned>(&self, keys: &[&str]) -> Option<T> {
        let with = |wanted: fn(&Value) -> bool| {
            self.documents.iter().find_map(|document| {
                find(document, &mut |fields| {
                    keys.iter().any(|key| fields.get(*key).is_some_and(wanted))
                        && serde_json::from_value::<T>(Value::Object(fields.clone())).is_ok()
                })
            })
        };
        let found = with(|value| !is_empty(value)).or_else(|| with(|value| !value.is_null()))?;
        serde_json::from_value(Value::Object(found.clone())).ok()
    }

    /// Returns the id in a result that has nothing but ids. Returns `None` if the result has an address or a list of
    /// objects.
    pub fn reference(&self) -> Option<&str> {
        let only_ids = !self.damaged && !self.documents.is_empty() && self.documents.iter().all(has_only_ids);
        let id = || self.documents.iter().find_map(first_text);
        if only_ids { self.ids().first().copied().or_else(id) } else { None }
    }

    fn entries(&self, wanted: fn(&str) -> bool) -> Vec<&str> {
        for place in self.places(&URLS) {
            let entries = place.as_array().map_or(std::slice::from_ref(place), Vec::as_slice).iter();
            let entries: Vec<_> = entries.filter_map(Value::as_str).filter(|entry| wanted(entry)).collect();
            if !entries.is_empty() {
                return entries;
            }
        }
        Vec::new()
    }

    fn places<'a>(&'a self, places: &'a [&str]) -> impl Iterator<Item = &'a Value> {
        self.documents.iter().flat_map(|document| places.iter().filter_map(|place| document.pointer(place)))
    }
}

/// Returns `true` for a value without content. The fields that say how the task ended are no content.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.iter().all(|(key, value)| ENDS.contains(&key.as_str()) || is_empty(value)),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn has_only_ids(value: &Value) -> bool {
    match value {
        Value::String(text) => !is_address(text),
        Value::Array(list) => list.iter().all(|value| value.is_string() && has_only_ids(value)),
        Value::Object(fields) => fields.values().all(has_only_ids),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

/// Returns the first text of a result that does not say how the task ended.
fn first_text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text.as_str()).filter(|text| !text.is_empty()),
        Value::Array(list) => list.iter().find_map(first_text),
        Value::Object(fields) => {
            fields.iter().filter(|(key, _)| !ENDS.contains(&key.as_str())).find_map(|(_, value)| first_text(value))
        }
        _ => None,
    }
}

fn is_address(entry: &str) -> bool {
    entry.starts_with("https://") || entry.starts_with("http://")
}

/// Returns the first object, at any depth, that is wanted. An object comes before the objects inside of it.
fn find<'a>(value: &'a Value, wanted: &mut dyn FnMut(&Map<String, Value>) -> bool) -> Option<&'a Map<String, Value>> {
    match value {
        Value::Object(fields) if wanted(fields) => Some(fields),
        Value::Object(fields) => fields.values().find_map(|value| find(value, wanted)),
        Value::Array(list) => list.iter().find_map(|value| find(value, wanted)),
        _ => None,
    }
}

/// Shows that there is a result, and not its content, since the content may be private.
impl std::fmt::Debug for MarketResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MarketResult({} documents)", self.documents.len())
    }
}
