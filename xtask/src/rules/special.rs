//! Rows about rules that are not limits of a field.

use kie_types::{AddVocals, BoostMusicStyle, GenerateMusic, GenerateSounds, Model, NO_CALLBACK, Route, SeparateVocals};
use serde_json::{Value, json};

use super::{probes::row, sides::with};

/// Reasons why the schema and the rules of the crate differ.
pub(super) const NEAR_MISS: &str = "the schema accepts every word that is not known, and so a misspelt one";
const NULL: &str = "the crate reads null as a field that is left out, and does not send it";

pub(super) fn rows() -> anyhow::Result<Vec<Value>> {
    let simple = serde_json::to_value(GenerateMusic::simple(Model::V5, "an idea"))?;
    let sound = serde_json::to_value(GenerateSounds::new(Model::V5, "a gate"))?;
    let vocals = serde_json::to_value(AddVocals::new("https://cdn.example.net/a.mp3", "a", "b", "c", "d"))?;
    let stems =
        json!({ "audioUrl": "https://cdn.example.net/a.mp3", "type": "split_stem_advanced", "stemName": "Hi-Hat" });
    let mut rows = Vec::new();
    for route in Route::ALL {
        let breaks = |rule: &str| json!({ "breaks": rule });
        let misspelt = || json!({ "breaks": "a near miss of a known word", "accepted": NEAR_MISS });
        rows.extend([
            row::<GenerateMusic>(
                route,
                &with(&simple, "model", json!("V9")),
                json!({ "keeps": "a model that is not known" }),
            )?,
            row::<GenerateMusic>(route, &with(&simple, "model", json!("v5")), misspelt())?,
            row::<GenerateSounds>(
                route,
                &with(&sound, "model", json!("V5_55")),
                json!({ "keeps": "a model that is not known" }),
            )?,
            row::<SeparateVocals>(route, &with(&stems, "stemName", json!("HiHat")), misspelt())?,
            row::<AddVocals>(route, &with(&vocals, "model", json!(" ")), breaks("a model is not blank"))?,
            row::<BoostMusicStyle>(route, &json!({ "content": 7 }), breaks("a text is a text"))?,
            row::<GenerateMusic>(route, &with(&simple, "instrumental", json!("no")), breaks("a flag is a flag"))?,
            row::<GenerateSounds>(route, &with(&sound, "soundTempo", json!("fast")), breaks("a number is a number"))?,
        ]);
    }
    let lyrics = with(&simple, "lyrics", json!("[Verse]\nOne"));
    rows.push(row::<GenerateMusic>(
        Route::Classic,
        &lyrics,
        json!({ "breaks": "only the market route has the field" }),
    )?);
    rows.push(row::<GenerateMusic>(Route::Market, &lyrics, json!({ "keeps": "only the market route has the field" }))?);
    for (url, is_valid) in
        [(NO_CALLBACK, true), ("http://a", true), ("strange", false), ("", false), ("https://a b", false)]
    {
        let about = json!({ (if is_valid { "keeps" } else { "breaks" }): "the form of a callback address" });
        rows.push(row::<GenerateMusic>(Route::Classic, &with(&simple, "callBackUrl", json!(url)), about)?);
    }
    let mut null = simple;
    null["title"] = Value::Null;
    rows.push(row::<GenerateMusic>(
        Route::Classic,
        &null,
        json!({ "keeps": "an optional field may be null", "refused": NULL }),
    )?);
    Ok(rows)
}
