//! `kie replace`: makes a new version of a section of a song.

use clap::Args;
use kie_suno::requests::{Model, ReplaceSection};

use crate::{
    args::{ModelParser, MusicArgs, SingerArgs, StartArgs, take_music, take_persona, time},
    exit::ExitError,
    session::Session,
    sources::{ANY_SOURCE, Source, TrackArgs, address_of, read_text},
    spend::{spend, spend_on},
    verbs::songs::limits::check_end,
};

/// Sing a section of a song again with new lyrics
///
/// The source is a track that the service has made, or a local file or a link. A local file is uploaded. The section lasts
/// at least 10 seconds. Options about the voice and the weights work only on the market route.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES, override_usage = USAGE, mut_arg("source", |arg| arg.help(ANY_SOURCE)))]
pub(crate) struct ReplaceArgs {
    #[command(flatten)]
    pub(crate) track: TrackArgs,
    /// Start of the section, in seconds or as m:ss
    #[arg(long = "from", value_name = "TIME", value_parser = time)]
    pub(crate) infill_start_s: f64,
    /// End of the section, in seconds or as m:ss
    #[arg(long = "to", value_name = "TIME", value_parser = time)]
    pub(crate) infill_end_s: f64,
    /// Lyrics of the new section: a text, - or @FILE
    #[arg(long = "lyrics", value_name = "TEXT")]
    pub(crate) prompt: String,
    /// Lyrics of the whole song after the change: a text, - or @FILE
    #[arg(long, value_name = "TEXT")]
    pub(crate) full_lyrics: String,
    /// Style of the new section
    #[arg(long)]
    pub(crate) style: String,
    /// Title of the song [default: the title of the track]
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// The model, only for a local file or a link. A newer name than those listed is accepted too [default: the newest
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

/// Usage, with line breaks for a terminal of 80 columns, because clap does not wrap it.
const USAGE: &str = "\
kie replace [OPTIONS] --from <TIME> --to <TIME> --lyrics <TEXT>
           --full-lyrics <TEXT> --style <STYLE> [SOURCE]";

const EXAMPLES: &str = "\
Examples:
  kie replace \"$TRACK\" --from 5 --to 20 --style pop --lyrics Oh --full-lyrics Oh
  kie replace --last --from 0 --to 12 --style pop --lyrics Oh --full-lyrics Oh";

pub(crate) async fn run(session: &Session, args: ReplaceArgs) -> Result<(), ExitError> {
    let prompt = read_text(Some(args.prompt), &session.interrupt).await?.unwrap_or_default();
    let full_lyrics = read_text(Some(args.full_lyrics), &session.interrupt).await?.unwrap_or_default();
    let source = args.track.source(session).await?;
    let of_track = if let Source::Track(track) = &source { track.title.clone() } else { None };
    let title = args.title.or(of_track).unwrap_or_default();
    let section = args.infill_start_s..args.infill_end_s;
    let mut request = ReplaceSection::in_track("", "", section, args.style, title, prompt, full_lyrics);
    request.negative_tags = args.negative_tags;
    take_music!(request, args.music);
    take_persona!(request, args.persona);
    match source {
        Source::Track(track) => {
            request.task_id = Some(track.task_id()?.into());
            request.audio_id = Some(track.audio_id.as_str().into());
            request.model = args.model;
            let (route, end) = (track.route(session), Some(args.infill_end_s));
            check_end(&request, route, "infillEndS", end, track.duration_s, true)?;
            spend(session, &request, Some(&track), &args.start).await
        }
        source => {
            (request.task_id, request.audio_id) = (None, None);
            request.model = Some(session.model(args.model)?);
            let recording = address_of(session, source).await?;
            request.upload_url = Some(recording.placeholder().to_owned());
            let (duration, end) = (recording.duration(session).await?, Some(args.infill_end_s));
            check_end(&request, session.route, "infillEndS", end, duration, true)?;
            let set = |request: &mut ReplaceSection, urls: Vec<String>| request.upload_url = Some(urls.concat());
            spend_on(session, request, &[recording], set, &args.start).await
        }
    }
}
