//! `generate-persona`: makes a persona from a finished track. Later songs can use the persona to get the singer and the
//! style of this track. The response itself has the result, so there is no task.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de::Error};

use crate::{
    answer::envelope::ReadError,
    decode::{answer, any},
    market::{MarketForm, MarketRecord},
    operation::{Effect, Endpoint, Examples, MarketAnswer, Method, request},
    price::Price,
    request::{Invalid, Rules, limits},
    suno::music::job::Music,
    value::{AudioId, PersonaId, Seconds, TaskId},
};

request! {
    /// Makes a persona from a finished track, for use as the `personaId` of later songs.
    ///
    /// Each track can have one persona: the service refuses a second request for the same track with code 409. The
    /// track must be made by a model later than V3_5. The documentation page lists five kinds of tracks as possible
    /// sources. In practice, the service accepted only tracks from [`generate-music`](crate::GenerateMusic), and refused
    /// tracks from other operations with code 422.
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/generate-persona>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::{GenerateMusic, GeneratePersona, Model};
    ///
    /// // The ids of a finished music task and of one of its tracks.
    /// let song = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";
    /// let track = "7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a";
    /// let request = GeneratePersona::new(song, track, "Tram singer", "warm alto, close mic");
    /// let persona = client.call(request).await?;
    /// let next = GenerateMusic::song(Model::V5_5, "chamber pop", "Last Stop", "[Verse]\nNo bells")
    ///     .persona_id(persona.persona_id);
    /// let task = client.start(next).await?;
    /// # Ok(())
    /// # });
    /// ```
    #[serde(rename_all = "camelCase")]
    pub struct GeneratePersona {
        /// Id of the music task that made the track.
        #[serde(default)]
        pub task_id: TaskId<Music>,
        /// Id of the track.
        #[serde(default)]
        pub audio_id: AudioId,
        /// Name of the persona.
        #[serde(default)]
        pub name: String,
        /// Description of the music of the persona: genre, mood, instruments, voice.
        #[serde(default)]
        pub description: String,
        /// Start of the part of the track from which the persona is made, in seconds. If this field is missing, the
        /// part starts at 0 seconds.
        // The schema on the documentation page spells the keys `vocalStart` and `vocalEnd` with a leading space. The
        // example on the page has no spaces.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub vocal_start: Option<Seconds>,
        /// End of the part of the track from which the persona is made, in seconds, in steps of [`STEP`]. The end is
        /// [`SHORTEST`] to [`LONGEST`] seconds after the start. If this field is missing, the part ends at 30 seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub vocal_end: Option<Seconds>,
        /// Style to add to the persona, such as "Jazz Trio".
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub style: Option<String>,
    }
}

/// Minimum duration of the part of a track from which a persona is made, in seconds.
pub const SHORTEST: f64 = 10.0;
/// Maximum duration of the part of a track from which a persona is made, in seconds.
pub const LONGEST: f64 = 30.0;
/// Step between two valid values of `vocalEnd`, in seconds.
pub const STEP: f64 = 0.01;

const VOCAL_START: f64 = 0.0;
const VOCAL_END: f64 = 30.0;

impl GeneratePersona {
    /// Creates a request for a persona from a track of a music task.
    pub fn new(
        task_id: impl Into<TaskId<Music>>,
        audio_id: impl Into<AudioId>,
        name: impl Into<String>,
        description: impl Into<String>,
    ) -> Self {
        Self {
            task_id: task_id.into(),
            audio_id: audio_id.into(),
            name: name.into(),
            description: description.into(),
            vocal_start: None,
            vocal_end: None,
            style: None,
        }
    }
}

impl Endpoint for GeneratePersona {
    const NAME: &'static str = "generate-persona";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/generate-persona";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/generate/generate-persona";
    const EFFECT: Effect = Effect::Creates;
    const PRICE: Option<Price> = Some(Price::listed(0.0));
    const MARKET: Option<&'static MarketForm> = Some(&MarketForm::submit("ai-music-api/generate-persona"));
    type Response = Persona;

    fn validate(&self) -> Result<(), Invalid> {
        let start = self.vocal_start.map(Seconds::get);
        let end = self.vocal_end.map(Seconds::get);
        let mut rules = Rules::new(Self::NAME);
        rules.required("taskId", self.task_id.as_str());
        rules.required("audioId", self.audio_id.as_str());
        rules.required("name", &self.name);
        rules.required("description", &self.description);
        // The duration of the part depends on two fields, `vocalStart` and `vocalEnd`. A wrong duration is reported for
        // `vocalEnd`. The smallest and the largest allowed end are rounded to hundredths of a second, like the step of
        // `vocalEnd`.
        let latest = (end.unwrap_or(VOCAL_END) - SHORTEST).max(VOCAL_START);
        rules.range("vocalStart", start.filter(|start| *start < VOCAL_START || start.is_nan()), VOCAL_START..=latest);
        let start = start.unwrap_or(VOCAL_START).max(VOCAL_START);
        let after = |length: f64| ((start + length) * 100.0).round() / 100.0;
        rules.range("vocalEnd", Some(end.unwrap_or(VOCAL_END)), after(SHORTEST)..=after(LONGEST));
        rules.step("vocalEnd", end, STEP);
        rules.finish()
    }

    limits! {
        "vocalStart": AtLeast VOCAL_START,
        "vocalEnd": Step STEP,
        "vocalEnd" from "vocalStart": AtLeast SHORTEST,
        "vocalEnd" from "vocalStart": AtMost LONGEST,
        and Limit::all(["taskId", "audioId", "name", "description"], Bound::Required, []),
    }

    fn read_market(http_status: u16, body: &[u8]) -> Result<MarketAnswer<Persona>, ReadError> {
        MarketAnswer::result_or_task::<Self>(http_status, body, |_| true, |_| false)
    }

    fn of_market(record: &MarketRecord) -> Option<Persona> {
        record.result().object(&["personaId", "persona_id"])
    }
}

impl Examples for GeneratePersona {
    fn examples() -> Vec<Self> {
        let task_id = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";
        let audio_id = "7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a";
        let minimal = || Self::new(task_id, audio_id, "Tram singer", "warm alto, close mic, indie phrasing");
        vec![minimal(), minimal().vocal_start(12.5).vocal_end(25.8).style("chamber pop")]
    }
}

/// Persona that the service made.
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Persona {
    /// Id of the persona, for use as the `personaId` of songs.
    pub persona_id: PersonaId,
    /// Name of the persona, from the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Description of the persona, from the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

answer! {
    /// Persona that the service made. Each field can be missing, but no persona can be used without its id.
    struct PersonaFields {
        /// Id of the persona, for use as the `personaId` of songs.
        persona_id: Option<PersonaId> = "personaId" | "persona_id",
        /// Name of the persona, from the request.
        name: Option<String> = "name",
        /// Description of the persona, from the request.
        description: Option<String> = "description",
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Persona {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Persona".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        PersonaFields::json_schema(generator)
    }
}

impl<'de> Deserialize<'de> for Persona {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match any(deserializer)? {
            Some(PersonaFields { persona_id: Some(persona_id), name, description }) => {
                Ok(Self { persona_id, name, description })
            }
            _ => Err(D::Error::custom("the response has no `personaId`")),
        }
    }
}

impl fmt::Debug for Persona {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::text::redacted::debug("Persona", self, f)
    }
}
