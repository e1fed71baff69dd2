//! The limits of each page, as rows: a request that is valid, a field of it, and how long that may be.

use kie_types::{
    AddInstrumental, CreateMusicVideo, Endpoint, ExtendMusic, GenerateMusic, Model, UploadFileBase64,
    common::upload_file_base_64,
    suno::{
        create_music_video,
        music::{add_instrumental, extend_music, generate_music},
    },
};
use serde_json::{Value, json};

pub(crate) fn rows() -> anyhow::Result<Vec<Value>> {
    let mut rows = Vec::new();
    for (model, limits) in &generate_music::LIMITS {
        let Some(limits) = limits else { continue };
        let simple = GenerateMusic::simple(model.clone(), "x");
        let song = GenerateMusic::song(model.clone(), "x", "x", "x");
        add(&mut rows, &simple, Some(model), &[("prompt", generate_music::IDEA)])?;
        let fields = [("prompt", limits.lyrics), ("style", limits.style), ("title", limits.title)];
        add(&mut rows, &song, Some(model), &fields)?;
    }
    for (model, limits) in &extend_music::LIMITS {
        let Some(limits) = limits else { continue };
        let request = ExtendMusic::song(model.clone(), "7d0f3c52", 40, "x", "x", "x");
        let fields = [("prompt", limits.prompt), ("style", limits.style), ("title", limits.title)];
        add(&mut rows, &request, Some(model), &fields)?;
    }
    let request = AddInstrumental::new("https://cdn.example.net/a.mp3", "x", "x", "x");
    let fields = [("tags", add_instrumental::TAGS), ("negativeTags", add_instrumental::NEGATIVE_TAGS)];
    add(&mut rows, &request, None, &fields)?;
    let request = CreateMusicVideo::new("4be1c0d2", "7d0f3c52");
    add(
        &mut rows,
        &request,
        None,
        &[("author", create_music_video::AUTHOR), ("domainName", create_music_video::DOMAIN_NAME)],
    )?;
    let request = UploadFileBase64::new("UklGRiQAAABXQVZF", "demos");
    add(&mut rows, &request, None, &[("base64Data", upload_file_base_64::BASE64_DATA)])?;
    Ok(rows)
}

fn add<E: Endpoint>(
    rows: &mut Vec<Value>,
    request: &E,
    model: Option<&Model>,
    fields: &[(&str, usize)],
) -> anyhow::Result<()> {
    let request = serde_json::to_value(request)?;
    for (field, limit) in fields {
        rows.push(json!({
            "operation": E::NAME, "model": model, "field": field, "limit": limit, "request": request,
        }));
    }
    Ok(())
}
