//! `generate-mashup`: makes new music from two recordings.

use crate::{
    market::{MarketForm, Route},
    operation::{CallbackField, Effect, Endpoint, Examples, Method, Started, TaskEndpoint, request},
    price::Price,
    request::{IgnoredField, Invalid, Rules, Warning, WarningKind, limits},
    suno::music::{
        generate_music::GenerateMusicLimits,
        job::Music,
        rules::{self, CUSTOM, SIMPLE},
        singer::{PersonaModel, VocalGender},
        upload_and_cover_audio,
    },
    value::{Model, PersonaId, Seconds, Weight, model},
};

request! {
    /// Blends two uploaded recordings into new music.
    ///
    /// There are two modes. In simple mode, the service writes style and lyrics. In custom mode, you write style and
    /// lyrics. The market route has only custom mode, and always makes songs.
    ///
    /// In Rust, [`simple`](Self::simple) is the request in simple mode. In custom mode, [`song`](Self::song) sings your
    /// lyrics, and [`instrumental`](Self::instrumental) makes music without singing.
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/generate-mashup>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::{GenerateMashup, Model};
    ///
    /// // `client.upload("a.mp3")` uploads a local file and returns such a link.
    /// let recordings = ["https://cdn.example.net/a.mp3", "https://cdn.example.net/b.mp3"];
    /// let request = GenerateMashup::simple(Model::V5, recordings, "a march that becomes a lullaby");
    /// let task = client.start(request).await?;
    /// let tracks = task.wait().await?;
    /// assert_eq!(tracks.len(), 2);
    /// # Ok(())
    /// # });
    /// ```
    #[serde(rename_all = "camelCase")]
    pub struct GenerateMashup {
        /// Addresses (URLs) of the recordings to blend: exactly [`UPLOADS`] addresses. The service must be able to
        /// fetch the recordings. The market route accepts more addresses, and uses only the first two.
        #[serde(default)]
        pub upload_url_list: Vec<String>,
        /// `true` for custom mode, in which you write style and lyrics. `false` for simple mode, in which the service
        /// writes style and lyrics.
        pub custom_mode: bool,
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
        /// Lyrics or idea. In custom mode, this text is the lyrics, which are sung word for word. It has at most
        /// [`GenerateMusicLimits::lyrics`] characters. An instrumental needs no lyrics. In simple mode, which
        /// only the classic route has, this text is the idea for the music: at most [`IDEA`] characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub prompt: Option<String>,
        /// `true` for music without singing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[no_setter]
        pub instrumental: Option<bool>,
        /// Preferred gender of the singing voice. The preference is only a hint: the service does not guarantee this
        /// gender. The service uses this field only in custom mode.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub vocal_gender: Option<VocalGender>,
        /// Weight of the style, 0 to 1. With a higher weight the music follows the style more closely. The service uses
        /// this field only in custom mode.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub style_weight: Option<Weight>,
        /// Weirdness of the music, 0 to 1. With a higher value the music may differ more from usual music. The service
        /// uses this field only in custom mode.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub weirdness_constraint: Option<Weight>,
        /// Weight of the recordings, 0 to 1: their influence on the new music. The service uses this field only in
        /// custom mode.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub audio_weight: Option<Weight>,
        /// Requested duration of the music in whole seconds, 10 to 360. Allowed only in custom mode, and only with
        /// model V5_5 or a later model. If this field is missing, a model of the V6 family makes a song of 20 seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub duration: Option<Seconds>,
        /// Id of a persona or of a cloned voice. Only the market route has this field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub persona_id: Option<PersonaId>,
        /// Kind of id in `persona_id`: the id of a persona, or the id of a cloned voice. A cloned voice needs model V5
        /// or later. Only the market route has this field.
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

/// All models, each with the maximum number of characters of each text in custom mode. This operation does not accept
/// the models with `None`.
#[rustfmt::skip]
pub const LIMITS: [(Model, Option<GenerateMusicLimits>); Model::ALL.len()] = [
    // Maximum characters of:   lyrics          style         title
    (Model::V3_5,     None),
    (Model::V4,       Some(GenerateMusicLimits { lyrics: 3_000, style:   200, title: 80 })),
    (Model::V4_5,     Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 80 })),
    (Model::V4_5Plus, Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 80 })),
    (Model::V4_5All,  Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 80 })),
    (Model::V5,       Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 80 })),
    (Model::V5_5,     Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 80 })),
    (Model::V6,       Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 80 })),
    (Model::V6Mini,   Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 80 })),
    (Model::V6Wild,   Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 80 })),
];

