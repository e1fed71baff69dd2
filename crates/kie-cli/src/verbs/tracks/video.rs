//! `kie video`: makes a video of a track.

use clap::Args;
use kie_suno::requests::CreateMusicVideo;

use crate::{
    args::{CallBackArgs, StartArgs},
    exit::ExitError,
    session::Session,
    sources::TrackArgs,
    spend::spend,
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct VideoArgs {
    #[command(flatten)]
    pub(crate) track: TrackArgs,
    /// Name of the artist, shown on the cover
    #[arg(long, value_name = "NAME")]
    pub(crate) author: Option<String>,
    /// Watermark at the bottom of the video
    #[arg(long, value_name = "TEXT")]
    pub(crate) domain_name: Option<String>,
    #[command(flatten)]
    pub(crate) call_back: CallBackArgs,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

const EXAMPLES: &str = "\
Examples:
  kie video \"$TRACK\" --author Nachtfalter --save videos
  kie video \"$TASK\" --track 2 --save videos";

pub(crate) async fn run(session: &Session, args: VideoArgs) -> Result<(), ExitError> {
    let track = args.track.track(session).await?;
    let mut request = CreateMusicVideo::new(track.task_id()?, track.audio_id.as_str());
    request.author = args.author;
    request.domain_name = args.domain_name;
    request.call_back_url = args.call_back.call_back_url;
    spend(session, &request, Some(&track), &args.start).await
}
