//! Names of uploaded files, and the false names that replace them.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;

/// The false names of a recording.
#[derive(Debug, Default)]
pub(super) struct FalseFiles(HashMap<String, String>);

impl FalseFiles {
    /// Notes a name, so that it is found in all texts.
    pub(super) fn learn(&mut self, name: &str) {
        let number = self.0.len() + 1;
        self.0.entry(name.to_owned()).or_insert_with(|| false_name(name, number));
    }

    /// Replaces the names in the text. In an address, a name may be percent-encoded.
    pub(super) fn replace(&self, text: &str) -> String {
        let text = self.0.iter().fold(text.to_owned(), |text, (name, other)| text.replace(name.as_str(), other));
        let segments = text.split('/').map(|segment| {
            let end = segment.find(['?', '#', '"', '\\', ' ', ',']).unwrap_or(segment.len());
            let (name, rest) = segment.split_at(end);
            let decoded = percent_decode_str(name).decode_utf8_lossy();
            self.0.get(decoded.as_ref()).map_or_else(|| segment.to_owned(), |other| other.clone() + rest)
        });
        segments.collect::<Vec<_>>().join("/")
    }
}

/// Returns a file name of the same length with the same extension.
fn false_name(name: &str, number: usize) -> String {
    let (stem, extension) = name.split_at(name.rfind('.').unwrap_or(name.len()));
    let number = format!("file{number}");
    let made: String = number.chars().chain(std::iter::repeat('x')).take(stem.chars().count()).collect();
    made + extension
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_by_others_of_the_same_length() {
        let mut files = FalseFiles::default();
        files.learn("Ann's hum.wav");
        files.learn("ü");
        let text =
            r#"["kieai/0/Ann's hum.wav","https://f.example/a/Ann%27s%20hum.wav?x=1","https://f.example/%C3%BC"]"#;
        let expected = r#"["kieai/0/file1xxxx.wav","https://f.example/a/file1xxxx.wav?x=1","https://f.example/f"]"#;
        assert_eq!(files.replace(text), expected);
    }
}
