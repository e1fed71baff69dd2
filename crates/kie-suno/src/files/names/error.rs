//! The error of a template for file names.

use super::placeholder::PLACEHOLDERS;

/// Reason why a text is no [`NameTemplate`](super::NameTemplate).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameTemplateError {
    /// A placeholder has an unknown name.
    #[error("there is no placeholder {{{name}}}; there are {}", listed())]
    Unknown {
        /// Name between the braces.
        name: String,
    },
    /// A brace opens a placeholder and is not closed, or closes none.
    #[error("the brace at position {position} has no partner; write {{{{ or }}}} for a brace in a name")]
    Brace {
        /// Position of the brace in the text, in characters. The first character has the position 1.
        position: usize,
    },
    /// The name of a folder or of the file is empty. The template begins or ends with a slash, or two slashes follow
    /// each other.
    #[error("the name of a folder or of the file is empty: a template is a path below the folder for the files")]
    Empty,
    /// The name of a folder or of the file begins with a dot.
    #[error("a name must not begin with a dot: {component}")]
    Dot {
        /// The part of the template between two slashes.
        component: String,
    },
    /// A character is not allowed in the name of a file.
    #[error("the character {character:?} is not allowed in the name of a file")]
    Character {
        /// The character.
        character: char,
    },
}

fn listed() -> String {
    let names: Vec<String> = PLACEHOLDERS.iter().map(|(name, _)| format!("{{{name}}}")).collect();
    names.join(", ")
}
