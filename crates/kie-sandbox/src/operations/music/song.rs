//! Music tasks, and the operations that make or extend a song.

use kie_types::{Endpoint, ExtendMusic, GenerateMusic, GenerateSounds, GetMusicDetails, Model, Seconds, Stage};
use serde_json::{Value, json};

use crate::{
    account::{Ids, State, Task, Track, TrackInput, View, Work, is_finished},
    operations::{IncomingCall, OperationResult},
    script::{Speed, TaskScript},
};

/// A task that makes or edits music.
pub(crate) struct Song {
    pub(crate) operation_type: &'static str,
    pub(crate) param: String,
    /// Id of the source track of `extend-music`. Empty for all other operations.
    pub(crate) parent: String,
    pub(crate) model: String,
    pub(crate) tracks: Vec<Track>,
}

pub(crate) const INSTRUMENTAL: &str = "[Instrumental]";

/// Handles `generate-music`.
pub(crate) fn generate(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: GenerateMusic = call.request()?;
    let idea = request.prompt.clone().unwrap_or_default();
    let words = call.words(request.prompt.as_ref()).unwrap_or_default();
    let (title, tags) = titled(request.custom_mode, request.title.as_ref(), request.style.as_ref(), &idea);
    let sheet = TrackInput {
        model: upstream(&request.model),
        title,
        tags,
        prompt: if request.instrumental { INSTRUMENTAL.to_owned() } else { words },
        duration: call.duration(request.custom_mode, &request.model, request.duration),
        ..TrackInput::default()
    };
    let song = Song::new("generate", call.param(), "", &sheet, &mut call.account.ids);
    call.start(request, &stages(call.speed), None, song)
}

/// Handles `extend-music`. The source track is not checked immediately. If it does not exist, the task fails later.
pub(crate) fn extend(call: &mut IncomingCall<'_>) -> OperationResult {
    let request: ExtendMusic = call.request()?;
    let model = upstream(&request.model);
    let source = call.account.track(request.audio_id.as_str());
    let source = source.filter(|(task, index, _)| is_finished(*index, task.state(call.now).shown()));
    let source = source.map(|(_, _, track)| track.clone());

    let from = request.continue_at.map(Seconds::get);
    // The documentation describes the failures below, or they occurred with the live service. Their messages and codes
    // are not known.
    let fails = match &source {
        None => Some(failure(501, "The source track does not exist.")),
        Some(source) if source.model != model => Some(failure(501, "The model does not match the source track.")),
        Some(source) if from >= Some(source.duration) => Some(failure(501, "continueAt lies beyond the source track.")),
        Some(_) => None,
    };
    let source = source.unwrap_or_else(|| Track::new(&TrackInput::default(), &mut call.account.ids));
    let mut sheet = TrackInput {
        model,
        title: source.title,
        tags: source.tags,
        prompt: source.prompt,
        from: from.unwrap_or(source.duration),
        duration: None,
    };
    if request.default_param_flag {
        let is_market = call.market.is_some();
        // The market route inherits each text that the request leaves out.
        let inherited = |text: String| if is_market { text } else { String::new() };
        sheet.title = request.title.clone().unwrap_or_else(|| inherited(sheet.title));
        sheet.tags = request.style.clone().unwrap_or_else(|| inherited(sheet.tags));
        sheet.prompt = match call.words(request.prompt.as_ref()) {
            Some(words) => words,
            None if is_market && request.instrumental != Some(true) => sheet.prompt,
            None => INSTRUMENTAL.to_owned(),
        };
    }
    let song = Song::new("extend", call.param(), request.audio_id.as_str(), &sheet, &mut call.account.ids);
    call.start(request, &stages(call.speed), fails, song)
}

impl Song {
    pub(crate) fn new(
        operation_type: &'static str,
        param: String,
        parent: &str,
        sheet: &TrackInput,
        ids: &mut Ids,
    ) -> Self {
        let tracks = vec![Track::new(sheet, ids), Track::new(sheet, ids)];
        Self { operation_type, param, parent: parent.to_owned(), model: sheet.model.clone(), tracks }
    }

    fn rows(&self, state: &State<'_>, row: impl Fn(&Track, bool) -> Value) -> Option<Vec<Value>> {
        let shown = state.shown()?;
        let rows = self.tracks.iter().enumerate().map(|(index, track)| row(track, is_finished(index, Some(shown))));
        Some(rows.collect())
    }
}

