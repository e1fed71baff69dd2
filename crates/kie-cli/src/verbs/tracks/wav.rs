//! `kie wav`: converts a track to a WAV file.

use clap::Args;
use kie_suno::requests::{ConvertToWav, Endpoint as _};
use serde_json::Value;

use crate::{
    args::{CallBackArgs, StartArgs},
    exit::ExitError,
    session::Session,
    sources::{KnownTask, KnownTrack, TrackArgs},
    spend::spend,
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
    let done = spend(session, &request, Some(&track), &args.start).await;
    match done {
        Err(error) if error.is_conflict() => with_first(session, &track, &args.start, error).await,
        done => done,
    }
}

/// Returns the error of a track that is converted already, with the command that saves the file of the first conversion,
/// if the ledger knows its task.
async fn with_first(
    session: &Session,
    track: &KnownTrack,
    start: &StartArgs,
    error: ExitError,
) -> Result<(), ExitError> {
    let is_of_track = |request: &Value| request["audioId"] == track.audio_id.as_str();
    let first = KnownTask::newest(session, &[ConvertToWav::NAME], is_of_track).await.ok().flatten();
    let save = start.follow.save.as_deref();
    let go_on = first.and_then(|task| session.go_on(ConvertToWav::NAME, &task.id, task.route(session), save));
    Err(match go_on {
        Some(command) => error.going_on(command),
        None => error,
    })
}
