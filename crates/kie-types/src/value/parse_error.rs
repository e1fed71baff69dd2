//! Texts that are not the value they should be.

/// A text that cannot be read as the value that was wanted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct ParseError {
    expected: &'static str,
}

impl ParseError {
    /// A text that is not what is named here, such as `a time`.
    pub(crate) const fn expected(expected: &'static str) -> Self {
        Self { expected }
    }
}
