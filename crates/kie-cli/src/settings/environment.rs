//! Environment variables.

/// Returns the value of an environment variable, or `None` if it is missing or empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}
