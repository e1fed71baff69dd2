//! JSON Schemas of types, from their documentation comments.

mod answer;
mod in_place;
mod prose;
mod words;

pub(crate) use answer::{ALIAS_OF, ALIASES, another_name_of, answer};
pub(crate) use in_place::in_place;
pub(crate) use prose::describe_as;
pub use prose::plain;
pub(crate) use words::{any_word, known_words};
