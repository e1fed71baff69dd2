//! Schemas of open enums, made from their words.

use schemars::Schema;
use serde_json::json;

use super::prose::{describe_as, plain};

/// Returns the schema of an open enum. The schema lists the known words and also allows any other word.
pub(crate) fn words<const N: usize>(docs: &[&str], words: [(&str, &[&str]); N]) -> Schema {
    // If all words of the enum are numbers, the service sends numbers.
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
