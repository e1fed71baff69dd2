//! Error for texts that cannot be parsed.

/// Error: a text cannot be read as the expected value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct ParseError {
    expected: &'static str,
}

impl ParseError {
    /// Creates the error with the expected value, such as `a time`.
    pub(crate) const fn expected(expected: &'static str) -> Self {
        Self { expected }
    }
}
