//! The list of operations, from which everything else is driven.

mod by_name;

use serde::Serialize;
use serde_json::Value;

pub use by_name::{UnknownOperation, check_named, encode_named, find, read_named};

use crate::{
    common::{
        download_url::DownloadUrl, get_account_credits::GetAccountCredits, upload_file_base_64::UploadFileBase64,
        upload_file_stream::UploadFileStream, upload_file_url::UploadFileUrl,
    },
    operation::{Effect, Endpoint, Examples, Host, Job, Method, PaidEndpoint, TaskEndpoint},
    suno::{
        convert_to_wav::{ConvertToWav, GetWavDetails},
        create_music_video::{CreateMusicVideo, GetMusicVideoDetails},
        generate_lyrics::{GenerateLyrics, GetLyricsDetails},
        generate_midi::{GenerateMidi, GetMidiDetails},
        music::{
            add_instrumental::AddInstrumental,
            add_vocals::AddVocals,
            boost_music_style::BoostMusicStyle,
            cover_suno::{CoverSuno, GetCoverSunoDetails},
            extend_music::ExtendMusic,
            generate_mashup::GenerateMashup,
            generate_music::GenerateMusic,
            generate_persona::GeneratePersona,
            generate_sounds::GenerateSounds,
            get_music_details::GetMusicDetails,
            get_timestamped_lyrics::GetTimestampedLyrics,
            recovery_audio::{GetRecoveryAudioDetails, RecoveryAudio},
            replace_section::ReplaceSection,
            upload_and_cover_audio::UploadAndCoverAudio,
            upload_and_extend_audio::UploadAndExtendAudio,
        },
        separate_vocals::{GetVocalSeparationDetails, SeparateVocals},
        voice::{
            suno_voice_check_voice::SunoVoiceCheckVoice,
            suno_voice_generate::{SunoVoiceGenerate, SunoVoiceRecordInfo},
            suno_voice_regenerate::SunoVoiceRegenerate,
            suno_voice_validate::{SunoVoiceValidate, SunoVoiceValidateInfo},
        },
    },
};

/// What is known of an operation without its types.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Operation {
    /// The slug of its page in the documentation.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The host that answers.
    pub host: Host,
    /// The path on that host.
    pub path: &'static str,
    /// Whether repeating the call is harmless.
    pub effect: Effect,
    /// The kind of job it starts, if it starts one.
    pub job: Option<&'static str>,
    /// The field that holds a callback address, if the request has one.
    #[serde(skip)]
    pub call_back_url: Option<&'static str>,
    /// The address of its page.
    pub docs: &'static str,
}

impl Operation {
    const fn of<E: Endpoint>(job: Option<&'static str>) -> Self {
        Self {
            name: E::NAME,
            method: E::METHOD,
            host: E::HOST,
            path: E::PATH,
            effect: E::EFFECT,
            job,
            call_back_url: E::CALL_BACK_URL,
            docs: E::DOCS,
        }
    }
}

/// Something to do with an operation whose type is only known by its name.
///
/// [`visit`] calls one of the methods with the request type. It is there for you to implement; methods that are added
/// later have defaults.
///
/// ```
/// use kie_types::{
///     Endpoint, Job, Limit, TaskEndpoint,
///     catalog::{self, Visitor},
/// };
///
/// /// The limits of an operation, and the kind of task that it starts: what a form is drawn from.
/// struct Form;
///
/// impl Visitor for Form {
///     type Output = (Vec<Limit>, Option<&'static str>);
///
///     fn call<E: Endpoint>(self) -> Self::Output {
///         (E::limits(), None)
///     }
///
///     fn start<E: TaskEndpoint>(self) -> Self::Output {
///         (E::limits(), Some(<E::Job as Job>::NAME))
///     }
/// }
///
/// let (limits, job) = catalog::visit("generate-lyrics", Form).ok_or("no such operation")?;
/// assert_eq!((limits[0].field, job), ("prompt", Some("lyrics")));
/// assert!(catalog::visit("generate-noise", Form).is_none());
/// # Ok::<(), &str>(())
/// ```
///
/// To check, encode or read by name no visitor is needed: see [`check_named`], [`encode_named`] and [`read_named`].
pub trait Visitor {
    /// What comes of the visit.
    type Output;

    /// Visits an operation that answers at once.
    fn call<E: Endpoint>(self) -> Self::Output;

