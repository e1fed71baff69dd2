//! Repairs bodies that are not valid JSON, so that one bad place does not make the whole response unreadable.
//!
//! The JSON parser refuses a document with a text cut in the middle of an emoji, a number too large for a float, bytes
//! that are not UTF-8, a byte order mark, or very deep nesting. If the whole response were lost, the id of a paid task
//! would be lost too. So these places are replaced, and the repaired body is parsed again.

use serde::de::DeserializeOwned;

use super::echo::without_echo;

/// Depth at which an object or a list becomes `null`. Documented responses need at most 6 levels.
const DEEPEST: usize = 64;

/// Parses a body. If the parser refuses the body, the body is repaired and parsed again. If the parser still refuses
/// it, the body is parsed without its copy of the request, which was seen with wrong escapes.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    // The parser is faster with a `&str`, which is known to be UTF-8, than with bytes.
    let refused = match std::str::from_utf8(body).map(serde_json::from_str) {
        Ok(Ok(read)) => return Ok(read),
        Ok(Err(error)) => error,
        Err(_) => serde::de::Error::custom("the body is not UTF-8"),
    };
    let text = String::from_utf8_lossy(body);
    if let Ok(read) = serde_json::from_str(&repaired(&text)) {
        return Ok(read);
    }
    let shorter = without_echo(&text).and_then(|text| serde_json::from_str(&repaired(&text)).ok());
    shorter.ok_or(refused)
}

/// Returns a copy of the document. The problems that the head of this file lists are repaired. Other syntax errors are
/// kept.
fn repaired(text: &str) -> String {
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
        // Values that are nested too deep are left out. `null` was written for the outermost of these objects or lists.
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

/// Returns the length, in bytes, of the string literal at the start of a text. The two quotes are included.
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

/// Copies a string literal. Each escape that is only one half of a surrogate pair becomes the replacement character.
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

/// Returns the UTF-16 code unit of the escape `\uXXXX` at the start of a text.
fn code_unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_json_is_not_changed() {
        let text = r#"{"a": "\ud83c\udfb5 \\ud83c \"", "b": [1e3, -0.5, null, {}], "é": "日本"}"#;
        assert_eq!(repaired(text), text);
    }

    #[test]
    fn only_the_bad_spot_is_replaced() {
        assert_eq!(
            repaired(r#"["\ud83c", "x\udfb5y", 1e999, -1E+999, 7]"#),
            r#"["\ufffd", "x\ufffdy", null, null, 7]"#
        );
        let deep = format!(r#"{{"deep":{}{},"id":"x"}}"#, "[".repeat(9000), "]".repeat(9000));
        let value: serde_json::Value = read(deep.as_bytes()).unwrap_or_default();
        assert_eq!(value["id"], "x");
    }

    #[test]
    fn a_broken_text_does_not_panic() {
        for text in ["\"", "\"\\", "\"\\u", "\"\\ud83c\\", "\"\\ud83", "]]]]", "-", "\"\\u00é", "{\"a\"", "\\ud83c"] {
            repaired(text);
        }
    }
}
