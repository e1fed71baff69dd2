//! `kie lyrics`: writes lyrics, without music.

use clap::Args;
use kie_suno::requests::GenerateLyrics;

use crate::{
    args::{CallBackArgs, StartArgs},
    exit::ExitError,
    session::Session,
    sources::read_text,
    spend::spend,
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct LyricsArgs {
    /// Theme, mood or story of the lyrics, at most 200 characters. - reads standard input, @FILE reads a file, and @@
    /// stands for one @ at the beginning
    pub(crate) prompt: String,
    #[command(flatten)]
    pub(crate) call_back: CallBackArgs,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

const EXAMPLES: &str = "\
The service writes two or three variants. --save writes each of them to a text file.

Examples:
  kie lyrics \"two lighthouses fall in love across a foggy bay\"
  kie lyrics \"a night tram\" --save lyrics";

pub(crate) async fn run(session: &Session, args: LyricsArgs) -> Result<(), ExitError> {
    let prompt = read_text(Some(args.prompt), &session.interrupt).await?.unwrap_or_default();
    let mut request = GenerateLyrics::new(prompt);
    request.call_back_url = args.call_back.call_back_url;
    spend(session, &request, None, &args.start).await
}
