//! Tests that the receipt of a call, its error, and the other callers with its name all report the same outcome.

mod denied;
mod errors;
mod late;
mod same_name;
