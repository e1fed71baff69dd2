//! What `cargo xtask generate` writes: the fixtures, and the OpenAPI document.

mod fixtures;
mod schema;
