//! `kie timed-lyrics`: finds the time of each line of a track's lyrics.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use kie_suno::{files::SavedFile, records::TimestampedLyrics, requests::GetTimestampedLyrics};
use serde::Serialize;

#[cfg(feature = "tags")]
use crate::tags::tag_timed;
use crate::{
    args::MoneyArgs,
    exit::ExitError,
    output::{note, out, size},
    session::Session,
    sources::{KnownTrack, TrackArgs},
    spend::{Answer, ask},
    verbs::tracks::new_file::{check_new, write_new},
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct TimedLyricsArgs {
    #[command(flatten)]
    pub(crate) track: TrackArgs,
    /// Save the lyrics beside the saved song, with its name and the endings lrc and srt
    #[arg(long)]
    pub(crate) save: bool,
    /// Write the times of the words into the tags of the saved song. Players show the words while they are sung
    #[cfg(feature = "tags")]
    #[arg(long)]
    pub(crate) tag: bool,
    /// Save the lyrics as LRC, a format of music players, in this new file
    #[arg(long, value_name = "FILE")]
    pub(crate) lrc: Option<PathBuf>,
    /// Save the lyrics as SRT, a format of subtitles, in this new file
    #[arg(long, value_name = "FILE")]
    pub(crate) srt: Option<PathBuf>,
    /// Format of lyrics that are printed
    #[arg(long = "as", value_name = "FORMAT", value_enum, default_value_t = LyricsFormat::Lrc)]
    pub(crate) print_as: LyricsFormat,
    /// Your own name for the call, such as an order number. A second call with the same name sends nothing and returns
    /// the first lyrics. With another request, it fails
    #[arg(long)]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) money: MoneyArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LyricsFormat {
    /// Lines of lyrics with their start, for music players
    Lrc,
    /// Subtitles for a video
    Srt,
}

const EXAMPLES: &str = "\
Without --save, --tag, --lrc and --srt, the lyrics are printed.

Examples:
  kie timed-lyrics \"$TRACK\" --save
  kie timed-lyrics \"$TRACK\" --as srt";

/// The lyrics in the formats of files, beside the response.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct LyricsTexts {
    /// Lyrics as LRC, or an empty text if there are no sung words.
    lrc: String,
    /// Lyrics as SRT, or an empty text if there are no sung words.
    srt: String,
}

/// Document of the verb.
pub(crate) type TimedLyricsAnswer = Answer<TimestampedLyrics, LyricsTexts>;

/// Endings of the files.
const LRC: &str = "lrc";
const SRT: &str = "srt";

pub(crate) async fn run(session: &Session, args: TimedLyricsArgs) -> Result<(), ExitError> {
    let track = args.track.track(session).await?;
    let files = files(&args, &track)?;
    let request = GetTimestampedLyrics::new(track.task_id()?, track.audio_id.as_str());
    let is_repeated = session.check_name(args.name.as_deref()).await?;
    for (path, _) in &files {
        check_new(path, is_repeated, &session.interrupt).await?;
    }
    let answer = ask(session, &request, Some(&track), args.name.as_deref()).await?;
    let texts = LyricsTexts { lrc: answer.response.to_lrc(), srt: answer.response.to_srt() };
    let mut answer = answer.with_texts(texts);
    if text(&answer, LyricsFormat::Lrc).is_empty() {
        note!("the service found no sung words in the track");
        return answer.print(session.format, |_| {});
    }
    let mut failed: Option<(ExitError, LyricsFormat)> = None;
    for (path, format) in &files {
        let written = write_new(path, text(&answer, *format), &session.interrupt).await;
        match written {
            Ok(bytes) => answer.files.push(SavedFile::new(path, bytes).with_id(track.audio_id.as_str())),
            Err(error) => failed = failed.or(Some((error, *format))),
        }
    }
    #[cfg(feature = "tags")]
    if args.tag
        && let Err(error) = tag_timed(&song(&args, &track)?, &answer.response, &session.interrupt).await
    {
        failed = failed.or(Some((error, args.print_as)));
    }
    // The lyrics are paid for, so they are printed if they cannot be saved.
    let printed = match &failed {
        Some((_, format)) => Some(*format),
        None => (files.is_empty() && !args.is_tagging()).then_some(args.print_as),
    };
    answer.print(session.format, |answer| tell(answer, printed))?;
    match failed {
        Some((error, _)) => Err(error.after_document()),
        None => Ok(()),
    }
}

fn text(answer: &TimedLyricsAnswer, format: LyricsFormat) -> &str {
    match format {
        LyricsFormat::Lrc => &answer.texts.lrc,
        LyricsFormat::Srt => &answer.texts.srt,
    }
}

fn tell(answer: &TimedLyricsAnswer, printed: Option<LyricsFormat>) {
    for file in &answer.files {
        out!("{}  {}", size(file.bytes), file.path.display());
    }
    if let Some(format) = printed {
        out!("{}", text(answer, format).trim_end());
    }
}

impl TimedLyricsArgs {
    /// Returns `true` if the times are to be written into the tags of the song.
    fn is_tagging(&self) -> bool {
        #[cfg(feature = "tags")]
        return self.tag;
        #[cfg(not(feature = "tags"))]
        false
    }
}

/// Returns the saved file of the track.
fn song(args: &TimedLyricsArgs, track: &KnownTrack) -> Result<PathBuf, ExitError> {
    let given = args.track.source.as_deref().map(Path::new).filter(|path| path.is_file());
    given.or(track.song()).map(Path::to_owned).ok_or_else(|| {
        ExitError::Invalid("the ledger knows no saved file of the track: give --lrc FILE or --srt FILE".to_owned())
    })
}

/// Returns the files that are to be saved, each with its format.
fn files(args: &TimedLyricsArgs, track: &KnownTrack) -> Result<Vec<(PathBuf, LyricsFormat)>, ExitError> {
    let mut files = Vec::new();
    // The file of the song is needed for the tags too, and is looked for before anything is paid.
    if args.save || args.is_tagging() {
        let song = song(args, track)?;
        if args.save {
            files.push((song.with_extension(LRC), LyricsFormat::Lrc));
            files.push((song.with_extension(SRT), LyricsFormat::Srt));
        }
    }
    let named = [(&args.lrc, LyricsFormat::Lrc), (&args.srt, LyricsFormat::Srt)];
    files.extend(named.into_iter().filter_map(|(path, format)| Some((path.clone()?, format))));
    Ok(files)
}
