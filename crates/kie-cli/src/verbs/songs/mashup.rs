//! `kie mashup`: makes new music from two recordings.

use clap::Args;
use kie_suno::{Route, requests::GenerateMashup};

use crate::{
    args::{ModelArgs, MusicArgs, SingerArgs, StartArgs, take_music, take_persona, time},
    exit::ExitError,
    session::Session,
    sources::{TrackArgs, named_recording, read_text},
    spend::spend_on,
    verbs::songs::limits::{check_idea, sung},
};

/// Blend two recordings into new music
///
/// Each source can be a local file, a link, or a track that the service has made. A local file is uploaded, and so is the
/// saved file of a track. Without --style and --title, the service writes style and lyrics. The market route needs both.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct MashupArgs {
    /// The first recording: a local file, a link, the id of a track or task, or the first characters of an id, as kie list
    /// prints them
    #[arg(value_name = "SOURCE")]
    pub(crate) source: String,
    /// The second recording
    #[arg(value_name = "SOURCE")]
    pub(crate) other: String,
    /// Idea of the mashup: a text, - or @FILE. Only on the classic route
    #[arg(long = "idea", value_name = "TEXT", conflicts_with_all = ["style", "title", "lyrics"])]
    pub(crate) prompt: Option<String>,
    /// Lyrics, sung word for word: a text, - or @FILE
    #[arg(long, value_name = "TEXT")]
    pub(crate) lyrics: Option<String>,
    /// Style of the music
    #[arg(long)]
    pub(crate) style: Option<String>,
    /// Title of the mashup
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Make music without singing. Only on the classic route
    #[arg(long)]
    pub(crate) instrumental: bool,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// Requested duration, 0:10 to 6:00, in seconds or as m:ss. Needs --style and --title, and a model from V5_5 on
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) duration: Option<f64>,
    #[command(flatten)]
    pub(crate) music: MusicArgs,
    #[command(flatten)]
    pub(crate) persona: SingerArgs,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

const EXAMPLES: &str = "\
Examples:
  kie mashup \"$TRACK\" \"https://cdn.example.net/hum.mp3\" --idea \"a march\"
  kie mashup \"$TRACK\" \"$TRACK\" --style \"dub\" --title \"Two Rivers\" --instrumental";

pub(crate) async fn run(session: &Session, args: MashupArgs) -> Result<(), ExitError> {
    let route = session.route;
    check_idea::<GenerateMashup>(route, args.prompt.as_ref())?;
    let idea = read_text(args.prompt, &session.interrupt).await?;
    let lyrics = read_text(args.lyrics, &session.interrupt).await?;
    let mut recordings = Vec::new();
    for source in [args.source, args.other] {
        let track = TrackArgs { source: Some(source), last: false, track: 1, task: None };
        recordings.push(named_recording(session, &track).await?.0);
    }
    let own = args.style.is_some() || args.title.is_some() || lyrics.is_some();
    let custom = own || route == Route::Market;

    let model = session.model(args.model.model)?;
    let mut request = GenerateMashup::simple(model, ["", ""], "");
    request.custom_mode = custom;
    request.instrumental = Some(args.instrumental);
    (request.prompt, request.lyrics) = if custom { sung(route, lyrics) } else { (idea, None) };
    request.style = args.style;
    request.title = args.title;
    request.duration = args.duration.map(Into::into);
    take_music!(request, args.music);
    take_persona!(request, args.persona);
    let set = |request: &mut GenerateMashup, urls: Vec<String>| request.upload_url_list = urls;
    spend_on(session, request, &recordings, set, &args.start).await
}
