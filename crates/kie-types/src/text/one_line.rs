//! Texts from outside on one line, for terminals, errors and logs.

use std::fmt::{self, Write as _};

/// Maximum number of characters that [`one_line`] prints of a text.
const SHOWN: usize = 200;

/// Returns a text from outside, such as a title or a message of the service, in a form that is safe to print.
///
/// `Display` prints one line of at most 200 characters. Line breaks and tabs become spaces. Other
/// [dangerous](is_dangerous) characters are printed as escapes. A text that is cut off ends with `…`.
///
/// ```
/// use kie_types::text::one_line;
///
/// let title = "A waltz\ncharged: no \u{202e}\u{1b}[2J";
/// assert_eq!(one_line(title).to_string(), r"A waltz charged: no \u{202e}\u{1b}[2J");
/// assert_eq!(one_line("A slow waltz").at_most(6).to_string(), "A slow…");
/// ```
pub fn one_line(text: &str) -> OneLine<'_> {
    OneLine { text, shown: SHOWN }
}

/// A text from outside in a form that is safe to print. Returned by [`one_line`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OneLine<'a> {
    text: &'a str,
    shown: usize,
}

impl OneLine<'_> {
    /// Sets the number of characters that are printed at most.
    #[must_use]
    pub fn at_most(mut self, characters: usize) -> Self {
        self.shown = characters;
        self
    }
}

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.text.char_indices().nth(self.shown).map_or(self.text.len(), |(end, _)| end);
        let shown = &self.text[..end];
        if !shown.contains(is_dangerous) {
            f.write_str(shown)?;
        } else {
            for (at, c) in shown.char_indices() {
                match c {
                    c if joins_emoji(shown, at) => f.write_char(c)?,
                    '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => f.write_char(' ')?,
                    c if is_dangerous(c) => write!(f, "{}", c.escape_unicode())?,
                    c => f.write_char(c)?,
                }
            }
        }
        f.write_str(if end < self.text.len() { "…" } else { "" })
    }
}

/// Returns `true` for characters that can make a printed text look different from what it says: control characters, line
/// and paragraph separators, characters that change the writing direction, invisible characters, and tags.
///
/// Some emoji, such as a family, consist of several emoji that an invisible character joins. This character counts as
/// dangerous too, but [`one_line`] keeps it where it [joins two emoji](joins_emoji).
pub fn is_dangerous(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'                      // soft hyphen
                | '\u{61c}'               // Arabic letter mark
                | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // Hangul fillers
                | '\u{180e}'              // Mongolian vowel separator
                | '\u{200b}'..='\u{200f}' // zero-width characters and marks of the writing direction
                | '\u{2028}'..='\u{202e}' // separators, and changes of the writing direction
                | '\u{2060}'..='\u{206f}' // invisible operators, and isolates of the writing direction
                | '\u{feff}'              // byte order mark
                | '\u{fff9}'..='\u{fffb}' // annotations
                | '\u{1d173}'..='\u{1d17a}' // invisible musical marks
                | '\u{e0000}'..='\u{e007f}' // tags
        )
}

/// Returns `true` if the character at this byte of the text is the invisible character that joins two emoji, and stands
/// between two emoji. It hides nothing there.
pub fn joins_emoji(text: &str, at: usize) -> bool {
    // An emoji can end with a variation selector or with a colour of the skin.
    let is_emoji = |c: char| matches!(c, '\u{2300}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}');
    let (Some(before), Some(rest)) = (text.get(..at), text.get(at..)) else { return false };
    let mut rest = rest.chars();
    rest.next() == Some('\u{200d}')
        && before.chars().next_back().is_some_and(is_emoji)
        && rest.next().is_some_and(is_emoji)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_harmless_text_is_unchanged() {
        for text in ["", "A slow waltz", "Für Elise – 月光 ♥", "é e\u{301} क्षि", "\u{2764}\u{fe0f}"] {
            assert_eq!(one_line(text).to_string(), text);
        }
        for joined in ["a 👩\u{200d}🎤 sings", "\u{2764}\u{fe0f}\u{200d}🔥", "👩🏽\u{200d}👧"] {
            assert_eq!(one_line(joined).to_string(), joined);
        }
        assert_eq!(one_line("🎹\u{200d}\u{200d}🎹\u{200d}").to_string(), r"🎹\u{200d}\u{200d}🎹\u{200d}");
    }

    #[test]
    fn every_dangerous_character_is_replaced() {
        let all = ['\0', '\u{1b}', '\u{7f}', '\u{9b}', '\u{200b}', '\u{200d}', '\u{202e}', '\u{2066}', '\u{feff}'];
        for c in all.into_iter().chain(['\u{e0041}', '\u{ad}', '\u{61c}', '\u{3164}']) {
            assert_eq!(one_line(&format!("a{c}b")).to_string(), format!("a{}b", c.escape_unicode()));
        }
        for c in ['\n', '\r', '\t', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'] {
            assert_eq!(one_line(&format!("a{c}b")).to_string(), "a b", "{c:?}");
        }
    }

    #[test]
    fn a_long_text_is_cut_off() {
        assert_eq!(one_line(&"é".repeat(300)).to_string(), "é".repeat(200) + "…");
        assert_eq!(one_line(&"é".repeat(200)).to_string(), "é".repeat(200));
    }
}
