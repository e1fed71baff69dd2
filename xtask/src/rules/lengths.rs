//! Lists the maximum length of each text field of each operation. Each entry has a valid request, the name of one
//! field, and the maximum number of characters in this field.

use kie_types::{
    AddInstrumental, AddVocals, CreateMusicVideo, Endpoint, ExtendMusic, GenerateLyrics, GenerateMashup, GenerateMusic,
    GenerateSounds, Model, UploadAndCoverAudio, UploadAndExtendAudio, UploadFileBase64,
    common::upload_file_base_64,
    suno::{
        create_music_video, generate_lyrics,
        music::{
            add_instrumental, add_vocals, extend_music, generate_mashup, generate_music, generate_sounds,
            upload_and_cover_audio, upload_and_extend_audio,
        },
    },
};
use serde_json::{Value, json};

const A: &str = "https://cdn.example.net/a.mp3";

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
    for (model, limits) in &upload_and_cover_audio::LIMITS {
        let Some(limits) = limits else { continue };
        let simple = UploadAndCoverAudio::simple(model.clone(), A, "x");
        let song = UploadAndCoverAudio::song(model.clone(), A, "x", "x", "x");
        add(&mut rows, &simple, Some(model), &[("prompt", upload_and_cover_audio::IDEA)])?;
        let fields = [("prompt", limits.lyrics), ("style", limits.style), ("title", limits.title)];
        add(&mut rows, &song, Some(model), &fields)?;
    }
    for (model, limits) in &upload_and_extend_audio::LIMITS {
        let Some(limits) = limits else { continue };
        let request = UploadAndExtendAudio::song(model.clone(), A, 40, "x", "x", "x");
        let fields = [("prompt", limits.prompt), ("style", limits.style), ("title", limits.title)];
        add(&mut rows, &request, Some(model), &fields)?;
    }
    let request = AddInstrumental::new(A, "x", "x", "x");
    let fields = [("tags", add_instrumental::TAGS), ("negativeTags", add_instrumental::NEGATIVE_TAGS)];
    add(&mut rows, &request, None, &fields)?;
    let request = AddVocals::new(A, "x", "x", "x", "x");
    let fields = [("style", add_vocals::STYLE), ("negativeTags", add_vocals::NEGATIVE_TAGS)];
    add(&mut rows, &request, None, &fields)?;
    for (model, limits) in &generate_mashup::LIMITS {
        let Some(limits) = limits else { continue };
        let simple = GenerateMashup::simple(model.clone(), [A, A], "x");
        let song = GenerateMashup::song(model.clone(), [A, A], "x", "x", "x");
        add(&mut rows, &simple, Some(model), &[("prompt", generate_mashup::IDEA)])?;
        let fields = [("prompt", limits.lyrics), ("style", limits.style), ("title", limits.title)];
        add(&mut rows, &song, Some(model), &fields)?;
    }
    let request = GenerateSounds::new(Model::V5, "x");
    add(&mut rows, &request, None, &[("prompt", generate_sounds::PROMPT)])?;
    add(&mut rows, &GenerateLyrics::new("x"), None, &[("prompt", generate_lyrics::PROMPT)])?;
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
