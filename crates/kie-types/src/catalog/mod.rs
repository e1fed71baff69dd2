//! List of all operations. Clients, the simulator, the schemas and the command line program use this list.

mod by_name;

use serde::Serialize;
use serde_json::Value;

pub use by_name::{
    UnknownOperation, check_named, check_named_on, encode_named, encode_named_on, find, price_named, read_named,
    read_named_on,
};

use crate::{
    common::{
        download_url::DownloadUrl, get_account_credits::GetAccountCredits, upload_file_base_64::UploadFileBase64,
        upload_file_stream::UploadFileStream, upload_file_url::UploadFileUrl,
    },
    market::{MarketForm, Route},
    operation::{Effect, Endpoint, Examples, Host, Job, Method, PaidEndpoint, TaskEndpoint, can_cost},
    price::Price,
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

/// Description of an operation without its Rust types.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Operation {
    /// Slug of the operation's page in the documentation, such as `generate-music`.
    pub name: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Host that serves the operation.
    pub host: Host,
    /// Path on the host. It begins with `/`.
    pub path: &'static str,
    /// Effect of a call: the call only reads, or it creates something.
    pub effect: Effect,
    /// Kind of task that the operation starts, such as `music`. `None` if the operation starts no task.
    pub job: Option<&'static str>,
    /// Listed price of a call, with the day on which the list was read. `None` if the price is not known, and for
    /// operations that cost nothing: operations that only read, and uploads. [`price_named`] returns the price of a
    /// request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// Slug of the operation on the market route, such as `ai-music-api/generate`. `None` if the operation is not
    /// started there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub market: Option<&'static str>,
    /// Form of the operation on the market route. `None` if the operation has the same address on both routes.
    #[serde(skip)]
    pub market_form: Option<&'static MarketForm>,
    /// Name of the request field that holds the callback address. `None` if the request has no such field.
    #[serde(skip)]
    pub call_back_url: Option<&'static str>,
    /// Address of the operation's page in the documentation.
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
            price: E::PRICE,
            market: match E::MARKET {
                Some(form) => form.slug(),
                None => None,
            },
            market_form: E::MARKET,
            call_back_url: E::CALL_BACK_URL,
            docs: E::DOCS,
        }
    }

    /// Returns the route on which the operation is called, for a client that uses this route. An operation without a form
    /// on the market route, such as an upload, has the same address on both routes, and counts as classic.
    ///
    /// ```
    /// use kie_types::{Route, catalog};
    ///
    /// assert_eq!(catalog::find("generate-music")?.route_on(Route::Market), Route::Market);
    /// assert_eq!(catalog::find("get-account-credits")?.route_on(Route::Market), Route::Classic);
    /// # Ok::<(), catalog::UnknownOperation>(())
    /// ```
    pub const fn route_on(&self, route: Route) -> Route {
        if self.market_form.is_some() { route } else { Route::Classic }
    }

    /// Returns `true` if a call can cost money. A call that only reads, and an upload, cost nothing.
    pub const fn can_cost(&self) -> bool {
        can_cost(self.effect, self.host)
    }

    /// Returns `true` if the operation starts tasks that make tracks. Other tasks, such as a separation, have results with
    /// ids too.
    pub fn makes_tracks(&self) -> bool {
        self.job == Some(<GenerateMusic as TaskEndpoint>::Job::NAME)
    }

    /// Returns `true` if a call on this route starts a task. An operation that responds with its result on the classic
    /// route may start a task on the market route.
    pub const fn may_start_task(&self, route: Route) -> bool {
        self.job.is_some() || (matches!(route, Route::Market) && self.market.is_some())
    }
}

/// Code that is generic over the request type of an operation, for a program that knows only the operation's name.
///
/// [`visit`] calls one of the methods with the request type. You may implement this trait. If a later version adds
/// methods, they have default implementations.
///
/// ```
/// use kie_types::{
///     Endpoint, Job, Limit, TaskEndpoint,
///     catalog::{self, Visitor},
/// };
///
/// /// Returns the limits of an operation and the kind of task that it starts, for example to build an input form.
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
/// Use [`check_named`], [`encode_named`] and [`read_named`] to check, encode or read by name without a visitor.
pub trait Visitor {
    /// Value that [`visit`] returns.
    type Output;

    /// Visits an operation that starts no task. An operation that can cost money is visited with [`pay`](Self::pay)
    /// instead. `E` is the request type of the operation.
    fn call<E: Endpoint>(self) -> Self::Output;

    /// Visits an operation that starts no task and can cost money. The default implementation calls
    /// [`call`](Self::call).
    fn pay<E: PaidEndpoint>(self) -> Self::Output
    where
        Self: Sized,
    {
        self.call::<E>()
    }

    /// Visits an operation that starts a task. `E` is the request type of the operation.
    fn start<E: TaskEndpoint>(self) -> Self::Output;
}

macro_rules! catalog {
    (@job start $request:ty) => { Some(<<$request as TaskEndpoint>::Job as Job>::NAME) };
    (@job $other:ident $request:ty) => { None };
    (@visit $verb:ident $visitor:ident $request:ty) => { $visitor.$verb::<$request>() };
    (@paid pay $request:ty) => {
        impl PaidEndpoint for $request {}
        const _: () = assert!(can_cost(<$request as Endpoint>::EFFECT, <$request as Endpoint>::HOST), "an operation listed with `pay` must be able to cost money");
    };
    (@paid start $request:ty) => {
        const _: () = assert!(can_cost(<$request as Endpoint>::EFFECT, <$request as Endpoint>::HOST), "an operation listed with `start` must be able to cost money");
    };
    (@paid call $request:ty) => {
        const _: () = assert!(!can_cost(<$request as Endpoint>::EFFECT, <$request as Endpoint>::HOST), "an operation that can cost money needs `start` or `pay`");
    };
    (@describe pay $generator:ident $request:ty) => { crate::schema::OperationSchemas::call::<$request>($generator) };
    (@describe $verb:ident $generator:ident $request:ty) => { crate::schema::OperationSchemas::$verb::<$request>($generator) };
    ($($verb:ident $request:ty,)+) => {
        $(catalog!(@paid $verb $request);)+

        /// All operations, in the order of the documentation.
        pub const OPERATIONS: &[Operation] = &[
            $(Operation::of::<$request>(catalog!(@job $verb $request)),)+
        ];

        /// Calls the method of the visitor that fits the operation with this name, and returns the result. Returns
        /// `None` if no operation has this name. [`Visitor`] has an example.
        pub fn visit<V: Visitor>(name: &str, visitor: V) -> Option<V::Output> {
            match name {
                $(<$request as Endpoint>::NAME => Some(catalog!(@visit $verb visitor $request)),)+
                _ => None,
            }
        }

        /// Returns valid requests to the operation with this name as JSON, from [`Examples`]. Returns `None` if no
        /// operation has this name.
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

        /// Returns valid requests that only the market route carries, from [`Examples::market_examples`]. Returns
        /// `None` if no operation has this name.
        pub fn market_examples(name: &str) -> Option<Vec<Value>> {
            match name {
                $(<$request as Endpoint>::NAME => Some(by_name::printed(<$request as Examples>::market_examples())),)+
                _ => None,
            }
        }

        /// Returns the schemas of the operation with this name. Returns `None` if no operation has this name.
        #[cfg(feature = "schemars")]
        pub fn describe(name: &str, generator: &mut schemars::SchemaGenerator) -> Option<crate::schema::OperationSchemas> {
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