impl Work for Song {
    fn lookup(&self) -> &'static str {
        GetMusicDetails::NAME
    }

    fn record(&self, task: &Task, view: &View<'_>) -> Value {
        let rows = self.rows(&view.state, |track, finished| track.row(view, task.created, finished));
        let (code, message) = view.state.failure();
        json!({
            "taskId": task.id,
            "parentMusicId": self.parent,
            "param": self.param,
            "response": rows.map(|rows| json!({ "taskId": task.id, "sunoData": rows })),
            "status": view.state.word(),
            "type": self.model,
            "operationType": self.operation_type,
            "errorCode": code,
            "errorMessage": message,
            "createTime": view.clock.millis(task.created),
        })
    }

    fn callback(&self, task: &Task, view: &View<'_>) -> Value {
        let rows = self.rows(&view.state, |track, finished| track.callback_row(view, task.created, finished));
        let (kind, code, msg, rows) = match view.state {
            State::Reached(Stage::Text) => ("text", 200, "Text generation completed.", Some(Vec::new())),
            State::Reached(Stage::First) => ("first", 200, "First track generated successfully.", rows),
            // Value for the tracks of a failed task. According to the documentation, it is an empty list for these
            // three operations, and null for other operations.
            State::Failed { code, message, .. }
                if ["extend", "upload_cover", "upload_extend"].contains(&self.operation_type) =>
            {
                ("error", code, message, Some(Vec::new()))
            }
            State::Failed { code, message, .. } => ("error", code, message, None),
            _ => ("complete", 200, "All generated successfully.", rows),
        };
        json!({ "code": code, "msg": msg, "data": { "callbackType": kind, "task_id": task.id, "data": rows } })
    }

    /// Returns the tracks. A recorded result of `generate-music` and of `generate-sounds` has the form of an envelope.
    /// The second track of recorded results has no name of the model, and the text of a sound is empty.
    fn market_result(&self, task: &Task, view: &View<'_>) -> Value {
        let row = |(index, track): (usize, &Track)| {
            let mut row = track.market_row(view, task.created);
            if task.operation == GenerateSounds::NAME {
                row["prompt"] = json!("");
            }
            if let (1.., Some(fields)) = (index, row.as_object_mut()) {
                fields.remove("model_name");
            }
            row
        };
        let rows: Vec<_> = self.tracks.iter().enumerate().map(row).collect();
        if [GenerateMusic::NAME, GenerateSounds::NAME].contains(&task.operation) {
            json!({ "code": 200, "msg": "success", "task_id": task.id, "data": rows })
        } else {
            json!({ "data": rows })
        }
    }

    fn tracks(&self) -> &[Track] {
        &self.tracks
    }
}

pub(crate) fn stages(speed: Speed) -> [(Stage, u64); 3] {
    let [text, first, complete] = speed.pick([60_000, 68_000, 75_000], [600, 1_100, 1_600], [0; 3]);
    [(Stage::Text, text), (Stage::First, first), (Stage::Complete, complete)]
}

pub(crate) fn failure(code: i64, message: &str) -> TaskScript {
    TaskScript::Fails { status: "GENERATE_AUDIO_FAILED".into(), code, message: message.into(), after: None }
}

/// Returns the name of a model in the response to a lookup. For an unknown model, it is the name from the request.
pub(crate) fn upstream(model: &Model) -> String {
    model.upstream().unwrap_or(model.as_str()).to_owned()
}

/// Returns the title and the style of a song, in this order. In custom mode, the request names them. In other modes,
/// they are invented.
pub(crate) fn titled(is_custom: bool, title: Option<&String>, style: Option<&String>, idea: &str) -> (String, String) {
    if is_custom {
        (title.cloned().unwrap_or_default(), style.cloned().unwrap_or_default())
    } else {
        (title_of(idea), "waltz, warm, acoustic".to_owned())
    }
}

/// Returns an invented title: the first three words of the idea for the song, or `Untitled` if the idea has no words.
pub(crate) fn title_of(idea: &str) -> String {
    let words: Vec<_> = idea.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(3).collect();
    let title = words.join(" ");
    let mut letters = title.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters.take(60)).collect(),
        None => "Untitled".to_owned(),
    }
}
