//! `replace-section`: makes a new version of a section of a track.

use std::ops::Range;

use crate::{
    market::{MarketForm, Route},
    operation::{CallbackField, Effect, Endpoint, Examples, Method, Started, TaskEndpoint, request},
    price::Price,
    request::{Bound, Invalid, Limit, Mode, Rules, limits},
    suno::music::{
        job::Music,
        rules,
        singer::{PersonaModel, VocalGender},
    },
    value::{AudioId, Model, PersonaId, Seconds, TaskId, Weight, model},
};

request! {
    /// Sings a section of a song again with new lyrics, in the same or another style.
    ///
    /// The song is either a track that this service made or an uploaded recording. The section lasts at least
    /// [`SHORTEST`] seconds. The service sends one callback, at the end of the task. The callback about a failed task has
    /// the reason.
    ///
    /// In Rust, [`in_track`](Self::in_track) is the request for a track, and [`in_upload`](Self::in_upload) the one for a
    /// recording. [`MusicCallback::error`](crate::MusicCallback::error) is the reason of a failure.
    ///
    /// Documentation: <https://docs.kie.ai/suno-api/replace-section>
    ///
    /// In Rust, with a `client` of the crate `kie-suno`:
    ///
    /// ```
    /// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
    /// # simulator::run(async |client| {
    /// use kie_suno::requests::ReplaceSection;
    ///
    /// // The ids of a finished music task and of one of its tracks.
    /// let song = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";
    /// let track = "7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a";
    /// let request = ReplaceSection::in_track(
    ///     song,
    ///     track,
    ///     31.5..47.25, // seconds
    ///     "chamber pop",
    ///     "One More Stop",
    ///     "[Chorus]\nNew words here",
    ///     "[Verse]\nTram bells at dawn\n[Chorus]\nNew words here",
    /// );
    /// let task = client.start(request).await?;
    /// let tracks = task.wait().await?;
    /// assert!(tracks[0].audio_url.is_some());
    /// # Ok(())
    /// # });
    /// ```
    #[serde(rename_all = "camelCase")]
    pub struct ReplaceSection {
        /// Lyrics of the new section. On the market route, they have at most 5000 characters, and 3000 with model V4.
        #[serde(default)]
        pub prompt: String,
        /// Style of the new section, in words.
        #[serde(default)]
        pub tags: String,
        /// Title of the song.
        #[serde(default)]
        pub title: String,
        /// Start of the section in the song, in seconds, in steps of [`STEP`]. The start is 0 or more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[no_setter]
        pub infill_start_s: Option<Seconds>,
        /// End of the section in the song, in seconds, in steps of [`STEP`]. The end is at least [`SHORTEST`] seconds
        /// after the start.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[no_setter]
        pub infill_end_s: Option<Seconds>,
        /// Lyrics of the whole song after the edit.
        #[serde(default)]
        pub full_lyrics: String,
        /// Id of the music task of the track to edit. Not allowed with `upload_url`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[no_setter]
        pub task_id: Option<TaskId<Music>>,
        /// Id of the track to edit. Not allowed with `upload_url`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[no_setter]
        pub audio_id: Option<AudioId>,
        /// Address (URL) of the recording to edit. Use this field in place of `task_id` and `audio_id`. The service
        /// must be able to fetch the recording.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[no_setter]
        pub upload_url: Option<String>,
        /// Model that makes the new section. Required with `upload_url`, and not allowed without `upload_url`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[no_setter]
        pub model: Option<Model>,
        /// Styles to avoid.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub negative_tags: Option<String>,
        /// Address (URL) to which the service sends the callback at the end of the task. The `kie-suno` client fills in
        /// a missing address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub call_back_url: Option<String>,
        /// Lyrics, at most [`LYRICS`] characters. They are sung in place of `prompt`. Only the market route has this
        /// field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub lyrics: Option<String>,
        /// Variety of the music, [`VARIETY_MIN`] to [`VARIETY_MAX`]: 0 keeps to the exact style, and 4 is the wildest.
        /// If this field is missing, the service uses 1. Only the market route has this field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub variety: Option<i64>,
        /// Preferred gender of the singing voice. The preference is only a hint: the service does not guarantee this
        /// gender. Only the market route has this field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub vocal_gender: Option<VocalGender>,
        /// Weight of the style, 0 to 1. With a higher weight the music follows the style more closely. Only the market
        /// route has this field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub style_weight: Option<Weight>,
        /// Weirdness of the music, 0 to 1. With a higher value the music may differ more from usual music. Only the
        /// market route has this field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub weirdness_constraint: Option<Weight>,
        /// Weight of the audio of the song, 0 to 1: its influence on the new section. Only the market route has this
        /// field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub audio_weight: Option<Weight>,
        /// Id of a persona or of a cloned voice. Only the market route has this field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub persona_id: Option<PersonaId>,
        /// Kind of id in `persona_id`: the id of a persona, or the id of a cloned voice. Only the market route has this
        /// field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub persona_model: Option<PersonaModel>,
    }
}

