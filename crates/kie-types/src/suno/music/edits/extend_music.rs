//! `extend-music`: continues a generated track.

use crate::{
    market::{MarketForm, Route},
    operation::{CallbackField, Effect, Endpoint, Examples, Method, Started, TaskEndpoint, request},
    price::Price,
    request::{IgnoredField, Invalid, Rules, limits},
    suno::music::{
        job::Music,
        rules::{self, INHERIT, OWN, WITHOUT_SINGING},
        singer::{PersonaModel, VocalGender},
    },
    value::{AudioId, Model, PersonaId, Seconds, Weight, model},
};

request! {
    /// Continues a track that this service generated.
    ///
    /// The continuation has the parameters of the source, the track to continue, or the parameters of this request.
    /// `model` must be the model that made the source. If `audio_id` is unknown, the service still accepts the request,
    /// and the task fails later.
    ///
    /// In Rust, [`inherit`](Self::inherit) uses the parameters of the source. [`song`](Self::song) and
    /// [`instrumental`](Self::instrumental) use the parameters of the request. [`Track::model`](crate::Track::model)
    /// returns the model that made a track.
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/extend-music>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::{records::Music, requests::ExtendMusic};
    ///
    /// // A track of a finished music task, and the model that made the track.
    /// let tracks = client.task::<Music>("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e").wait().await?;
    /// let (track, model) = tracks[0].id.clone().zip(tracks[0].model()).ok_or("the track has no id")?;
    /// // The continuation begins after 40 seconds of the track.
    /// let lyrics = "[Bridge]\nHold the light";
    /// let request = ExtendMusic::song(model, track, 40, "chamber pop", "One More Stop", lyrics);
    /// let task = client.start(request).await?;
    /// let longer = task.wait().await?;
    /// assert_eq!(longer.len(), 2);
    /// # Ok(())
    /// # });
    /// ```
    #[serde(rename_all = "camelCase")]
    pub struct ExtendMusic {
        /// `true` to use the parameters of this request. `false` to use the parameters of the source, the track to
        /// continue: the classic route then ignores the parameters of this request. The market route has no such field,
        /// and uses every parameter that is given. So a request with `false` must have no parameters there, and in a
        /// request with `true` every parameter is optional there: the source has those that are missing.
        pub default_param_flag: bool,
        /// Id of the track to continue.
        #[serde(default)]
        pub audio_id: AudioId,
        /// Model that made the track.
        #[serde(default = "model::missing")]
        pub model: Model,
        /// Address (URL) to which the service sends callbacks about the progress of the task. The `kie-suno` client
        /// fills in a missing address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub call_back_url: Option<String>,
        /// Position in the track at which the continuation begins, in seconds: more than 0, and before the end of the
        /// track. The end of the track is not in the request, so compare the position with the duration of the track
        /// before you send it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub continue_at: Option<Seconds>,
        /// Lyrics of the continuation, at most [`ExtendMusicLimits::prompt`] characters. The lyrics are sung. `prompt`
        /// must not be an instruction such as "add an outro", because Suno refuses instructions.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub prompt: Option<String>,
        /// Style in words, at most [`ExtendMusicLimits::style`] characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub style: Option<String>,
        /// Title, at most [`ExtendMusicLimits::title`] characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub title: Option<String>,
        /// `true` for a continuation without singing. If this field is `true`, `prompt`, `lyrics` and `vocal_gender` must
        /// be left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[no_setter]
        pub instrumental: Option<bool>,
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
        /// Weight of the audio of the source track, 0 to 1: its influence on the continuation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub audio_weight: Option<Weight>,
        /// Id of a persona or of a cloned voice. A request that uses the parameters of the source has none.
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

/// Maximum number of characters of each text of a request, for one model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExtendMusicLimits {
    /// Maximum number of characters of `prompt`.
    pub prompt: usize,
    /// Maximum number of characters of `style`.
    pub style: usize,
    /// Maximum number of characters of `title`.
    pub title: usize,
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

/// All models, each with the maximum number of characters of each text on the market route. The operation does not
/// accept the models with `None`.
#[rustfmt::skip]
pub const MARKET_LIMITS: [(Model, Option<ExtendMusicLimits>); Model::ALL.len()] = [
    // Maximum characters of:   prompt          style          title
    (Model::V3_5,     None),
    (Model::V4,       Some(ExtendMusicLimits { prompt: 3_000, style:   200, title: 100 })),
    (Model::V4_5,     Some(ExtendMusicLimits { prompt: 5_000, style: 1_000, title: 100 })),
    (Model::V4_5Plus, Some(ExtendMusicLimits { prompt: 5_000, style: 1_000, title: 100 })),
    (Model::V4_5All,  Some(ExtendMusicLimits { prompt: 5_000, style: 1_000, title: 100 })),
    (Model::V5,       Some(ExtendMusicLimits { prompt: 5_000, style: 1_000, title: 100 })),
    (Model::V5_5,     Some(ExtendMusicLimits { prompt: 5_000, style: 1_000, title: 100 })),
    (Model::V6,       Some(ExtendMusicLimits { prompt: 5_000, style: 1_000, title: 100 })),
    (Model::V6Mini,   Some(ExtendMusicLimits { prompt: 5_000, style: 1_000, title: 100 })),
    (Model::V6Wild,   Some(ExtendMusicLimits { prompt: 5_000, style: 1_000, title: 100 })),
];

pub use rules::{LYRICS, VARIETY_MAX, VARIETY_MIN};

/// Fields that a request on the market route must not have if it inherits the parameters of the source. `personaId` is
/// in no such list, because no route allows it in this mode.
const INHERITED: [&str; 13] = [
    "continueAt",
    "prompt",
    "style",
    "title",
    "instrumental",
    "negativeTags",
    "personaModel",
    "vocalGender",
    "styleWeight",
    "weirdnessConstraint",
    "audioWeight",
    "lyrics",
    "variety",
];

impl ExtendMusic {
    /// Creates a request that continues the track with the same parameters that made the track.
    pub fn inherit(model: Model, audio_id: impl Into<AudioId>) -> Self {
        Self {
            default_param_flag: false,
            audio_id: audio_id.into(),
            model,
            call_back_url: None,
            continue_at: None,
            prompt: None,
            style: None,
            title: None,
            instrumental: None,
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

    /// Creates a request that continues the track from `continue_at` seconds on, and sings your lyrics.
    pub fn song(
        model: Model,
        audio_id: impl Into<AudioId>,
        continue_at: impl Into<Seconds>,
        style: impl Into<String>,
        title: impl Into<String>,
        lyrics: impl Into<String>,
    ) -> Self {
        Self { default_param_flag: true, ..Self::inherit(model, audio_id) }
            .continue_at(continue_at)
            .style(style)
            .title(title)
            .prompt(lyrics)
    }

    /// Creates a request that continues the track from `continue_at` seconds on, without singing.
    pub fn instrumental(
        model: Model,
        audio_id: impl Into<AudioId>,
        continue_at: impl Into<Seconds>,
        style: impl Into<String>,
        title: impl Into<String>,
    ) -> Self {
        Self { default_param_flag: true, instrumental: Some(true), ..Self::inherit(model, audio_id) }
            .continue_at(continue_at)
            .style(style)
            .title(title)
    }

    fn rules(&self, route: Route) -> Rules {
        const CUSTOM: &str = "defaultParamFlag is true";
        const INSTRUMENTAL: &str = "instrumental is true";
        let instrumental = self.instrumental == Some(true);

        let mut rules = Rules::new(Self::NAME);
        rules.required("audioId", self.audio_id.as_str());
        // On the market route, the source has the parameters that are missing.
        if self.default_param_flag && route == Route::Classic {
            rules.required_number_when(CUSTOM, "continueAt", self.continue_at.map(Seconds::get));
            rules.required_when(CUSTOM, "style", self.style.as_deref());
            rules.required_when(CUSTOM, "title", self.title.as_deref());
            if !instrumental {
                let when = "defaultParamFlag is true and instrumental is not true";
                rules.required_when(when, "prompt", self.prompt.as_deref());
            }
        }
        let limits = rules.model(&self.model, if route == Route::Market { &MARKET_LIMITS } else { &LIMITS });
        if self.default_param_flag {
            rules.above_zero("continueAt", self.continue_at.map(Seconds::get));
            if let Some(limits) = limits {
                rules.at_most("prompt", self.prompt.as_deref(), limits.prompt);
                rules.at_most("style", self.style.as_deref(), limits.style);
                rules.at_most("title", self.title.as_deref(), limits.title);
            }
        }
        let inherits = !self.default_param_flag;
        rules.forbidden_when("defaultParamFlag is false", "personaId", inherits && self.persona_id.is_some());
        if inherits && route == Route::Market {
            rules::inherited(&mut rules, self, INHERITED);
        }
        rules.forbidden_when(INSTRUMENTAL, "prompt", instrumental && self.prompt.is_some());
        let has_lyrics = route == Route::Market && self.lyrics.is_some();
        rules.forbidden_when(INSTRUMENTAL, "lyrics", instrumental && has_lyrics);
        rules.forbidden_when(INSTRUMENTAL, "vocalGender", instrumental && self.vocal_gender.is_some());
        rules::persona(&mut rules, &self.model, self.persona_model.as_ref());
        rules::voice(&mut rules, self.vocal_gender.as_ref());
        rules::weights(&mut rules, self.style_weight, self.weirdness_constraint, self.audio_weight);
        rules::lyrics_and_variety(&mut rules, route, self.lyrics.as_deref(), self.variety);
        rules.call_back_url("callBackUrl", self.call_back_url.as_deref());
        rules
    }
}

impl Endpoint for ExtendMusic {
    const NAME: &'static str = "extend-music";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/extend-music";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/generate/extend";
    const EFFECT: Effect = Effect::Creates;
    const PRICE: Option<Price> = Some(Price::listed(12.0));
    const CALL_BACK: Option<CallbackField<Self>> =
        Some(CallbackField::new("callBackUrl", |request| &mut request.call_back_url));
    const MARKET: Option<&'static MarketForm> = Some(
        &MarketForm::submit("ai-music-api/extend")
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
        and Limit::all(["defaultParamFlag", "audioId", "model"], Bound::Required, []),
        and Limit::all(["continueAt"], Bound::Required, [OWN]),
        and rules::own_texts(OWN),
        and [Limit::new("continueAt", Bound::Above(0.0)).in_mode(OWN)],
        and [Limit::new("personaId", Bound::LeftOut).in_mode(INHERIT)],
        and Limit::all(["prompt", "vocalGender"], Bound::LeftOut, [WITHOUT_SINGING]),
        and rules::persona_limits(),
        and rules::voice_limits(),
        and rules::weight_limits(),
    }

    limits! {
        market
        models MARKET_LIMITS {
            "prompt" in OWN: ExtendMusicLimits::prompt,
            "style" in OWN: ExtendMusicLimits::style,
            "title" in OWN: ExtendMusicLimits::title,
        }
        and Limit::all(["defaultParamFlag", "audioId", "model"], Bound::Required, []),
        and [Limit::new("continueAt", Bound::Above(0.0)).in_mode(OWN)],
        and [Limit::new("personaId", Bound::LeftOut).in_mode(INHERIT)],
        and rules::inherited_limits(INHERITED),
        and Limit::all(["prompt", "lyrics", "vocalGender"], Bound::LeftOut, [WITHOUT_SINGING]),
        and rules::persona_limits(),
        and rules::voice_limits(),
        and rules::weight_limits(),
        and rules::lyrics_and_variety_limits(),
    }

    fn market_ignored() -> Vec<IgnoredField> {
        rules::ignored_without_singing(["audioWeight"]).collect()
    }

    fn ignored() -> Vec<IgnoredField> {
        let own = ["continueAt", "prompt", "style", "title", "instrumental", "negativeTags", "personaModel"];
        IgnoredField::all(own, INHERIT).chain(rules::ignored_hints(INHERIT)).collect()
    }
}

impl Examples for ExtendMusic {
    fn examples() -> Vec<Self> {
        let audio_id = "7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a";
        vec![
            Self::inherit(Model::V5, audio_id),
            Self::instrumental(Model::V4, audio_id, 40, "ambient", "Harbour, continued"),
            Self::song(Model::V5, audio_id, 92.5, "chamber pop", "One More Stop (long)", "[Bridge]\nHold the light")
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
        let audio_id = "7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a";
        let own = || Self { default_param_flag: true, ..Self::inherit(Model::V6, audio_id) };
        vec![
            own().lyrics("[Bridge]\nHold the light"),
            Self::instrumental(Model::V6Mini, audio_id, 40, "ambient", "Harbour, continued").variety(0),
            own()
                .call_back_url("https://hooks.example.net/kie")
                .continue_at(92.5)
                .style("chamber pop")
                .title("One More Stop (long)")
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

impl TaskEndpoint for ExtendMusic {
    type Job = Music;
}
