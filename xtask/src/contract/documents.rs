//! The documents that the gate checks.

/// Names of the documents, without `.json`.
pub(crate) const DOCUMENTS: [&str; 3] = ["openapi", "uploads", "market"];