/// All models. For a section of an upload, this operation accepts the models with `Some(())`, and does not accept the
/// models with `None`. The documentation page does not list the V6 models, but in practice the service accepts them in
/// this API.
#[rustfmt::skip]
pub const MODELS: [(Model, Option<()>); Model::ALL.len()] = [
    (Model::V3_5,     None),
    (Model::V4,       Some(())),
    (Model::V4_5,     Some(())),
    (Model::V4_5Plus, Some(())),
    (Model::V4_5All,  Some(())),
    (Model::V5,       Some(())),
    (Model::V5_5,     Some(())),
    (Model::V6,       Some(())),
    (Model::V6Mini,   Some(())),
    (Model::V6Wild,   Some(())),
];

/// Minimum duration of the section to replace, in seconds. Until August 2026, the minimum was 6 seconds, and the
/// section could last at most 60 seconds and at most half of the track.
pub const SHORTEST: f64 = 10.0;
/// Step between two valid positions in a track, in seconds.
pub const STEP: f64 = 0.01;

pub use rules::{LYRICS, PROMPT, VARIETY_MAX, VARIETY_MIN};

/// Maximum number of characters of `prompt` with model V4 on the market route.
const PROMPT_OF_V4: usize = 3_000;
const INFILL_START_S: f64 = 0.0;
/// Fields that every request has.
const ALWAYS: [&str; 6] = ["prompt", "tags", "title", "infillStartS", "infillEndS", "fullLyrics"];
const TRACK: Mode = Mode::left_out("track", "uploadUrl");
const UPLOAD: Mode = Mode::given("upload", "uploadUrl");

impl ReplaceSection {
    fn new(section: Range<Seconds>, tags: String, title: String, prompt: String, full_lyrics: String) -> Self {
        Self {
            prompt,
            tags,
            title,
            infill_start_s: Some(section.start),
            infill_end_s: Some(section.end),
            full_lyrics,
            task_id: None,
            audio_id: None,
            upload_url: None,
            model: None,
            negative_tags: None,
            call_back_url: None,
            lyrics: None,
            variety: None,
            vocal_gender: None,
            style_weight: None,
            weirdness_constraint: None,
            audio_weight: None,
            persona_id: None,
            persona_model: None,
        }
    }

    /// Creates a request that replaces a section of a track that this service made. `prompt` is the lyrics of the new
    /// section, and `full_lyrics` is the lyrics of the whole edited song.
    pub fn in_track(
        task_id: impl Into<TaskId<Music>>,
        audio_id: impl Into<AudioId>,
        section: Range<impl Into<Seconds>>,
        tags: impl Into<String>,
        title: impl Into<String>,
        prompt: impl Into<String>,
        full_lyrics: impl Into<String>,
    ) -> Self {
        let section = section.start.into()..section.end.into();
        let new = Self::new(section, tags.into(), title.into(), prompt.into(), full_lyrics.into());
        Self { task_id: Some(task_id.into()), audio_id: Some(audio_id.into()), ..new }
    }

