//! `kie generate`: makes a song.

use clap::Args;
use kie_suno::requests::{GenerateMusic, Model};

use crate::{
    args::{Hints, StartArgs, take_hints},
    exit::ExitError,
    follow::spend,
    output::note,
    session::Session,
    sources::read_text,
};

#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    /// The idea of the song, or its lyrics with --style and --title. - reads standard input, @FILE reads a file, and @@
    /// stands for one @ at the beginning
    pub(crate) prompt: Option<String>,
    /// The model: V4, V4_5, V4_5PLUS, V4_5ALL, V5, V5_5, V6, … [env: KIE_MODEL] [default: the newest model that is
    /// documented for the route: V5_5 on the classic route, V6 on the market route]
    #[arg(long)]
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
    /// Requested duration of the song in seconds, 10 to 360. Needs --style and --title, and a model from V5_5 on. On
    /// the market route, a song of V6 with --style and --title plays for only 20 seconds without this option
    #[arg(long, value_name = "SECONDS")]
    pub(crate) duration: Option<f64>,
    #[command(flatten)]
    pub(crate) hints: Hints,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

pub(crate) async fn run(session: &Session, args: GenerateArgs) -> Result<(), ExitError> {
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
    let model = session.model(model)?;
    let mut request = if custom {
        GenerateMusic::instrumental(model, style.unwrap_or_default(), title.unwrap_or_default())
    } else {
        GenerateMusic::simple_instrumental(model, "")
    };
    request.instrumental = instrumental;
    request.prompt = prompt;
    request.duration = duration.map(Into::into);
    take_hints!(request, hints);
    spend(session, &request, None, &args.start).await
}
