//! Tests of the files that `cargo xtask generate` writes: the fixtures, and the OpenAPI document.

mod described;
mod fixtures;
mod refused;
mod rules;
mod schema;
mod texts;
