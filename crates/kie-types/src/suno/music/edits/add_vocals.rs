//! `add-vocals`: a voice over an uploaded instrumental.

use serde::{Deserialize, Serialize};

use crate::{
    operation::{CallBackField, Effect, Endpoint, Examples, Method, Started, TaskEndpoint},
    request::{Invalid, Rules, limits, setters},
    suno::music::{job::Music, rules, singer::VocalGender},
    value::{Model, Weight},
};

/// Sings over a recording, usually of instruments alone.
///
/// The wanted style is called `style` here, and `tags` on [`AddInstrumental`](crate::AddInstrumental).
///
/// Documentation: <https://docs.kie.ai/suno-api/add-vocals>
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(transform = crate::operation::schema::request::<Self>)
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AddVocals {
    /// What is sung: lyrics, or guidance for them. No limit is stated.
    #[serde(default)]
    pub prompt: String,
    /// The title.
    #[serde(default)]
    pub title: String,
    /// The wanted style, at most [`STYLE`] characters.
    #[serde(default)]
    pub style: String,
    /// The styles to avoid, at most [`NEGATIVE_TAGS`] characters.
    #[serde(default)]
    pub negative_tags: String,
    /// The recording, at an address that the service can fetch.
    #[serde(default)]
    pub upload_url: String,
    /// Where the service reports progress. The client fills it in if it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_back_url: Option<String>,
    /// The model that makes the music; the service takes `V4_5PLUS` if none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// The voice that is made more likely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vocal_gender: Option<VocalGender>,
    /// How closely the style is followed, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style_weight: Option<Weight>,
    /// How far the music may stray, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weirdness_constraint: Option<Weight>,
    /// How much the recording counts, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_weight: Option<Weight>,
}

/// The models this page accepts. The V6 family is not on it, but has been seen to work here.
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

/// The most characters of `style`.
pub const STYLE: usize = 1_000;
/// The most characters of `negativeTags`.
pub const NEGATIVE_TAGS: usize = 200;

impl AddVocals {
    /// A voice that sings `prompt` in `style`, and not in that of `negative_tags`.
    pub fn new(
        upload_url: impl Into<String>,
        title: impl Into<String>,
        style: impl Into<String>,
        negative_tags: impl Into<String>,
        prompt: impl Into<String>,
    ) -> Self {
        Self {
            prompt: prompt.into(),
            title: title.into(),
            style: style.into(),
            negative_tags: negative_tags.into(),
            upload_url: upload_url.into(),
            call_back_url: None,
            model: None,
            vocal_gender: None,
            style_weight: None,
            weirdness_constraint: None,
            audio_weight: None,
        }
    }
}

setters! {
    AddVocals {
        call_back_url: String,
        model: Model,
        vocal_gender: VocalGender,
        style_weight: Weight,
        weirdness_constraint: Weight,
        audio_weight: Weight,
    }
}

impl Endpoint for AddVocals {
    const NAME: &'static str = "add-vocals";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/add-vocals";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/generate/add-vocals";
    const EFFECT: Effect = Effect::Creates;
    const CALL_BACK: Option<CallBackField<Self>> =
        Some(CallBackField::new("callBackUrl", |request| &mut request.call_back_url));
    type Response = Started<Music>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("prompt", &self.prompt);
        rules.required("title", &self.title);
        rules.required("style", &self.style);
        rules.required("negativeTags", &self.negative_tags);
        rules.required_address("uploadUrl", &self.upload_url);
        rules.at_most("style", Some(&self.style), STYLE);
        rules.at_most("negativeTags", Some(&self.negative_tags), NEGATIVE_TAGS);
        if let Some(model) = &self.model {
            rules.model(model, &MODELS);
        }
        rules::voice(&mut rules, self.vocal_gender.as_ref());
        rules::weights(&mut rules, self.style_weight, self.weirdness_constraint, self.audio_weight);
        rules.address("callBackUrl", self.call_back_url.as_deref());
        rules.finish()
    }

    limits! {
        models MODELS {}
        "style": Characters STYLE,
        "negativeTags": Characters NEGATIVE_TAGS,
        and rules::voice_limits(),
        and rules::weight_limits(),
    }
}

impl Examples for AddVocals {
    fn examples() -> Vec<Self> {
        let of = || {
            let recording = "https://cdn.example.net/demo/inst.mp3";
            Self::new(recording, "Harbour (vocal)", "acoustic folk", "autotune", "[Verse]\nSalt on the window")
        };
        vec![
            of(),
            of().call_back_url("https://hooks.example.net/kie")
                .model(Model::V5)
                .vocal_gender(VocalGender::Female)
                .style_weight(0.61)
                .weirdness_constraint(0.72)
                .audio_weight(0.65),
        ]
    }
}

impl TaskEndpoint for AddVocals {
    type Job = Music;
}
