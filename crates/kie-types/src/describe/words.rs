//! Schemas of open enums, made from their words.

use schemars::Schema;

use super::prose::{describe_as, plain};

/// Returns the schema of the known words of an open enum. If all words are numbers, the service sends numbers.
pub(crate) fn known_words<const N: usize>(docs: &[&str], words: [(&str, &[&str]); N]) -> Schema {
    let known = words.map(|(word, _)| word);
    let mut schema = match numbers(&known) {
        Some(numbers) => schemars::json_schema!({ "type": "integer", "enum": numbers }),
        None => schemars::json_schema!({ "type": "string", "enum": known.as_slice() }),
    };
    let listed = words.map(|(word, docs)| format!("- `{word}`: {}", plain(&docs.join("\n"))));
    describe_as(&mut schema, &format!("{}\n\n{}", plain(&docs.join("\n")), listed.join("\n")));
    schema
}

/// Returns the schema of an open enum: a known word, or any other word. `known` is the reference to the known words.
pub(crate) fn any_word(known: &Schema, words: &[&str]) -> Schema {
    match numbers(words) {
        Some(_) => schemars::json_schema!({ "anyOf": [known, { "type": "integer" }, { "type": "string" }] }),
        None => schemars::json_schema!({ "anyOf": [known, { "type": "string" }] }),
    }
}

fn numbers(words: &[&str]) -> Option<Vec<i64>> {
    words.iter().map(|word| word.parse().ok()).collect()
}
