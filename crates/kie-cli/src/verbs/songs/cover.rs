//! `kie cover`: sings or plays a recording in another style.

use clap::Args;
use kie_suno::{Route, requests::UploadAndCoverAudio};

use crate::{
    args::{ModelArgs, MusicArgs, SingerArgs, StartArgs, take_music, take_persona, time},
    exit::ExitError,
    session::Session,
    sources::{ANY_SOURCE, TrackArgs, named_recording, read_text},
    spend::spend_on,
    verbs::songs::limits::{check_idea, check_length, sung},
};

/// Sing or play a recording again in another style
///
/// The melody stays the same. The source can be a local file, a link, or a track that the service has made. A local file
/// is uploaded, and so is the saved file of a track. With --idea, the service writes lyrics, style and title.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES, mut_arg("source", |arg| arg.help(ANY_SOURCE)))]
pub(crate) struct CoverArgs {
    #[command(flatten)]
    pub(crate) track: TrackArgs,
    /// Idea of the cover: a text, - or @FILE. The service then writes lyrics, style and title. Only on the classic route
    #[arg(long = "idea", value_name = "TEXT", conflicts_with_all = ["style", "title", "lyrics"])]
    pub(crate) prompt: Option<String>,
    /// Lyrics, sung word for word: a text, - or @FILE
    #[arg(long, value_name = "TEXT")]
    pub(crate) lyrics: Option<String>,
    /// Style of the music
    #[arg(long)]
    pub(crate) style: Option<String>,
    /// Title of the cover [default: the title of the track]
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Make music without singing
    #[arg(long)]
    pub(crate) instrumental: bool,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// Requested duration, 0:10 to 6:00, in seconds or as m:ss. Needs --style and --title, and a model from V5_5 on
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) duration: Option<f64>,
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
  kie cover \"$TRACK\" --idea \"a bossa nova with brushed drums\"
  kie cover --last --style \"string quartet\" --instrumental --save songs";

pub(crate) async fn run(session: &Session, args: CoverArgs) -> Result<(), ExitError> {
    let route = session.route;
    check_idea::<UploadAndCoverAudio>(route, args.prompt.as_ref())?;
    let idea = read_text(args.prompt, &session.interrupt).await?;
    let lyrics = read_text(args.lyrics, &session.interrupt).await?;
    let (recording, made_title) = named_recording(session, &args.track).await?;
    let own = args.style.is_some() || args.title.is_some() || lyrics.is_some();
    let custom = own || route == Route::Market;

    let model = session.model(args.model.model)?;
    let mut request = UploadAndCoverAudio::simple(model, "", "");
    request.custom_mode = custom;
    request.instrumental = args.instrumental;
    (request.prompt, request.lyrics) = if custom { sung(route, lyrics) } else { (idea, None) };
    request.style = args.style;
    request.title = args.title.or(made_title.filter(|_| custom));
    request.duration = args.duration.map(Into::into);
    request.negative_tags = args.negative_tags;
    take_music!(request, args.music);
    take_persona!(request, args.persona);
    request.upload_url = recording.placeholder().to_owned();
    check_length(&request, route, "uploadUrl", recording.duration(session).await?)?;
    let set = |request: &mut UploadAndCoverAudio, urls: Vec<String>| request.upload_url = urls.concat();
    spend_on(session, request, &[recording], set, &args.start).await
}
