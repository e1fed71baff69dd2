//! `add-instrumental`: plays an accompaniment to an uploaded voice.

use crate::{
    market::{MarketForm, Route},
    operation::{CallbackField, Effect, Endpoint, Examples, Method, Started, TaskEndpoint, request},
    price::Price,
    request::{Invalid, Rules, limits},
    suno::music::{job::Music, rules, singer::VocalGender},
    value::{Model, Weight},
};

request! {
    /// Plays an accompaniment to an uploaded recording, usually of a voice alone.
    ///
    /// You cannot make a [persona](crate::GeneratePersona) from the resulting track. A persona needs a track from
    /// [`generate-music`](crate::GenerateMusic).
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/add-instrumental>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::{AddInstrumental, Model};
    ///
    /// // `client.upload("acapella.mp3")` uploads a local file and returns such a link.
    /// let recording = "https://cdn.example.net/demo/acapella.mp3";
    /// let request = AddInstrumental::new(recording, "Harbour", "acoustic folk", "edm, distortion")
    ///     .model(Model::V5);
    /// let task = client.start(request).await?;
    /// let tracks = task.wait().await?;
    /// assert_eq!(tracks.len(), 2);
    /// # Ok(())
    /// # });
    /// ```
    #[serde(rename_all = "camelCase")]
    pub struct AddInstrumental {
        /// Address (URL) of the recording. The service must be able to fetch the recording.
        #[serde(default)]
        pub upload_url: String,
        /// Title of the result.
        #[serde(default)]
        pub title: String,
        /// Wanted styles, at most [`TAGS`] characters.
        #[serde(default)]
        pub tags: String,
        /// Styles to avoid, at most [`NEGATIVE_TAGS`] characters.
        #[serde(default)]
        pub negative_tags: String,
        /// Address (URL) to which the service sends callbacks about the progress of the task. The `kie-suno` client
        /// fills in a missing address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub call_back_url: Option<String>,
        /// Model that makes the music. If this field is missing, the service uses `V4_5PLUS` on the classic route, and
        /// `V6` on the market route.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub model: Option<Model>,
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
        /// Lyrics, at most [`LYRICS`] characters. Only the market route has this field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub lyrics: Option<String>,
        /// Variety of the music, [`VARIETY_MIN`] to [`VARIETY_MAX`]: 0 keeps to the exact style, and 4 is the wildest.
        /// If this field is missing, the service uses 1. Only the market route has this field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub variety: Option<i64>,
    }
}

/// All models. This operation accepts the models with `Some(())`, and does not accept the models with `None`. The
/// documentation page does not list the V6 models, but in practice they work with this operation.
#[rustfmt::skip]
pub const MODELS: [(Model, Option<()>); Model::ALL.len()] = [
    (Model::V3_5,     None),
    (Model::V4,       None),
    (Model::V4_5,     None),
    (Model::V4_5Plus, Some(())),
    (Model::V4_5All,  None),
    (Model::V5,       Some(())),
    (Model::V5_5,     Some(())),
    (Model::V6,       Some(())),
    (Model::V6Mini,   Some(())),
    (Model::V6Wild,   Some(())),
];

/// Maximum number of characters of `tags`.
pub const TAGS: usize = 1_000;
/// Maximum number of characters of `negativeTags`.
pub const NEGATIVE_TAGS: usize = 200;

pub use rules::{LYRICS, VARIETY_MAX, VARIETY_MIN};

impl AddInstrumental {
    /// Creates a request for an accompaniment in the styles of `tags`, without the styles of `negative_tags`.
    pub fn new(
        upload_url: impl Into<String>,
        title: impl Into<String>,
        tags: impl Into<String>,
        negative_tags: impl Into<String>,
    ) -> Self {
        Self {
            upload_url: upload_url.into(),
            title: title.into(),
            tags: tags.into(),
            negative_tags: negative_tags.into(),
            call_back_url: None,
            model: None,
            vocal_gender: None,
            style_weight: None,
            weirdness_constraint: None,
            audio_weight: None,
            lyrics: None,
            variety: None,
        }
    }

