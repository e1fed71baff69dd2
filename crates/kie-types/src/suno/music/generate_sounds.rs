//! `generate-sounds`: makes sound effects and loops.

use serde::Deserialize;
use serde_json::Value;

use super::job::Music;
use crate::{
    answer::envelope::{self, ReadError},
    decode::repair,
    market::MarketForm,
    operation::{CallbackField, Effect, Endpoint, Examples, Method, Started, TaskEndpoint, request},
    price::Price,
    request::{Invalid, Rules, limits},
    value::{Model, model, open_enum},
};

request! {
    /// Makes a sound effect, an ambience or a loop.
    ///
    /// To get the sound, look up the task: the [response](crate::MusicRecord) has the sound as a track. The
    /// documentation page does not describe callbacks, and lists `callBackUrl` as optional.
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/generate-sounds>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::{GenerateSounds, Model, SoundKey};
    ///
    /// let request = GenerateSounds::new(Model::V5_5, "train over rail joints, steady")
    ///     .sound_loop(true)
    ///     .sound_tempo(96)
    ///     .sound_key(SoundKey::FSharpMinor);
    /// let task = client.start(request).await?;
    /// let sounds = task.wait().await?;
    /// assert!(sounds[0].audio_url.is_some());
    /// # Ok(())
    /// # });
    /// ```
    #[serde(rename_all = "camelCase")]
    pub struct GenerateSounds {
        /// Description of the sound, at most [`PROMPT`] characters.
        #[serde(default)]
        pub prompt: String,
        /// Model that makes the sound.
        #[serde(default = "model::missing")]
        pub model: Model,
        /// `true` for a loop: a sound that can be repeated without a break. If this field is missing, the sound is not
        /// a loop.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub sound_loop: Option<bool>,
        /// Tempo of the sound, [`TEMPO_MIN`] to [`TEMPO_MAX`] beats per minute.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub sound_tempo: Option<i64>,
        /// Musical key of the sound. If this field is missing, the sound can have any key.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub sound_key: Option<SoundKey>,
        /// `true` if the service should fetch the lyrics of the sound after the sound is made. If this field is
        /// missing, the service does not fetch the lyrics.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub grab_lyrics: Option<bool>,
        /// Address (URL) to which the service sends callbacks, probably about the progress of the task. The `kie-suno`
        /// client fills in a missing address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub call_back_url: Option<String>,
    }
}

/// All models. This operation accepts the models with `Some(())`, and does not accept the models with `None`. The
/// documentation page of this operation does not list the V6 models, but KIE's newer API, the market API, makes sounds
/// with these models.
#[rustfmt::skip]
pub const MODELS: [(Model, Option<()>); Model::ALL.len()] = [
    (Model::V3_5,     None),
    (Model::V4,       None),
    (Model::V4_5,     None),
    (Model::V4_5Plus, None),
    (Model::V4_5All,  None),
    (Model::V5,       Some(())),
    (Model::V5_5,     Some(())),
    (Model::V6,       Some(())),
    (Model::V6Mini,   Some(())),
    (Model::V6Wild,   Some(())),
];

/// Maximum number of characters of `prompt`.
pub const PROMPT: usize = 500;
/// Minimum tempo, in beats per minute.
pub const TEMPO_MIN: i64 = 1;
/// Maximum tempo, in beats per minute.
pub const TEMPO_MAX: i64 = 300;

