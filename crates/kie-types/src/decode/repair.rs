//! Bodies that are not quite JSON: one such spot must not cost the whole answer.
//!
//! A text cut in the middle of an emoji, a number that no float holds, bytes that are not UTF-8, a byte order mark, a value nested beyond
//! reason: the parser refuses the document for any of them, and with it the task id that was paid for. So a body that
//! was refused is read once more with those spots made harmless.

use serde::de::DeserializeOwned;

/// Values nested deeper than this become `null`. No documented answer needs more than 6 levels.
const DEEPEST: usize = 64;

/// Reads a body, mended if it has to be.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    // The parser is faster on text that is known to be UTF-8.
    let refused = match std::str::from_utf8(body).map(serde_json::from_str) {
        Ok(Ok(read)) => return Ok(read),
        Ok(Err(error)) => error,
        Err(_) => serde::de::Error::custom("the body is not UTF-8"),
    };
    serde_json::from_str(&mended(&String::from_utf8_lossy(body))).map_err(|_| refused)
}

/// The document with the spots made harmless that the parser would refuse it for.
fn mended(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0_usize;
    let mut rest = text.trim_start_matches('\u{feff}');
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string_length(rest),
            '-' | '0'..='9' => {
                rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c)).unwrap_or(rest.len())
            }
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        if matches!(first, ']' | '}') {
            depth = depth.saturating_sub(1);
        }
        // What is nested too deep is left out; its outermost bracket has become `null`.
        if depth < DEEPEST {
            match first {
                '"' => push_string(&mut out, token),
                '-' | '0'..='9' if token.parse().is_ok_and(f64::is_infinite) => out.push_str("null"),
                '[' | '{' if depth + 1 == DEEPEST => out.push_str("null"),
                ']' | '}' if depth + 1 == DEEPEST => {}
                _ => out.push_str(token),
            }
        }
        if matches!(first, '[' | '{') {
            depth += 1;
        }
    }
    out
}

/// The length of the string literal that a text begins with, quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    text.len()
}

/// Copies a string literal; half a surrogate pair becomes the replacement character.
fn push_string(out: &mut String, literal: &str) {
    let mut rest = literal;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let unit = code_unit(rest);
        let length = match unit {
            Some(0xD800..=0xDBFF) if matches!(code_unit(&rest[6..]), Some(0xDC00..=0xDFFF)) => 12,
            Some(_) => 6,
            None => rest.char_indices().nth(2).map_or(rest.len(), |(end, _)| end),
        };
        match (unit, length) {
            (Some(0xD800..=0xDFFF), 6) => out.push_str("\\ufffd"),
            _ => out.push_str(&rest[..length]),
        }
        rest = &rest[length..];
    }
    out.push_str(rest);
}

/// The number of a `\uXXXX` that a text begins with.
fn code_unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_well_is_left_as_it_is() {
        let text = r#"{"a": "\ud83c\udfb5 \\ud83c \"", "b": [1e3, -0.5, null, {}], "é": "日本"}"#;
        assert_eq!(mended(text), text);
    }

    #[test]
    fn each_spot_costs_itself_alone() {
        assert_eq!(mended(r#"["\ud83c", "x\udfb5y", 1e999, -1E+999, 7]"#), r#"["\ufffd", "x\ufffdy", null, null, 7]"#);
        let deep = format!(r#"{{"deep":{}{},"id":"x"}}"#, "[".repeat(9000), "]".repeat(9000));
        let value: serde_json::Value = read(deep.as_bytes()).unwrap_or_default();
        assert_eq!(value["id"], "x");
    }

    #[test]
    fn nothing_makes_it_panic() {
        for text in ["\"", "\"\\", "\"\\u", "\"\\ud83c\\", "\"\\ud83", "]]]]", "-", "\"\\u00é", "{\"a\"", "\\ud83c"] {
            mended(text);
        }
    }
}
