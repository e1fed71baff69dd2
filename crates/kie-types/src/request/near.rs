//! Spelling suggestions: finds the known word that a text probably means.

/// Returns the known word that a text most likely means. Returns `None` if no known word is close to the text.
///
/// A word is close if it differs from the text only in upper and lower case, blanks or separators. In words of four or
/// five letters, one wrong letter is also accepted. In longer words, two wrong letters are accepted. Digits must be
/// equal: `V7` is a different model than `V6`.
pub(crate) fn nearest<'w>(text: &str, words: &[&'w str]) -> Option<&'w str> {
    let letters = letters_of(text);
    let near = words.iter().filter_map(|word| {
        let of_word = letters_of(word);
        let wrong = if of_word == letters { 0 } else { distance(&letters, &of_word)? };
        Some((wrong, *word))
    });
    near.min_by_key(|(wrong, _)| *wrong).map(|(_, word)| word)
}

/// Returns the characters of a text in lower case, without blanks and without the separators `_`, `-` and `.`.
fn letters_of(text: &str) -> Vec<char> {
    let letters = text.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '_' | '-' | '.'));
    letters.flat_map(char::to_lowercase).collect()
}

/// Returns the number of letters that are wrong, missing, extra, or swapped with the next letter. Returns `None` if a
/// digit is wrong, or if the number is too high for the length of the word.
fn distance(text: &[char], word: &[char]) -> Option<usize> {
    let allowed = match word.len() {
        0..=3 => 0,
        4..=5 => 1,
        _ => 2,
    };
    let digits = |letters: &[char]| letters.iter().copied().filter(char::is_ascii_digit).collect::<String>();
    if text.len().abs_diff(word.len()) > allowed || digits(text) != digits(word) {
        return None;
    }
    let (mut before, mut above) = (Vec::new(), (0..=word.len()).collect::<Vec<_>>());
    for (row, letter) in text.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in word.iter().enumerate() {
            let mut least = (above[column] + usize::from(letter != other)).min(above[column + 1] + 1);
            least = least.min(current[column] + 1);
            if row > 0 && column > 0 && *letter == word[column - 1] && text[row - 1] == *other {
                least = least.min(before[column - 1] + 1);
            }
            current.push(least);
        }
        before = std::mem::replace(&mut above, current);
    }
    above.last().copied().filter(|wrong| *wrong <= allowed)
}

#[cfg(test)]
mod tests {
    use super::nearest;
    use crate::value::Model;

    #[test]
    fn a_near_miss_is_recognised_and_another_word_is_not() {
        for (text, meant) in [
            ("v5", Some("V5")),
            ("V5_5 ", Some("V5_5")),
            ("V5.5", Some("V5_5")),
            ("v4_5plus", Some("V4_5PLUS")),
            ("V4_5PLSU", Some("V4_5PLUS")),
            ("V4_5PLU", Some("V4_5PLUS")),
            ("V6_MINY", Some("V6_MINI")),
            ("V6 wild", Some("V6_WILD")),
            // These could be names of future models, so they get no suggestion.
            ("V7", None),
            ("V5_6", None),
            ("V7_MINI", None),
            ("V6_GIANT", None),
            ("V", None),
            ("", None),
        ] {
            assert_eq!(nearest(text, &Model::WORDS), meant, "{text:?}");
        }
    }

    #[test]
    fn a_field_is_recognised_by_its_letters() {
        let fields = ["prompt", "title", "style", "vocalGender", "personaId"];
        for (text, meant) in [
            ("vocal_gender", Some("vocalGender")),
            (" Prompt", Some("prompt")),
            ("titel", Some("title")),
            ("voclaGendr", Some("vocalGender")),
            ("tite", Some("title")),
            ("tile", Some("title")),
            ("persona", Some("personaId")),
            ("mood", None),
            ("styles_of", None),
        ] {
            assert_eq!(nearest(text, &fields), meant, "{text:?}");
        }
        // A text of one to three letters gets a suggestion only if the known word differs in nothing but upper and
        // lower case.
        assert_eq!(nearest("x", &["m", "f"]), None);
        assert_eq!(nearest("F", &["m", "f"]), Some("f"));
    }
}
