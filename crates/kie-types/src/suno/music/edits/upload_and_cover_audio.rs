//! `upload-and-cover-audio`: sings or plays a recording in another style.

use crate::{
    market::{MarketForm, Route},
    operation::{CallbackField, Effect, Endpoint, Examples, Method, Started, TaskEndpoint, request},
    price::Price,
    request::{IgnoredField, Invalid, Rules, Warning, WarningKind, limits},
    suno::music::{
        generate_music::{self, GenerateMusicLimits},
        job::Music,
        rules::{self, CUSTOM, SIMPLE},
        singer::{PersonaModel, VocalGender},
    },
    value::{Model, PersonaId, Seconds, Weight, model},
};

request! {
    /// Sings or plays an uploaded recording again in another style, with the same melody.
    ///
    /// This request has the same two modes as [`generate-music`](crate::GenerateMusic). In simple mode, `prompt` is an
    /// idea, and the service writes lyrics, style and title. In custom mode, you write lyrics, style and title. The market
    /// route has only custom mode, and requires no text there. If the service cannot fetch the recording, the service still
    /// accepts the request, and the task fails later.
    ///
    /// The documentation page of this operation says that the service keeps files for 15 days. KIE's other
    /// documentation pages say 14 days.
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/upload-and-cover-audio>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::{Model, UploadAndCoverAudio};
    ///
    /// // `client.upload("hum.wav")` uploads a local file and returns such a link.
    /// let recording = "https://cdn.example.net/demo/hum.wav";
    /// let request = UploadAndCoverAudio::simple(Model::V5, recording, "city pop by night");
    /// let task = client.start(request).await?;
    /// let tracks = task.wait().await?;
    /// assert_eq!(tracks.len(), 2);
    /// # Ok(())
    /// # });
    /// ```
    #[serde(rename_all = "camelCase")]
    pub struct UploadAndCoverAudio {
        /// Address (URL) of the recording. The service must be able to fetch the recording. The recording may last at
        /// most 8 minutes. The documentation of the similar service sunoapi.org says at most 1 minute for model
        /// `V4_5ALL`.
        #[serde(default)]
        pub upload_url: String,
        /// Lyrics or idea. In custom mode, this text is the lyrics, which are sung word for word. It has at most
        /// [`GenerateMusicLimits::lyrics`] characters. An instrumental needs no lyrics. In simple mode, which
        /// only the classic route has, this text is the idea for the music: at most [`IDEA`] characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub prompt: Option<String>,
        /// `true` for custom mode, in which you write lyrics, style and title. `false` for simple mode, in which only
        /// `prompt` and `instrumental` describe the music: the service ignores the other settings of the music. In
        /// simple mode, `persona_id` and `duration` must be left out.
        pub custom_mode: bool,
        /// `true` for music without singing.
        pub instrumental: bool,
        /// Model that makes the music.
        #[serde(default = "model::missing")]
        pub model: Model,
        /// Address (URL) to which the service sends callbacks about the progress of the task. The `kie-suno` client
        /// fills in a missing address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub call_back_url: Option<String>,
        /// Style in words, at most [`GenerateMusicLimits::style`] characters. Required in custom mode.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub style: Option<String>,
        /// Title, at most [`GenerateMusicLimits::title`] characters. Required in custom mode.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub title: Option<String>,
        /// Styles to avoid.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub negative_tags: Option<String>,
        /// Preferred gender of the singing voice. The preference is only a hint: the service does not guarantee this
        /// gender. The service uses this field only in custom mode.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub vocal_gender: Option<VocalGender>,
        /// Weight of the style, 0 to 1. With a higher weight the music follows the style more closely.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub style_weight: Option<Weight>,
        /// Weirdness of the music, 0 to 1. With a higher value the music may differ more from usual music.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub weirdness_constraint: Option<Weight>,
        /// Weight of the recording, 0 to 1: its influence on the new music.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub audio_weight: Option<Weight>,
        /// Id of a persona or of a cloned voice. Allowed only in custom mode.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub persona_id: Option<PersonaId>,
        /// Kind of id in `persona_id`: the id of a persona, or the id of a cloned voice. A cloned voice needs model V5
        /// or later.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub persona_model: Option<PersonaModel>,
        /// Requested duration of the music in whole seconds, 10 to 360. Allowed only in custom mode, and only with
        /// model V5_5 or a later model. If this field is missing, a model of the V6 family makes a song of 20 seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub duration: Option<Seconds>,
        /// Lyrics, at most [`LYRICS`] characters. They are sung in place of `prompt`. Only the market route has this
        /// field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub lyrics: Option<String>,
        /// Variety of the music, [`VARIETY_MIN`] to [`VARIETY_MAX`]: 0 keeps to the exact style, and 4 is the wildest.
        /// If this field is missing, the service uses 1. Only the market route has this field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub variety: Option<i64>,
    }
}

