//! `get-timestamped-lyrics`: finds the time at which each word of a finished track is sung. The response itself has the
//! result, so there is no task.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    answer::envelope::{self, ReadError},
    decode::answer,
    market::{MarketForm, MarketRecord},
    operation::{Effect, Endpoint, Examples, MarketAnswer, Method},
    price::Price,
    request::{Invalid, Rules, limits},
    suno::music::job::Music,
    value::{AudioId, Seconds, TaskId},
};

/// Finds the time at which each word of a finished track is sung. Each call costs credits.
///
/// The documentation page requires a track from [`generate-music`](crate::GenerateMusic) or
/// [`extend-music`](crate::ExtendMusic). The service refuses unknown ids with code 422.
///
/// Documentation: <https://docs.kie.ai/suno-api/get-timestamped-lyrics>
///
/// In Rust, with a `client` of the crate `kie-suno`:
///
/// ```
/// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
/// # simulator::run(async |client| {
/// use kie_suno::requests::GetTimestampedLyrics;
///
/// // The ids of a finished music task and of one of its tracks.
/// let song = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";
/// let track = "7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a";
/// let lyrics = client.call(GetTimestampedLyrics::new(song, track)).await?;
/// println!("{}", lyrics.to_lrc()); // or `to_srt`, for subtitles
/// # Ok(())
/// # });
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(transform = crate::operation::schema::request::<Self>)
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetTimestampedLyrics {
    /// Id of the music task that made the track.
    #[serde(default)]
    pub task_id: TaskId<Music>,
    /// Id of the track.
    #[serde(default)]
    pub audio_id: AudioId,
}

impl GetTimestampedLyrics {
    /// Creates a request for the times of the words in a track of a music task.
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
    const PRICE: Option<Price> = Some(Price::listed(0.5));
    const MARKET: Option<&'static MarketForm> = Some(&MarketForm::submit("ai-music-api/timeStamped-lyrics"));
    type Response = TimestampedLyrics;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("taskId", self.task_id.as_str());
        rules.required("audioId", self.audio_id.as_str());
        rules.finish()
    }

    limits! {
        and Limit::all(["taskId", "audioId"], Bound::Required, []),
    }

    /// Reads a response without `data` as lyrics without words. The documentation page does not show the response for a
    /// track without singing. It may have no `data`.
    fn read(http_status: u16, body: &[u8]) -> Result<TimestampedLyrics, ReadError> {
        envelope::open::<Option<_>>(http_status, body).map(Option::unwrap_or_default)
    }

    fn read_market(http_status: u16, body: &[u8]) -> Result<MarketAnswer<TimestampedLyrics>, ReadError> {
        MarketAnswer::result_or_task::<Self>(http_status, body, has_words, has_empty_list)
    }

    fn of_market(record: &MarketRecord) -> Option<TimestampedLyrics> {
        let result = record.result();
        let lyrics: TimestampedLyrics = result.object(&WORDS)?;
        let is_known = has_words(&lyrics) || result.object(&WORDS).is_some_and(|fields| has_empty_list(&fields));
        is_known.then_some(lyrics)
    }
}

/// Names of the list of words on the wire.
const WORDS: [&str; 2] = ["alignedWords", "aligned_words"];

/// Returns `true` if at least one word could be read.
fn has_words(lyrics: &TimestampedLyrics) -> bool {
    lyrics.aligned_words.iter().any(|word| *word != AlignedWord::default())
}

/// Returns `true` if the list of words is there and empty: a track without singing has no words.
fn has_empty_list(fields: &Map<String, Value>) -> bool {
    WORDS.iter().filter_map(|name| fields.get(*name)?.as_array()).any(Vec::is_empty)
}

impl Examples for GetTimestampedLyrics {
    fn examples() -> Vec<Self> {
        vec![Self::new("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e", "7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a")]
    }
}

answer! {
    /// Words of a track, each with the time at which the word is sung. A track without singing has no words.
    pub struct TimestampedLyrics {
        /// Words, in the order of the lyrics.
        pub aligned_words: Vec<AlignedWord> = "alignedWords" | "aligned_words",
        /// Loudness of the track over time, to draw a waveform.
        pub waveform_data: Vec<f64> = "waveformData" | "waveform_data",
        /// Number that says how well the words match the audio. The scale is not documented.
        pub hoot_cer: Option<f64> = "hootCer" | "hoot_cer",
        /// `true` if the audio of the track was a stream.
        pub is_streamed: Option<bool> = "isStreamed" | "is_streamed",
    }
}

answer! {
    /// One word of the lyrics.
    pub struct AlignedWord {
        /// Text of the word, with the section tags, spaces and line breaks around the word.
        pub word: Option<String> = "word",
        /// `true` if the word was found in the audio.
        pub success: Option<bool> = "success",
        /// Start of the word in the track, in seconds.
        pub start_s: Option<Seconds> = "startS" | "start_s",
        /// End of the word, in seconds. This field was missing in some responses.
        pub end_s: Option<Seconds> = "endS" | "end_s",
        /// Number about the match between the word and the audio. Its meaning is not documented. This field was missing
        /// in some responses.
        pub palign: Option<i64> = "palign",
    }
}

/// Number of seconds for which a subtitle stays visible after the start of its last word. The number is used if the end
/// of this word is not known and no other line follows.
const LAST_WORD_SECONDS: f64 = 3.0;

impl TimestampedLyrics {
    /// Returns the text of an LRC file. LRC is a lyrics format that music players show. The file has one line of text
    /// for each line of lyrics, with the start time of the line.
    ///
    /// Section tags such as `[Verse]` are not in the file, because tags are not sung.
    pub fn to_lrc(&self) -> String {
        let line = |line: &Line| {
            let (minutes, hundredths) = split_minutes(line.start, 100);
            format!("[{minutes:02}:{:02}.{:02}]{}\n", hundredths / 100, hundredths % 100, line.text)
        };
        self.lines().iter().map(line).collect()
    }

