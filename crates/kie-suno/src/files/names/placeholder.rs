//! Placeholders in a template for file names.

/// A placeholder, which stands for a fact about the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placeholder {
    Title,
    Part,
    Index,
    Id8,
    Id,
    Task,
    Kind,
    Date,
    Ext,
}

/// The placeholders, with their names.
pub(super) const PLACEHOLDERS: [(&str, Placeholder); 9] = [
    ("title", Placeholder::Title),
    ("part", Placeholder::Part),
    ("index", Placeholder::Index),
    ("id8", Placeholder::Id8),
    ("id", Placeholder::Id),
    ("task", Placeholder::Task),
    ("kind", Placeholder::Kind),
    ("date", Placeholder::Date),
    ("ext", Placeholder::Ext),
];
