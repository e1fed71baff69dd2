//! Template for the names of saved files.

use std::{
    fmt::{self, Write as _},
    path::PathBuf,
    str::FromStr,
};

use super::{
    error::NameTemplateError,
    placeholder::{PLACEHOLDERS, Placeholder},
    result_name::ResultName,
    safe,
};

/// Template for the names of saved files, such as `{title}/{index}-{id8}.{ext}`. A slash makes a folder below the folder
/// for the files.
///
/// | placeholder | stands for |
/// | --- | --- |
/// | `{title}` | title of the result, or of the [song](crate::files::Save::of_song) that it belongs to. Without a title, the kind of the task |
/// | `{part}` | title of the result if it is a part of a song, such as `Vocals`. Otherwise nothing |
/// | `{index}` | number of the result in its task. The first result has the number 1 |
/// | `{id8}` | first 8 letters and digits of the id of the result or of the song. Without an id, those of the task |
/// | `{id}` | the whole id. It falls back like `{id8}` |
/// | `{task}` | id of the task |
/// | `{kind}` | kind of the task, such as `music` or `wav` |
/// | `{date}` | day on which the task was created, in UTC, such as `2026-02-03`. If the service does not tell it, today |
/// | `{ext}` | extension that fits the content of the file, such as `mp3` |
///
/// `{{` and `}}` stand for a brace. A template without `.{ext}` at its end gets it. A part of a song whose template has
/// no `{part}` gets its title after the name, such as `A polka-af717714 Vocals.mp3`.
///
/// A title cannot make a folder or leave the folder for the files: each placeholder becomes letters, digits, spaces and
/// hyphens, and no name begins with a dot. The text of the template itself must not contain characters that some file
/// systems do not allow.
///
/// ```
/// use kie_suno::files::NameTemplate;
///
/// let names: NameTemplate = "{title}/{index}-{id8}.{ext}".parse()?;
/// let error = "{titel}.{ext}".parse::<NameTemplate>().unwrap_err();
/// assert!(error.to_string().starts_with("there is no placeholder {titel}; there are {title}, "));
/// # Ok::<(), kie_suno::files::NameTemplateError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct NameTemplate {
    text: String,
    folders: Vec<Vec<Piece>>,
    /// Name of the file, without the dot and the extension at its end.
    file: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Value(Placeholder),
}

impl NameTemplate {
    /// Template of the names that are used if no other template is set.
    pub const DEFAULT: &str = "{title}-{id8}.{ext}";

    /// Returns `true` if the template has `{date}`.
    pub(crate) fn has_date(&self) -> bool {
        self.has(Placeholder::Date)
    }

    fn has(&self, value: Placeholder) -> bool {
        self.folders.iter().chain([&self.file]).flatten().any(|piece| *piece == Piece::Value(value))
    }

    /// Returns the path of the folder for a result, below the folder for the files, and the name of the file without the
    /// dot and the extension.
    pub(crate) fn place(&self, name: &ResultName, extension: &str) -> (PathBuf, String) {
        let folder = self.folders.iter().map(|pieces| render(pieces, name, extension, "")).collect();
        let part = name.part();
        let suffix = if part.is_empty() || self.has(Placeholder::Part) { String::new() } else { format!(" {part}") };
        (folder, render(&self.file, name, extension, &suffix))
    }
}

/// Returns the name of a folder or a file, with a suffix that is never cut off.
fn render(pieces: &[Piece], name: &ResultName, extension: &str, suffix: &str) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(piece) => text.push_str(piece),
            Piece::Value(placeholder) => text.push_str(&name.value(*placeholder, extension)),
        }
    }
    let component = safe::component(&text);
    let component = if component.is_empty() { name.value(Placeholder::Kind, extension) } else { component };
    // The suffix is a title of at most `safe::TITLE` bytes, so the whole name can be too long.
    let room = safe::COMPONENT.saturating_sub(suffix.len()).max(safe::COMPONENT - safe::TITLE);
    let mut component = safe::shortened(&component, room).trim_end().to_owned();
    component.push_str(suffix);
    component
}

impl FromStr for NameTemplate {
    type Err = NameTemplateError;