    fn rules(&self, route: Route) -> Rules {
        let mut rules = Rules::new(Self::NAME);
        rules.required_address("uploadUrl", &self.upload_url);
        rules.required("title", &self.title);
        rules.required("tags", &self.tags);
        rules.required("negativeTags", &self.negative_tags);
        rules.at_most("tags", Some(&self.tags), TAGS);
        rules.at_most("negativeTags", Some(&self.negative_tags), NEGATIVE_TAGS);
        if let Some(model) = &self.model {
            rules.model(model, &MODELS);
        }
        rules::voice(&mut rules, self.vocal_gender.as_ref());
        rules::weights(&mut rules, self.style_weight, self.weirdness_constraint, self.audio_weight);
        rules::lyrics_and_variety(&mut rules, route, self.lyrics.as_deref(), self.variety);
        rules.call_back_url("callBackUrl", self.call_back_url.as_deref());
        rules
    }
}

impl Endpoint for AddInstrumental {
    const NAME: &'static str = "add-instrumental";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/add-instrumental";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/generate/add-instrumental";
    const EFFECT: Effect = Effect::Creates;
    const PRICE: Option<Price> = Some(Price::listed(12.0));
    const CALL_BACK: Option<CallbackField<Self>> =
        Some(CallbackField::new("callBackUrl", |request| &mut request.call_back_url));
    const MARKET: Option<&'static MarketForm> =
        Some(&MarketForm::submit("ai-music-api/add-instrumental").only_here(&["lyrics", "variety"]));
    type Response = Started<Music>;

    fn validate(&self) -> Result<(), Invalid> {
        self.rules(Route::Classic).finish()
    }

    fn validate_market(&self) -> Result<(), Invalid> {
        self.rules(Route::Market).finish()
    }

    limits! {
        models MODELS {}
        "tags": Characters TAGS,
        "negativeTags": Characters NEGATIVE_TAGS,
        and Limit::all(["uploadUrl", "title", "tags", "negativeTags"], Bound::Required, []),
        and Limit::all(["uploadUrl"], Bound::Address, []),
        and rules::voice_limits(),
        and rules::weight_limits(),
    }

    limits! {
        market
        models MODELS {}
        "tags": Characters TAGS,
        "negativeTags": Characters NEGATIVE_TAGS,
        and Limit::all(["uploadUrl", "title", "tags", "negativeTags"], Bound::Required, []),
        and Limit::all(["uploadUrl"], Bound::Address, []),
        and rules::voice_limits(),
        and rules::weight_limits(),
        and rules::lyrics_and_variety_limits(),
    }
}

impl Examples for AddInstrumental {
    fn examples() -> Vec<Self> {
        let recording = "https://cdn.example.net/demo/acapella.mp3";
        vec![
            Self::new(recording, "Harbour", "acoustic folk, brushed drums", "edm, distortion"),
            Self::new(recording, "Harbour", "acoustic folk, brushed drums", "edm, distortion")
                .call_back_url("https://hooks.example.net/kie")
                .model(Model::V5)
                .vocal_gender(VocalGender::Male)
                .style_weight(0.61)
                .weirdness_constraint(0.72)
                .audio_weight(0.65),
        ]
    }

    fn market_examples() -> Vec<Self> {
        let recording = "https://cdn.example.net/demo/acapella.mp3";
        let minimal = || Self::new(recording, "Harbour", "acoustic folk, brushed drums", "edm, distortion");
        vec![
            minimal().variety(0),
            minimal()
                .call_back_url("https://hooks.example.net/kie")
                .model(Model::V6)
                .lyrics("[Verse]\nSalt on the window")
                .vocal_gender(VocalGender::Male)
                .style_weight(0.61)
                .weirdness_constraint(0.72)
                .audio_weight(0.65)
                .variety(2),
        ]
    }
}

impl TaskEndpoint for AddInstrumental {
    type Job = Music;
}
