//! The callbacks that `kie trigger` can send, by name.

use kie_suno::{
    Route, Stage,
    requests::{
        BoostMusicStyle, ConvertToWav, CoverSuno, CreateMusicVideo, Endpoint as _, GenerateLyrics, GenerateMidi,
        GenerateMusic, GeneratePersona, GetTimestampedLyrics, RecoveryAudio, SeparateVocals, SunoVoiceCheckVoice,
        SunoVoiceGenerate, SunoVoiceValidate,
        catalog::{self, Operation},
    },
};

use self::Event::{Failed, Reached};

/// A callback that can be sent.
#[derive(Debug)]
pub(super) struct Sample {
    /// Kind of the task and its event, such as `music.complete`. The kinds are those of the webhooks in the OpenAPI document.
    /// A task that only the market route starts has the name of its operation.
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
    /// The task has failed. The stage is the last one before the failure.
    Failed(Option<Stage>),
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
pub(super) static SAMPLES: [Sample; 34] = [
    sample("music.text",                       GenerateMusic::NAME,        0, Reached(Stage::Text),         "the words of two songs are written"),
    sample("music.first",                      GenerateMusic::NAME,        0, Reached(Stage::First),        "the first of two songs is finished"),
    sample("music.complete",                   GenerateMusic::NAME,        0, Reached(Stage::Complete),     "both songs are finished"),
    sample("music.error",                      GenerateMusic::NAME,        0, Failed(None),                 "the task failed"),
    sample("music.error-after-text",           GenerateMusic::NAME,        0, Failed(Some(Stage::Text)),    "the task failed after the words"),
    sample("music.error-after-first",          GenerateMusic::NAME,        0, Failed(Some(Stage::First)),   "the task failed after the first song"),
    sample("lyrics.complete",                  GenerateLyrics::NAME,       0, Reached(Stage::Complete),     "the lyrics are written"),
    sample("lyrics.error",                     GenerateLyrics::NAME,       0, Failed(None),                 "the task failed"),
    sample("wav.complete",                     ConvertToWav::NAME,         0, Reached(Stage::Complete),     "the WAV file is ready"),
    sample("wav.error",                        ConvertToWav::NAME,         0, Failed(None),                 "the task failed"),
    sample("vocal-separation.complete",        SeparateVocals::NAME,       0, Reached(Stage::Complete),     "vocals and instruments are separated"),
    sample("vocal-separation.complete-stems",  SeparateVocals::NAME,       1, Reached(Stage::Complete),     "all stems are separated"),
    sample("vocal-separation.complete-one-stem", SeparateVocals::NAME,     2, Reached(Stage::Complete),     "one stem is separated"),
    sample("vocal-separation.error",           SeparateVocals::NAME,       0, Failed(None),                 "the task failed"),
    sample("midi.complete",                    GenerateMidi::NAME,         0, Reached(Stage::Complete),     "the notes are written"),
    sample("midi.error",                       GenerateMidi::NAME,         0, Failed(None),                 "the task failed"),
    sample("music-video.complete",             CreateMusicVideo::NAME,     0, Reached(Stage::Complete),     "the video is ready"),
    sample("music-video.error",                CreateMusicVideo::NAME,     0, Failed(None),                 "the task failed"),
    sample("cover.complete",                   CoverSuno::NAME,            0, Reached(Stage::Complete),     "the cover images are drawn"),
    sample("cover.error",                      CoverSuno::NAME,            0, Failed(None),                 "the task failed"),
    sample("recovery.complete",                RecoveryAudio::NAME,        0, Reached(Stage::Complete),     "expired links are replaced"),
    sample("recovery.error",                   RecoveryAudio::NAME,        0, Failed(None),                 "the task failed"),
    sample("voice-validation.complete",        SunoVoiceValidate::NAME,    0, Reached(Stage::Complete),     "the phrase to sing is ready"),
    sample("voice-validation.error",           SunoVoiceValidate::NAME,    0, Failed(None),                 "the task failed"),
    sample("voice.complete",                   SunoVoiceGenerate::NAME,    0, Reached(Stage::Complete),     "the voice is cloned"),
    sample("voice.error",                      SunoVoiceGenerate::NAME,    0, Failed(None),                 "the task failed"),
    sample("generate-persona.complete",        GeneratePersona::NAME,      0, Reached(Stage::Complete),     "the persona is made"),
    sample("generate-persona.error",           GeneratePersona::NAME,      0, Failed(None),                 "the task failed"),
    sample("boost-music-style.complete",       BoostMusicStyle::NAME,      0, Reached(Stage::Complete),     "the style text is written"),
    sample("boost-music-style.error",          BoostMusicStyle::NAME,      0, Failed(None),                 "the task failed"),
    sample("get-timestamped-lyrics.complete",  GetTimestampedLyrics::NAME, 0, Reached(Stage::Complete),     "the timed lyrics are ready"),
    sample("get-timestamped-lyrics.error",     GetTimestampedLyrics::NAME, 0, Failed(None),                 "the task failed"),
    sample("suno-voice-check-voice.complete",  SunoVoiceCheckVoice::NAME,  0, Reached(Stage::Complete),     "the voice is checked"),
    sample("suno-voice-check-voice.error",     SunoVoiceCheckVoice::NAME,  0, Failed(None),                 "the task failed"),
];

impl Sample {
    /// Returns the callback with this name.
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        SAMPLES.iter().find(|sample| sample.name == name)
    }

    /// Returns `true` if a task of this route can send the callback. On the market route, a task has one callback, at its
    /// end.
    pub(super) fn is_on(&self, route: Route) -> bool {
        let operation: Option<&Operation> = catalog::find(self.operation).ok();
        match route {
            Route::Market => {
                let is_end = !matches!(self.event, Reached(Stage::Text | Stage::First));
                is_end && operation.is_some_and(|operation| operation.market.is_some())
            }
            _ => operation.is_some_and(|operation| operation.job.is_some()),
        }
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
        for operation in OPERATIONS {
            let starts_on_market = operation.market.is_some() && operation.may_start_task(Route::Market);
            let Some(kind) = operation.job.or(starts_on_market.then_some(operation.name)) else { continue };
            for event in ["complete", "error"] {
                assert!(names.contains(format!("{kind}.{event}").as_str()), "{kind}.{event}");
            }
        }
    }
}
