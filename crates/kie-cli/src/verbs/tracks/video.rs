//! `kie video`: makes a video of a track.

use clap::Args;
use kie_suno::requests::CreateMusicVideo;

use crate::{args::StartArgs, exit::ExitError, follow::spend, session::Session, sources::check_id};

#[derive(Debug, Args)]
pub(crate) struct VideoArgs {
    /// Id of the task that made the track
    pub(crate) task_id: String,
    /// Id of the track
    pub(crate) audio_id: String,
    /// Name of the artist, shown on the cover
    #[arg(long)]
    pub(crate) author: Option<String>,
    /// Watermark at the bottom of the video
    #[arg(long)]
    pub(crate) domain_name: Option<String>,
    /// Address to which the service reports the end of the task
    #[arg(long, value_name = "URL")]
    pub(crate) call_back_url: Option<String>,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

pub(crate) async fn run(session: &Session, args: VideoArgs) -> Result<(), ExitError> {
    check_id("task", &args.task_id)?;
    check_id("track", &args.audio_id)?;
    let mut request = CreateMusicVideo::new(args.task_id, args.audio_id);
    request.author = args.author;
    request.domain_name = args.domain_name;
    request.call_back_url = args.call_back_url;
    spend(session, &request, None, &args.start).await
}
