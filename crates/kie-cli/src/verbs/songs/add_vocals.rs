//! `kie add-vocals`: sings over a recording.

use clap::Args;
use kie_suno::requests::AddVocals;

use crate::{
    args::{ModelArgs, MusicArgs, StartArgs, take_music},
    exit::ExitError,
    session::Session,
    sources::{ANY_SOURCE, TrackArgs, named_recording, read_text},
    spend::spend_on,
    verbs::songs::limits::sung,
};

/// Sing over a recording, usually an instrumental
///
/// The source can be a local file, a link, or a track that the service has made. A local file is uploaded, and so is the
/// saved file of a track.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES, override_usage = USAGE, mut_arg("source", |arg| arg.help(ANY_SOURCE)))]
pub(crate) struct AddVocalsArgs {
    #[command(flatten)]
    pub(crate) track: TrackArgs,
    /// Lyrics to sing: a text, - or @FILE. Required on the classic route, where it can also be guidance for the lyrics
    #[arg(long, value_name = "TEXT")]
    pub(crate) lyrics: Option<String>,
    /// Style of the singing
    #[arg(long)]
    pub(crate) style: String,
    /// Styles to avoid. The service requires them
    #[arg(long, value_name = "STYLES")]
    pub(crate) negative_tags: String,
    /// Title of the result [default: the title of the track]
    #[arg(long)]
    pub(crate) title: Option<String>,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    #[command(flatten)]
    pub(crate) music: MusicArgs,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

/// Usage, with line breaks for a terminal of 80 columns, because clap does not wrap it.
const USAGE: &str = "\
kie add-vocals [OPTIONS] --style <STYLE> --negative-tags <STYLES>
           [SOURCE]";

const EXAMPLES: &str = "\
Examples:
  kie add-vocals \"$TRACK\" --lyrics \"Salt\" --style \"folk\" --negative-tags \"edm\"
  kie add-vocals --last --lyrics \"of rain\" --style \"pop\" --negative-tags \"edm\"";

pub(crate) async fn run(session: &Session, args: AddVocalsArgs) -> Result<(), ExitError> {
    let lyrics = read_text(args.lyrics, &session.interrupt).await?;
    let (recording, made_title) = named_recording(session, &args.track).await?;
    let title = args.title.or(made_title).unwrap_or_default();
    let mut request = AddVocals::new("", title, args.style, args.negative_tags, "");
    (request.prompt, request.lyrics) = sung(session.route, lyrics);
    request.model = Some(session.model(args.model.model)?);
    take_music!(request, args.music);
    let set = |request: &mut AddVocals, urls: Vec<String>| request.upload_url = urls.concat();
    spend_on(session, request, &[recording], set, &args.start).await
}
