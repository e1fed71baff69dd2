//! Redaction of one recording: what a file may not contain, and what replaces it.

use std::{cmp::Reverse, collections::BTreeSet};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{
    clean::{self, REDACTED},
    files::FalseFiles,
    ids::FalseIds,
    names::{CALL_BACK, Holds, TEXT_ENDINGS, TEXTS, filler, holds},
};

/// Maximum nesting of JSON in strings of JSON. A record of the market route has the request as JSON in JSON in JSON.
const DEEPEST: u8 = 4;

/// Length of the shortest API key that is searched for in other places. A shorter one, such as `key`, is no secret.
const SHORTEST_KEY: usize = 8;
/// Length of the shortest text that is searched for in messages, in bytes.
const SHORTEST_TEXT: usize = 4;

/// What happens to the texts of the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::cassette) enum Texts {
    Replaced,
    Kept,
}

/// What is known of the secrets of a recording.
#[derive(Debug)]
pub(in crate::cassette) struct Redactor {
    texts: Texts,
    /// `None` for the requests of a player: their ids are compared as they are.
    ids: Option<FalseIds>,
    /// API keys.
    keys: Vec<String>,
    /// Texts of the requests, with their lengths, longest first. Messages of the service may repeat them.
    said: BTreeSet<(Reverse<usize>, String)>,
    files: FalseFiles,
}

impl Redactor {
    /// Returns a redactor for recordings.
    pub(in crate::cassette) fn new(texts: Texts, keys: Vec<String>) -> Self {
        let keys = keys.into_iter().filter(|key| key.len() >= SHORTEST_KEY).collect();
        Self { texts, ids: Some(FalseIds::default()), keys, said: BTreeSet::new(), files: FalseFiles::default() }
    }

    /// Returns a redactor for the requests of a player.
    pub(in crate::cassette) fn of_player(texts: Texts) -> Self {
        Self { ids: None, ..Self::new(texts, Vec::new()) }
    }

    /// Notes the texts and the names of files in a request or a response, so that they are found in other places too.
    pub(in crate::cassette) fn learn(&mut self, name: &str, value: &Value, is_request: bool) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, value)| self.learn(name, value, is_request)),
            Value::Array(values) => values.iter().for_each(|value| self.learn(name, value, is_request)),
            Value::String(text) if !text.is_empty() => match holds(name) {
                Holds::Text if is_request && text.len() >= SHORTEST_TEXT => {
                    self.said.insert((Reverse(text.len()), text.clone()));
                }
                Holds::File => self.files.learn(text),
                _ => {}
            },
            _ => {}
        }
    }

    /// Redacts a JSON document.
    pub(in crate::cassette) fn json(&mut self, value: &mut Value) {
        self.value("", value, DEEPEST);
    }

    fn value(&mut self, name: &str, value: &mut Value, depth: u8) {
        match value {
            Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| self.value(name, value, depth)),
            Value::Array(values) => values.iter_mut().for_each(|value| self.value(name, value, depth)),
            Value::String(text) => *text = self.string(name, text, depth),
            Value::Number(_) if holds(name) == Holds::Account => *value = 0.into(),
            _ => {}
        }
    }

    fn string(&mut self, name: &str, text: &str, depth: u8) -> String {
        match holds(name) {
            _ if text.is_empty() => String::new(),
            Holds::CallBack if text.contains("://") => CALL_BACK.to_owned(),
            Holds::Secret => REDACTED.to_owned(),
            Holds::Content => digest(text.as_bytes()),
            Holds::Account => filler(text.chars().count()),
            Holds::Text if self.texts == Texts::Replaced => filler(text.chars().count()),
            Holds::Message => self.message(text),
            _ if depth > 0 && text.starts_with(['{', '[']) => match serde_json::from_str(text) {
                Ok(mut inner) => {
                    self.value(name, &mut inner, depth - 1);
                    inner.to_string()
                }
                Err(_) => self.damaged(text),
            },
            _ => self.anywhere(text),
        }
    }

    /// Redacts a text that may repeat a text of the user.
    pub(in crate::cassette) fn message(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        if self.texts == Texts::Replaced {
            for (_, said) in &self.said {
                text = text.replace(said.as_str(), &filler(said.chars().count()));
            }
        }
        self.anywhere(&text)
    }

    /// Redacts JSON that cannot be parsed, such as the damaged records of the market route. The quotes may have any
    /// number of backslashes.
    pub(in crate::cassette) fn damaged(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        let replaced = self.texts == Texts::Replaced;
        for name in TEXT_ENDINGS.iter().chain(&TEXTS).filter(|_| replaced) {
            text = without_values(&text, name, |value| filler(value.chars().count()));
        }
        text = without_values(&text, "callbackurl", |_| CALL_BACK.to_owned());
        text = without_values(&text, "calbackurl", |_| CALL_BACK.to_owned());
        text = without_values(&text, "userid", |value| filler(value.chars().count()));
        self.message(&text)
    }

    /// Removes what is secret in any place.
    pub(in crate::cassette) fn anywhere(&mut self, text: &str) -> String {
        let mut text = self.keys.iter().fold(text.to_owned(), |text, key| text.replace(key.as_str(), REDACTED));
        text = clean::clean(&self.files.replace(&text));
        self.ids.as_mut().map_or_else(|| text.clone(), |ids| ids.replace(&text))
    }

    /// Redacts the path and query of a request.
    pub(in crate::cassette) fn path(&mut self, path: &str) -> String {
        let path = clean::path_and_query(path);
        self.anywhere(&path)
    }
}

