//! Schemas of open enums, made from their words.

use schemars::Schema;

use super::prose::{describe_as, plain};

/// Returns the schema of the known words of an open enum, each with the name of its variant and its documentation. If all
/// words are numbers, the service sends numbers.
pub(crate) fn known_words<const N: usize>(docs: &[&str], words: [(&str, &str, &[&str]); N]) -> Schema {
    let known = words.map(|(word, ..)| word);
    let mut schema = match numbers(&known) {
        Some(numbers) => schemars::json_schema!({ "type": "integer", "enum": numbers }),
        None => schemars::json_schema!({ "type": "string", "enum": known.as_slice() }),
    };
    // A generator leaves out the sign, and then `A` and `A#` have the same name.
    if known.iter().any(|word| word.contains('#')) {
        schema.insert("x-enum-varnames".into(), words.map(|(_, variant, _)| in_capitals(variant)).as_slice().into());
    }
    let listed = words.map(|(word, _, docs)| format!("- `{word}`: {}", plain(&docs.join("\n"))));
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

/// Returns the name of a variant in capitals, with a line between its words: `C_SHARP_MINOR`.
fn in_capitals(variant: &str) -> String {
    let mut name = String::new();
    for letter in variant.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_uppercase());
    }
    name
}

fn numbers(words: &[&str]) -> Option<Vec<i64>> {
    words.iter().map(|word| word.parse().ok()).collect()
}
