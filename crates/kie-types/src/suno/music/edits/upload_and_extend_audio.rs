//! `upload-and-extend-audio`: continues a recording.

use serde::{Deserialize, Deserializer};

use super::extend_music::ExtendMusicLimits;
use crate::{
    market::{MarketForm, Route},
    operation::{CallbackField, Effect, Endpoint, Examples, Method, Started, TaskEndpoint, request},
    price::Price,
    request::{IgnoredField, Invalid, Rules, Warning, WarningKind, limits},
    suno::music::{
        job::Music,
        rules::{self, INHERIT, OWN},
        singer::{PersonaModel, VocalGender},
    },
    value::{Model, PersonaId, Seconds, Weight, model},
};

request! {
    /// Continues an uploaded recording.
    ///
    /// The service chooses style and lyrics, or you write them. A continuation without singing has no lyrics. If the
    /// service cannot fetch the recording, the service still accepts the request, and the task fails later.
    ///
    /// The texts of the documentation page contradict each other on one point: the fields that are required in a request
    /// with parameters of its own. So only the fields that all texts and the service itself require are required here.
    ///
    /// In Rust, [`inherit`](Self::inherit) lets the service choose. With [`song`](Self::song) you write style and lyrics,
    /// and with [`instrumental`](Self::instrumental) only the style.
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/upload-and-extend-audio>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::{Model, UploadAndExtendAudio};
    ///
    /// // `client.upload("loop.mp3")` uploads a local file and returns such a link.
    /// let recording = "https://cdn.example.net/demo/loop.mp3";
    /// // The continuation begins after 41 seconds of the recording.
    /// let request =
    ///     UploadAndExtendAudio::instrumental(Model::V5, recording, 41, "techno", "Loop, continued");
    /// let task = client.start(request).await?;
    /// let tracks = task.wait().await?;
    /// assert_eq!(tracks.len(), 2);
    /// # Ok(())
    /// # });
    /// ```
    #[serde(rename_all = "camelCase")]
    pub struct UploadAndExtendAudio {
        /// Address (URL) of the recording. The service must be able to fetch the recording. The recording may last at
        /// most 8 minutes. The documentation page of the callback still says 2 minutes, and the documentation of the
        /// similar service sunoapi.org says 1 minute for model `V4_5ALL`.
        #[serde(default)]
        pub upload_url: String,
        /// `true` to use the parameters of this request, such as `style` and `prompt`. `false` if the recording alone
        /// should determine how the music continues: the classic route then ignores these parameters. The market route
        /// has no such field, and uses every parameter that is given. So a request with `false` must have none of these
        /// parameters there.
        pub default_param_flag: bool,
        /// Position in the recording at which the continuation begins, in seconds: more than 0, and before the end of
        /// the recording. Always required on the classic route: without `continue_at` the request fails at Suno, even
        /// if the recording alone determines how the music continues. The market route does not require this field, but tasks without it were
        /// seen to fail. The end of the recording is not in the request, so compare the position with the duration
        /// of the recording before you send the request: the market route accepted a position after the end, and made a
        /// song of undefined content.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub continue_at: Option<Seconds>,
        /// Model that makes the music.
        #[serde(default = "model::missing")]
        pub model: Model,
        /// Address (URL) to which the service sends callbacks about the progress of the task. The `kie-suno` client
        /// fills in a missing address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub call_back_url: Option<String>,
        /// `true` for a continuation without singing. The service refuses `null` in this field.
        #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
        #[no_setter]
        pub instrumental: Option<bool>,
        /// Style in words, at most [`ExtendMusicLimits::style`] characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub style: Option<String>,
        /// Title, at most [`ExtendMusicLimits::title`] characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub title: Option<String>,
        /// Lyrics of the continuation, at most [`ExtendMusicLimits::prompt`] characters. The lyrics are sung word for
        /// word.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub prompt: Option<String>,
        /// Styles to avoid.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub negative_tags: Option<String>,
        /// Preferred gender of the singing voice. The preference is only a hint: the service does not guarantee this
        /// gender.
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
        /// Id of a persona or of a cloned voice. A request without parameters of its own has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub persona_id: Option<PersonaId>,
        /// Kind of id in `persona_id`: the id of a persona, or the id of a cloned voice. A cloned voice needs model V5
        /// or later.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub persona_model: Option<PersonaModel>,
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

/// All models, each with the maximum number of characters of each text. This operation does not accept the models with
/// `None`.
#[rustfmt::skip]
pub const LIMITS: [(Model, Option<ExtendMusicLimits>); Model::ALL.len()] = [
    // Maximum characters of:   prompt          style          title
    (Model::V3_5,     None),
    (Model::V4,       Some(ExtendMusicLimits { prompt: 3_000, style:   200, title:  80 })),
    (Model::V4_5,     Some(ExtendMusicLimits { prompt: 5_000, style: 1_000, title: 100 })),
    (Model::V4_5Plus, Some(ExtendMusicLimits { prompt: 5_000, style: 1_000, title: 100 })),
    (Model::V4_5All,  Some(ExtendMusicLimits { prompt: 5_000, style: 1_000, title:  80 })),
    (Model::V5,       Some(ExtendMusicLimits { prompt: 5_000, style: 1_000, title: 100 })),
    (Model::V5_5,     Some(ExtendMusicLimits { prompt: 5_000, style: 1_000, title: 100 })),
    (Model::V6,       Some(ExtendMusicLimits { prompt: 5_000, style: 1_000, title: 100 })),
    (Model::V6Mini,   Some(ExtendMusicLimits { prompt: 5_000, style: 1_000, title: 100 })),
    (Model::V6Wild,   Some(ExtendMusicLimits { prompt: 5_000, style: 1_000, title: 100 })),
];

pub use rules::{LYRICS, VARIETY_MAX, VARIETY_MIN};

/// Fields that a request on the market route must not have if it inherits the parameters of the recording. `personaId`
/// is in no such list, because no route allows it in this mode.
const INHERITED: [&str; 11] = [
    "prompt",
    "style",
    "title",
    "negativeTags",
    "personaModel",
    "vocalGender",
    "styleWeight",
    "weirdnessConstraint",
    "audioWeight",
    "lyrics",
    "variety",
];

/// Reads a boolean field that may be missing from the JSON object, but must not be `null`.
fn not_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    bool::deserialize(deserializer).map(Some)
}

impl UploadAndExtendAudio {
    /// Creates a request that continues the recording from `continue_at` seconds on. The recording alone determines how
    /// the music continues.
    pub fn inherit(model: Model, upload_url: impl Into<String>, continue_at: impl Into<Seconds>) -> Self {
        Self {
            upload_url: upload_url.into(),
            default_param_flag: false,
            continue_at: Some(continue_at.into()),
            model,
            call_back_url: None,
            instrumental: None,
            style: None,
            title: None,
            prompt: None,
            negative_tags: None,
            vocal_gender: None,
            style_weight: None,
            weirdness_constraint: None,
            audio_weight: None,
            persona_id: None,
            persona_model: None,
            lyrics: None,
            variety: None,
        }
    }

    /// Creates a request that continues the recording from `continue_at` seconds on, and sings your lyrics.
    pub fn song(
        model: Model,
        upload_url: impl Into<String>,
        continue_at: impl Into<Seconds>,
        style: impl Into<String>,
        title: impl Into<String>,
        lyrics: impl Into<String>,
    ) -> Self {
        let inherited = Self::inherit(model, upload_url, continue_at);
        Self { default_param_flag: true, instrumental: Some(false), ..inherited }
            .style(style)
            .title(title)
            .prompt(lyrics)
    }

    /// Creates a request that continues the recording from `continue_at` seconds on, without singing.
    pub fn instrumental(
        model: Model,
        upload_url: impl Into<String>,
        continue_at: impl Into<Seconds>,
        style: impl Into<String>,
        title: impl Into<String>,
    ) -> Self {
        let inherited = Self::inherit(model, upload_url, continue_at);
        Self { default_param_flag: true, instrumental: Some(true), ..inherited }.style(style).title(title)
    }

    fn rules(&self, route: Route) -> Rules {
        let mut rules = Rules::new(Self::NAME);
        rules.required_address("uploadUrl", &self.upload_url);
        // The newest page of the market route does not require `continueAt`. A request without it gets a warning.
        if route == Route::Classic {
            rules.required_number("continueAt", self.continue_at.map(Seconds::get));
        }
        rules.above_zero("continueAt", self.continue_at.map(Seconds::get));
        // If `defaultParamFlag` is true, the documentation page requires `style` and `title`, but the service accepted
        // a request without them. Three texts on the page contradict each other on `prompt` and `vocalGender`. So
        // `validate` does not require any of these four fields.
        let limits = rules.model(&self.model, &LIMITS);
        if let Some(limits) = limits.filter(|_| self.default_param_flag) {
            rules.at_most("prompt", self.prompt.as_deref(), limits.prompt);
            rules.at_most("style", self.style.as_deref(), limits.style);
            rules.at_most("title", self.title.as_deref(), limits.title);
        }
        let inherits = !self.default_param_flag;
        rules.forbidden_when("defaultParamFlag is false", "personaId", inherits && self.persona_id.is_some());
        if inherits && route == Route::Market {
            rules::inherited(&mut rules, self, INHERITED);
        }
        rules::persona(&mut rules, &self.model, self.persona_model.as_ref());
        rules::voice(&mut rules, self.vocal_gender.as_ref());
        rules::weights(&mut rules, self.style_weight, self.weirdness_constraint, self.audio_weight);
        rules::lyrics_and_variety(&mut rules, route, self.lyrics.as_deref(), self.variety);
        rules.call_back_url("callBackUrl", self.call_back_url.as_deref());
        rules
    }
}

impl Endpoint for UploadAndExtendAudio {
    const NAME: &'static str = "upload-and-extend-audio";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/upload-and-extend-audio";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/generate/upload-extend";
    const EFFECT: Effect = Effect::Creates;
    const PRICE: Option<Price> = Some(Price::listed(12.0));
    const CALL_BACK: Option<CallbackField<Self>> =
        Some(CallbackField::new("callBackUrl", |request| &mut request.call_back_url));
    const MARKET: Option<&'static MarketForm> = Some(
        &MarketForm::submit("ai-music-api/upload-and-extend-audio")
            .implied(&[("defaultParamFlag", None)])
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
            "prompt" in OWN: ExtendMusicLimits::prompt,
            "style" in OWN: ExtendMusicLimits::style,
            "title" in OWN: ExtendMusicLimits::title,
        }
        and Limit::all(["uploadUrl", "defaultParamFlag", "continueAt", "model"], Bound::Required, []),
        and Limit::all(["uploadUrl"], Bound::Address, []),
        and [Limit::new("continueAt", Bound::Above(0.0))],
        and [Limit::new("personaId", Bound::LeftOut).in_mode(INHERIT)],
        and rules::persona_limits(),
        and rules::voice_limits(),
        and rules::weight_limits(),
    }

    limits! {
        market
        models LIMITS {
            "prompt" in OWN: ExtendMusicLimits::prompt,
            "style" in OWN: ExtendMusicLimits::style,
            "title" in OWN: ExtendMusicLimits::title,
        }
        and Limit::all(["uploadUrl", "defaultParamFlag", "model"], Bound::Required, []),
        and Limit::all(["uploadUrl"], Bound::Address, []),
        and [Limit::new("continueAt", Bound::Above(0.0))],
        and [Limit::new("personaId", Bound::LeftOut).in_mode(INHERIT)],
        and rules::inherited_limits(INHERITED),
        and rules::persona_limits(),
        and rules::voice_limits(),
        and rules::weight_limits(),
        and rules::lyrics_and_variety_limits(),
    }

    fn market_ignored() -> Vec<IgnoredField> {
        rules::ignored_without_singing(["prompt", "lyrics", "vocalGender", "audioWeight"]).collect()
    }

    fn own_warnings(&self, route: Route) -> Vec<Warning> {
        let advice = "tasks without continueAt were seen to fail on the market route; set the position in seconds";
        let is_missing = route == Route::Market && self.continue_at.is_none();
        is_missing.then(|| Warning::new("continueAt", WarningKind::LeftOut, advice)).into_iter().collect()
    }

    fn ignored() -> Vec<IgnoredField> {
        let own = ["prompt", "style", "title", "negativeTags", "personaModel"];
        IgnoredField::all(own, INHERIT).chain(rules::ignored_hints(INHERIT)).collect()
    }
}