    fn from_str(text: &str) -> Result<Self, NameTemplateError> {
        let mut components = pieces(text)?;
        let mut file = components.pop().unwrap_or_default();
        // Removes the extension, because a number may have to go before it.
        if let [.., Piece::Text(before), Piece::Value(Placeholder::Ext)] = &mut file[..]
            && before.ends_with('.')
        {
            before.pop();
            file.pop();
            file.retain(|piece| *piece != Piece::Text(String::new()));
        }
        components.push(file);
        for component in &components {
            match component.first() {
                None => return Err(NameTemplateError::Empty),
                Some(Piece::Text(first)) if first.starts_with('.') => {
                    return Err(NameTemplateError::Dot { component: written(component) });
                }
                _ if written(component).trim_matches(|c: char| c == '.' || c.is_whitespace()).is_empty() => {
                    return Err(NameTemplateError::Empty);
                }
                _ => {}
            }
        }
        let file = components.pop().unwrap_or_default();
        Ok(Self { text: text.to_owned(), folders: components, file })
    }
}

/// Splits a template at its slashes, and each part into texts and placeholders.
fn pieces(template: &str) -> Result<Vec<Vec<Piece>>, NameTemplateError> {
    let mut components = vec![Vec::new()];
    let mut text = String::new();
    let mut characters = template.chars().enumerate().peekable();
    fn flush(components: &mut [Vec<Piece>], text: &mut String) {
        if let Some(last) = components.last_mut().filter(|_| !text.is_empty()) {
            last.push(Piece::Text(std::mem::take(text)));
        }
    }
    while let Some((at, character)) = characters.next() {
        let is_doubled = characters.peek().is_some_and(|(_, next)| *next == character);
        let brace = NameTemplateError::Brace { position: at + 1 };
        match character {
            '{' | '}' if is_doubled => {
                characters.next();
                text.push(character);
            }
            '{' => {
                let mut name = String::new();
                loop {
                    match characters.next() {
                        Some((_, '}')) => break,
                        Some((_, c)) if c != '{' && c != '/' => name.push(c),
                        _ => return Err(brace),
                    }
                }
                let known = PLACEHOLDERS.iter().find(|(known, _)| *known == name);
                let (_, placeholder) = known.ok_or(NameTemplateError::Unknown { name })?;
                flush(&mut components, &mut text);
                if let Some(last) = components.last_mut() {
                    last.push(Piece::Value(*placeholder));
                }
            }
            '}' => return Err(brace),
            '/' => {
                flush(&mut components, &mut text);
                components.push(Vec::new());
            }
            _ if safe::is_forbidden(character) => return Err(NameTemplateError::Character { character }),
            _ => text.push(character),
        }
    }
    flush(&mut components, &mut text);
    Ok(components)
}

/// Returns a part of a template as it is written.
fn written(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(piece) => text.push_str(&piece.replace('{', "{{").replace('}', "}}")),
            Piece::Value(value) => {
                let name = PLACEHOLDERS.iter().find(|(_, known)| known == value).map_or("", |(name, _)| name);
                // Writing to a string cannot fail.
                let _ = write!(text, "{{{name}}}");
            }
        }
    }
    text
}

impl Default for NameTemplate {
    fn default() -> Self {
        let values = [Piece::Value(Placeholder::Title), Piece::Text("-".to_owned()), Piece::Value(Placeholder::Id8)];
        Self { text: Self::DEFAULT.to_owned(), folders: Vec::new(), file: values.to_vec() }
    }
}

