//! The files of `cargo xtask generate`: the fixtures, and the OpenAPI document.

mod fixtures;
mod schema;