    /// Creates a request that replaces a section of an uploaded recording. `prompt` is the lyrics of the new section,
    /// and `full_lyrics` is the lyrics of the whole edited song.
    pub fn in_upload(
        model: Model,
        upload_url: impl Into<String>,
        section: Range<impl Into<Seconds>>,
        tags: impl Into<String>,
        title: impl Into<String>,
        prompt: impl Into<String>,
        full_lyrics: impl Into<String>,
    ) -> Self {
        let section = section.start.into()..section.end.into();
        let new = Self::new(section, tags.into(), title.into(), prompt.into(), full_lyrics.into());
        Self { model: Some(model), upload_url: Some(upload_url.into()), ..new }
    }

    fn rules(&self, route: Route) -> Rules {
        let mut rules = Rules::new(Self::NAME);
        rules.required("prompt", &self.prompt);
        rules.required("tags", &self.tags);
        rules.required("title", &self.title);
        rules.required("fullLyrics", &self.full_lyrics);

        let (start, end) = (self.infill_start_s.map(Seconds::get), self.infill_end_s.map(Seconds::get));
        rules.required_number("infillStartS", start);
        rules.required_number("infillEndS", end);
        rules.at_least("infillStartS", start, INFILL_START_S);
        rules.at_least("infillEndS", end, start.unwrap_or_default().max(0.0) + SHORTEST);
        rules.step("infillStartS", start, STEP);
        rules.step("infillEndS", end, STEP);

        if let Some(url) = &self.upload_url {
            const UPLOAD: &str = "uploadUrl is given";
            rules.required_address("uploadUrl", url);
            match &self.model {
                Some(model) => drop(rules.model(model, &MODELS)),
                None => rules.required_when(UPLOAD, "model", None),
            }
            rules.forbidden_when(UPLOAD, "taskId", self.task_id.is_some());
            rules.forbidden_when(UPLOAD, "audioId", self.audio_id.is_some());
        } else {
            const TRACK: &str = "uploadUrl is not given";
            rules.required_when(TRACK, "taskId", self.task_id.as_ref().map(TaskId::as_str));
            rules.required_when(TRACK, "audioId", self.audio_id.as_ref().map(AudioId::as_str));
            rules.forbidden_when(TRACK, "model", self.model.is_some());
        }
        self.singing(route, &mut rules);
        rules.call_back_url("callBackUrl", self.call_back_url.as_deref());
        rules
    }

    /// Checks the fields that only the market route has, and the length of `prompt` there.
    fn singing(&self, route: Route, rules: &mut Rules) {
        let of_singer = [
            ("vocalGender", self.vocal_gender.is_some()),
            ("styleWeight", self.style_weight.is_some()),
            ("weirdnessConstraint", self.weirdness_constraint.is_some()),
            ("audioWeight", self.audio_weight.is_some()),
            ("personaId", self.persona_id.is_some()),
            ("personaModel", self.persona_model.is_some()),
        ];
        rules::lyrics_and_variety(rules, route, self.lyrics.as_deref(), self.variety);
        rules::only_on_market(rules, route, of_singer);
        if route == Route::Market {
            let is_v4 = self.upload_url.is_some() && self.model == Some(Model::V4);
            rules.at_most("prompt", Some(&self.prompt), if is_v4 { PROMPT_OF_V4 } else { PROMPT });
            rules::persona(rules, self.model.as_ref().unwrap_or(&model::missing()), self.persona_model.as_ref());
            rules::voice(rules, self.vocal_gender.as_ref());
            rules::weights(rules, self.style_weight, self.weirdness_constraint, self.audio_weight);
        }
    }
}