/// All models, each with the maximum number of characters of each text on the market route. They are those of
/// `upload-and-cover-audio` on the classic route.
pub const MARKET_LIMITS: [(Model, Option<GenerateMusicLimits>); Model::ALL.len()] = upload_and_cover_audio::LIMITS;

pub use rules::{LYRICS, VARIETY_MAX, VARIETY_MIN};

/// Number of recordings in a request. On the market route, it is the minimum.
pub const UPLOADS: usize = 2;
/// Maximum number of characters of an idea (`prompt` in simple mode), for every model.
pub const IDEA: usize = 500;

impl GenerateMashup {
    fn new(model: Model, uploads: [String; UPLOADS], custom_mode: bool) -> Self {
        Self {
            upload_url_list: uploads.into(),
            custom_mode,
            model,
            call_back_url: None,
            style: None,
            title: None,
            prompt: None,
            instrumental: None,
            vocal_gender: None,
            style_weight: None,
            weirdness_constraint: None,
            audio_weight: None,
            duration: None,
            persona_id: None,
            persona_model: None,
            lyrics: None,
            variety: None,
        }
    }

    /// Creates a request for a mashup from an idea. The service writes lyrics, title and style.
    pub fn simple(model: Model, uploads: [impl Into<String>; UPLOADS], idea: impl Into<String>) -> Self {
        Self::new(model, uploads.map(Into::into), false).prompt(idea)
    }

    /// Creates a request for a mashup with your lyrics, style and title.
    pub fn song(
        model: Model,
        uploads: [impl Into<String>; UPLOADS],
        style: impl Into<String>,
        title: impl Into<String>,
        lyrics: impl Into<String>,
    ) -> Self {
        let custom = Self::new(model, uploads.map(Into::into), true);
        Self { instrumental: Some(false), ..custom }.style(style).title(title).prompt(lyrics)
    }

    /// Creates a request for a mashup without singing, with your style and title.
    pub fn instrumental(
        model: Model,
        uploads: [impl Into<String>; UPLOADS],
        style: impl Into<String>,
        title: impl Into<String>,
    ) -> Self {
        let custom = Self::new(model, uploads.map(Into::into), true);
        Self { instrumental: Some(true), ..custom }.style(style).title(title)
    }

    fn rules(&self, route: Route) -> Rules {
        let mut rules = Rules::new(Self::NAME);
        match route {
            Route::Classic => rules.exactly("uploadUrlList", self.upload_url_list.len(), UPLOADS),
            Route::Market => rules.at_least_entries("uploadUrlList", self.upload_url_list.len(), UPLOADS),
        }
        for (index, url) in self.upload_url_list.iter().enumerate() {
            rules.required_address(&format!("uploadUrlList[{index}]"), url);
        }
        let is_custom = self.custom_mode || route == Route::Market;
        let table = if route == Route::Market { &MARKET_LIMITS } else { &LIMITS };
        let limits = rules.model(&self.model, table);
        if is_custom {
            const CUSTOM: &str = "customMode is true";
            rules.required_when(CUSTOM, "style", self.style.as_deref());
            rules.required_when(CUSTOM, "title", self.title.as_deref());
            // The market route requires no lyrics.
            if self.instrumental != Some(true) && route == Route::Classic {
                let when = "customMode is true and instrumental is not true";
                rules.required_when(when, "prompt", self.prompt.as_deref());
            }
            if let Some(limits) = limits {
                rules.at_most("prompt", self.prompt.as_deref(), limits.lyrics);
                rules.at_most("style", self.style.as_deref(), limits.style);
                rules.at_most("title", self.title.as_deref(), limits.title);
            }
        } else {
            // On the documentation page, the schema requires style and title, and the text requires a prompt. In
            // practice, the service accepted a request without style, title and prompt. So `validate` does not require
            // these three fields in simple mode.
            rules.at_most("prompt", self.prompt.as_deref(), IDEA);
            rules.forbidden_when("customMode is false", "duration", self.duration.is_some());
        }
        rules::whole_duration(&mut rules, &self.model, self.duration);
        let persona = [("personaId", self.persona_id.is_some()), ("personaModel", self.persona_model.is_some())];
        rules::only_on_market(&mut rules, route, persona);
        rules::persona(&mut rules, &self.model, self.persona_model.as_ref());
        rules::voice(&mut rules, self.vocal_gender.as_ref());
        rules::weights(&mut rules, self.style_weight, self.weirdness_constraint, self.audio_weight);
        rules::lyrics_and_variety(&mut rules, route, self.lyrics.as_deref(), self.variety);
        rules.call_back_url("callBackUrl", self.call_back_url.as_deref());
        rules
    }
}

