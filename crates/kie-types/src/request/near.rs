//! Spelling suggestions: finds the known word that a text probably means.

use crate::value::{Model, UPSTREAM};

/// Returns the known word that a text most likely means. Returns `None` if no known word is close to the text.
///
/// A word is close if it differs from the text only in upper and lower case, blanks, separators, or `+` instead of
/// `plus`. In words of four or five letters, one wrong letter is also accepted. In longer words, two wrong letters are
/// accepted. Digits must be equal: `V7` is a different model than `V6`.
pub(crate) fn nearest<'w>(text: &str, words: &[&'w str]) -> Option<&'w str> {
    closest(text, words, 2)
}

/// Returns the known word that is [close](nearest) to a text, if at most one letter of the text is wrong. Such a text
/// is a near miss of the word. Returns `None` if there is no such word.
pub(super) fn near_miss<'w>(text: &str, words: &[&'w str]) -> Option<&'w str> {
    closest(text, words, 1)
}

/// Returns the model that a text probably means. The text can be a near miss of the model's upstream name, such as
/// `Chirp Crow`, or the upstream name itself. It can also be a near miss of the model's name in requests, alone or
/// after `chirp`, such as `v5` or `chirp-v5`. Returns `None` if there is no such model.
pub(super) fn meant_model(text: &str) -> Option<Model> {
    let upstream = near_miss(text, &UPSTREAM.map(|(name, _)| name)).and_then(Model::from_upstream);
    upstream.or_else(|| {
        let lower = text.trim().to_lowercase();
        near_miss(lower.strip_prefix("chirp").unwrap_or(&lower), &Model::WORDS).map(Model::from)
    })
}

fn closest<'w>(text: &str, words: &[&'w str], most: usize) -> Option<&'w str> {
    let letters = letters_of(text);
    let near = words.iter().filter_map(|word| {
        let of_word = letters_of(word);
        let wrong = if of_word == letters { 0 } else { distance(&letters, &of_word)? };
        (wrong <= most).then_some((wrong, *word))
    });
    near.min_by_key(|(wrong, _)| *wrong).map(|(_, word)| word)
}

/// Returns the characters of a text in lower case, without blanks and without the separators `_`, `-` and `.`. A `+`
/// becomes `plus`: Suno calls the model `V4_5PLUS` v4.5+.
fn letters_of(text: &str) -> Vec<char> {
    let mut letters = Vec::new();
    for letter in text.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '_' | '-' | '.')) {
        match letter {
            '+' => letters.extend("plus".chars()),
            letter => letters.extend(letter.to_lowercase()),
        }
    }
    letters
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
    use super::{meant_model, near_miss, nearest};
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
    fn a_near_miss_has_at_most_one_wrong_letter() {
        for (text, meant) in [
            ("V6_MINY", Some("V6_MINI")),
            ("V4_5PLSU", Some("V4_5PLUS")),
            ("V4_5PLU", Some("V4_5PLUS")),
            ("v4.5+", Some("V4_5PLUS")),
            // `V6_MAXI` and `V6_WINE` have two wrong letters, and could be names of future models.
            ("V6_MAXI", None),
            ("V6_WIND", Some("V6_WILD")),
            ("V6_WINE", None),
        ] {
            assert_eq!(near_miss(text, &Model::WORDS), meant, "{text:?}");
        }
        assert_eq!(nearest("V6_MAXI", &Model::WORDS), Some("V6_MINI"));
    }

    #[test]
    fn the_names_that_suno_uses_mean_a_model() {
        for (text, meant) in [
            ("chirp-crow", Some(Model::V5)),
            ("Chirp Crow", Some(Model::V5)),
            ("chirp-crwo", Some(Model::V5)),
            ("chirp-v3-5", Some(Model::V3_5)),
            ("chirp-auk", Some(Model::V4_5)),
            ("chirp-auk-turbo", Some(Model::V4_5All)),
            ("chirp-v4-5", Some(Model::V4_5)),
            ("chirp-v5", Some(Model::V5)),
            ("V4.5+", Some(Model::V4_5Plus)),
            ("v5", Some(Model::V5)),
            ("chirp", None),
            ("chirp-of-tomorrow", None),
            ("chirp-v7", None),
            ("V9", None),
            ("", None),
        ] {
            assert_eq!(meant_model(text), meant, "{text:?}");
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
        // A known word of one to three letters is suggested only if the text differs from it in nothing but upper and
        // lower case, blanks and separators.
        assert_eq!(nearest("x", &["m", "f"]), None);
        assert_eq!(nearest("F", &["m", "f"]), Some("f"));
    }
}
