//! Callbacks of any kind, for one address that receives the callbacks of all operations.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::{
    answer::Unreadable,
    callback::Callback,
    catalog::OPERATIONS,
    decode::repair,
    operation::{Job, Report},
    suno::{
        convert_to_wav::WavConversion,
        create_music_video::MusicVideo,
        generate_lyrics::Lyrics,
        generate_midi::Midi,
        music::{Music, cover_suno::Cover, recovery_audio::Recovery},
        separate_vocals::VocalSeparation,
        voice::{suno_voice_generate::Voice, suno_voice_validate::VoiceValidation},
    },
};

macro_rules! any_callback {
    ($($(#[$meta:meta])* $job:ident,)+) => {
        /// A callback of any kind. The kind is recognised by the shape of the body.
        ///
        /// On the classic route, the service does not say to which operation a callback belongs. The callback of a
        /// failed task often contains little more than the task's id. A callback without a field that shows the kind is
        /// [`Unrecognised`](Self::Unrecognised). Only a lookup of the task then tells the kind.
        ///
        /// ```
        /// use kie_types::AnyCallback;
        ///
        /// let body = br#"{"code":200,"msg":"success","data":{"task_id":"9c7f","video_url":"https://cdn.example.net/v.mp4"}}"#;
        /// let callback = AnyCallback::parse(body)?;
        /// assert!(matches!(callback, AnyCallback::MusicVideo(_)));
        /// assert_eq!(callback.task_id(), Some("9c7f"));
        /// # Ok::<(), kie_types::Unreadable>(())
        /// ```
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(untagged)]
        #[non_exhaustive]
        pub enum AnyCallback {
            $($(#[$meta])* $job(Box<Callback<$job>>),)+
            /// Callback whose kind could not be recognised.
            Unrecognised(Unrecognised),
        }

        impl AnyCallback {
            /// Returns the id of the task. Bodies of callbacks have the id in different places, and the method checks
            /// all of these places. Returns `None` if there is no id.
            pub fn task_id(&self) -> Option<&str> {
                match self {
                    $(Self::$job(callback) => callback.task_id.as_ref().map(crate::value::TaskId::as_str),)+
                    Self::Unrecognised(callback) => callback.task_id.as_deref(),
                }
            }

            /// Returns the kind of task in one word, such as `music`. Returns `None` if the kind was not recognised.
            pub fn job(&self) -> Option<&'static str> {
                match self {
                    $(Self::$job(_) => Some(<$job as Job>::NAME),)+
                    Self::Unrecognised(_) => None,
                }
            }

            /// Reads the body of a callback about this kind of task. Returns `None` if no kind has this name.
            fn of_job(job: &str, body: &[u8]) -> Option<Result<Self, Unreadable>> {
                $(if job == <$job as Job>::NAME {
                    return Some(Callback::parse(body).map(Box::new).map(Self::$job));
                })+
                None
            }

            /// Replaces the id of the task.
            #[cfg(feature = "verify")]
            fn with_task_id(mut self, task_id: &str) -> Self {
                match &mut self {
                    $(Self::$job(callback) => callback.task_id = Some(task_id.into()),)+
                    Self::Unrecognised(callback) => callback.task_id = Some(task_id.to_owned()),
                }
                self
            }

            /// Returns the content of the callback as a report. Returns `None` if the kind of the callback was not
            /// recognised.
            pub fn report(&self) -> Option<Report> {
                match self {
                    $(Self::$job(callback) => Some(Report::of_callback(callback.as_ref())),)+
                    Self::Unrecognised(_) => None,
                }
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for AnyCallback {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                "AnyCallbackBody".into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "description": "A callback of any kind, for one address that receives the callbacks of all \
                                    operations. Only the fields of `data` tell the kind, and the callback of a failed \
                                    task often has none of them.",
                    "anyOf": [
                        $(generator.subschema_for::<Callback<$job>>(),)+
                        generator.subschema_for::<crate::schema::MarketCallbackBody>(),
                        generator.subschema_for::<crate::market::MarketRecord>(),
                    ],
                })
            }
        }
    };
}

any_callback! {
    /// Callback about music that is made or edited.
    Music,
    /// Callback about lyrics.
    Lyrics,
    /// Callback about a conversion to WAV.
    WavConversion,
    /// Callback about a separation into stems.
    VocalSeparation,
    /// Callback about a conversion to MIDI notes.
    Midi,
    /// Callback about a music video.
    MusicVideo,
    /// Callback about cover images.
    Cover,
    /// Callback about recovered links.
    Recovery,
    /// Callback with the text (phrase) that the owner of a voice must sing before the voice is cloned.
    VoiceValidation,
    /// Callback about a cloned voice.
    Voice,
}

/// A callback whose kind could not be recognised.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Unrecognised {
    /// Id of the task. `None` if the body has no id in a known place.
    pub task_id: Option<String>,
    /// Unchanged body of the callback. The body is not serialized.
    #[serde(skip)]
    pub body: Vec<u8>,
}

