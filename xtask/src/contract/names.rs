//! Names of generated types. A generator gives a type a number if the document gives it no name, such as `Model1`.

use std::{fs, path::Path};

use anyhow::ensure;

use crate::files::{files_below, has_extension};

/// Parts of names that contain a number by right.
const LEGITIMATE: &[&str] = &["Base64"];

/// Returns the number of types in the source files of a folder. Fails if the name of a type is numbered.
pub(crate) fn numbered(folder: &Path) -> anyhow::Result<usize> {
    let mut names = Vec::new();
    for file in files_below(folder)?.iter().filter(|file| has_extension(file, "ts") || has_extension(file, "py")) {
        names.extend(fs::read_to_string(file)?.lines().filter_map(declared).map(str::to_owned));
    }
    ensure!(!names.is_empty(), "{} has no types", folder.display());
    let numbered: Vec<_> = names.iter().filter(|name| is_numbered(name)).map(String::as_str).collect();
    ensure!(numbered.is_empty(), "types with numbered names are generated: {}", numbered.join(", "));
    Ok(names.len())
}

/// Returns the name of the type that a line of TypeScript or Python declares.
fn declared(line: &str) -> Option<&str> {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (keyword, rest) = line.split_once(' ')?;
    let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
    (matches!(keyword, "class" | "type" | "interface" | "enum") && end > 0).then(|| &rest[..end])
}

fn is_numbered(name: &str) -> bool {
    let rest = LEGITIMATE.iter().fold(name.to_owned(), |rest, part| rest.replace(part, ""));
    rest.contains(|letter: char| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_of_both_languages_are_found() {
        let lines =
            ["export type Track = {", "class Model1(str, Enum):", "export interface paths {", "    type: string;"];
        assert_eq!(lines.map(declared), [Some("Track"), Some("Model1"), Some("paths"), None]);
    }

    #[test]
    fn a_number_is_legitimate_only_in_a_known_part() {
        let names =
            ["Model1", "ModelType0", "GenerateMusicResponse200Type0", "UploadFileBase64Request", "UploadFileBase641"];
        assert_eq!(names.map(is_numbered), [true, true, true, false, true]);
    }
}
