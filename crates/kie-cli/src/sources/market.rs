//! Requests and names of the market route.

use kie_suno::{
    Route,
    requests::catalog::{self, OPERATIONS, Operation},
    types::{MarketForm, MarketModel, classic_name},
};
use serde_json::{Map, Value, json};

/// Texts of a request. An extension without any of them inherits them from its source.
const TEXTS: [&str; 4] = ["prompt", "lyrics", "style", "title"];

/// Returns `true` if a name of an operation is a slug of the market route, known or not.
pub(crate) fn is_slug(name: &str) -> bool {
    name.starts_with(MarketModel::MUSIC)
}

/// Returns the name of the operation with this slug. Any other text is returned unchanged.
pub(crate) fn name_of(slug: &str) -> &str {
    OPERATIONS.iter().find(|operation| operation.market == Some(slug)).map_or(slug, |operation| operation.name)
}

/// Returns a request as it travels on the market route, with the field names of the classic route. A request that has
/// these names already is returned unchanged.
pub(crate) fn with_classic_names(operation: &Operation, form: &MarketForm, body: &Value) -> Value {
    let Some(input) = body.get("input").and_then(Value::as_object) else { return body.clone() };
    let mut fields: Map<String, Value> =
        input.iter().map(|(name, value)| (classic_name(name), value.clone())).collect();
    // A few fields have underscores on the classic route too.
    let checked = catalog::check_named_on(operation.name, &fields.clone().into(), Route::Market);
    for unknown in checked.map(|checked| checked.unknown).unwrap_or_default() {
        let same = input.iter().find(|(name, _)| classic_name(name) == unknown);
        if let (Some((name, _)), Some(value)) = (same, fields.remove(&unknown)) {
            fields.insert(name.clone(), value);
        }
    }
    let has_text =
        TEXTS.iter().any(|text| input.get(*text).and_then(Value::as_str).is_some_and(|text| !text.is_empty()));
    for (field, implied) in form.implied_fields() {
        fields.entry(*field).or_insert_with(|| json!(implied.unwrap_or(has_text)));
    }
    if let (Some(field), Some(url)) = (operation.call_back_url, body.get("callBackUrl")) {
        fields.insert(field.to_owned(), url.clone());
    }
    fields.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_stands_for_its_operation() {
        assert_eq!(name_of("ai-music-api/timeStamped-lyrics"), "get-timestamped-lyrics");
        assert_eq!(name_of("ai-music-api/cover"), "ai-music-api/cover");
    }
}
