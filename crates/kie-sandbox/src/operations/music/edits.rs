//! Operations of the documentation's section "Music Generation" that use recordings or finished tracks.

use http::Uri;
use kie_types::{
    AddInstrumental, AddVocals, AudioId, Endpoint, GenerateMashup, GenerateSounds, GetMusicDetails, ReplaceSection,
    Seconds, Stage, TaskId, UploadAndCoverAudio, UploadAndExtendAudio,
};
use serde_json::{Value, json};

use crate::{
    account::{State, Task, Track, TrackInput, View, Work, is_finished},
    operations::{IncomingCall, OperationResult, Refused},
    script::TaskScript,
};

use super::song::{INSTRUMENTAL, Song, failure, stages, title_of, titled, upstream};

/// Value of `operationType` in the response to a lookup, for operations whose real value is not known.
const UNKNOWN: &str = "";

/// Handles `upload-and-cover-audio`.
pub(crate) fn upload_and_cover(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: UploadAndCoverAudio = call.request()?;
    let words = call.words(request.prompt.as_ref()).unwrap_or_default();
    let (title, tags) = titled(request.custom_mode, request.title.as_ref(), request.style.as_ref(), &words);
    let sheet = TrackInput {
        model: upstream(&request.model),
        title,
        tags,
        prompt: if request.instrumental { INSTRUMENTAL.to_owned() } else { words },
        duration: call.duration(request.custom_mode, &request.model, request.duration),
        ..TrackInput::default()
    };
    let fails = fetched(&request.upload_url);
    let song = Song::new("upload_cover", call.param(), "", &sheet, &mut call.account.ids);
    call.start(request, &stages(call.speed), fails, song)
}

/// Handles `upload-and-extend-audio`. A request in which the field `instrumental` is null is refused by the rules of
/// kie-types.
pub(crate) fn upload_and_extend(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: UploadAndExtendAudio = call.request()?;
    let words = call.words(request.prompt.as_ref()).filter(|_| request.default_param_flag);
    let is_custom = request.default_param_flag;
    let (title, tags) = titled(is_custom, request.title.as_ref(), request.style.as_ref(), "Continued");
    let sheet = TrackInput {
        model: upstream(&request.model),
        title,
        tags,
        prompt: words.unwrap_or_else(|| INSTRUMENTAL.to_owned()),
        from: request.continue_at.map(Seconds::get).unwrap_or_default(),
        duration: None,
    };
    let fails = fetched(&request.upload_url);
    let song = Song::new("upload_extend", call.param(), "", &sheet, &mut call.account.ids);
    call.start(request, &stages(call.speed), fails, song)
}

/// Handles `add-instrumental`.
pub(crate) fn add_instrumental(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: AddInstrumental = call.request()?;
    let sheet = TrackInput {
        model: upstream(request.model.as_ref().unwrap_or(&call.default_model())),
        title: request.title.clone(),
        tags: request.tags.clone(),
        ..TrackInput::default()
    };
    let fails = fetched(&request.upload_url);
    let song = Song::new("underpainting", call.param(), "", &sheet, &mut call.account.ids);
    call.start(request, &stages(call.speed), fails, song)
}

/// Handles `add-vocals`.
pub(crate) fn add_vocals(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: AddVocals = call.request()?;
    let sheet = TrackInput {
        model: upstream(request.model.as_ref().unwrap_or(&call.default_model())),
        title: request.title.clone(),
        tags: request.style.clone(),
        prompt: call.words(request.prompt.as_ref()).unwrap_or_default(),
        ..TrackInput::default()
    };
    let fails = fetched(&request.upload_url);
    let song = Song::new(UNKNOWN, call.param(), "", &sheet, &mut call.account.ids);
    call.start(request, &stages(call.speed), fails, song)
}

/// Handles `generate-mashup`.
pub(crate) fn mashup(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: GenerateMashup = call.request()?;
    let words = call.words(request.prompt.as_ref()).unwrap_or_default();
    let (title, tags) = titled(request.custom_mode, request.title.as_ref(), request.style.as_ref(), &words);
    let sheet = TrackInput {
        model: upstream(&request.model),
        title,
        tags,
        prompt: if request.instrumental == Some(true) { INSTRUMENTAL.to_owned() } else { words },
        duration: call.duration(request.custom_mode, &request.model, request.duration),
        ..TrackInput::default()
    };
    let fails = request.upload_url_list.iter().find_map(|url| fetched(url));
    let song = Song::new(UNKNOWN, call.param(), "", &sheet, &mut call.account.ids);
    call.start(request, &stages(call.speed), fails, song)
}

