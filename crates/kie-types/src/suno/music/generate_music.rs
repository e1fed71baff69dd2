//! `generate-music`: makes songs from an idea, or from lyrics and a style.

use super::{
    job::Music,
    rules::{self, CUSTOM, SIMPLE, WITHOUT_SINGING},
    singer::{PersonaModel, VocalGender},
};
use crate::{
    market::{MarketForm, Route},
    operation::{CallbackField, Effect, Endpoint, Examples, Method, Started, TaskEndpoint, request},
    price::Price,
    request::{IgnoredField, Invalid, Mode, Rules, Warning, limits},
    value::{Model, PersonaId, Seconds, Weight, model},
};

request! {
    /// Makes a song or an instrumental from an idea, or from your own lyrics and style.
    ///
    /// A task makes two tracks, usually after one to two minutes.
    ///
    /// There are two modes. In simple mode, `prompt` is an idea, and the service writes lyrics, style and title. In custom
    /// mode, `prompt` is the lyrics, and you also write style and title. An instrumental is music without singing.
    ///
    /// In Rust, [`simple`](Self::simple) and [`simple_instrumental`](Self::simple_instrumental) are the requests in simple
    /// mode, and [`song`](Self::song) and [`instrumental`](Self::instrumental) are those in custom mode.
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/generate-music>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::{GenerateMusic, Model};
    ///
    /// let lyrics = "[Verse]\nTram bells at dawn";
    /// let request = GenerateMusic::song(Model::V5_5, "chamber pop", "One More Stop", lyrics)
    ///     .negative_tags("distortion")
    ///     .style_weight(0.65)
    ///     .duration(150);
    /// let task = client.start(request).await?;
    /// let tracks = task.wait().await?;
    /// assert_eq!(tracks.len(), 2);
    /// # Ok(())
    /// # });
    /// ```
    #[serde(rename_all = "camelCase")]
    pub struct GenerateMusic {
        /// Lyrics or idea. In custom mode, this text is the lyrics, which are sung word for word. It has at most
        /// [`GenerateMusicLimits::lyrics`] characters. An instrumental needs no lyrics. In simple mode, this text is
        /// the idea for the music: at most [`IDEA`] characters.
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
        /// Weight of the input audio, 0 to 1: its influence on the new music.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub audio_weight: Option<Weight>,
        /// Id of a persona or of a cloned voice. Allowed only in custom mode.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub persona_id: Option<PersonaId>,
        /// Kind of id in `persona_id`: the id of a persona, or the id of a cloned voice. A cloned voice needs model V5
        /// or later.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub persona_model: Option<PersonaModel>,
        /// Requested duration of the music, [`DURATION_MIN`] to [`DURATION_MAX`] seconds. Allowed only in custom mode,
        /// and only with model V5_5 or a later model. If this field is missing, a model of the V6 family makes a song of
        /// 20 seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub duration: Option<Seconds>,
        /// Lyrics, at most [`LYRICS`] characters. In custom mode, they are sung in place of `prompt`. In simple mode,
        /// they are added to the idea. Only the market route has this field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub lyrics: Option<String>,
        /// Variety of the music, [`VARIETY_MIN`] to [`VARIETY_MAX`]: 0 keeps to the exact style, and 4 is the wildest.
        /// If this field is missing, the service uses 1. The service uses this field only in custom mode. Only the
        /// market route has this field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub variety: Option<i64>,
        /// Addresses (URLs) of images for the idea, at most [`IMAGES`]: `jpeg`, `png`, `webp` or `bmp` files of at
        /// most 10 MB each. Allowed only in simple mode. Only the market route has this field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub image_urls: Option<Vec<String>>,
        /// Addresses (URLs) of videos for the idea, at most [`VIDEOS`]: one `mp4`, `mov` or `webm` file of at most
        /// 100 MB and 241 seconds. Allowed only in simple mode. Only the market route has this field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub video_urls: Option<Vec<String>>,
        /// Addresses (URLs) of recordings for the idea, of at most 500 MB and 6 seconds to 30 minutes each. Their
        /// maximum number and their formats are not documented. Allowed only in simple mode. Only the market route has
        /// this field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub audio_urls: Option<Vec<String>>,
    }
}

