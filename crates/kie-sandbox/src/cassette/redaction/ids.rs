//! Ids in texts, and the false ids that replace them.

use std::collections::HashMap;

/// Minimum length of an id. Words of the service, such as `SENSITIVE_WORD_ERROR`, are longer in a few cases, but have
/// no digit.
const SHORTEST: usize = 20;
/// Length of a UUID.
const UUID: usize = 36;

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cassette) enum Part<'a> {
    Id(&'a str),
    Other(&'a str),
}

/// Returns the parts of the text: its ids, and what is between them.
pub(in crate::cassette) fn parts(text: &str) -> Vec<Part<'_>> {
    let (mut parts, mut other) = (Vec::new(), 0);
    let mut rest = 0;
    while let Some(begin) = text[rest..].find(in_id).map(|at| rest + at) {
        let end = text[begin..].find(|char| !in_id(char)).map_or(text.len(), |at| begin + at);
        if is_id(&text[begin..end]) {
            if other < begin {
                parts.push(Part::Other(&text[other..begin]));
            }
            parts.push(Part::Id(&text[begin..end]));
            other = end;
        }
        rest = end;
    }
    if other < text.len() {
        parts.push(Part::Other(&text[other..]));
    }
    parts
}

fn in_id(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '-' || char == '_'
}

fn is_id(word: &str) -> bool {
    word.len() >= SHORTEST && word.bytes().any(|byte| byte.is_ascii_digit())
}

/// The false ids of a recording.
#[derive(Debug, Default)]
pub(super) struct FalseIds(HashMap<String, String>);

impl FalseIds {
    /// Returns the text with false ids in place of its ids.
    pub(super) fn replace(&mut self, text: &str) -> String {
        let replaced = parts(text).into_iter().map(|part| match part {
            Part::Id(id) => self.of(id),
            Part::Other(other) => other.to_owned(),
        });
        replaced.collect()
    }

    /// Returns the false id of this id. It has the same length, and dashes in the same places. Its first digits are a
    /// number that counts the ids of the recording, so that a shortened id is distinct too.
    pub(super) fn of(&mut self, id: &str) -> String {
        let number = format!("{:08x}", self.0.len() + 1);
        let mut digits = number.chars().chain(std::iter::repeat('0'));
        let made = || {
            let digit = |(at, char)| match (at, char, digits.next()) {
                (_, '-' | '_', _) => char,
                // The version and the variant of a random UUID.
                (14, ..) if id.len() == UUID => '4',
                (19, ..) if id.len() == UUID => '8',
                (_, _, digit) => digit.unwrap_or('0'),
            };
            id.chars().enumerate().map(digit).collect()
        };
        self.0.entry(id.to_owned()).or_insert_with(made).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn false_ids_have_the_form_of_the_ids_and_are_stable() {
        let mut ids = FalseIds::default();
        let text =
            "a3f1c0de5b7942e88d6014f2c9be7710 of 3f0a9d61-58b2-4c07-9b1e-64d2a7c0e5f8, SENSITIVE_WORD_ERROR_OF_IT";
        let replaced = ids.replace(text);
        let expected =
            "00000001000000000000000000000000 of 00000002-0000-4000-8000-000000000000, SENSITIVE_WORD_ERROR_OF_IT";
        assert_eq!(replaced, expected);
        assert_eq!(ids.of("a3f1c0de5b7942e88d6014f2c9be7710"), "00000001000000000000000000000000");
    }

    #[test]
    fn the_parts_of_a_text_are_the_text() {
        for text in ["", "é-3f0a9d61-58b2-4c07-9b1e-64d2a7c0e5f8.mp3", "01234567890123456789", "no id, 4 words"] {
            let joined: String = parts(text).iter().map(|(Part::Id(it) | Part::Other(it))| *it).collect();
            assert_eq!(joined, text);
        }
        assert_eq!(parts("01234567890123456789"), [Part::Id("01234567890123456789")]);
    }
}