open_enum! {
    /// Musical key of a sound. All keys are spelled with sharps, none with flats.
    ///
    /// The documentation page names `Any` as the default, but does not list `Any` as a value. To allow any key, leave
    /// the field `soundKey` out.
    pub enum SoundKey {
        /// C minor.
        CMinor = "Cm",
        /// C sharp minor.
        CSharpMinor = "C#m",
        /// D minor.
        DMinor = "Dm",
        /// D sharp minor.
        DSharpMinor = "D#m",
        /// E minor.
        EMinor = "Em",
        /// F minor.
        FMinor = "Fm",
        /// F sharp minor.
        FSharpMinor = "F#m",
        /// G minor.
        GMinor = "Gm",
        /// G sharp minor.
        GSharpMinor = "G#m",
        /// A minor.
        AMinor = "Am",
        /// A sharp minor.
        ASharpMinor = "A#m",
        /// B minor.
        BMinor = "Bm",
        /// C major.
        CMajor = "C",
        /// C sharp major.
        CSharpMajor = "C#",
        /// D major.
        DMajor = "D",
        /// D sharp major.
        DSharpMajor = "D#",
        /// E major.
        EMajor = "E",
        /// F major.
        FMajor = "F",
        /// F sharp major.
        FSharpMajor = "F#",
        /// G major.
        GMajor = "G",
        /// G sharp major.
        GSharpMajor = "G#",
        /// A major.
        AMajor = "A",
        /// A sharp major.
        ASharpMajor = "A#",
        /// B major.
        BMajor = "B",
    }
}

impl GenerateSounds {
    /// Creates a request for a sound that is not a loop, in any key and tempo.
    pub fn new(model: Model, prompt: impl Into<String>) -> Self {
        Self {
            prompt: prompt.into(),
            model,
            sound_loop: None,
            sound_tempo: None,
            sound_key: None,
            grab_lyrics: None,
            call_back_url: None,
        }
    }
}

impl Endpoint for GenerateSounds {
    const NAME: &'static str = "generate-sounds";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/generate-sounds";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/generate/sounds";
    const EFFECT: Effect = Effect::Creates;
    const PRICE: Option<Price> = Some(Price::listed(2.5));
    const CALL_BACK: Option<CallbackField<Self>> =
        Some(CallbackField::optional("callBackUrl", |request| &mut request.call_back_url));
    const MARKET: Option<&'static MarketForm> = Some(&MarketForm::submit("ai-music-api/sounds"));
    type Response = Started<Music>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("prompt", &self.prompt);
        rules.at_most("prompt", Some(&self.prompt), PROMPT);
        rules.model(&self.model, &MODELS);
        let tempo = self.sound_tempo.map(|tempo| tempo as f64);
        rules.range("soundTempo", tempo, TEMPO_MIN as f64..=TEMPO_MAX as f64);
        if let Some(key) = &self.sound_key {
            rules.accepted("soundKey", key.as_str(), SoundKey::ALL.iter().map(SoundKey::as_str));
        }
        rules.call_back_url("callBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }

    limits! {
        models MODELS {}
        "prompt": Characters PROMPT,
        "soundTempo": AtLeast TEMPO_MIN,
        "soundTempo": AtMost TEMPO_MAX,
        and Limit::all(["prompt", "model"], Bound::Required, []),
        and [Limit::new("soundTempo", Bound::Step(1.0))],
        and [Limit::new("soundKey", Bound::OneOf(SoundKey::WORDS.to_vec()))],
    }

    /// Also reads a response as a success if it has code 422, the message `success` and a task id. The documentation
    /// page shows such a response for an accepted request. If this response were read as a refusal, the started task
    /// would seem not to exist.
    fn read(http_status: u16, body: &[u8]) -> Result<Self::Response, ReadError> {
        envelope::open(http_status, body).or_else(|error| match &error {
            ReadError::Refused(refusal) if refusal.code() == 422 && refusal.message() == "success" => {
                let response: Option<Value> = repair::read(body).ok();
                response.and_then(|response| Started::deserialize(response.get("data")?).ok()).ok_or(error)
            }
            _ => Err(error),
        })
    }
}

impl Examples for GenerateSounds {
    fn examples() -> Vec<Self> {
        vec![
            Self::new(Model::V5, "rusty gate, slow creak"),
            Self::new(Model::V5_5, "train over rail joints, steady")
                .sound_loop(true)
                .sound_tempo(96)
                .sound_key(SoundKey::FSharpMinor)
                .grab_lyrics(true)
                .call_back_url("https://hooks.example.net/kie"),
        ]
    }
}

impl TaskEndpoint for GenerateSounds {
    type Job = Music;
}
