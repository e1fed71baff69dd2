//! `suno-voice-regenerate`: another phrase.

use serde::{Deserialize, Serialize};

use super::suno_voice_validate::VoiceValidation;
use crate::{
    operation::{CallBackField, Effect, Endpoint, Examples, Method, Started, TaskEndpoint},
    request::{Invalid, Rules, setters},
    value::TaskId,
};

/// Asks for another phrase in place of one that failed or came too late.
///
/// Live it was refused with code 422 for tasks whose phrase waited to be sung, and for dead ones too; a new
/// [`SunoVoiceValidate`](crate::SunoVoiceValidate) always leads on.
///
/// Documentation: <https://docs.kie.ai/suno-api/suno-voice-regenerate>
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(transform = crate::operation::schema::request::<Self>)
)]
#[non_exhaustive]
pub struct SunoVoiceRegenerate {
    /// The task that made the first phrase.
    #[serde(default, rename = "taskId")]
    pub task_id: TaskId<VoiceValidation>,
    /// Where the service reports the phrase; spelled `calBackUrl` on the wire, here alone. The client fills it in if it
    /// is missing.
    #[serde(default, rename = "calBackUrl", skip_serializing_if = "Option::is_none")]
    pub call_back_url: Option<String>,
}

impl SunoVoiceRegenerate {
    /// Another phrase in place of the one that this task made.
    pub fn new(task_id: impl Into<TaskId<VoiceValidation>>) -> Self {
        Self { task_id: task_id.into(), call_back_url: None }
    }
}

setters! {
    SunoVoiceRegenerate {
        call_back_url: String,
    }
}

impl Endpoint for SunoVoiceRegenerate {
    const NAME: &'static str = "suno-voice-regenerate";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/suno-voice-regenerate";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/voice/regenerate";
    const EFFECT: Effect = Effect::Creates;
    const CALL_BACK: Option<CallBackField<Self>> =
        Some(CallBackField::new("calBackUrl", |request| &mut request.call_back_url));
    type Response = Started<VoiceValidation>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("taskId", self.task_id.as_str());
        rules.address("calBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }
}

impl Examples for SunoVoiceRegenerate {
    fn examples() -> Vec<Self> {
        let of = || Self::new("d3f70a1c55b84c7e9b1a2f6609e4cd18");
        vec![of(), of().call_back_url("https://hooks.example.net/kie")]
    }
}

impl TaskEndpoint for SunoVoiceRegenerate {
    type Job = VoiceValidation;
}
