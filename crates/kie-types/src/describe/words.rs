//! Schemas of open enums, from their words.

use schemars::Schema;
use serde_json::json;

use super::prose::{describe_as, plain};

/// Returns the schema of an open enum: the known words, and any other word.
pub(crate) fn words<const N: usize>(docs: &[&str], words: [(&str, &[&str]); N]) -> Schema {
    // If all words are numbers, the values are numbers on the wire.
    let flags: Result<Vec<i64>, _> = words.iter().map(|(word, _)| word.parse()).collect();
    let choices = match flags {
        Ok(flags) => json!([{ "type": "integer", "enum": flags }, { "type": ["integer", "string"] }]),
        Err(_) => {
            let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            json!([{ "type": "string", "enum": known }, { "type": "string" }])
        }
    };
    let listed = words.iter().map(|(word, docs)| format!("- `{word}`: {}", plain(&docs.join("\n"))));
    let listed: Vec<_> = listed.collect();
    let mut schema = schemars::json_schema!({ "anyOf": choices });
    describe_as(
        &mut schema,
        &format!("{}\n\nOther values are possible.\n\n{}", plain(&docs.join("\n")), listed.join("\n")),
    );
    schema
}