/// Handles `generate-sounds`. The operation needs no callback address: the documentation says so, and the sister
/// service sunoapi.org accepted a request without this address.
pub(crate) fn sounds(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: GenerateSounds = call.checked()?;
    let sheet = TrackInput {
        model: upstream(&request.model),
        title: title_of(&request.prompt),
        tags: request.sound_key.as_ref().map(ToString::to_string).unwrap_or_default(),
        prompt: request.prompt.clone(),
        duration: Some(12.0),
        ..TrackInput::default()
    };
    let song = Song::new(UNKNOWN, call.param(), "", &sheet, &mut call.account.ids);
    call.start(request, &stages(call.speed), None, song)
}

/// Handles `replace-section`. As the documentation says, the operation needs no callback address. The source track is
/// not checked immediately: if it does not exist, the task fails later. A request without `fullLyrics` is refused with
/// a special message.
pub(crate) fn replace_section(call: &mut IncomingCall<'_>) -> OperationResult {
    let words = call.fields.get("fullLyrics").and_then(Value::as_str).unwrap_or_default();
    if words.trim().is_empty() {
        let field = if call.market.is_some() { "full_lyrics" } else { "fullLyrics" };
        return Err(Refused::new(422, format!("{field} cannot be blank")));
    }
    let request: ReplaceSection = call.checked()?;
    let sheet = TrackInput {
        model: request.model.as_ref().map(upstream).unwrap_or_default(),
        title: request.title.clone(),
        tags: request.tags.clone(),
        prompt: request.full_lyrics.clone(),
        ..TrackInput::default()
    };
    let (sheet, fails) = match &request.upload_url {
        Some(url) => (sheet, fetched(url)),
        None => of_track(call, &request, sheet),
    };
    // The documentation shows one track for this operation, and only the callback of the last stage.
    let song = Song {
        tracks: vec![Track::new(&sheet, &mut call.account.ids)],
        ..Song::new(UNKNOWN, call.param(), "", &sheet, &mut call.account.ids)
    };
    let end = call.speed.pick(75_000, 1_600, 0);
    call.start(request, &[(Stage::Complete, end)], fails, Section(song))
}

/// Completes the input `sheet` with data of the source track. Also returns the failure of the task, if the source track
/// does not exist or does not fit the request.
fn of_track(call: &IncomingCall<'_>, request: &ReplaceSection, sheet: TrackInput) -> (TrackInput, Option<TaskScript>) {
    let task_id = request.task_id.as_ref().map(TaskId::as_str).unwrap_or_default();
    let audio_id = request.audio_id.as_ref().map(AudioId::as_str);
    let source = call.account.task(GetMusicDetails::NAME, task_id).and_then(|task| {
        let shown = task.state(call.now).shown();
        let tracks = task.work.tracks().iter().enumerate();
        let mut finished = tracks.filter(|(index, _)| is_finished(*index, shown));
        finished.find(|(_, track)| Some(track.id.as_str()) == audio_id)
    });
    // The failures below follow from the meaning of the operation. The messages and codes of the live service are not
    // known.
    let Some((_, source)) = source else {
        return (sheet, Some(failure(501, "The source track does not exist.")));
    };
    let is_beyond = request.infill_end_s.map(Seconds::get) > Some(source.duration);
    let fails = is_beyond.then(|| failure(400, "The section lies beyond the source track."));
    (TrackInput { model: source.model.clone(), duration: Some(source.duration), ..sheet }, fails)
}

/// Returns the failure of a task whose recording cannot be fetched, or `None` if it can be fetched. No host is
/// contacted. Instead, the address decides: a recording cannot be fetched if its address has no host, or if the host is
/// the reserved name `invalid` or ends with `.invalid`.
fn fetched(url: &str) -> Option<TaskScript> {
    let host = url.parse::<Uri>().ok().and_then(|url| url.host().map(str::to_ascii_lowercase));
    let is_fetched = host.is_some_and(|host| host != "invalid" && !host.ends_with(".invalid"));
    (!is_fetched).then(|| failure(451, "Failed to fetch the uploaded file."))
}

/// A song in which a section is replaced. The callback of a failure has another form than for other songs.
struct Section(Song);

impl Work for Section {
    fn lookup(&self) -> &'static str {
        self.0.lookup()
    }

    fn record(&self, task: &Task, view: &View<'_>) -> Value {
        self.0.record(task, view)
    }

    fn callback(&self, task: &Task, view: &View<'_>) -> Value {
        match view.state {
            State::Failed { code, message, .. } => json!({
                "code": code,
                "msg": "Audio generation failed.",
                "data": { "callbackType": "error", "task_id": task.id, "error": message },
            }),
            _ => self.0.callback(task, view),
        }
    }

    fn market_result(&self, task: &Task, view: &View<'_>) -> Value {
        self.0.market_result(task, view)
    }

    fn tracks(&self) -> &[Track] {
        self.0.tracks()
    }
}