/// Replaces the text values of each field whose name ends with `name`, in lower case and without underscores.
fn without_values(text: &str, name: &str, replace: impl Fn(&str) -> String) -> String {
    let (mut clean, mut rest) = (String::new(), text);
    // A field is `"name": "value"`, and each quote may have backslashes in front.
    while let Some(quote) = rest.find('"') {
        let (before, after) = rest.split_at(quote + 1);
        clean.push_str(before);
        rest = after;
        let key = before.trim_end_matches(['"', '\\']);
        let key = &key[key.rfind(['"', '\\']).map_or(0, |at| at + 1)..];
        let key: String = key.chars().filter(|char| *char != '_').map(|char| char.to_ascii_lowercase()).collect();
        if !key.ends_with(name) {
            continue;
        }
        let value = rest.trim_start().strip_prefix(':').map(|rest| rest.trim_start().trim_start_matches('\\'));
        let Some(value) = value.and_then(|value| value.strip_prefix('"')) else { continue };
        clean.push_str(&rest[..rest.len() - value.len()]);
        let end = end_of_value(value);
        clean.push_str(&replace(&value[..end]));
        rest = &value[end..];
    }
    clean + rest
}

/// Returns the place where a text value ends: at a quote, perhaps with backslashes in front, that is followed by the
/// next field or by the end of the object.
fn end_of_value(value: &str) -> usize {
    let ends = |at: usize| value[at + 1..].trim_start().starts_with([',', '}', ']', '\\']);
    let quote = value.match_indices('"').map(|(at, _)| at).find(|at| ends(*at)).unwrap_or(value.len());
    value[..quote].trim_end_matches('\\').len()
}

/// Returns the digest and the length of bytes in words.
fn digest(bytes: &[u8]) -> String {
    format!("sha256 {}, {} bytes", hex(&Sha256::digest(bytes)), bytes.len())
}

pub(in crate::cassette) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(in crate::cassette) fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_are_found_inside_of_json_in_strings_and_in_damaged_json() {
        let mut redactor = Redactor::new(Texts::Replaced, vec!["key-0815".into(), "msg".into()]);
        redactor.learn("", &json!({ "title": "Harbour Clock" }), true);
        let param = json!({ "input": json!({ "title": "Harbour Clock", "model": "V6" }).to_string() }).to_string();
        let mut record = json!({
            "param": param, "failMsg": "Harbour Clock is refused, key-0815", "suno_user_id": 4711, "msg": "a msg", "webhookHmacKey": "hmac",
            "damaged": r#"{"input":"{\\"title\\":\\"Harbour Clock\\",\\"model\\":\\"V6\\"}","callBackUrl":"https://me.example/x"}"#,
        });
        redactor.json(&mut record);
        let text = record.to_string();
        assert!(!text.contains("Harbour") && !text.contains("0815") && !text.contains("4711"), "{text}");
        assert!(!text.contains("me.example") && !text.contains("hmac\"") && text.contains("a msg"), "{text}");
        assert_eq!(text.matches("redacted text").count(), 3, "{text}");
        assert_eq!(text.matches("V6").count(), 2, "{text}");
    }
}