impl fmt::Debug for Unrecognised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unrecognised {{ task_id: {:?}, body: {} bytes }}", self.task_id, self.body.len())
    }
}

impl AnyCallback {
    /// Reads the body of a callback and recognises its kind.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if the body is not a JSON object.
    pub fn parse(body: &[u8]) -> Result<Self, Unreadable> {
        let unreadable = |reason: String| Unreadable::new(200, body, reason);
        let value: Value = repair::read(body).map_err(|error| unreadable(error.to_string()))?;
        let Value::Object(top) = &value else { return Err(unreadable("it is not a JSON object".into())) };
        let data = top.get("data").unwrap_or(&Value::Null);
        let has = |names: &[&str]| names.iter().any(|name| data.get(name).is_some());

        // A record of the market route names its operation.
        let market = if top.contains_key("data") { data } else { &value };
        if let Some(callback) = market_job(market).and_then(|job| Self::of_job(job, body)) {
            return callback;
        }
        // Fields that only one kind of callback has are checked first. Callbacks of music and of lyrics both have
        // `callbackType`.
        if data.is_array() {
            Callback::parse(body).map(Box::new).map(Self::Recovery)
        } else if has(&["audioWavUrl", "audio_wav_url"]) {
            Callback::parse(body).map(Box::new).map(Self::WavConversion)
        } else if has(&["videoUrl", "video_url"]) {
            Callback::parse(body).map(Box::new).map(Self::MusicVideo)
        } else if has(&[
            "vocal_separation_info",
            "vocal_removal_info",
            "vocalSeparationInfo",
            "vocalRemovalInfo",
            "origin_data",
            "originData",
            "instrumental_url",
            "instrumentalUrl",
            "vocal_url",
            "vocalUrl",
        ]) {
            Callback::parse(body).map(Box::new).map(Self::VocalSeparation)
        } else if has(&["instruments"]) {
            Callback::parse(body).map(Box::new).map(Self::Midi)
        } else if has(&["images"]) {
            Callback::parse(body).map(Box::new).map(Self::Cover)
        } else if has(&["validateInfo", "validate_info"]) {
            Callback::parse(body).map(Box::new).map(Self::VoiceValidation)
        } else if has(&["voiceId", "voice_id"]) {
            Callback::parse(body).map(Box::new).map(Self::Voice)
        } else if is_lyrics(top.get("code"), data) {
            Callback::parse(body).map(Box::new).map(Self::Lyrics)
        } else if has(&["callbackType", "callback_type"]) {
            Callback::parse(body).map(Box::new).map(Self::Music)
        } else {
            let id = |of: &Value| ["task_id", "taskId"].iter().find_map(|name| text(of.get(name)?));
            Ok(Self::Unrecognised(Unrecognised { task_id: id(data).or_else(|| id(&value)), body: body.to_vec() }))
        }
    }
}

#[cfg(feature = "verify")]
impl crate::callback::signature::Verified<'_> {
    /// Reads the body as a callback of the kind that the body resembles. The body is **not signed**. The returned
    /// callback has the verified task id, even if the body has another id.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if the body cannot be read.
    pub fn unverified_claims(&self) -> Result<AnyCallback, Unreadable> {
        Ok(AnyCallback::parse(self.body)?.with_task_id(self.task_id()))
    }
}

/// Returns the kind of task of a record of the market route. Returns `None` for another object.
fn market_job(record: &Value) -> Option<&'static str> {
    record.get("state")?.as_str()?;
    let slug = ["model", "operationType"].iter().find_map(|key| record.get(*key)?.as_str())?;
    OPERATIONS.iter().find(|operation| operation.market == Some(slug))?.job
}

/// Returns an id as text. The JSON value may be a text or a number. Returns `None` for an empty text and for any other
/// value.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Returns `true` for a callback about lyrics. The object `data` of its body contains a list, also called `data`, with
/// entries that have the key `text`. If a lyrics task failed, the list is empty, `callbackType` is `complete`, and the
/// code is not 200. The similar service sunoapi.org sends the type `error` instead, and calls the id `taskId`.
/// Callbacks about music call the id `task_id`.
fn is_lyrics(code: Option<&Value>, data: &Value) -> bool {
    let rows = data.get("data").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let kind = data.get("callbackType").and_then(Value::as_str).unwrap_or_default();
    let code = code.and_then(text);
    let is_camel = data.get("taskId").is_some() && data.get("task_id").is_none();
    let failed = match kind {
        "complete" => code.is_some_and(|code| code != "200"),
        "error" => is_camel && code.is_none_or(|code| code != "200"),
        _ => false,
    };
    rows.iter().any(|row| row.get("text").is_some()) || (rows.is_empty() && failed)
}
