//! `upload-and-cover-audio`: a recording in another style.

use serde::{Deserialize, Serialize};

use crate::{
    operation::{CallBackField, Effect, Endpoint, Examples, Method, Started, TaskEndpoint},
    request::{Ignored, Invalid, Rules, limits, setters},
    suno::music::{
        generate_music::GenerateMusicLimits,
        job::Music,
        rules::{self, CUSTOM, SIMPLE},
        singer::{PersonaModel, VocalGender},
    },
    value::{Model, PersonaId, Seconds, Weight, model},
};

/// Sings or plays an uploaded recording anew, with its melody and in another style.
///
/// The modes are those of [`GenerateMusic`](crate::GenerateMusic): in the [simple](Self::simple) one `prompt` is an
/// idea, in custom mode the words are yours. An address that cannot be fetched is accepted, and fails later.
///
/// This page keeps its files for 15 days, where all others say 14.
///
/// Documentation: <https://docs.kie.ai/suno-api/upload-and-cover-audio>
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(transform = crate::operation::schema::request::<Self>)
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UploadAndCoverAudio {
    /// The recording, at an address that the service can fetch: at most 8 minutes, or 1 minute for `V4_5ALL` by the
    /// sister service's page.
    #[serde(default)]
    pub upload_url: String,
    /// The lyrics, sung word for word, in custom mode: at most [`GenerateMusicLimits::lyrics`] characters, and not needed for an
    /// instrumental. Otherwise the idea: at most [`IDEA`] characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// Whether the words are yours. Otherwise only `prompt` and `instrumental` count, and the service ignores the rest.
    pub custom_mode: bool,
    /// Whether there is no singing.
    pub instrumental: bool,
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
    /// Styles to avoid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub negative_tags: Option<String>,
    /// The voice that is made more likely; custom mode only.
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
    /// A persona or a cloned voice; custom mode only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persona_id: Option<PersonaId>,
    /// What `persona_id` names; a voice needs V5 or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persona_model: Option<PersonaModel>,
    /// The wished length in whole seconds, 10 to 360; custom mode, V5_5 and later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<Seconds>,
}

/// The models this page accepts, and the most characters of their texts in custom mode.
#[rustfmt::skip]
pub const LIMITS: [(Model, Option<GenerateMusicLimits>); Model::ALL.len()] = [
    //                          lyrics          style          title
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

/// The most characters of an idea, for every model.
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
        }
    }

    /// A sung version after an idea, with words, title and style by the service.
    pub fn simple(model: Model, upload_url: impl Into<String>, idea: impl Into<String>) -> Self {
        Self::new(model, upload_url.into(), false, false).prompt(idea)
    }

    /// A version without singing after an idea, with title and style by the service.
    pub fn simple_instrumental(model: Model, upload_url: impl Into<String>, idea: impl Into<String>) -> Self {
        Self::new(model, upload_url.into(), false, true).prompt(idea)
    }

    /// A sung version with your lyrics.
    pub fn song(
        model: Model,
        upload_url: impl Into<String>,
        style: impl Into<String>,
        title: impl Into<String>,
        lyrics: impl Into<String>,
    ) -> Self {
        Self::new(model, upload_url.into(), true, false).style(style).title(title).prompt(lyrics)
    }

    /// A version without singing, in your style.
    pub fn instrumental(
        model: Model,
        upload_url: impl Into<String>,
        style: impl Into<String>,
        title: impl Into<String>,
    ) -> Self {
        Self::new(model, upload_url.into(), true, true).style(style).title(title)
    }
}

setters! {
    UploadAndCoverAudio {
        prompt: String,
        call_back_url: String,
        style: String,
        title: String,
        negative_tags: String,
        vocal_gender: VocalGender,
        style_weight: Weight,
        weirdness_constraint: Weight,
        audio_weight: Weight,
        persona_id: PersonaId,
        persona_model: PersonaModel,
        duration: Seconds,
    }
}

impl Endpoint for UploadAndCoverAudio {
    const NAME: &'static str = "upload-and-cover-audio";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/upload-and-cover-audio";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/generate/upload-cover";
    const EFFECT: Effect = Effect::Creates;
    const CALL_BACK: Option<CallBackField<Self>> =
        Some(CallBackField::new("callBackUrl", |request| &mut request.call_back_url));
    type Response = Started<Music>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required_address("uploadUrl", &self.upload_url);
        let limits = rules.model(&self.model, &LIMITS);
        if self.custom_mode {
            const CUSTOM: &str = "customMode is true";
            rules.required_when(CUSTOM, "style", self.style.as_deref());
            rules.required_when(CUSTOM, "title", self.title.as_deref());
            if !self.instrumental {
                let when = "customMode is true and instrumental is false";
                rules.required_when(when, "prompt", self.prompt.as_deref());
            }
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
        and rules::whole_duration_limits(),
        and [Limit::new("personaId", Bound::LeftOut).in_mode(SIMPLE)],
        and rules::persona_limits(),
        and rules::voice_limits(),
        and rules::weight_limits(),
    }

    fn ignored() -> Vec<Ignored> {
        rules::ignored_in_simple_mode()
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
}

impl TaskEndpoint for UploadAndCoverAudio {
    type Job = Music;
}
