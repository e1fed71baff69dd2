//! `kie extend`: continues a track or a recording.

use clap::Args;
use kie_suno::{
    Route,
    records::Music,
    requests::{ExtendMusic, Model, UploadAndExtendAudio},
};

use crate::{
    args::{ModelParser, MusicArgs, SingerArgs, StartArgs, take_music, take_persona, time},
    exit::ExitError,
    session::Session,
    sources::{ANY_SOURCE, KnownTrack, Source, TrackArgs, address_of, read_text},
    spend::{spend, spend_on},
    verbs::songs::limits::{check_end, check_length, sung},
};

/// Continue a track or a recording
///
/// The source is a track that the service has made, or a local file or a link. A local file is uploaded. A track is
/// continued by the model that made it, on the route that made it. Without options for the music, the continuation is
/// like the source. On the classic route, options for the music of a track need --at, --style and --lyrics together.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES, mut_arg("source", |arg| arg.help(ANY_SOURCE)))]
pub(crate) struct ExtendArgs {
    #[command(flatten)]
    pub(crate) track: TrackArgs,
    /// Lyrics of the continuation, sung word for word: a text, - for standard input, or @FILE
    #[arg(long, value_name = "TEXT")]
    pub(crate) lyrics: Option<String>,
    /// Start of the continuation in the source, in seconds or as m:ss. Required for a local file or a link on the classic
    /// route
    #[arg(long = "at", value_name = "TIME", value_parser = time)]
    pub(crate) continue_at: Option<f64>,
    /// Style of the music
    #[arg(long)]
    pub(crate) style: Option<String>,
    /// Title of the continuation [default: the title of the track]
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Make music without singing
    #[arg(long)]
    pub(crate) instrumental: bool,
    /// The model. A newer name than those listed is accepted too [default: the model that made the track, or the newest
    /// model that is documented for the route]
    #[arg(long, value_parser = ModelParser)]
    pub(crate) model: Option<Model>,
    /// Styles to avoid
    #[arg(long, value_name = "STYLES")]
    pub(crate) negative_tags: Option<String>,
    #[command(flatten)]
    pub(crate) music: MusicArgs,
    #[command(flatten)]
    pub(crate) persona: SingerArgs,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

const EXAMPLES: &str = "\
Examples:
  kie extend \"$TRACK\" --save songs
  kie extend --last --at 0:10 --style \"chamber pop\" --lyrics \"[Bridge] Stay\"";

/// Copies the options about the music to a request. This is a macro, because the two requests have no common type for
/// these fields.
macro_rules! take_options {
    ($request:ident, $args:ident, $route:expr, $lyrics:expr) => {
        ($request.prompt, $request.lyrics) = sung($route, $lyrics);
        $request.style = $args.style;
        $request.title = $args.title;
        $request.instrumental = $args.instrumental.then_some(true);
        $request.negative_tags = $args.negative_tags;
        take_music!($request, $args.music);
        take_persona!($request, $args.persona);
    };
}

pub(crate) async fn run(session: &Session, mut args: ExtendArgs) -> Result<(), ExitError> {
    let lyrics = read_text(args.lyrics.take(), &session.interrupt).await?;
    let has_own = lyrics.is_some()
        || args.style.is_some()
        || args.title.is_some()
        || args.instrumental
        || args.negative_tags.is_some()
        || args.music.are_given()
        || args.persona.are_given();
    match args.track.source(session).await? {
        Source::Track(track) => {
            let model = model(session, &track, args.model).await?;
            let route = track.route(session);
            let mut request = ExtendMusic::inherit(model, track.audio_id.as_str());
            // Without this flag, the service ignores the options about the music.
            request.default_param_flag = has_own || args.continue_at.is_some();
            if request.default_param_flag && route == Route::Classic {
                // The classic route requires a title.
                args.title = args.title.or_else(|| track.title.clone());
            }
            request.continue_at = args.continue_at.map(Into::into);
            take_options!(request, args, route, lyrics);
            check_end(&request, route, "continueAt", args.continue_at, track.duration_s, false)?;
            spend(session, &request, Some(&track), &args.start).await
        }
        source => {
            let recording = address_of(session, source).await?;
            let route = session.route;
            let model = session.model(args.model)?;
            let mut request = UploadAndExtendAudio::inherit(model, "", 0.0);
            request.default_param_flag = has_own;
            request.continue_at = args.continue_at.map(Into::into);
            take_options!(request, args, route, lyrics);
            request.upload_url = recording.placeholder().to_owned();
            let duration = recording.duration(session).await?;
            check_end(&request, route, "continueAt", args.continue_at, duration, false)?;
            check_length(&request, route, "uploadUrl", duration)?;
            let set = |request: &mut UploadAndExtendAudio, urls: Vec<String>| request.upload_url = urls.concat();
            spend_on(session, request, &[recording], set, &args.start).await
        }
    }
}

/// Returns the model that made the track: the given one, or that of the ledger, or that of the record of the task. An
/// error says how to give it.
async fn model(session: &Session, track: &KnownTrack, given: Option<Model>) -> Result<Model, ExitError> {
    let known = track.model(given);
    let (Err(_), Some(task_id)) = (&known, &track.task_id) else { return known };
    let task = session.client.task::<Music>(task_id.as_str()).on(track.route.unwrap_or(session.route));
    let record = session.interrupt.during("reading the task", task.fetch()).await??;
    let tracks = record.and_then(|record| record.response).map(|response| response.suno_data).unwrap_or_default();
    let made = tracks.iter().find(|made| made.id.as_ref().is_some_and(|id| id.as_str() == track.audio_id));
    made.and_then(kie_suno::records::Track::model).map_or(known, Ok)
}
