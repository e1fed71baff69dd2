//! `suno-voice-check-voice`: whether a voice can be used.

use serde::{Deserialize, Serialize};

use super::suno_voice_generate::Voice;
use crate::{
    decode::answer,
    operation::{Effect, Endpoint, Examples, Method},
    request::{Invalid, Rules},
    value::TaskId,
};

/// Asks whether a finished voice can be used to make music.
///
/// Of a task without a finished voice the service says `suno_user_id is missing`, with code 422.
///
/// Documentation: <https://docs.kie.ai/suno-api/suno-voice-check-voice>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(transform = crate::operation::schema::request::<Self>)
)]
#[non_exhaustive]
pub struct SunoVoiceCheckVoice {
    /// The task that made the voice. Of all requests only this one spells it `task_id`.
    #[serde(default)]
    pub task_id: TaskId<Voice>,
}

impl SunoVoiceCheckVoice {
    /// Asks about the voice that this task made.
    pub fn new(task_id: impl Into<TaskId<Voice>>) -> Self {
        Self { task_id: task_id.into() }
    }
}

impl Endpoint for SunoVoiceCheckVoice {
    const NAME: &'static str = "suno-voice-check-voice";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/suno-voice-check-voice";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/voice/check-voice";
    const EFFECT: Effect = Effect::Reads;
    type Response = VoiceAvailability;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("task_id", self.task_id.as_str());
        rules.finish()
    }
}

impl Examples for SunoVoiceCheckVoice {
    fn examples() -> Vec<Self> {
        vec![Self::new("5b0e7a94c2d14f3d8a6f31c7e9d2b406")]
    }
}

answer! {
    /// Whether a voice can be used.
    pub struct VoiceAvailability {
        /// Whether it can; missing if the service did not say.
        pub is_available: Option<bool> = "isAvailable" | "is_available",
    }
}
