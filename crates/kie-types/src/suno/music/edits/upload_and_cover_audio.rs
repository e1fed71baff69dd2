//! `upload-and-cover-audio`: sings or plays a recording in another style.

use crate::{
    market::MarketForm,
    operation::{CallbackField, Effect, Endpoint, Examples, Method, Started, TaskEndpoint, request},
    price::Price,
    request::{IgnoredField, Invalid, Rules, limits},
    suno::music::{
        generate_music::GenerateMusicLimits,
        job::Music,
        rules::{self, CUSTOM, SIMPLE},
        singer::{PersonaModel, VocalGender},
    },
    value::{Model, PersonaId, Seconds, Weight, model},
};

request! {
    /// Sings or plays an uploaded recording again in another style, with the same melody.
    ///
    /// This request has the same two modes as [`GenerateMusic`](crate::GenerateMusic). In [simple](Self::simple) mode,
    /// `prompt` is an idea, and the service writes lyrics, style and title. In custom mode, you write lyrics, style and
    /// title. If the service cannot fetch the recording, the service still accepts the request, and the task fails
    /// later.
    ///
    /// The documentation page of this operation says that the service keeps files for 15 days. KIE's other
    /// documentation pages say 14 days.
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/upload-and-cover-audio>
    #[serde(rename_all = "camelCase")]
    pub struct UploadAndCoverAudio {
        /// Address (URL) of the recording. The service must be able to fetch the recording. The recording may last at
        /// most 8 minutes. The documentation of the similar service sunoapi.org says at most 1 minute for model
        /// `V4_5ALL`.
        #[serde(default)]
        pub upload_url: String,
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
        /// model V5_5 or a later model.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub duration: Option<Seconds>,
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
    const MARKET: Option<MarketForm> = Some(
        MarketForm::submit("ai-music-api/upload-and-cover-audio")
            .implied(&[("customMode", Some(true))])
            .only_here(&["lyrics", "variety"]),
    );
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
        rules.call_back_url("callBackUrl", self.call_back_url.as_deref());
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

    fn ignored() -> Vec<IgnoredField> {
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
