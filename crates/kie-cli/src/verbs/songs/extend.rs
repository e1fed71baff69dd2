//! `kie extend`: continues a track.

use clap::Args;
use kie_suno::{
    Route,
    requests::{ExtendMusic, Model},
};

use crate::{
    args::{Hints, StartArgs, take_hints},
    exit::ExitError,
    follow::spend,
    output::note,
    session::Session,
    sources::{check_id, read_text},
};

#[derive(Debug, Args)]
pub(crate) struct ExtendArgs {
    /// Id of the track, as kie --format json task prints it
    pub(crate) audio_id: String,
    /// Lyrics of the continuation, sung word for word. - reads standard input, @FILE reads a file, and @@ stands for
    /// one @ at the beginning
    pub(crate) lyrics: Option<String>,
    /// Model that made the track
    #[arg(long)]
    pub(crate) model: Model,
    /// Start of the continuation in the track, in seconds. Required if you give lyrics, --style or any other option for
    /// the music
    #[arg(long, value_name = "SECONDS")]
    pub(crate) continue_at: Option<f64>,
    /// Style of the music
    #[arg(long)]
    pub(crate) style: Option<String>,
    /// Title of the continuation
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Make music without singing
    #[arg(long)]
    pub(crate) instrumental: bool,
    #[command(flatten)]
    pub(crate) hints: Hints,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

pub(crate) async fn run(session: &Session, args: ExtendArgs) -> Result<(), ExitError> {
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
    spend(session, &request, None, &args.start).await
}
