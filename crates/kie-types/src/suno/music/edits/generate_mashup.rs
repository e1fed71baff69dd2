//! `generate-mashup`: two recordings in one.

use serde::{Deserialize, Serialize};

use crate::{
    operation::{CallBackField, Effect, Endpoint, Examples, Method, Started, TaskEndpoint},
    request::{Ignored, Invalid, Rules, limits, setters},
    suno::music::{
        generate_music::GenerateMusicLimits,
        job::Music,
        rules::{self, CUSTOM, SIMPLE},
        singer::VocalGender,
    },
    value::{Model, Seconds, Weight, model},
};

/// Blends two uploaded recordings into new music.
///
/// In the [simple](Self::simple) mode the service finds style and words, in custom mode they are yours:
/// [`song`](Self::song) sings them, [`instrumental`](Self::instrumental) does without.
///
/// Documentation: <https://docs.kie.ai/suno-api/generate-mashup>
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(transform = crate::operation::schema::request::<Self>)
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GenerateMashup {
    /// The recordings, at addresses that the service can fetch: exactly [`UPLOADS`].
    #[serde(default)]
    pub upload_url_list: Vec<String>,
    /// Whether style and words are yours. Otherwise they are the service's.
    pub custom_mode: bool,
    /// The model that makes the music.
    #[serde(default = "model::missing")]
    pub model: Model,
    /// Where the service reports progress. The client fills it in if it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_back_url: Option<String>,
    /// The style in words, at most [`GenerateMusicLimits::style`] characters. Needed in custom mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    /// The title, at most [`GenerateMusicLimits::title`] characters. Needed in custom mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The lyrics, sung word for word, in custom mode: at most [`GenerateMusicLimits::lyrics`] characters, and not needed for an
    /// instrumental. Otherwise the idea: at most [`IDEA`] characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// Whether there is no singing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instrumental: Option<bool>,
    /// The voice that is made more likely; custom mode only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vocal_gender: Option<VocalGender>,
    /// How closely the style is followed, 0 to 1; custom mode only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style_weight: Option<Weight>,
    /// How far the music may stray, 0 to 1; custom mode only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weirdness_constraint: Option<Weight>,
    /// How much the recordings count, 0 to 1; custom mode only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_weight: Option<Weight>,
    /// The wished length in whole seconds, 10 to 360; custom mode, V5_5 and later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<Seconds>,
}

/// The models this page accepts, and the most characters of their texts in custom mode.
#[rustfmt::skip]
pub const LIMITS: [(Model, Option<GenerateMusicLimits>); Model::ALL.len()] = [
    //                          lyrics          style         title
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

/// The number of recordings.
pub const UPLOADS: usize = 2;
/// The most characters of an idea, for every model.
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
        }
    }

    /// A mashup after an idea, with words, title and style by the service.
    pub fn simple(model: Model, uploads: [impl Into<String>; UPLOADS], idea: impl Into<String>) -> Self {
        Self::new(model, uploads.map(Into::into), false).prompt(idea)
    }

    /// A sung mashup with your lyrics.
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

    /// A mashup without singing, in your style.
    pub fn instrumental(
        model: Model,
        uploads: [impl Into<String>; UPLOADS],
        style: impl Into<String>,
        title: impl Into<String>,
    ) -> Self {
        let custom = Self::new(model, uploads.map(Into::into), true);
        Self { instrumental: Some(true), ..custom }.style(style).title(title)
    }
}

setters! {
    GenerateMashup {
        call_back_url: String,
        style: String,
        title: String,
        prompt: String,
        vocal_gender: VocalGender,
        style_weight: Weight,
        weirdness_constraint: Weight,
        audio_weight: Weight,
        duration: Seconds,
    }
}

impl Endpoint for GenerateMashup {
    const NAME: &'static str = "generate-mashup";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/generate-mashup";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/generate/mashup";
    const EFFECT: Effect = Effect::Creates;
    const CALL_BACK: Option<CallBackField<Self>> =
        Some(CallBackField::new("callBackUrl", |request| &mut request.call_back_url));
    type Response = Started<Music>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.exactly("uploadUrlList", self.upload_url_list.len(), UPLOADS);
        for (index, url) in self.upload_url_list.iter().enumerate() {
            rules.required_address(&format!("uploadUrlList[{index}]"), url);
        }
        let limits = rules.model(&self.model, &LIMITS);
        if self.custom_mode {
            const CUSTOM: &str = "customMode is true";
            rules.required_when(CUSTOM, "style", self.style.as_deref());
            rules.required_when(CUSTOM, "title", self.title.as_deref());
            if self.instrumental != Some(true) {
                let when = "customMode is true and instrumental is not";
                rules.required_when(when, "prompt", self.prompt.as_deref());
            }
            if let Some(limits) = limits {
                rules.at_most("prompt", self.prompt.as_deref(), limits.lyrics);
                rules.at_most("style", self.style.as_deref(), limits.style);
                rules.at_most("title", self.title.as_deref(), limits.title);
            }
        } else {
            // The page's schema asks for style and title and its text for a prompt; the live service took a body
            // without any of them.
            rules.at_most("prompt", self.prompt.as_deref(), IDEA);
            rules.forbidden_when("customMode is false", "duration", self.duration.is_some());
        }
        rules::whole_duration(&mut rules, &self.model, self.duration);
        rules::voice(&mut rules, self.vocal_gender.as_ref());
        rules::weights(&mut rules, self.style_weight, self.weirdness_constraint, self.audio_weight);
        rules.address("callBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }

    limits! {
        models LIMITS {
            "prompt" in CUSTOM: GenerateMusicLimits::lyrics,
            "style" in CUSTOM: GenerateMusicLimits::style,
            "title" in CUSTOM: GenerateMusicLimits::title,
        }
        "prompt" in SIMPLE: Characters IDEA,
        "uploadUrlList": Count UPLOADS,
        and rules::whole_duration_limits(),
        and rules::voice_limits(),
        and rules::weight_limits(),
    }

    /// The page's texts contradict each other on the style and the title of simple mode, so they are not among these.
    fn ignored() -> Vec<Ignored> {
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
}

impl TaskEndpoint for GenerateMashup {
    type Job = Music;
}