impl Endpoint for GenerateMashup {
    const NAME: &'static str = "generate-mashup";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/generate-mashup";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/generate/mashup";
    const EFFECT: Effect = Effect::Creates;
    const PRICE: Option<Price> = Some(Price::listed(12.0));
    const CALL_BACK: Option<CallbackField<Self>> =
        Some(CallbackField::new("callBackUrl", |request| &mut request.call_back_url));
    const MARKET: Option<&'static MarketForm> = Some(
        &MarketForm::submit("ai-music-api/mashup")
            .implied(&[("customMode", Some(true)), ("instrumental", Some(false))])
            .only_here(&["lyrics", "variety", "personaId", "personaModel"]),
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
        "uploadUrlList": Count UPLOADS,
        and Limit::all(["uploadUrlList", "customMode", "model"], Bound::Required, []),
        and Limit::all(["uploadUrlList"], Bound::Address, []),
        and rules::own_texts(CUSTOM),
        and rules::whole_duration_limits(),
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
        "uploadUrlList": CountAtLeast UPLOADS,
        and Limit::all(["uploadUrlList", "customMode", "model", "style", "title"], Bound::Required, []),
        and Limit::all(["uploadUrlList"], Bound::Address, []),
        and rules::always_custom(rules::whole_duration_limits()),
        and rules::persona_limits(),
        and rules::voice_limits(),
        and rules::weight_limits(),
        and rules::lyrics_and_variety_limits(),
    }

    fn market_ignored() -> Vec<IgnoredField> {
        Vec::new()
    }

    fn own_warnings(&self, route: Route) -> Vec<Warning> {
        if route == Route::Classic {
            return Vec::new();
        }
        let advice = "the service uses only the first two recordings";
        let ignored = |index| Warning::new(format!("uploadUrlList[{index}]"), WarningKind::Ignored, advice);
        let more = (UPLOADS..self.upload_url_list.len()).map(ignored);
        rules::default_duration(&self.model, self.duration).into_iter().chain(more).collect()
    }

    /// Returns the fields that the service ignores in simple mode. `style` and `title` are not in the list, because it
    /// is not clear if the service ignores them: the texts of the documentation page contradict each other.
    fn ignored() -> Vec<IgnoredField> {
        rules::ignored_hints(SIMPLE).collect()
    }
}

impl Examples for GenerateMashup {
    fn examples() -> Vec<Self> {
        let recordings = ["https://cdn.example.net/a.mp3", "https://cdn.example.net/b.mp3"];
        vec![
            Self::simple(Model::V5, recordings, "the first one's drums under the second one's choir"),
            Self::instrumental(Model::V4, recordings, "nu-disco", "A x B"),
            Self::song(Model::V5_5, recordings, "nu-disco", "A x B", "[Verse]\nOne floor up\n[Chorus]\nOne floor down")
                .call_back_url("https://hooks.example.net/kie")
                .vocal_gender(VocalGender::Female)
                .style_weight(0.61)
                .weirdness_constraint(0.2)
                .audio_weight(0.65)
                .duration(150),
        ]
    }

    fn market_examples() -> Vec<Self> {
        let recordings = || ["a", "b"].map(|name| format!("https://cdn.example.net/{name}.mp3"));
        let custom = || Self::new(Model::V6, recordings(), true).style("nu-disco").title("A x B").duration(150);
        vec![
            custom().lyrics("[Verse]\nOne floor up"),
            Self { instrumental: Some(false), ..custom() }
                .call_back_url("https://hooks.example.net/kie")
                .lyrics("[Verse]\nOne floor up\n[Chorus]\nOne floor down")
                .vocal_gender(VocalGender::Female)
                .style_weight(0.61)
                .weirdness_constraint(0.2)
                .audio_weight(0.65)
                .variety(2)
                .persona_id("b86e0c0f4a0b44a5a0c72f1fd27e3b90")
                .persona_model(PersonaModel::Voice),
        ]
    }
}

impl TaskEndpoint for GenerateMashup {
    type Job = Music;
}
