//! `kie sounds`: makes sound effects and loops.

use clap::Args;
use kie_suno::requests::{GenerateSounds, Model, SoundKey};

use crate::{
    args::{CallBackArgs, ModelParser, StartArgs, sound_key},
    exit::ExitError,
    session::Session,
    sources::read_text,
    spend::spend,
};

/// Make a sound effect, an ambience or a loop
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct SoundsArgs {
    /// Description of the sound. - reads standard input, @FILE reads a file, and @@ stands for one @ at the beginning
    pub(crate) prompt: String,
    /// Make a loop: a sound that can be repeated without a break
    #[arg(long = "loop")]
    pub(crate) sound_loop: bool,
    /// Tempo in beats per minute, 1 to 300
    #[arg(long = "tempo", value_name = "BPM")]
    pub(crate) sound_tempo: Option<i64>,
    /// Musical key [default: any]
    #[arg(long = "key", value_name = "KEY", value_parser = sound_key(), ignore_case = true)]
    pub(crate) sound_key: Option<SoundKey>,
    /// Also ask for the lyrics of the sound
    #[arg(long)]
    pub(crate) grab_lyrics: bool,
    /// The model, from V5 on. A newer name than those listed is accepted too [default: the newest model that is documented
    /// for the route]
    #[arg(long, value_parser = ModelParser)]
    pub(crate) model: Option<Model>,
    #[command(flatten)]
    pub(crate) call_back: CallBackArgs,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

const EXAMPLES: &str = "\
Examples:
  kie --sandbox sounds \"rusty gate, slow creak\" --save sounds
  kie sounds \"train over rail joints, steady\" --loop --tempo 96 --key \"F#m\"";

pub(crate) async fn run(session: &Session, args: SoundsArgs) -> Result<(), ExitError> {
    let prompt = read_text(Some(args.prompt), &session.interrupt).await?.unwrap_or_default();
    let mut request = GenerateSounds::new(session.model(args.model)?, prompt);
    request.sound_loop = args.sound_loop.then_some(true);
    request.sound_tempo = args.sound_tempo;
    request.sound_key = args.sound_key;
    request.grab_lyrics = args.grab_lyrics.then_some(true);
    request.call_back_url = args.call_back.call_back_url;
    spend(session, &request, None, &args.start).await
}
