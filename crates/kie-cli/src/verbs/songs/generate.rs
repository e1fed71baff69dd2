//! `kie generate`: makes a song.

use clap::Args;
use kie_suno::{
    Route,
    requests::{GenerateMusic, Model},
};

use crate::{
    args::{ModelParser, MusicArgs, SingerArgs, StartArgs, take_music, take_persona, time},
    exit::ExitError,
    session::Session,
    sources::{Recording, read_text},
    spend::spend_on,
};

/// Make a song from an idea, or from lyrics
///
/// Without --style and --title, the service writes lyrics, style and title from your idea. With --style and --title,
/// the prompt is sung word for word.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct GenerateArgs {
    /// The idea of the song, or its lyrics with --style and --title. - reads standard input, @FILE reads a file, and @@
    /// stands for one @ at the beginning
    pub(crate) prompt: Option<String>,
    /// Lyrics, sung word for word: a text, - or @FILE. On the market route, an idea can be given too
    #[arg(long, value_name = "TEXT")]
    pub(crate) lyrics: Option<String>,
    /// The model. A newer name than those listed is accepted too [env: KIE_MODEL] [default: the newest model that is
    /// documented for the route: V5_5 on the classic route, V6 on the market route]
    #[arg(long, value_parser = ModelParser)]
    pub(crate) model: Option<Model>,
    /// Make music without singing
    #[arg(long)]
    pub(crate) instrumental: bool,
    /// Style of the music. The prompt is then used as the lyrics
    #[arg(long)]
    pub(crate) style: Option<String>,
    /// Title of the song. The prompt is then used as the lyrics
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Requested duration of the song, 0:10 to 6:00, in seconds or as m:ss. Needs --style and --title, and a model from
    /// V5_5 on. On the market route, a song of V6 with --style and --title plays for only 20 seconds without this option
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) duration: Option<f64>,
    /// Styles to avoid
    #[arg(long, value_name = "STYLES")]
    pub(crate) negative_tags: Option<String>,
    /// Picture for the idea: a local file or a link. Can be repeated up to 5 times. Only on the market route
    #[arg(long = "image", value_name = "FILE|URL")]
    pub(crate) image_urls: Vec<String>,
    /// Video for the idea: a local file or a link. Only on the market route
    #[arg(long = "video", value_name = "FILE|URL")]
    pub(crate) video_urls: Vec<String>,
    /// Recording for the idea: a local file or a link. Can be repeated. Only on the market route
    #[arg(long = "audio", value_name = "FILE|URL")]
    pub(crate) audio_urls: Vec<String>,
    #[command(flatten)]
    pub(crate) music: MusicArgs,
    #[command(flatten)]
    pub(crate) persona: SingerArgs,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

const EXAMPLES: &str = "\
Examples:
  kie --sandbox generate \"a slow waltz for two accordions\" --save songs
  kie generate \"[Verse] Tram bells at dawn\" --style \"chamber pop\" --title \"One\"";

pub(crate) async fn run(session: &Session, args: GenerateArgs) -> Result<(), ExitError> {
    let route = session.route;
    let prompt = read_text(args.prompt, &session.interrupt).await?;
    let lyrics = read_text(args.lyrics, &session.interrupt).await?;
    // Only the market route has lyrics beside an idea.
    let sings_prompt = route == Route::Classic && lyrics.is_some();
    let custom = args.style.is_some() || args.title.is_some() || sings_prompt;
    if prompt.is_some() && lyrics.is_some() && custom {
        let what = "give the lyrics as PROMPT or as --lyrics, not both; an idea and lyrics together need --route market, \
                    without --style and --title";
        return Err(ExitError::Invalid(what.to_owned()));
    }
    let model = session.model(args.model)?;
    let mut request = GenerateMusic::simple_instrumental(model, "");
    request.custom_mode = custom;
    request.instrumental = args.instrumental;
    (request.prompt, request.lyrics) = if sings_prompt { (lyrics, None) } else { (prompt, lyrics) };
    request.style = args.style;
    request.title = args.title;
    request.duration = args.duration.map(Into::into);
    request.negative_tags = args.negative_tags;
    take_music!(request, args.music);
    take_persona!(request, args.persona);

    let (images, videos) = (args.image_urls.len(), args.video_urls.len());
    let media = args.image_urls.iter().chain(&args.video_urls).chain(&args.audio_urls);
    let media = media.map(|word| Recording::of(word)).collect::<Result<Vec<_>, _>>()?;
    let set = |request: &mut GenerateMusic, mut urls: Vec<String>| {
        let mut first = |count: usize| Some(urls.drain(..count).collect::<Vec<_>>()).filter(|urls| !urls.is_empty());
        request.image_urls = first(images);
        request.video_urls = first(videos);
        request.audio_urls = Some(urls).filter(|urls| !urls.is_empty());
    };
    spend_on(session, request, &media, set, &args.start).await
}