    /// Visits an operation that answers at once and can cost money. By default as [`call`](Self::call).
    fn pay<E: PaidEndpoint>(self) -> Self::Output
    where
        Self: Sized,
    {
        self.call::<E>()
    }

    /// Visits an operation that starts a task.
    fn start<E: TaskEndpoint>(self) -> Self::Output;
}

/// Whether a call of an operation can cost money. Uploads cost nothing.
const fn can_cost<E: Endpoint>() -> bool {
    matches!(E::EFFECT, Effect::Creates) && !matches!(E::HOST, Host::Upload)
}

macro_rules! catalog {
    (@job start $request:ty) => { Some(<<$request as TaskEndpoint>::Job as Job>::NAME) };
    (@job $other:ident $request:ty) => { None };
    (@visit $verb:ident $visitor:ident $request:ty) => { $visitor.$verb::<$request>() };
    (@paid pay $request:ty) => {
        impl PaidEndpoint for $request {}
        const _: () = assert!(can_cost::<$request>(), "only what creates something can cost money");
    };
    (@paid start $request:ty) => {
        const _: () = assert!(can_cost::<$request>(), "only what creates something can cost money");
    };
    (@paid call $request:ty) => {
        const _: () = assert!(!can_cost::<$request>(), "what can cost money is in the catalogue with `start` or `pay`");
    };
    (@describe pay $generator:ident $request:ty) => { crate::schema::Described::call::<$request>($generator) };
    (@describe $verb:ident $generator:ident $request:ty) => { crate::schema::Described::$verb::<$request>($generator) };
    ($($verb:ident $request:ty,)+) => {
        $(catalog!(@paid $verb $request);)+

        /// Every operation, in the order of the documentation.
        pub const OPERATIONS: &[Operation] = &[
            $(Operation::of::<$request>(catalog!(@job $verb $request)),)+
        ];

        /// Visits the operation of this name; `None` if there is none. [`Visitor`] has an example.
        pub fn visit<V: Visitor>(name: &str, visitor: V) -> Option<V::Output> {
            match name {
                $(<$request as Endpoint>::NAME => Some(catalog!(@visit $verb visitor $request)),)+
                _ => None,
            }
        }

        /// Valid requests to the operation of this name, as [`Examples`] has them, printed; `None` if there is none.
        ///
        /// ```
        /// let examples = kie_types::catalog::examples("get-music-details").unwrap_or_default();
        /// assert!(examples[0]["taskId"].is_string());
        /// ```
        pub fn examples(name: &str) -> Option<Vec<Value>> {
            match name {
                $(<$request as Endpoint>::NAME => Some(by_name::printed(<$request as Examples>::examples())),)+
                _ => None,
            }
        }

        /// The schemas of the operation of this name; `None` if there is none.
        #[cfg(feature = "schemars")]
        pub fn describe(name: &str, generator: &mut schemars::SchemaGenerator) -> Option<crate::schema::Described> {
            match name {
                $(<$request as Endpoint>::NAME => Some(catalog!(@describe $verb generator $request)),)+
                _ => None,
            }
        }
    };
}

catalog! {
    start GenerateMusic,
    start ExtendMusic,
    start UploadAndCoverAudio,
    start UploadAndExtendAudio,
    start AddInstrumental,
    start AddVocals,
    start GenerateMashup,
    start GenerateSounds,
    start ReplaceSection,
    pay GeneratePersona,
    pay BoostMusicStyle,
    pay GetTimestampedLyrics,
    call GetMusicDetails,
    start CoverSuno,
    call GetCoverSunoDetails,
    start RecoveryAudio,
    call GetRecoveryAudioDetails,
    start GenerateLyrics,
    call GetLyricsDetails,
    start ConvertToWav,
    call GetWavDetails,
    start SeparateVocals,
    call GetVocalSeparationDetails,
    start GenerateMidi,
    call GetMidiDetails,
    start CreateMusicVideo,
    call GetMusicVideoDetails,
    start SunoVoiceValidate,
    call SunoVoiceValidateInfo,
    start SunoVoiceGenerate,
    call SunoVoiceRecordInfo,
    start SunoVoiceRegenerate,
    call SunoVoiceCheckVoice,
    call GetAccountCredits,
    call DownloadUrl,
    call UploadFileBase64,
    call UploadFileStream,
    call UploadFileUrl,
}
