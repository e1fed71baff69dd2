//! `kie artwork`: draws cover images for the tracks of a task.

use clap::Args;
use kie_suno::requests::CoverSuno;

use crate::{
    args::{CallBackArgs, StartArgs},
    exit::ExitError,
    session::Session,
    sources::TrackArgs,
    spend::spend,
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct ArtworkArgs {
    #[command(flatten)]
    pub(crate) track: TrackArgs,
    #[command(flatten)]
    pub(crate) call_back: CallBackArgs,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

const EXAMPLES: &str = "\
Examples:
  kie artwork \"$TRACK\" --save covers
  kie artwork \"$TASK\"";

pub(crate) async fn run(session: &Session, args: ArtworkArgs) -> Result<(), ExitError> {
    let track = args.track.track(session).await?;
    let mut request = CoverSuno::new(track.task_id()?);
    request.call_back_url = args.call_back.call_back_url;
    spend(session, &request, Some(&track), &args.start).await
}
