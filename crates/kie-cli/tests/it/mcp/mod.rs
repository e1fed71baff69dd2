//! Tests of `kie mcp`.

mod files;
mod money;
mod tools;

use serde_json::{Value, json};

/// Returns the arguments for a song of this name.
fn song(name: &str) -> Value {
    json!({
        "name": name,
        "request": { "prompt": "a slow waltz", "customMode": false, "instrumental": false, "model": "V5" },
    })
}