    /// Returns the text of an SRT file. SRT is a format for the subtitles of a video. The file has one subtitle for
    /// each line of lyrics.
    ///
    /// A subtitle disappears when the last word of its line ends, or when the next line starts, if that is earlier. If
    /// the end of the last word is not known, the subtitle disappears when the next line starts. If there is no next
    /// line either, the subtitle disappears 3 seconds after the start of its last word.
    pub fn to_srt(&self) -> String {
        let time = |seconds: f64| {
            let (minutes, millis) = split_minutes(seconds, 1_000);
            format!("{:02}:{:02}:{:02},{:03}", minutes / 60, minutes % 60, millis / 1_000, millis % 1_000)
        };
        let lines = self.lines();
        let next = |index: usize| lines.get(index + 1).map(|next| next.start);
        let cue = |(index, line): (usize, &Line)| {
            let end = line.end.or(next(index)).filter(|end| *end > line.start).unwrap_or(line.last + LAST_WORD_SECONDS);
            let end = next(index).filter(|next| *next > line.start).map_or(end, |next| next.min(end));
            format!("{}\n{} --> {}\n{}\n\n", index + 1, time(line.start), time(end), line.text)
        };
        lines.iter().enumerate().map(cue).collect()
    }

    /// Returns the words that are sung, with their times in milliseconds, for example for an ID3 frame `SYLT`. Section
    /// tags are left out. The texts of a line, put together, are the line: a text has the spaces that follow the
    /// word in the line, and no line break.
    ///
    /// ```
    /// use kie_types::TimestampedLyrics;
    ///
    /// let lyrics: TimestampedLyrics = serde_json::from_str(r#"{ "alignedWords": [
    ///     { "word": "[Verse]\nHello ", "startS": 1.25, "endS": 1.5 },
    ///     { "word": "world\n", "startS": 1.5, "endS": 2.0 }
    /// ] }"#)?;
    /// let words = lyrics.sung_words();
    /// assert_eq!((words[0].text.as_str(), words[0].start_ms, words[0].starts_line), ("Hello ", 1_250, true));
    /// assert_eq!((words[1].text.as_str(), words[1].start_ms, words[1].starts_line), ("world", 1_500, false));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn sung_words(&self) -> Vec<SungWord> {
        self.lines().into_iter().flat_map(Line::into_words).collect()
    }

    /// Returns the lines of lyrics that are sung, without section tags.
    fn lines(&self) -> Vec<Line> {
        let mut lines = vec![Line::default()];
        let mut time = 0.0;
        for word in &self.aligned_words {
            time = word.start_s.map_or(time, Seconds::get);
            for (index, part) in word.word.iter().flat_map(|text| text.split('\n')).enumerate() {
                if index > 0 {
                    lines.push(Line::default());
                }
                let Some(line) = lines.last_mut().filter(|_| !part.trim().is_empty()) else { continue };
                if line.text.is_empty() {
                    line.start = time;
                }
                line.words.push((time, line.text.len()));
                line.text += part;
                line.last = time;
                line.end = word.end_s.map(Seconds::get);
            }
            time = word.end_s.map_or(time, Seconds::get);
        }
        for line in &mut lines {
            let mut text = line.text.trim();
            while let Some((_, rest)) = text.strip_prefix('[').and_then(|tag| tag.split_once(']')) {
                text = rest.trim_start();
            }
            line.sung = text.to_owned();
            line.skipped = line.text.trim_end().len() - text.len();
            line.text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        lines.retain(|line| !line.text.is_empty());
        lines
    }
}

/// A word of the lyrics that is sung. Made by [`TimestampedLyrics::sung_words`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SungWord {
    /// Text of the word.
    pub text: String,
    /// Start of the word in the track, in milliseconds.
    pub start_ms: u32,
    /// `true` if the word is the first word of a line.
    pub starts_line: bool,
}

/// Line of the lyrics. `start` is the start of the line, `last` is the start of its last word, and `end` is the end of
/// its last word, all in seconds.
#[derive(Default)]
struct Line {
    start: f64,
    last: f64,
    end: Option<f64>,
    text: String,
    /// Text of the line without section tags, with its original spaces.
    sung: String,
    /// Number of bytes before `sung` in the original text of the line.
    skipped: usize,
    /// Start of each word in seconds, and its position in the original text of the line, in bytes.
    words: Vec<(f64, usize)>,
}

impl Line {
    fn into_words(self) -> Vec<SungWord> {
        let mut words = Vec::new();
        let ends = self.words.iter().skip(1).map(|(_, at)| *at).chain([usize::MAX]);
        for ((start, at), end) in self.words.iter().zip(ends) {
            let [at, end] = [*at, end].map(|at| at.saturating_sub(self.skipped).min(self.sung.len()));
            let text = self.sung.get(at..end).unwrap_or_default();
            if !text.trim().is_empty() {
                let start_ms = (start * 1_000.0).round() as u32;
                words.push(SungWord { text: text.to_owned(), start_ms, starts_line: words.is_empty() });
            }
        }
        words
    }
}

/// Splits a time in seconds into two numbers: the whole minutes, and the remaining time in units of `1 / per_second`
/// seconds. With `per_second` 1000, the second number is in milliseconds. A negative time is read as 0.
fn split_minutes(seconds: f64, per_second: u64) -> (u64, u64) {
    let all = (seconds * per_second as f64).round() as u64;
    (all / (60 * per_second), all % (60 * per_second))
}
