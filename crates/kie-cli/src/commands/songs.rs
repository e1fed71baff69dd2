//! The commands for making music: they build a request from the arguments.

use kie_suno::{
    Route,
    requests::{CreateMusicVideo, ExtendMusic, GenerateMusic, TaskEndpoint, Warning, WarningKind},
};
use serde_json::to_value;

use crate::{
    args::{ExtendArgs, GenerateArgs, StartArgs, VideoArgs},
    commands::{ids::check_id, input::read_text},
    exit::ExitError,
    follow::{self, Cost},
    output::{advise, note, relevant},
    session::Session,
    tags::read_ids,
};

/// Copies the options to the fields of a request. This is a macro, because the two request types have no common type
/// for these fields.
macro_rules! take_hints {
    ($request:ident, $hints:expr) => {
        let hints = $hints;
        $request.negative_tags = hints.negative_tags;
        $request.vocal_gender = hints.vocal_gender;
        $request.style_weight = hints.style_weight.map(Into::into);
        $request.weirdness_constraint = hints.weirdness_constraint.map(Into::into);
        $request.audio_weight = hints.audio_weight.map(Into::into);
        $request.persona_id = hints.persona_id.map(Into::into);
        $request.persona_model = hints.persona_model;
        $request.call_back_url = hints.call_back_url;
    };
}

pub(crate) async fn generate(session: &Session, args: GenerateArgs) -> Result<(), ExitError> {
    let GenerateArgs { prompt, model, instrumental, style, title, duration, hints, .. } = args;
    let prompt = read_text(prompt, &session.interrupt).await?;
    let custom = style.is_some() || title.is_some();
    if !custom && hints.are_given() {
        note!("warning: without --style and --title the service ignores hints such as --negative-tags");
    }
    if !custom && duration.is_some() {
        note!("hint: --duration needs --style and --title");
    }
    if !custom && hints.persona_id.is_some() {
        note!("hint: --persona-id needs --style and --title");
    }
    if custom && instrumental && prompt.is_some() {
        note!("warning: with --instrumental, --style and --title the service ignores the prompt");
    }
    let model = model.unwrap_or_else(|| session.route.newest_model());
    let mut request = if custom {
        GenerateMusic::instrumental(model, style.unwrap_or_default(), title.unwrap_or_default())
    } else {
        GenerateMusic::simple_instrumental(model, "")
    };
    request.instrumental = instrumental;
    request.prompt = prompt;
    request.duration = duration.map(Into::into);
    take_hints!(request, hints);
    send(session, &request, &args.start).await
}

pub(crate) async fn extend(session: &Session, mut args: ExtendArgs) -> Result<(), ExitError> {
    if let Some(track) = track_in_file(&args.audio_id, session).await? {
        args.audio_id = track;
    }
    check_id("track", &args.audio_id)?;
    let lyrics = read_text(args.lyrics, &session.interrupt).await?;
    let mut request = ExtendMusic::inherit(args.model, args.audio_id);
    // `defaultParamFlag` must be set, or the service ignores the given parameters.
    request.default_param_flag = args.continue_at.is_some()
        || lyrics.is_some()
        || args.style.is_some()
        || args.title.is_some()
        || args.instrumental
        || args.hints.are_given();
    let has_lyrics = lyrics.is_some() || args.instrumental;
    let is_complete = has_lyrics && args.continue_at.is_some() && args.style.is_some() && args.title.is_some();
    // The market route requires none of them.
    if session.route == Route::Classic && request.default_param_flag && !is_complete {
        note!("hint: options for the music need --continue-at, --style, --title, and lyrics or --instrumental");
    }
    request.continue_at = args.continue_at.map(Into::into);
    request.prompt = lyrics;
    request.style = args.style;
    request.title = args.title;
    request.instrumental = args.instrumental.then_some(true);
    take_hints!(request, args.hints);
    send(session, &request, &args.start).await
}

/// Returns the id of the track in the tags of a saved song. Returns `None` if the text is no path of a song with tags.
async fn track_in_file(text: &str, session: &Session) -> Result<Option<String>, ExitError> {
    // An id has no dot, and the name of a song has one.
    if !text.contains('.') {
        return Ok(None);
    }
    let path = std::path::PathBuf::from(text);
    let read = move || anyhow::Ok(read_ids(&path));
    let ids = session.interrupt.during_blocking("reading the tags of the song", read).await?;
    if let Some(route) = ids.as_ref().and_then(|ids| ids.route).filter(|route| *route != session.route) {
        note!("warning: the {route} route made this track, and this command uses the {} route", session.route);
    }
    Ok(ids.and_then(|ids| ids.track))
}

pub(crate) async fn video(session: &Session, mut args: VideoArgs) -> Result<(), ExitError> {
    check_id("task", &args.task_id)?;
    check_id("track", &args.audio_id)?;
    let mut request = CreateMusicVideo::new(args.task_id, args.audio_id);
    request.author = args.author;
    request.domain_name = args.domain_name;
    request.call_back_url = args.call_back_url;
    let named = to_value(&request).map_err(anyhow::Error::from)?;
    follow::find_song(session, &named, &mut args.start.follow).await?;
    send(session, &request, &args.start).await
}

async fn send<E: TaskEndpoint>(session: &Session, request: &E, start: &StartArgs) -> Result<(), ExitError> {
    // Leaves out warnings about ignored options. The commands already print these warnings, with the names of the
    // flags.
    let is_printed = |warning: &Warning| warning.kind == WarningKind::Ignored;
    let warnings = request.warnings_on(session.route).into_iter().filter(|warning| !is_printed(warning)).collect();
    advise(E::NAME, &relevant(warnings, session.global.is_local()));
    request.validate_on(session.route).map_err(ExitError::invalid)?;
    let request = to_value(request).map_err(anyhow::Error::from)?;
    let is_repeated = session.check_name(start.name.as_deref()).await?;
    let cost = (!is_repeated).then(|| Cost::of(E::NAME, &request));
    let call = session.client.start_json::<E>(request);
    let call = match &start.name {
        Some(name) => call.named(name),
        None => call,
    };
    follow::start::<E>(session, call, cost, Some(&start.follow).filter(|_| !start.no_wait)).await
}
