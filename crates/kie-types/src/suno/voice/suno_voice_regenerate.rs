//! `suno-voice-regenerate`: requests another phrase. A phrase is a short text that the owner of a voice sings.

use super::suno_voice_validate::VoiceValidation;
use crate::{
    market::MarketForm,
    operation::{CallbackField, Effect, Endpoint, Examples, Method, Started, TaskEndpoint, request},
    price::Price,
    request::{Invalid, Rules, limits},
    value::TaskId,
};

request! {
    /// Requests another phrase to sing, for example because the first phrase has expired. A phrase is a short text that
    /// the owner of a voice sings, to prove that the voice is theirs.
    ///
    /// In practice, the service refused this request with code 422 if the phrase of the task was ready to be sung, and
    /// also if the task had ended. You can always send a new [`suno-voice-validate`](crate::SunoVoiceValidate) request
    /// instead.
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/suno-voice-regenerate>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::SunoVoiceRegenerate;
    ///
    /// // The id of the task that made the first phrase.
    /// let task = client.start(SunoVoiceRegenerate::new("d3f70a1c55b84c7e9b1a2f6609e4cd18")).await?;
    /// let phrase = task.wait().await?;
    /// println!("please sing: {}", phrase.text);
    /// # Ok(())
    /// # });
    /// ```
    #[derive(Eq)]
    pub struct SunoVoiceRegenerate {
        /// Id of the validation task, which made the first phrase.
        #[serde(default, rename = "taskId")]
        pub task_id: TaskId<VoiceValidation>,
        /// Address (URL) to which the service sends the callback with the phrase. In JSON, the key of this field is
        /// spelled `calBackUrl`, with one `l`. In almost all other requests, the key is `callBackUrl`. The `kie-suno`
        /// client fills in a missing address.
        #[serde(default, rename = "calBackUrl", skip_serializing_if = "Option::is_none")]
        pub call_back_url: Option<String>,
    }
}

impl SunoVoiceRegenerate {
    /// Creates a request for another phrase of the validation task with this id. The new phrase replaces the phrase
    /// that the task made first.
    pub fn new(task_id: impl Into<TaskId<VoiceValidation>>) -> Self {
        Self { task_id: task_id.into(), call_back_url: None }
    }
}

impl Endpoint for SunoVoiceRegenerate {
    const NAME: &'static str = "suno-voice-regenerate";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/suno-voice-regenerate";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/voice/regenerate";
    const EFFECT: Effect = Effect::Creates;
    const PRICE: Option<Price> = Some(Price::listed(0.0));
    const CALL_BACK: Option<CallbackField<Self>> =
        Some(CallbackField::new("calBackUrl", |request| &mut request.call_back_url));
    const MARKET: Option<&'static MarketForm> = Some(&MarketForm::submit("ai-music-api/regenerate-phrase"));
    type Response = Started<VoiceValidation>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("taskId", self.task_id.as_str());
        rules.call_back_url("calBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }

    limits! {
        and Limit::all(["taskId"], Bound::Required, []),
    }
}

impl Examples for SunoVoiceRegenerate {
    fn examples() -> Vec<Self> {
        let minimal = || Self::new("d3f70a1c55b84c7e9b1a2f6609e4cd18");
        vec![minimal(), minimal().call_back_url("https://hooks.example.net/kie")]
    }
}

impl TaskEndpoint for SunoVoiceRegenerate {
    type Job = VoiceValidation;
}