impl Examples for UploadAndExtendAudio {
    fn examples() -> Vec<Self> {
        let recording = "https://cdn.example.net/demo/loop.mp3";
        vec![
            Self::inherit(Model::V5, recording, 41),
            Self::instrumental(Model::V4, recording, 41, "ambient techno", "Loop, continued"),
            Self::song(Model::V5_5, recording, 92.5, "ambient techno", "Loop (long)", "[Bridge]\nHold the light")
                .call_back_url("https://hooks.example.net/kie")
                .negative_tags("distortion")
                .vocal_gender(VocalGender::Male)
                .style_weight(0.65)
                .weirdness_constraint(0.3)
                .audio_weight(0.8)
                .persona_id("b86e0c0f4a0b44a5a0c72f1fd27e3b90")
                .persona_model(PersonaModel::Style),
        ]
    }

    fn market_examples() -> Vec<Self> {
        let recording = "https://cdn.example.net/demo/loop.wav";
        let own = || Self { default_param_flag: true, ..Self::inherit(Model::V6, recording, 11.5) };
        vec![
            own().lyrics("[Bridge]\nHold the light"),
            Self::instrumental(Model::V6Wild, recording, 11.5, "dub", "Loop, longer").variety(0),
            Self { instrumental: Some(false), ..own() }
                .call_back_url("https://hooks.example.net/kie")
                .style("dub")
                .title("Loop, longer")
                .lyrics("[Bridge]\nHold the light")
                .negative_tags("distortion")
                .vocal_gender(VocalGender::Male)
                .style_weight(0.65)
                .weirdness_constraint(0.3)
                .audio_weight(0.8)
                .variety(4)
                .persona_id("b86e0c0f4a0b44a5a0c72f1fd27e3b90")
                .persona_model(PersonaModel::Style),
        ]
    }
}

impl TaskEndpoint for UploadAndExtendAudio {
    type Job = Music;
}
