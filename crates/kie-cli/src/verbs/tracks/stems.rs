//! `kie stems`: separates a track or a recording into stems.

use clap::{Args, ValueEnum};
use kie_suno::{
    requests::{SeparateVocals, SeparationType, StemName},
    types::text::one_line,
};

use crate::{
    args::{CallBackArgs, StartArgs},
    exit::ExitError,
    session::Session,
    sources::{Recording, Source, TrackArgs},
    spend::{spend, spend_on},
};

/// Maximum size in bytes of a recording, 20 MB.
const LARGEST: u64 = 20_000_000;

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct StemsArgs {
    #[command(flatten)]
    pub(crate) track: TrackArgs,
    /// Stems to make [default: vocals, or one with --stem]
    #[arg(id = "type", long = "type", value_name = "TYPE", value_enum)]
    pub(crate) kind: Option<StemsType>,
    /// Name of the stem for --type one, such as "Lead Vocal" or "Hi-Hat"
    #[arg(long = "stem", value_name = "NAME")]
    pub(crate) stem_name: Option<StemName>,
    #[command(flatten)]
    pub(crate) call_back: CallBackArgs,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StemsType {
    /// The voice, and the accompaniment
    Vocals,
    /// Up to twelve stems
    All,
    /// One stem, and the rest of the track. Needs --stem
    One,
}

const EXAMPLES: &str = "\
The source can also be a recording of your own, of at most 20 MB: a local file, which is uploaded, or a link.

Examples:
  kie stems \"$TRACK\" --save stems
  kie stems \"$TRACK\" --stem \"Lead Vocal\" --save stems
  kie stems https://example.com/take3.mp3 --type all";

pub(crate) async fn run(session: &Session, args: StemsArgs) -> Result<(), ExitError> {
    let kind = match (args.kind, &args.stem_name) {
        (Some(StemsType::One), None) => {
            return Err(ExitError::Usage("--type one needs --stem NAME".to_owned()));
        }
        (Some(StemsType::Vocals | StemsType::All), Some(_)) => {
            return Err(ExitError::Usage("--stem NAME needs --type one".to_owned()));
        }
        (Some(kind), _) => kind,
        (None, None) => StemsType::Vocals,
        (None, Some(_)) => StemsType::One,
    };
    let complete = |mut request: SeparateVocals| {
        request.kind = Some(match kind {
            StemsType::Vocals => SeparationType::SeparateVocal,
            StemsType::All => SeparationType::SplitStem,
            StemsType::One => SeparationType::SplitStemAdvanced,
        });
        request.stem_name = args.stem_name.clone();
        request.call_back_url = args.call_back.call_back_url.clone();
        request
    };
    let recording = match args.track.source(session).await? {
        Source::Track(track) => {
            let request = complete(SeparateVocals::of_track(track.task_id()?, track.audio_id.as_str()));
            return spend(session, &request, Some(&track), &args.start).await;
        }
        Source::File(file) => Recording::of(&file.to_string_lossy())?,
        Source::Link(link) => Recording::Link(link),
    };
    if let Some(task) = &args.track.task {
        let what = format!("--task {} needs a track, and the source is a recording", one_line(task));
        return Err(ExitError::Usage(what));
    }
    recording.check_size(LARGEST)?;
    let request = complete(SeparateVocals::of_recording(recording.placeholder()));
    let set = |request: &mut SeparateVocals, addresses: Vec<String>| request.audio_url = addresses.into_iter().next();
    spend_on(session, request, &[recording], set, &args.start).await
}
