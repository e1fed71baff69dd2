//! Results in the records of the market route.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::value::JsonText;

/// Results of a task of the market route. The route has no fixed shape for them: lists of tracks, addresses and objects
/// were seen in different places. Each method looks in all known places.
#[derive(Clone, PartialEq)]
pub struct MarketResult {
    /// `resultJson`, and then its copy `response`, as far as they can be read.
    documents: Vec<Value>,
}

/// Places of a list of rows, such as tracks, in the order in which they are looked up.
const ROWS: [&str; 8] = [
    "/data",
    "/resultObject/data",
    "/resultObject/lyricsData",
    "/sunoData",
    "/response/sunoData",
    "/tracks",
    "/data/data",
    "",
];

/// Places of a list of addresses.
const URLS: [&str; 3] = ["/resultUrls", "/resultObject/resultUrls", ""];

impl MarketResult {
    pub(super) fn new(texts: [Option<&JsonText>; 2]) -> Self {
        let documents = texts.into_iter().flatten().filter_map(|text| text.parse().ok());
        Self { documents: documents.filter(|document: &Value| !is_empty(document)).collect() }
    }

    /// Returns `true` if the record has no result.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// Returns the rows of the result, such as tracks or texts. Rows that cannot be read are left out.
    pub fn rows<T: DeserializeOwned>(&self) -> Vec<T> {
        let is_row = |value: &&Value| value.is_object();
        self.lists(&ROWS)
            .map(|list| {
                list.iter()
                    .filter(is_row)
                    .filter_map(|row| serde_json::from_value(row.clone()).ok())
                    .collect::<Vec<_>>()
            })
            .find(|rows| !rows.is_empty())
            .unwrap_or_default()
    }

    /// Returns the addresses of the result.
    pub fn urls(&self) -> Vec<&str> {
        self.entries(is_address)
    }

    /// Returns the entries in the list of addresses that are not addresses. The service sends ids in this list.
    pub fn ids(&self) -> Vec<&str> {
        self.entries(|entry| !is_address(entry))
    }

    /// Returns the first object, at any depth, that has one of these keys with a value that is not null.
    pub fn object<T: DeserializeOwned>(&self, keys: &[&str]) -> Option<T> {
        let found = self.documents.iter().find_map(|document| find_object(document, keys))?;
        serde_json::from_value(found.clone()).ok()
    }

    fn entries(&self, wanted: fn(&str) -> bool) -> Vec<&str> {
        self.lists(&URLS)
            .map(|list| list.iter().filter_map(Value::as_str).filter(|entry| wanted(entry)).collect::<Vec<_>>())
            .find(|entries| !entries.is_empty())
            .unwrap_or_default()
    }

    fn lists<'a>(&'a self, places: &'a [&str]) -> impl Iterator<Item = &'a Vec<Value>> {
        let in_document = |document: &'a Value| places.iter().filter_map(|place| document.pointer(place)?.as_array());
        self.documents.iter().flat_map(in_document)
    }
}

fn is_empty(document: &Value) -> bool {
    match document {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.values().all(is_empty),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn is_address(entry: &str) -> bool {
    entry.starts_with("https://") || entry.starts_with("http://")
}

fn find_object<'a>(value: &'a Value, keys: &[&str]) -> Option<&'a Value> {
    match value {
        Value::Object(fields) => {
            let has_key = keys.iter().any(|key| fields.get(*key).is_some_and(|value| !value.is_null()));
            if has_key { Some(value) } else { fields.values().find_map(|value| find_object(value, keys)) }
        }
        Value::Array(list) => list.iter().find_map(|value| find_object(value, keys)),
        _ => None,
    }
}

/// Shows that there is a result, and not its content, since the content may be private.
impl std::fmt::Debug for MarketResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MarketResult({} documents)", self.documents.len())
    }
}
