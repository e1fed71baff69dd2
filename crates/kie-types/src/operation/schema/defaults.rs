//! Values that the service uses for missing fields.

use serde_json::{Value, json};

use crate::market::Route;

/// Keyword of the default. The keyword `default` would make code generators for TypeScript require the field.
pub(super) const KEYWORD: &str = "x-default";

/// Returns the documented value that the service uses if the field is missing. Returns `None` if no value is documented,
/// or if the value depends on the model.
pub(super) fn default(operation: &str, field: &str, route: Route) -> Option<Value> {
    let value = match (operation, field, route) {
        (_, "variety", Route::Market) => json!(1),
        ("extend-music" | "upload-and-extend-audio", "instrumental", _) => json!(false),
        ("add-instrumental" | "add-vocals", "model", Route::Classic) => json!("V4_5PLUS"),
        ("add-instrumental" | "add-vocals", "model", Route::Market) => json!("V6"),
        ("generate-sounds", "soundLoop" | "grabLyrics", Route::Classic) => json!(false),
        ("generate-persona", "vocalStart", _) => json!(0),
        ("generate-persona", "vocalEnd", _) => json!(30),
        ("separate-vocals", "type", _) => json!("separate_vocal"),
        ("suno-voice-generate", "singerSkillLevel", _) => json!("beginner"),
        _ => return None,
    };
    Some(value)
}
