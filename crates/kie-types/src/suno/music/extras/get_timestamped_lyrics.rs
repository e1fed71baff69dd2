//! `get-timestamped-lyrics`: when each word of a finished track is sung. Answered at once.

use serde::{Deserialize, Serialize};

use crate::{
    answer::envelope::{self, ReadError},
    decode::answer,
    operation::{Effect, Endpoint, Examples, Method},
    request::{Invalid, Rules},
    suno::music::job::Music,
    value::{AudioId, Seconds, TaskId},
};

/// Listens to a finished track and says when each word of it is sung. Each call costs credits.
///
/// The page wants a track from [`GenerateMusic`](crate::GenerateMusic) or [`ExtendMusic`](crate::ExtendMusic). Unknown
/// ids are refused with code 422.
///
/// Documentation: <https://docs.kie.ai/suno-api/get-timestamped-lyrics>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(transform = crate::operation::schema::request::<Self>)
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetTimestampedLyrics {
    /// The music task that made the track.
    #[serde(default)]
    pub task_id: TaskId<Music>,
    /// The track.
    #[serde(default)]
    pub audio_id: AudioId,
}

impl GetTimestampedLyrics {
    /// The words of this track of this task.
    pub fn new(task_id: impl Into<TaskId<Music>>, audio_id: impl Into<AudioId>) -> Self {
        Self { task_id: task_id.into(), audio_id: audio_id.into() }
    }
}

impl Endpoint for GetTimestampedLyrics {
    const NAME: &'static str = "get-timestamped-lyrics";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/get-timestamped-lyrics";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/generate/get-timestamped-lyrics";
    const EFFECT: Effect = Effect::Creates;
    type Response = TimestampedLyrics;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("taskId", self.task_id.as_str());
        rules.required("audioId", self.audio_id.as_str());
        rules.finish()
    }

    /// A track without singing has no lyrics data; the page does not say in which form.
    fn read(http_status: u16, body: &[u8]) -> Result<TimestampedLyrics, ReadError> {
        envelope::open::<Option<_>>(http_status, body).map(Option::unwrap_or_default)
    }
}

impl Examples for GetTimestampedLyrics {
    fn examples() -> Vec<Self> {
        vec![Self::new("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e", "7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a")]
    }
}

answer! {
    /// When each word of a track is sung. There are no words where nothing is sung.
    pub struct TimestampedLyrics {
        /// The words, in the order of the lyrics.
        pub aligned_words: Vec<AlignedWord> = "alignedWords" | "aligned_words",
        /// The loudness of the track over time, for drawing it.
        pub waveform_data: Vec<f64> = "waveformData" | "waveform_data",
        /// How well the words were found in the audio, by a scale that is not stated.
        pub hoot_cer: Option<f64> = "hootCer" | "hoot_cer",
        /// Whether the audio was a stream.
        pub is_streamed: Option<bool> = "isStreamed" | "is_streamed",
    }
}

answer! {
    /// One word of the lyrics.
    pub struct AlignedWord {
        /// The word, with the section tags, spaces and line breaks around it.
        pub word: Option<String> = "word",
        /// Whether it was found in the audio.
        pub success: Option<bool> = "success",
        /// When it begins, in seconds.
        pub start_s: Option<Seconds> = "startS" | "start_s",
        /// When it ends, in seconds; seen missing.
        pub end_s: Option<Seconds> = "endS" | "end_s",
        /// A number of the alignment, without a stated meaning; seen missing.
        pub palign: Option<i64> = "palign",
    }
}

/// How long the last word of a line is shown whose end is not known, in seconds.
const SHOWN: f64 = 3.0;

impl TimestampedLyrics {
    /// The lyrics as an LRC file, as music players show them: one line per line, with the time it begins at.
    ///
    /// Section tags such as `[Verse]` are not sung and left out.
    pub fn to_lrc(&self) -> String {
        let line = |line: &Line| {
            let (minutes, hundredths) = parts(line.start, 100);
            format!("[{minutes:02}:{:02}.{:02}]{}\n", hundredths / 100, hundredths % 100, line.text)
        };
        self.lines().iter().map(line).collect()
    }

    /// The lyrics as an SRT file, the subtitles of a video: one cue per line.
    ///
    /// A line ends where its last word does, and where the next one begins at the latest.
    pub fn to_srt(&self) -> String {
        let time = |seconds: f64| {
            let (minutes, millis) = parts(seconds, 1_000);
            format!("{:02}:{:02}:{:02},{:03}", minutes / 60, minutes % 60, millis / 1_000, millis % 1_000)
        };
        let lines = self.lines();
        let next = |index: usize| lines.get(index + 1).map(|next| next.start);
        let cue = |(index, line): (usize, &Line)| {
            let end = line.end.or(next(index)).filter(|end| *end > line.start).unwrap_or(line.last + SHOWN);
            let end = next(index).filter(|next| *next > line.start).map_or(end, |next| next.min(end));
            format!("{}\n{} --> {}\n{}\n\n", index + 1, time(line.start), time(end), line.text)
        };
        lines.iter().enumerate().map(cue).collect()
    }

    /// The lines that are sung.
    fn lines(&self) -> Vec<Line> {
        let mut lines = vec![Line::default()];
        let mut now = 0.0;
        for word in &self.aligned_words {
            now = word.start_s.map_or(now, Seconds::get);
            for (index, part) in word.word.iter().flat_map(|text| text.split('\n')).enumerate() {
                if index > 0 {
                    lines.push(Line::default());
                }
                let Some(line) = lines.last_mut().filter(|_| !part.trim().is_empty()) else { continue };
                if line.text.is_empty() {
                    line.start = now;
                }
                line.text += part;
                line.last = now;
                line.end = word.end_s.map(Seconds::get);
            }
            now = word.end_s.map_or(now, Seconds::get);
        }
        for line in &mut lines {
            let mut text = line.text.trim();
            while let Some((_, rest)) = text.strip_prefix('[').and_then(|tag| tag.split_once(']')) {
                text = rest.trim_start();
            }
            line.text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        lines.retain(|line| !line.text.is_empty());
        lines
    }
}

/// A line of the lyrics: when it begins, when its last word does, and when that ends, in seconds.
#[derive(Default)]
struct Line {
    start: f64,
    last: f64,
    end: Option<f64>,
    text: String,
}

/// The whole minutes, and the rest of them in so many parts of a second. A time before the beginning is the beginning.
fn parts(seconds: f64, per_second: u64) -> (u64, u64) {
    let all = (seconds * per_second as f64).round() as u64;
    (all / (60 * per_second), all % (60 * per_second))
}