/// All models, each with the maximum number of characters of each text in custom mode. This operation does not accept
/// the models with `None`.
#[rustfmt::skip]
pub const LIMITS: [(Model, Option<GenerateMusicLimits>); Model::ALL.len()] = [
    // Maximum characters of:   lyrics          style          title
    (Model::V3_5,     None),
    (Model::V4,       Some(GenerateMusicLimits { lyrics: 3_000, style:   200, title:  80 })),
    (Model::V4_5,     Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 100 })),
    (Model::V4_5Plus, Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 100 })),
    (Model::V4_5All,  Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title:  80 })),
    (Model::V5,       Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 100 })),
    (Model::V5_5,     Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 100 })),
    (Model::V6,       Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 100 })),
    (Model::V6Mini,   Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 100 })),
    (Model::V6Wild,   Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 100 })),
];

/// All models, each with the maximum number of characters of each text on the market route. They are those of
/// `generate-music`.
pub const MARKET_LIMITS: [(Model, Option<GenerateMusicLimits>); Model::ALL.len()] = generate_music::LIMITS;

pub use rules::{LYRICS, VARIETY_MAX, VARIETY_MIN};

/// Maximum number of characters of an idea (`prompt` in simple mode), for every model.
pub const IDEA: usize = 500;

impl UploadAndCoverAudio {
    fn new(model: Model, upload_url: String, custom_mode: bool, instrumental: bool) -> Self {
        Self {
            upload_url,
            prompt: None,
            custom_mode,
            instrumental,
            model,
            call_back_url: None,
            style: None,
            title: None,
            negative_tags: None,
            vocal_gender: None,
            style_weight: None,
            weirdness_constraint: None,
            audio_weight: None,
            persona_id: None,
            persona_model: None,
            duration: None,
            lyrics: None,
            variety: None,
        }
    }

    /// Creates a request for a sung version from an idea. The service writes lyrics, title and style.
    pub fn simple(model: Model, upload_url: impl Into<String>, idea: impl Into<String>) -> Self {
        Self::new(model, upload_url.into(), false, false).prompt(idea)
    }

    /// Creates a request for a version without singing, from an idea. The service writes title and style.
    pub fn simple_instrumental(model: Model, upload_url: impl Into<String>, idea: impl Into<String>) -> Self {
        Self::new(model, upload_url.into(), false, true).prompt(idea)
    }

    /// Creates a request for a sung version with your lyrics, style and title.
    pub fn song(
        model: Model,
        upload_url: impl Into<String>,
        style: impl Into<String>,
        title: impl Into<String>,
        lyrics: impl Into<String>,
    ) -> Self {
        Self::new(model, upload_url.into(), true, false).style(style).title(title).prompt(lyrics)
    }

    /// Creates a request for a version without singing, with your style and title.
    pub fn instrumental(
        model: Model,
        upload_url: impl Into<String>,
        style: impl Into<String>,
        title: impl Into<String>,
    ) -> Self {
        Self::new(model, upload_url.into(), true, true).style(style).title(title)
    }

    fn rules(&self, route: Route) -> Rules {
        let mut rules = Rules::new(Self::NAME);
        rules.required_address("uploadUrl", &self.upload_url);
        let table = if route == Route::Market { &MARKET_LIMITS } else { &LIMITS };
        let limits = rules.model(&self.model, table);
        // The market route has only custom mode, and requires no text.
        if self.custom_mode && route == Route::Classic {
            const CUSTOM: &str = "customMode is true";
            rules.required_when(CUSTOM, "style", self.style.as_deref());
            rules.required_when(CUSTOM, "title", self.title.as_deref());
            if !self.instrumental {
                let when = "customMode is true and instrumental is false";
                rules.required_when(when, "prompt", self.prompt.as_deref());
            }
        }
        if self.custom_mode || route == Route::Market {
            if let Some(limits) = limits {
                rules.at_most("prompt", self.prompt.as_deref(), limits.lyrics);
                rules.at_most("style", self.style.as_deref(), limits.style);
                rules.at_most("title", self.title.as_deref(), limits.title);
            }
        } else {
            const SIMPLE: &str = "customMode is false";
            rules.required_when(SIMPLE, "prompt", self.prompt.as_deref());
            rules.at_most("prompt", self.prompt.as_deref(), IDEA);
            rules.forbidden_when(SIMPLE, "personaId", self.persona_id.is_some());
            rules.forbidden_when(SIMPLE, "duration", self.duration.is_some());
        }
        rules::persona(&mut rules, &self.model, self.persona_model.as_ref());
        rules::whole_duration(&mut rules, &self.model, self.duration);
        rules::voice(&mut rules, self.vocal_gender.as_ref());
        rules::weights(&mut rules, self.style_weight, self.weirdness_constraint, self.audio_weight);
        rules::lyrics_and_variety(&mut rules, route, self.lyrics.as_deref(), self.variety);
        rules.call_back_url("callBackUrl", self.call_back_url.as_deref());
        rules
    }
}

