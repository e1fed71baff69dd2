//! Placeholders in the requests of the questions: `{song.task}` is the id of the task that the question `song` starts,
//! and `{song.track}` is the id of its first track.

use kie_suno::receipts::Receipt;
use serde_json::Value;

/// A placeholder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placeholder {
    pub(crate) id: String,
    is_track: bool,
}

impl Placeholder {
    fn parse(text: &str) -> Option<Self> {
        let (id, field) = text.strip_prefix('{')?.strip_suffix('}')?.rsplit_once('.')?;
        Some(Self { id: id.to_owned(), is_track: field == "track" })
    }

    fn value(&self, receipt: &Receipt) -> Option<String> {
        if self.is_track { receipt.items.first()?.id.clone() } else { receipt.task_id.clone() }
    }
}

/// Returns all placeholders in the value.
pub(crate) fn placeholders(value: &Value) -> Vec<Placeholder> {
    match value {
        Value::String(text) => Placeholder::parse(text).into_iter().collect(),
        Value::Array(values) => values.iter().flat_map(placeholders).collect(),
        Value::Object(fields) => fields.values().flat_map(placeholders).collect(),
        _ => Vec::new(),
    }
}

/// Returns the value with the ids in place of its placeholders. `Err` is the id of a question whose task is missing.
pub(crate) fn filled(value: &Value, receipt: &impl Fn(&str) -> Option<Receipt>) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => match Placeholder::parse(text) {
            Some(placeholder) => {
                let found = receipt(&placeholder.id).and_then(|receipt| placeholder.value(&receipt));
                Value::String(found.ok_or(placeholder.id)?)
            }
            None => value.clone(),
        },
        Value::Array(values) => values.iter().map(|value| filled(value, receipt)).collect::<Result<_, _>>()?,
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| Ok((name.clone(), filled(value, receipt)?)));
            Value::Object(fields.collect::<Result<_, String>>()?)
        }
        _ => value.clone(),
    })
}
