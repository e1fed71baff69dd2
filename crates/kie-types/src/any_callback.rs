//! Callbacks of unknown origin: one address can receive those of every operation.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::{
    answer::Unreadable,
    callback::Callback,
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
        /// A callback whose kind was recognised by its shape, or was not.
        ///
        /// The service does not say which operation a callback belongs to. A failure often brings little more than the
        /// task's id: where that is so, the kind is [`Unrecognised`](Self::Unrecognised), and the task's own record
        /// tells.
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
            /// Of a kind that could not be told.
            Unrecognised(Unrecognised),
        }

        impl AnyCallback {
            /// The task, wherever in the body its id stands.
            pub fn task_id(&self) -> Option<&str> {
                match self {
                    $(Self::$job(callback) => callback.task_id.as_ref().map(crate::value::TaskId::as_str),)+
                    Self::Unrecognised(callback) => callback.task_id.as_deref(),
                }
            }

            /// The kind of job in one word, if it was recognised.
            pub fn job(&self) -> Option<&'static str> {
                match self {
                    $(Self::$job(_) => Some(<$job as Job>::NAME),)+
                    Self::Unrecognised(_) => None,
                }
            }

            /// The same about another task.
            #[cfg(feature = "verify")]
            fn about(mut self, task_id: &str) -> Self {
                match &mut self {
                    $(Self::$job(callback) => callback.task_id = Some(task_id.into()),)+
                    Self::Unrecognised(callback) => callback.task_id = Some(task_id.to_owned()),
                }
                self
            }

            /// What the callback says, in one shape, if its kind was recognised.
            pub fn report(&self) -> Option<Report> {
                match self {
                    $(Self::$job(callback) => Some(Report::of_callback(callback.as_ref())),)+
                    Self::Unrecognised(_) => None,
                }
            }
        }
    };
}

any_callback! {
    /// Of music, being made or edited.
    Music,
    /// Of lyrics.
    Lyrics,
    /// Of a conversion to WAV.
    WavConversion,
    /// Of a separation into stems.
    VocalSeparation,
    /// Of notes.
    Midi,
    /// Of a video.
    MusicVideo,
    /// Of cover images.
    Cover,
    /// Of recovered links.
    Recovery,
    /// Of a phrase to be sung.
    VoiceValidation,
    /// Of a cloned voice.
    Voice,
}

/// A callback of a kind that could not be told.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Unrecognised {
    /// The task, if its id stands in one of the known places.
    pub task_id: Option<String>,
    /// The body as it came. Not printed.
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
    /// [`Unreadable`] if it is not a JSON object.
    pub fn parse(body: &[u8]) -> Result<Self, Unreadable> {
        let unreadable = |reason: String| Unreadable::new(200, body, reason);
        let value: Value = repair::read(body).map_err(|error| unreadable(error.to_string()))?;
        let Value::Object(top) = &value else { return Err(unreadable("a callback is an object".into())) };
        let data = top.get("data").unwrap_or(&Value::Null);
        let has = |names: &[&str]| names.iter().any(|name| data.get(name).is_some());

        // What only one kind has comes first; `callbackType` is shared by music and lyrics.
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
    /// What the body claims, as a callback of whichever kind it looks like. **Not signed**, but for the task id, which is
    /// the verified one whatever id the body has.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if it cannot be read after all.
    pub fn unverified_claims(&self) -> Result<AnyCallback, Unreadable> {
        Ok(AnyCallback::parse(self.body)?.about(self.task_id()))
    }
}

/// An id, which may be a number and is never empty.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Lyrics have texts in their rows. Their failure is still called complete, or, by a sister service, has its id in the
/// other spelling than that of music.
fn is_lyrics(code: Option<&Value>, data: &Value) -> bool {
    let rows = data.get("data").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let kind = data.get("callbackType").and_then(Value::as_str).unwrap_or_default();
    let failed = rows.is_empty() && code.and_then(text).is_some_and(|code| code != "200");
    let is_camel = data.get("taskId").is_some() && data.get("task_id").is_none();
    rows.iter().any(|row| row.get("text").is_some()) || failed && (kind == "complete" || kind == "error" && is_camel)
}