impl Endpoint for UploadAndCoverAudio {
    const NAME: &'static str = "upload-and-cover-audio";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/upload-and-cover-audio";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/generate/upload-cover";
    const EFFECT: Effect = Effect::Creates;
    const PRICE: Option<Price> = Some(Price::listed(12.0));
    const CALL_BACK: Option<CallbackField<Self>> =
        Some(CallbackField::new("callBackUrl", |request| &mut request.call_back_url));
    const MARKET: Option<&'static MarketForm> = Some(
        &MarketForm::submit("ai-music-api/upload-and-cover-audio")
            .implied(&[("customMode", Some(true))])
            .only_here(&["lyrics", "variety"]),
    );
    type Response = Started<Music>;

    fn validate(&self) -> Result<(), Invalid> {
        self.rules(Route::Classic).finish()
    }

    fn validate_market(&self) -> Result<(), Invalid> {
        self.rules(Route::Market).finish()
    }

    limits! {
        models LIMITS {
            "prompt" in CUSTOM: GenerateMusicLimits::lyrics,
            "style" in CUSTOM: GenerateMusicLimits::style,
            "title" in CUSTOM: GenerateMusicLimits::title,
        }
        "prompt" in SIMPLE: Characters IDEA,
        and Limit::all(["uploadUrl", "customMode", "instrumental", "model"], Bound::Required, []),
        and Limit::all(["uploadUrl"], Bound::Address, []),
        and Limit::all(["prompt"], Bound::Required, [SIMPLE]),
        and rules::own_texts(CUSTOM),
        and rules::whole_duration_limits(),
        and [Limit::new("personaId", Bound::LeftOut).in_mode(SIMPLE)],
        and rules::persona_limits(),
        and rules::voice_limits(),
        and rules::weight_limits(),
    }

    limits! {
        market
        models MARKET_LIMITS {
            "prompt": GenerateMusicLimits::lyrics,
            "style": GenerateMusicLimits::style,
            "title": GenerateMusicLimits::title,
        }
        and Limit::all(["uploadUrl", "customMode", "instrumental", "model"], Bound::Required, []),
        and Limit::all(["uploadUrl"], Bound::Address, []),
        and rules::always_custom(rules::whole_duration_limits()),
        and rules::persona_limits(),
        and rules::voice_limits(),
        and rules::weight_limits(),
        and rules::lyrics_and_variety_limits(),
    }

    fn ignored() -> Vec<IgnoredField> {
        rules::ignored_in_simple_mode()
    }

    fn market_ignored() -> Vec<IgnoredField> {
        rules::ignored_without_singing(["prompt", "lyrics", "vocalGender", "audioWeight"]).collect()
    }

    fn own_warnings(&self, route: Route) -> Vec<Warning> {
        if route == Route::Classic {
            return Vec::new();
        }
        let advice = "the page names personaModel only for V5 and V5_5; other pages also name the V6 family";
        let is_undocumented = self.persona_model.is_some() && self.model.is_v6();
        let persona = is_undocumented.then(|| Warning::new("personaModel", WarningKind::Undocumented, advice));
        rules::default_duration(&self.model, self.duration).into_iter().chain(persona).collect()
    }
}

impl Examples for UploadAndCoverAudio {
    fn examples() -> Vec<Self> {
        let recording = "https://cdn.example.net/demo/hum.wav";
        vec![
            Self::simple(Model::V5, recording, "city pop by night"),
            Self::simple_instrumental(Model::V4_5All, recording, "for a small brass band"),
            Self::instrumental(Model::V4, recording, "nu-disco", "Paper Boats"),
            Self::song(Model::V5_5, recording, "city pop", "Paper Boats", "[Verse]\nPaper boats\n[Chorus]\nGo")
                .call_back_url("https://hooks.example.net/kie")
                .negative_tags("distortion")
                .vocal_gender(VocalGender::Female)
                .style_weight(0.61)
                .weirdness_constraint(0.2)
                .audio_weight(0.65)
                .persona_id("b86e0c0f4a0b44a5a0c72f1fd27e3b90")
                .persona_model(PersonaModel::Voice)
                .duration(150),
        ]
    }

    fn market_examples() -> Vec<Self> {
        let recording = "https://cdn.example.net/demo/hum.wav";
        vec![
            Self::new(Model::V6, recording.into(), true, false).lyrics("[Verse]\nPaper boats").duration(60),
            Self::instrumental(Model::V6Mini, recording, "nu-disco", "Paper Boats").variety(0).duration(60),
            Self::new(Model::V6, recording.into(), true, false)
                .call_back_url("https://hooks.example.net/kie")
                .style("city pop")
                .title("Paper Boats")
                .lyrics("[Verse]\nPaper boats\n[Chorus]\nGo")
                .negative_tags("distortion")
                .vocal_gender(VocalGender::Female)
                .style_weight(0.61)
                .weirdness_constraint(0.2)
                .audio_weight(0.65)
                .variety(3)
                .persona_id("b86e0c0f4a0b44a5a0c72f1fd27e3b90")
                .persona_model(PersonaModel::Voice)
                .duration(150),
        ]
    }
}

impl TaskEndpoint for UploadAndCoverAudio {
    type Job = Music;
}
