//! `kie wav`: converts a track to a WAV file.

use clap::Args;
use kie_suno::requests::ConvertToWav;

use crate::{
    args::{CallBackArgs, StartArgs},
    exit::ExitError,
    follow::spend,
    session::Session,
    sources::TrackArgs,
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct WavArgs {
    #[command(flatten)]
    pub(crate) track: TrackArgs,
    #[command(flatten)]
    pub(crate) call_back: CallBackArgs,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

const EXAMPLES: &str = "\
Examples:
  kie wav \"$TRACK\" --save songs
  kie wav \"$TASK\" --track 2 --no-wait";

pub(crate) async fn run(session: &Session, args: WavArgs) -> Result<(), ExitError> {
    let track = args.track.track(session).await?;
    let mut request = ConvertToWav::new(track.task_id()?, track.audio_id.as_str());
    request.call_back_url = args.call_back.call_back_url;
    spend(session, &request, Some(&track), &args.start).await
}
