//! `kie midi`: writes the notes of a track's stems as a MIDI file.

use clap::Args;
use kie_suno::{
    Route,
    requests::{Endpoint as _, GenerateMidi, SeparateVocals},
    types::text::one_line,
};

use crate::{
    args::{CallBackArgs, StartArgs},
    exit::ExitError,
    output::short_id,
    session::Session,
    sources::{KnownTask, KnownTrack, TrackArgs, check_id},
    spend::spend,
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
#[command(mut_arg("source", |source| source.required_unless_present("stems")))]
pub(crate) struct MidiArgs {
    #[command(flatten)]
    pub(crate) track: TrackArgs,
    /// Task of kie stems that made the stems, or the first characters of its id [default: the newest stems of the track
    /// in the ledger]
    #[arg(long, value_name = "TASK", conflicts_with_all = ["source", "last", "task"])]
    pub(crate) stems: Option<String>,
    /// Transcribe only this stem: its name, its id, or the first characters of its id
    #[arg(long, value_name = "STEM")]
    pub(crate) stem: Option<String>,
    #[command(flatten)]
    pub(crate) call_back: CallBackArgs,
    #[command(flatten)]
    pub(crate) start: StartArgs,
}

const EXAMPLES: &str = "\
The notes are made from the stems of a track, so run kie stems first. --save writes one \
Standard MIDI File with a track for each stem.

Examples:
  kie stems \"$TRACK\"
  kie midi \"$TRACK\" --save midi
  kie midi \"$TRACK\" --stem Vocals --save midi";

/// Minimum number of characters of the id of a stem.
const SHORTEST_ID: usize = 16;

/// Operations that make stems.
const STEMS: [&str; 1] = [SeparateVocals::NAME];

pub(crate) async fn run(session: &Session, args: MidiArgs) -> Result<(), ExitError> {
    let (stems, track) = match &args.stems {
        Some(word) => (KnownTask::named(session, word, &STEMS).await?, KnownTrack::default()),
        None => {
            let track = args.track.track(session).await?;
            let is_of_track = |request: &serde_json::Value| request["audioId"] == track.audio_id.as_str();
            let newest = KnownTask::newest(session, &STEMS, is_of_track).await?;
            (newest.ok_or_else(|| no_stems(&track.audio_id))?, track)
        }
    };
    // The file is named after the track, and the request is sent on the route of the stems.
    let source = KnownTrack { route: stems.source().route, ..track };
    let mut request = GenerateMidi::new(stems.id.as_str());
    if let Some(word) = &args.stem {
        request.audio_id = Some(stem_of(session, &stems, word).await?.into());
    }
    request.call_back_url = args.call_back.call_back_url;
    // On this route, the record of the task has no notes. So without a receiver of callbacks, nobody gets the notes.
    if stems.route(session) == Route::Market && request.call_back_url.is_none() {
        return Err(ExitError::Invalid(
            "the market route sends the notes only to a callback address, and kie midi receives no callbacks: add --route \
             classic, or --call-back-url with the address of a program that writes callbacks to the same ledger"
                .to_owned(),
        ));
    }
    spend(session, &request, Some(&source), &args.start).await
}

fn no_stems(track: &str) -> ExitError {
    let short = one_line(&short_id(track)).to_string();
    ExitError::Invalid(format!(
        "the ledger has no stems of the track {short}: make them with kie stems, or name their task with --stems TASK"
    ))
}

/// Returns the id of the stem that a word means.
async fn stem_of(session: &Session, stems: &KnownTask, word: &str) -> Result<String, ExitError> {
    let items = stems.items(session).await?;
    let ids = items.iter().filter_map(|item| Some((item.id.as_deref()?, item.title.as_deref().unwrap_or_default())));
    let ids: Vec<_> = ids.collect();
    let named = ids.iter().find(|(_, title)| title.eq_ignore_ascii_case(word));
    let found: Vec<_> = match named {
        Some(stem) => vec![stem],
        None => ids.iter().filter(|(id, _)| id.starts_with(word)).collect(),
    };
    match found[..] {
        [(id, _)] => Ok((*id).to_owned()),
        [] if ids.is_empty() && word.len() >= SHORTEST_ID => {
            check_id("stem", word)?;
            Ok(word.to_owned())
        }
        [] if ids.is_empty() => {
            let word = one_line(word).to_string();
            Err(ExitError::Invalid(format!("the ids of the stems are not known, and \"{word}\" is not a whole id")))
        }
        _ => {
            let stems: String =
                ids.iter().map(|(id, title)| format!("\n  {}  {}", one_line(&short_id(id)), one_line(title))).collect();
            Err(ExitError::Invalid(format!("\"{}\" is not one of the stems:{stems}", one_line(word))))
        }
    }
}
