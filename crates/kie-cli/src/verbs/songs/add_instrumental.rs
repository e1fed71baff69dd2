//! `kie add-instrumental`: plays an accompaniment to a recording.

use clap::Args;
use kie_suno::requests::AddInstrumental;

use crate::{
    args::{ModelArgs, MusicArgs, StartArgs, take_music},
    exit::ExitError,
    session::Session,
    sources::{ANY_SOURCE, TrackArgs, named_recording, read_text},
    spend::spend_on,
};

/// Play an accompaniment to a recording
///
/// The recording is usually of a voice alone. The source can be a local file, a link, or a track that the service has
/// made. A local file is uploaded, and so is the saved file of a track.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES, override_usage = USAGE, mut_arg("source", |arg| arg.help(ANY_SOURCE)))]
pub(crate) struct AddInstrumentalArgs {
    #[command(flatten)]
    pub(crate) track: TrackArgs,
    /// Style of the accompaniment
    #[arg(long)]
    pub(crate) style: String,
    /// Styles to avoid. The service requires them
    #[arg(long, value_name = "STYLES")]
    pub(crate) negative_tags: String,
    /// Title of the result [default: the title of the track]
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Lyrics: a text, - or @FILE. Only on the market route
    #[arg(long, value_name = "TEXT")]
    pub(crate) lyrics: Option<String>,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    #[command(flatten)]
    pub(crate) music: MusicArgs,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

/// Usage, with line breaks for a terminal of 80 columns, because clap does not wrap it.
const USAGE: &str = "\
kie add-instrumental [OPTIONS] --style <STYLE> --negative-tags <STYLES>
           [SOURCE]";

const EXAMPLES: &str = "\
Examples:
  kie add-instrumental \"$TRACK\" --style \"brass band\" --negative-tags \"edm\"
  kie add-instrumental --last --style \"folk\" --negative-tags \"edm\" --save songs";

pub(crate) async fn run(session: &Session, args: AddInstrumentalArgs) -> Result<(), ExitError> {
    let lyrics = read_text(args.lyrics, &session.interrupt).await?;
    let (recording, made_title) = named_recording(session, &args.track).await?;
    let title = args.title.or(made_title).unwrap_or_default();
    let mut request = AddInstrumental::new("", title, args.style, args.negative_tags);
    request.lyrics = lyrics;
    request.model = Some(session.model(args.model.model)?);
    take_music!(request, args.music);
    let set = |request: &mut AddInstrumental, urls: Vec<String>| request.upload_url = urls.concat();
    spend_on(session, request, &[recording], set, &args.start).await
}
