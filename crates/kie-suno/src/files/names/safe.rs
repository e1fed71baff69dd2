//! Texts that are safe in the name of a file.

use kie_types::text::is_dangerous;

/// Maximum length of a title in a file name, in bytes. File systems allow 255 bytes for the whole name.
pub(super) const TITLE: usize = 120;
/// Maximum length of the name of a folder, or of a file without its extension and number, in bytes.
pub(super) const COMPONENT: usize = 200;

/// Names that Windows gives to devices, also with an extension. A digit follows the last two.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];

/// Keeps only the letters and digits of a title, and replaces all characters between them by one space. Shortens the
/// title to [`TITLE`] bytes. Other characters can cause trouble in file systems, shells and listings.
pub(super) fn words(title: &str) -> String {
    let is_kept = |c: char| c.is_alphanumeric() && !is_dangerous(c);
    let plain: String = title.chars().map(|c| if is_kept(c) { c } else { ' ' }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    shortened(&words.join(" "), TITLE).trim_end().to_owned()
}

/// Returns `true` if the text of a template must not contain this character.
pub(super) fn is_forbidden(c: char) -> bool {
    is_dangerous(c) || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
}

/// Makes the name of a folder or of a file from a text without forbidden characters. The result is not longer than
/// [`COMPONENT`] bytes. It does not begin with a dot, does not end with a dot or a space, and is no name of a device. It
/// can be empty.
pub(super) fn component(text: &str) -> String {
    let is_edge = |c: char| c == '.' || c.is_whitespace();
    let name = shortened(text.trim_start_matches(is_edge), COMPONENT).trim_end_matches(is_edge);
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let is_numbered = |device: &str| stem.strip_prefix(device).is_some_and(|rest| rest.chars().count() == 1);
    if DEVICES.contains(&stem.as_str()) || NUMBERED_DEVICES.into_iter().any(is_numbered) {
        return format!("_{name}");
    }
    name.to_owned()
}

/// Returns the longest beginning of the text that has at most `bytes` bytes.
pub(super) fn shortened(text: &str, bytes: usize) -> &str {
    let end = text.char_indices().map(|(start, c)| start + c.len_utf8()).take_while(|end| *end <= bytes).last();
    &text[..end.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_words() {
        assert_eq!(words("One More Stop"), "One More Stop");
        assert_eq!(words("../../etc/passwd"), "etc passwd");
        assert_eq!(words("夜明けの電車"), "夜明けの電車");
        assert_eq!(words("..."), "");
        assert_eq!(words(&"x".repeat(300)).len(), TITLE);
        assert_eq!(words(&"電".repeat(300)).len(), TITLE);
    }

    #[test]
    fn components_are_safe_on_every_platform() {
        for (text, name) in [
            ("A waltz", "A waltz"),
            ("..", ""),
            (" . hidden", "hidden"),
            ("ends. . ", "ends"),
            ("NUL", "_NUL"),
            ("nul.old", "_nul.old"),
            ("Com1", "_Com1"),
            ("command", "command"),
            ("com", "com"),
        ] {
            assert_eq!(component(text), name, "{text}");
        }
        assert_eq!(component(&"é".repeat(200)).len(), COMPONENT);
    }
}
