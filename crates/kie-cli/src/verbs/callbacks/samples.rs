//! The callbacks that `kie trigger` can send, by name.

use kie_suno::{
    Route, Stage,
    requests::{
        ConvertToWav, CoverSuno, CreateMusicVideo, Endpoint as _, GenerateLyrics, GenerateMidi, GenerateMusic,
        RecoveryAudio, SeparateVocals, SunoVoiceGenerate, SunoVoiceValidate,
    },
};

use self::Event::{Failed, Reached};

/// A callback that can be sent.
#[derive(Debug)]
pub(super) struct Sample {
    /// Kind of the task and its event, such as `music.complete`. The kinds are those of the webhooks in the OpenAPI
    /// document.
    pub(super) name: &'static str,
    pub(super) operation: &'static str,
    /// Index of the example in the catalogue that starts the task.
    pub(super) example: usize,
    pub(super) event: Event,
    pub(super) about: &'static str,
}

/// Event that a callback reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// The task has reached this stage.
    Reached(Stage),
    /// The task has failed.
    Failed,
}

const fn sample(
    name: &'static str,
    operation: &'static str,
    example: usize,
    event: Event,
    about: &'static str,
) -> Sample {
    Sample { name, operation, example, event, about }
}

#[rustfmt::skip]
pub(super) static SAMPLES: [Sample; 24] = [
    sample("music.text",                         GenerateMusic::NAME,     0, Reached(Stage::Text),     "the words of two songs are written"),
    sample("music.first",                        GenerateMusic::NAME,     0, Reached(Stage::First),    "the first of two songs is finished"),
    sample("music.complete",                     GenerateMusic::NAME,     0, Reached(Stage::Complete), "both songs are finished"),
    sample("music.error",                        GenerateMusic::NAME,     0, Failed,                   "the task failed"),
    sample("lyrics.complete",                    GenerateLyrics::NAME,    0, Reached(Stage::Complete), "the lyrics are written"),
    sample("lyrics.error",                       GenerateLyrics::NAME,    0, Failed,                   "the task failed"),
    sample("wav.complete",                       ConvertToWav::NAME,      0, Reached(Stage::Complete), "the WAV file is ready"),
    sample("wav.error",                          ConvertToWav::NAME,      0, Failed,                   "the task failed"),
    sample("vocal-separation.complete",          SeparateVocals::NAME,    0, Reached(Stage::Complete), "vocals and instruments are separated"),
    sample("vocal-separation.complete-stems",    SeparateVocals::NAME,    1, Reached(Stage::Complete), "all stems are separated"),
    sample("vocal-separation.complete-one-stem", SeparateVocals::NAME,    2, Reached(Stage::Complete), "one stem is separated"),
    sample("vocal-separation.error",             SeparateVocals::NAME,    0, Failed,                   "the task failed"),
    sample("midi.complete",                      GenerateMidi::NAME,      0, Reached(Stage::Complete), "the notes are written"),
    sample("midi.error",                         GenerateMidi::NAME,      0, Failed,                   "the task failed"),
    sample("music-video.complete",               CreateMusicVideo::NAME,  0, Reached(Stage::Complete), "the video is ready"),
    sample("music-video.error",                  CreateMusicVideo::NAME,  0, Failed,                   "the task failed"),
    sample("cover.complete",                     CoverSuno::NAME,         0, Reached(Stage::Complete), "the cover images are drawn"),
    sample("cover.error",                        CoverSuno::NAME,         0, Failed,                   "the task failed"),
    sample("recovery.complete",                  RecoveryAudio::NAME,     0, Reached(Stage::Complete), "expired links are replaced"),
    sample("recovery.error",                     RecoveryAudio::NAME,     0, Failed,                   "the task failed"),
    sample("voice-validation.complete",          SunoVoiceValidate::NAME, 0, Reached(Stage::Complete), "the phrase to sing is ready"),
    sample("voice-validation.error",             SunoVoiceValidate::NAME, 0, Failed,                   "the task failed"),
    sample("voice.complete",                     SunoVoiceGenerate::NAME, 0, Reached(Stage::Complete), "the voice is cloned"),
    sample("voice.error",                        SunoVoiceGenerate::NAME, 0, Failed,                   "the task failed"),
];

impl Sample {
    /// Returns the callback with this name.
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        SAMPLES.iter().find(|sample| sample.name == name)
    }

    /// Returns `true` if a task of this route can send the callback. On the market route, a task has one callback, at its
    /// end.
    pub(super) fn is_on(&self, route: Route) -> bool {
        route == Route::Classic || !matches!(self.event, Reached(Stage::Text | Stage::First))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use kie_suno::requests::catalog::OPERATIONS;

    use super::*;

    #[test]
    fn each_kind_of_task_has_a_result_and_a_failure() {
        let names: BTreeSet<&str> = SAMPLES.iter().map(|sample| sample.name).collect();
        assert_eq!(names.len(), SAMPLES.len());
        for kind in OPERATIONS.iter().filter_map(|operation| operation.job) {
            for event in ["complete", "error"] {
                assert!(names.contains(format!("{kind}.{event}").as_str()), "{kind}.{event}");
            }
        }
        assert!(SAMPLES.iter().all(|sample| OPERATIONS.iter().any(|operation| {
            let kind = sample.name.split('.').next();
            operation.name == sample.operation && operation.job == kind && operation.market.is_some()
        })));
    }
}