impl Endpoint for ReplaceSection {
    const NAME: &'static str = "replace-section";
    const DOCS: &'static str = "https://docs.kie.ai/suno-api/replace-section";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/generate/replace-section";
    const EFFECT: Effect = Effect::Creates;
    const PRICE: Option<Price> = Some(Price::listed(5.0));
    const CALL_BACK: Option<CallbackField<Self>> =
        Some(CallbackField::optional("callBackUrl", |request| &mut request.call_back_url));
    const MARKET: Option<&'static MarketForm> = Some(&MarketForm::submit("ai-music-api/replace-section").only_here(&[
        "lyrics",
        "personaId",
        "personaModel",
        "styleWeight",
        "weirdnessConstraint",
        "audioWeight",
        "variety",
        "vocalGender",
    ]));
    type Response = Started<Music>;

    fn validate(&self) -> Result<(), Invalid> {
        self.rules(Route::Classic).finish()
    }

    fn validate_market(&self) -> Result<(), Invalid> {
        self.rules(Route::Market).finish()
    }

    limits! {
        models MODELS in UPLOAD {}
        "infillStartS": AtLeast INFILL_START_S,
        "infillStartS": Step STEP,
        "infillEndS": Step STEP,
        "infillEndS" from "infillStartS": AtLeast SHORTEST,
        and Limit::all(ALWAYS, Bound::Required, []),
        and Limit::all(["uploadUrl"], Bound::Address, []),
        and Limit::all(["model"], Bound::Required, [UPLOAD]),
        and Limit::all(["taskId", "audioId"], Bound::Required, [TRACK]),
        and Limit::all(["model"], Bound::LeftOut, [TRACK]),
        and Limit::all(["taskId", "audioId"], Bound::LeftOut, [UPLOAD]),
    }

    fn market_limits() -> Vec<Limit> {
        let mut limits = Self::limits();
        limits.push(Limit::new("prompt", Bound::Characters(PROMPT)).named("PROMPT"));
        limits.push(Limit::new("prompt", Bound::Characters(PROMPT_OF_V4)).in_mode(UPLOAD).of_model(Model::V4));
        limits.extend(rules::persona_limits());
        limits.extend(rules::voice_limits());
        limits.extend(rules::weight_limits());
        limits.extend(rules::lyrics_and_variety_limits());
        limits
    }
}

impl Examples for ReplaceSection {
    fn examples() -> Vec<Self> {
        let (tags, title, prompt) = ("chamber pop", "One More Stop", "[Chorus]\nNew words here");
        let full_lyrics = "[Verse]\nTram bells at dawn\n[Chorus]\nNew words here";
        let recording = "https://cdn.example.net/demo/tram.mp3";
        let (task_id, audio_id) = ("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e", "7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a");
        vec![
            Self::in_track(task_id, audio_id, 31.5..47.25, tags, title, prompt, full_lyrics),
            Self::in_upload(Model::V5, recording, 0.0..10.0, tags, title, prompt, full_lyrics),
            Self::in_track(task_id, audio_id, 31.5..47.25, tags, title, prompt, full_lyrics)
                .negative_tags("distortion")
                .call_back_url("https://hooks.example.net/kie"),
        ]
    }

    fn market_examples() -> Vec<Self> {
        let (tags, title, prompt) = ("chamber pop", "One More Stop", "[Chorus]\nNew words here");
        let full_lyrics = "[Verse]\nTram bells at dawn\n[Chorus]\nNew words here";
        let recording = "https://cdn.example.net/demo/tram.mp3";
        let (task_id, audio_id) = ("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e", "7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a");
        vec![
            Self::in_track(task_id, audio_id, 31.5..47.25, tags, title, prompt, full_lyrics).variety(0),
            Self::in_upload(Model::V6, recording, 0.0..10.0, tags, title, prompt, full_lyrics)
                .call_back_url("https://hooks.example.net/kie")
                .negative_tags("distortion")
                .lyrics(prompt)
                .variety(2)
                .vocal_gender(VocalGender::Female)
                .style_weight(0.61)
                .weirdness_constraint(0.2)
                .audio_weight(0.65)
                .persona_id("b86e0c0f4a0b44a5a0c72f1fd27e3b90")
                .persona_model(PersonaModel::Voice),
        ]
    }
}

impl TaskEndpoint for ReplaceSection {
    type Job = Music;
}