/// Maximum number of characters of each text of a request in custom mode, for one model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct GenerateMusicLimits {
    /// Maximum number of characters of `prompt`, which has the lyrics in custom mode.
    pub lyrics: usize,
    /// Maximum number of characters of `style`.
    pub style: usize,
    /// Maximum number of characters of `title`.
    pub title: usize,
}

/// All models, each with the maximum number of characters of each text in custom mode. This operation does not accept
/// the models with `None`.
#[rustfmt::skip]
pub const LIMITS: [(Model, Option<GenerateMusicLimits>); Model::ALL.len()] = [
    // Maximum characters of:  lyrics           style          title
    (Model::V3_5,    None),
    (Model::V4,      Some(GenerateMusicLimits { lyrics: 3_000, style:   200, title: 80 })),
    (Model::V4_5,    Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 80 })),
    (Model::V4_5Plus, Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 80 })),
    (Model::V4_5All, Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 80 })),
    (Model::V5,      Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 80 })),
    (Model::V5_5,    Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 80 })),
    (Model::V6,      Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 80 })),
    (Model::V6Mini,  Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 80 })),
    (Model::V6Wild,  Some(GenerateMusicLimits { lyrics: 5_000, style: 1_000, title: 80 })),
];

/// Maximum number of characters of an idea (`prompt` in simple mode), for every model. The maximum was 400 at first,
/// later 500, and has been 3000 since August 2026.
pub const IDEA: usize = 3_000;

/// Maximum number of images in a request.
pub const IMAGES: usize = 5;
/// Maximum number of videos in a request.
pub const VIDEOS: usize = 1;

const MEDIA: [&str; 3] = ["imageUrls", "videoUrls", "audioUrls"];
/// Modes of a request in simple mode that has no input but perhaps `prompt`, on the market route.
const IDEA_IS_ALL: [Mode; 6] = [
    SIMPLE,
    Mode::empty("no lyrics", "lyrics"),
    Mode::empty("no style", "style"),
    Mode::empty("no images", "imageUrls"),
    Mode::empty("no videos", "videoUrls"),
    Mode::empty("no recordings", "audioUrls"),
];
/// Modes of a request in custom mode that has no input but perhaps `style`, on the market route.
const STYLE_IS_ALL: [Mode; 4] = [
    CUSTOM,
    Mode::empty("no lyrics", "lyrics"),
    Mode::empty("no prompt", "prompt"),
    Mode::empty("no negativeTags", "negativeTags"),
];

pub use rules::{DURATION_MAX, DURATION_MIN, LYRICS, VARIETY_MAX, VARIETY_MIN};

impl GenerateMusic {
    fn new(model: Model, custom_mode: bool, instrumental: bool) -> Self {
        Self {
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
            image_urls: None,
            video_urls: None,
            audio_urls: None,
        }
    }

    /// Creates a request for a song from an idea. The service writes lyrics, title and style.
    pub fn simple(model: Model, idea: impl Into<String>) -> Self {
        Self::new(model, false, false).prompt(idea)
    }

    /// Creates a request for an instrumental from an idea. The service writes title and style.
    pub fn simple_instrumental(model: Model, idea: impl Into<String>) -> Self {
        Self::new(model, false, true).prompt(idea)
    }

    /// Creates a request for a song with your lyrics, style and title.
    pub fn song(model: Model, style: impl Into<String>, title: impl Into<String>, lyrics: impl Into<String>) -> Self {
        Self::new(model, true, false).style(style).title(title).prompt(lyrics)
    }

    /// Creates a request for an instrumental with your style and title.
    pub fn instrumental(model: Model, style: impl Into<String>, title: impl Into<String>) -> Self {
        Self::new(model, true, true).style(style).title(title)
    }

