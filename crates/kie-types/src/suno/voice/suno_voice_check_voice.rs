//! `suno-voice-check-voice`: checks if a cloned voice can be used.

use serde::{Deserialize, Serialize};

use super::suno_voice_generate::Voice;
use crate::{
    answer::envelope::ReadError,
    decode::answer,
    market::{MarketForm, MarketRecord},
    operation::{Effect, Endpoint, Examples, MarketAnswer, Method},
    request::{Invalid, Rules, limits},
    value::TaskId,
};

/// Checks if a finished cloned voice can be used to make music.
///
/// For a task without a finished voice, the service responds with code 422 and the message `suno_user_id is missing`.
///
/// Documentation: <https://docs.kie.ai/suno-api/suno-voice-check-voice>
///
/// In Rust, with a `client` of the crate `kie-suno`:
///
/// ```
/// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
/// # simulator::run(async |client| {
/// use kie_suno::requests::SunoVoiceCheckVoice;
///
/// // The id of the task that made the voice.
/// let voice = client.call(SunoVoiceCheckVoice::new("5b0e7a94c2d14f3d8a6f31c7e9d2b406")).await?;
/// assert_eq!(voice.is_available, Some(true));
/// # Ok(())
/// # });
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(transform = crate::operation::schema::request::<Self>)
)]
#[non_exhaustive]
pub struct SunoVoiceCheckVoice {
    /// Id of the task that made the voice. In JSON, the key of this field is `task_id`. In all other voice requests,
    /// the key is `taskId`.
    #[serde(default)]
    pub task_id: TaskId<Voice>,
}

impl SunoVoiceCheckVoice {
    /// Creates a request that checks the voice that this task made.
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
    const MARKET: Option<&'static MarketForm> = Some(&MarketForm::submit("ai-music-api/check-voice"));
    type Response = VoiceAvailability;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("task_id", self.task_id.as_str());
        rules.finish()
    }

    limits! {
        and Limit::all(["task_id"], Bound::Required, []),
    }

    fn read_market(http_status: u16, body: &[u8]) -> Result<MarketAnswer<VoiceAvailability>, ReadError> {
        MarketAnswer::result_or_task::<Self>(http_status, body, |voice| voice.is_available.is_some(), |_| false)
    }

    fn of_market(record: &MarketRecord) -> Option<VoiceAvailability> {
        let found: Option<VoiceAvailability> = record.result().object(&["isAvailable", "is_available"]);
        found.filter(|voice| voice.is_available.is_some())
    }
}

impl Examples for SunoVoiceCheckVoice {
    fn examples() -> Vec<Self> {
        vec![Self::new("5b0e7a94c2d14f3d8a6f31c7e9d2b406")]
    }
}

answer! {
    /// Result of the check of a cloned voice.
    pub struct VoiceAvailability {
        /// `true` if the voice can be used to make music.
        ///
        /// In Rust, this field is `None` if the response does not have it.
        pub is_available: Option<bool> = "isAvailable" | "is_available",
    }
}