/// Shows the template as it was written.
impl fmt::Display for NameTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for NameTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NameTemplate({:?})", self.text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use kie_types::Item;

    use super::{super::result_name::SongName, *};

    fn item(id: &str, title: &str) -> Item {
        serde_json::from_value(serde_json::json!({ "id": id, "title": title })).unwrap()
    }

    fn name(item: &Item, index: usize, song: Option<&SongName>) -> ResultName {
        ResultName::new(item, index, "music", "4be1c0d29f7a", song).on("2026-02-03".to_owned())
    }

    fn place(template: &str, name: &ResultName) -> String {
        let (folder, file) = template.parse::<NameTemplate>().unwrap().place(name, "mp3");
        folder.join(file).to_str().unwrap().replace('\\', "/")
    }

    #[test]
    fn the_default_is_the_parsed_default() {
        assert_eq!(NameTemplate::DEFAULT.parse(), Ok(NameTemplate::default()));
        assert_eq!(NameTemplate::default().to_string(), NameTemplate::DEFAULT);
    }

    #[test]
    fn file_names_are_plain_and_differ_between_tracks() {
        let of = |id, title| place(NameTemplate::DEFAULT, &name(&item(id, title), 0, None));
        assert_eq!(of("7d0f3c52-0b1e", "One More Stop"), "One More Stop-7d0f3c52");
        assert_eq!(of("e231****-8cadc7dc", "../../etc/passwd"), "etc passwd-e2318cad");
        assert_eq!(of("7d0f3c52", "夜明けの電車"), "夜明けの電車-7d0f3c52");
        assert_eq!(of("7d0f3c52", "..."), "music-7d0f3c52");
        assert_eq!(place(NameTemplate::DEFAULT, &name(&Item::default(), 1, None)), "music-4be1c0d2-2");
        assert_eq!(of("1", &"x".repeat(300)).len(), 122);
    }

    #[test]
    fn placeholders_make_names_and_folders() {
        let track = name(&item("7d0f3c52-0b1e", "One More Stop"), 1, None);
        for (template, path) in [
            ("{title}/{index}-{id8}.{ext}", "One More Stop/2-7d0f3c52"),
            ("{title}", "One More Stop"),
            ("{date}/{kind}/{task}/{id}", "2026-02-03/music/4be1c0d29f7a/7d0f3c52-0b1e"),
            ("{ext}/{title}.{ext}", "mp3/One More Stop"),
            ("{title}.{ext}.bak", "One More Stop.mp3.bak"),
            ("my {{best}} songs/{index}", "my {best} songs/2"),
            ("{title} {part}", "One More Stop"),
            ("{part}/{index}", "music/2"),
        ] {
            assert_eq!(place(template, &track), path, "{template}");
        }
        let evil = name(&item("../..", "../.ssh/"), 0, None);
        assert_eq!(place("{title}/{id}/{id8}", &evil), "ssh/4be1c0d29f7a/4be1c0d2");
        assert_eq!(place("{title}", &name(&item("1", "CON"), 0, None)), "_CON");
    }

    #[test]
    fn parts_are_named_after_their_song() {
        let song = SongName::new("A polka", "af717714-aaaa-bbbb");
        let stem = name(&item("11112222", "Vocals"), 0, Some(&song));
        assert_eq!(place(NameTemplate::DEFAULT, &stem), "A polka-af717714 Vocals");
        assert_eq!(place("{title}/{index}-{part}.{ext}", &stem), "A polka/1-Vocals");
        let wav = name(&Item::default(), 0, Some(&song));
        assert_eq!(place(NameTemplate::DEFAULT, &wav), "A polka-af717714");
        assert_eq!(place(NameTemplate::DEFAULT, &name(&Item::default(), 1, Some(&song))), "A polka-af717714 2");
        let same = name(&item("af717714", "A polka"), 0, Some(&song));
        assert_eq!(place(NameTemplate::DEFAULT, &same), "A polka-af717714");
        let untold = SongName::new("", "");
        assert_eq!(
            place(NameTemplate::DEFAULT, &name(&item("11112222", "Vocals"), 0, Some(&untold))),
            "Vocals-11112222"
        );
        let long = SongName::new(&"x".repeat(300), "af717714");
        let stem = place("{title}{title}", &name(&item("1", &"V".repeat(300)), 0, Some(&long)));
        assert!(stem.ends_with(&"V".repeat(120)) && stem.len() <= 201, "{stem}");
    }

    #[test]
    fn a_wrong_template_is_told_exactly() {
        let error = |template: &str| template.parse::<NameTemplate>().unwrap_err();
        assert_eq!(error("{titel}"), NameTemplateError::Unknown { name: "titel".to_owned() });
        assert_eq!(
            error("{titel}").to_string(),
            "there is no placeholder {titel}; there are {title}, {part}, {index}, {id8}, {id}, {task}, {kind}, {date}, {ext}"
        );
        assert_eq!(error("{}"), NameTemplateError::Unknown { name: String::new() });
        for (template, position) in [("a{title", 2), ("title}", 6), ("{ti{tle}", 1), ("{a/b}", 1)] {
            assert_eq!(error(template), NameTemplateError::Brace { position }, "{template}");
        }
        assert_eq!(
            error("a}").to_string(),
            "the brace at position 2 has no partner; write {{ or }} for a brace in a name"
        );
        for template in ["", "/etc/{title}", "{title}/", "a//b", "a/ /b", ".{ext}"] {
            assert_eq!(error(template), NameTemplateError::Empty, "{template}");
        }
        for (template, component) in [("../{title}", ".."), ("a/.{id}/b", ".{id}"), (".kie", ".kie")] {
            assert_eq!(error(template), NameTemplateError::Dot { component: component.to_owned() }, "{template}");
        }
        for (template, character) in [("C:{title}", ':'), ("a\\b", '\\'), ("a\nb", '\n'), ("\u{202e}a", '\u{202e}')] {
            assert_eq!(error(template), NameTemplateError::Character { character }, "{template}");
        }
    }
}