    fn media(&self) -> [(&'static str, Option<&Vec<String>>); 3] {
        let [images, videos, audios] = MEDIA;
        [(images, self.image_urls.as_ref()), (videos, self.video_urls.as_ref()), (audios, self.audio_urls.as_ref())]
    }

    /// Checks the required fields of the classic route.
    fn required_on_classic(&self, rules: &mut Rules) {
        if self.custom_mode {
            rules.required_when("customMode is true", "style", self.style.as_deref());
            rules.required_when("customMode is true", "title", self.title.as_deref());
            if !self.instrumental {
                let when = "customMode is true and instrumental is false";
                rules.required_when(when, "prompt", self.prompt.as_deref());
            }
        } else {
            rules.required_when("customMode is false", "prompt", self.prompt.as_deref());
        }
    }

    /// Checks the required fields of the market route, and its media.
    fn required_on_market(&self, rules: &mut Rules) {
        let is_given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
        let has_text = is_given(&self.prompt) || is_given(&self.lyrics) || is_given(&self.style);
        if self.custom_mode {
            rules.required_when("customMode is true", "title", self.title.as_deref());
            // The page requires one of `style`, `lyrics` and `negative_tags`, and says that `prompt` stands in for missing
            // lyrics. So `prompt` counts here too.
            if !has_text && !is_given(&self.negative_tags) {
                rules.required_when("lyrics, prompt and negativeTags are left out", "style", None);
            }
        } else if !has_text && self.media().iter().all(|(_, urls)| urls.is_none_or(Vec::is_empty)) {
            // One text on the page requires `prompt` and `style`. Another requires only one of the inputs.
            rules.required_when("lyrics, style, images, videos and recordings are left out", "prompt", None);
        }
        for (field, urls) in self.media() {
            rules.forbidden_when("customMode is true", field, self.custom_mode && urls.is_some());
            for (index, url) in urls.into_iter().flatten().enumerate() {
                rules.required_address(&format!("{field}[{index}]"), url);
            }
        }
        rules.at_most_entries("imageUrls", self.image_urls.as_ref().map_or(0, Vec::len), IMAGES);
        rules.at_most_entries("videoUrls", self.video_urls.as_ref().map_or(0, Vec::len), VIDEOS);
    }

    fn rules(&self, route: Route) -> Rules {
        let mut rules = Rules::new(Self::NAME);
        let limits = rules.model(&self.model, &LIMITS);
        match route {
            Route::Classic => self.required_on_classic(&mut rules),
            Route::Market => self.required_on_market(&mut rules),
        }
        if !self.custom_mode {
            rules.at_most("prompt", self.prompt.as_deref(), IDEA);
            let persona = self.persona_id.as_ref().filter(|_| route == Route::Classic);
            rules.forbidden_when("customMode is false", "personaId", persona.is_some());
            rules.forbidden_when("customMode is false", "duration", self.duration.is_some());
        } else if let Some(limits) = limits {
            rules.at_most("prompt", self.prompt.as_deref(), limits.lyrics);
        }
        // In simple mode, the classic route ignores style and title. The market route does not.
        if let Some(limits) = limits.filter(|_| self.custom_mode || route == Route::Market) {
            rules.at_most("style", self.style.as_deref(), limits.style);
            rules.at_most("title", self.title.as_deref(), limits.title);
        }
        rules::persona(&mut rules, &self.model, self.persona_model.as_ref());
        rules::duration(&mut rules, &self.model, self.duration);
        rules::voice(&mut rules, self.vocal_gender.as_ref());
        rules::weights(&mut rules, self.style_weight, self.weirdness_constraint, self.audio_weight);
        rules::lyrics_and_variety(&mut rules, route, self.lyrics.as_deref(), self.variety);
        rules::only_on_market(&mut rules, route, self.media().map(|(field, urls)| (field, urls.is_some())));
        rules.call_back_url("callBackUrl", self.call_back_url.as_deref());
        rules
    }
}

impl Endpoint for GenerateMusic {
    const NAME: &'static str = "generate-music";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/generate-music";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/generate";
    const EFFECT: Effect = Effect::Creates;
    const PRICE: Option<Price> = Some(Price::listed(12.0));
    const CALL_BACK: Option<CallbackField<Self>> =
        Some(CallbackField::new("callBackUrl", |request| &mut request.call_back_url));
    const MARKET: Option<&'static MarketForm> = Some(&MarketForm::submit("ai-music-api/generate").only_here(&[
        "lyrics",
        "variety",
        "imageUrls",
        "videoUrls",
        "audioUrls",
    ]));
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
        and Limit::all(["customMode", "instrumental", "model"], Bound::Required, []),
        and Limit::all(["prompt"], Bound::Required, [SIMPLE]),
        and rules::own_texts(CUSTOM),
        and rules::duration_limits(),
        and [Limit::new("personaId", Bound::LeftOut).in_mode(SIMPLE)],
        and rules::persona_limits(),
        and rules::voice_limits(),
        and rules::weight_limits(),
    }

    limits! {
        market
        models LIMITS {
            "prompt" in CUSTOM: GenerateMusicLimits::lyrics,
            "style": GenerateMusicLimits::style,
            "title": GenerateMusicLimits::title,
        }
        "prompt" in SIMPLE: Characters IDEA,
        "imageUrls" in SIMPLE: CountAtMost IMAGES,
        "videoUrls" in SIMPLE: CountAtMost VIDEOS,
        and Limit::all(["customMode", "instrumental", "model"], Bound::Required, []),
        and Limit::all(["prompt"], Bound::Required, IDEA_IS_ALL),
        and Limit::all(["title"], Bound::Required, [CUSTOM]),
        and Limit::all(["style"], Bound::Required, STYLE_IS_ALL),
        and Limit::all(MEDIA, Bound::LeftOut, [CUSTOM]),
        and Limit::all(MEDIA, Bound::Address, []),
        and rules::duration_limits(),
        and rules::persona_limits(),
        and rules::voice_limits(),
        and rules::weight_limits(),
        and rules::lyrics_and_variety_limits(),
    }

    fn ignored() -> Vec<IgnoredField> {
        rules::ignored_in_simple_mode()
    }

    fn market_ignored() -> Vec<IgnoredField> {
        let simple = IgnoredField::all(["variety", "personaId", "personaModel"], SIMPLE);
        let custom = ["prompt", "lyrics", "vocalGender", "audioWeight"]
            .map(|field| IgnoredField::new(field, [CUSTOM, WITHOUT_SINGING]));
        rules::ignored_hints(SIMPLE).chain(simple).chain(custom).collect()
    }

    fn own_warnings(&self, _: Route) -> Vec<Warning> {
        rules::default_duration(&self.model, self.duration).into_iter().filter(|_| self.custom_mode).collect()
    }
}

impl Examples for GenerateMusic {
    fn examples() -> Vec<Self> {
        vec![
            Self::simple(Model::V5, "lo-fi rain, soft Rhodes, 70 bpm"),
            Self::simple_instrumental(Model::V4_5All, "two accordions in a stairwell"),
            Self::instrumental(Model::V4, "nu-disco", "Night Bus"),
            Self::song(Model::V5_5, "chamber pop", "One More Stop", "[Verse]\nTram bells at dawn\n[Chorus]\nStay")
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
        let url = |file: &str| format!("https://cdn.example.net/demo/{file}");
        vec![
            Self::new(Model::V6, false, true).image_urls([url("harbour.png"), url("fog.webp")]),
            Self::simple(Model::V6Mini, "a song for this film")
                .video_urls([url("tram.mp4")])
                .audio_urls([url("hum.wav")]),
            Self::new(Model::V6, true, false)
                .call_back_url("https://hooks.example.net/kie")
                .title("Harbour Clock")
                .style("slow tango, bandoneon")
                .lyrics("[Verse]\nThe tide counts backwards")
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

impl TaskEndpoint for GenerateMusic {
    type Job = Music;
}
