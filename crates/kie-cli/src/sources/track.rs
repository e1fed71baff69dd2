//! The track that a verb works on, as people name it: a saved file, an id, the beginning of an id, or the last one.

use std::path::{Path, PathBuf};

use clap::Args;
use kie_suno::{
    Route,
    receipts::{Receipt, ReceiptItem},
    requests::Model,
    types::text::one_line,
};
use serde_json::Value;

use crate::{
    args::SourceSong,
    exit::ExitError,
    output::SHORT_ID,
    session::Session,
    sources::{
        history::{by_file, by_id, last},
        ids::{SHORTEST_PREFIX, check_id, is_of_id, no_id},
    },
    tags::read_ids,
};

/// Arguments that name a track.
#[derive(Debug, Args)]
pub(crate) struct TrackArgs {
    /// The track: a saved file, the id of a track or task, or the first characters of an id, as kie list prints them
    #[arg(value_name = "SOURCE", required_unless_present = "last")]
    pub(crate) source: Option<String>,
    /// Use the newest track in the ledger
    #[arg(long, conflicts_with = "source")]
    pub(crate) last: bool,
    /// Number of the track, if the source is a task with several tracks
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(crate) track: u8,
    /// Id of the task that made the track. Needed only if the ledger does not know the track
    #[arg(long, value_name = "TASK_ID")]
    pub(crate) task: Option<String>,
}

/// A source of a verb.
#[derive(Debug)]
pub(crate) enum Source {
    /// A track that the service has.
    Track(KnownTrack),
    /// A local file that is not a saved track of the ledger.
    File(PathBuf),
    /// Address of a file.
    Link(String),
}

/// A track that the service has. Only its id is certain to be known.
#[derive(Debug, Clone, Default)]
pub(crate) struct KnownTrack {
    /// Id of the track.
    pub(crate) audio_id: String,
    /// Id of the task that made the track.
    pub(crate) task_id: Option<String>,
    /// Operation that started the task.
    pub(crate) operation: Option<String>,
    /// Model that made the track.
    pub(crate) model: Option<Model>,
    /// Route that made the track.
    pub(crate) route: Option<Route>,
    /// Title of the track.
    pub(crate) title: Option<String>,
    /// Duration of the track, in seconds.
    pub(crate) duration_s: Option<f64>,
    /// Paths of the saved files of the task.
    pub(crate) files: Vec<String>,
}

impl TrackArgs {
    /// Returns the track. Fails if the source is a local file that is no saved track, or an address.
    pub(crate) async fn track(&self, session: &Session) -> Result<KnownTrack, ExitError> {
        match self.source(session).await? {
            Source::Track(track) => Ok(track),
            Source::File(file) => Err(ExitError::Invalid(format!(
                "{} has no id of a track in its tags or its name, and the ledger does not know it: give the id of the track",
                one_line(&file.to_string_lossy())
            ))),
            Source::Link(link) => Err(ExitError::Invalid(format!(
                "\"{}\" is an address, and this verb needs a track that the service has made",
                one_line(&link)
            ))),
        }
    }

    /// Returns the source.
    pub(crate) async fn source(&self, session: &Session) -> Result<Source, ExitError> {
        let mut source = match &self.source {
            Some(word) => self.named(session, word).await?,
            None => Source::Track(last(session, self.track).await?),
        };
        if let (Source::Track(track), Some(task)) = (&mut source, &self.task) {
            check_id("task", task)?;
            track.task_id = Some(task.clone());
        }
        Ok(source)
    }

    async fn named(&self, session: &Session, word: &str) -> Result<Source, ExitError> {
        if word.contains("://") {
            return Ok(Source::Link(word.to_owned()));
        }
        let path = Path::new(word);
        if path.is_file() {
            let found = self.of_file(session, path).await?;
            return Ok(found.map_or_else(|| Source::File(path.to_owned()), Source::Track));
        }
        check_id_or_prefix(word)?;
        if let Some(track) = by_id(session, word, self.track).await? {
            return Ok(Source::Track(track));
        }
        check_id("track", word)?;
        Ok(Source::Track(KnownTrack { audio_id: word.to_owned(), ..KnownTrack::default() }))
    }

    /// Returns the track of a saved file: the ledger knows its path, or its name ends in the beginning of an id.
    async fn of_file(&self, session: &Session, path: &Path) -> Result<Option<KnownTrack>, ExitError> {
        if let Some(track) = of_tags(session, path).await? {
            let known = by_id(session, &track.audio_id, self.track).await?;
            return Ok(known.or(Some(track)));
        }
        let by_path = by_file(session, path).await?;
        let id = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.rsplit(['-', ' ']).next());
        match (by_path, id.filter(|id| is_prefix(id))) {
            (None, Some(id)) if id.len() >= SHORT_ID => by_id(session, id, self.track).await,
            (track, _) => Ok(track),
        }
    }
}

impl KnownTrack {
    /// Returns the track with this number that a receipt's task made, if the task made one.
    pub(super) fn of(receipt: &Receipt, item: &ReceiptItem) -> Option<Self> {
        let request: Value = serde_json::from_str(&receipt.request).unwrap_or_default();
        let model = request.get("model").and_then(Value::as_str).and_then(|model| model.parse().ok());
        Some(Self {
            audio_id: item.id.clone()?,
            task_id: receipt.task_id.clone(),
            operation: Some(receipt.operation.clone()),
            model,
            route: Some(receipt.route),
            title: item.title.clone(),
            duration_s: item.duration_s,
            files: receipt.files.clone(),
        })
    }

    /// Returns a source of which only the route is known, such as a separation.
    pub(crate) fn on(route: Option<Route>) -> Self {
        Self { route, ..Self::default() }
    }

    /// Returns the track as the song that files belong to, if its title is known.
    pub(crate) fn source_song(&self) -> Option<SourceSong> {
        Some(SourceSong { title: self.title.clone()?, id: self.audio_id.clone() })
    }

    /// Returns the saved file of the track, if the ledger knows one that is still there.
    pub(crate) fn song(&self) -> Option<&Path> {
        let short = self.audio_id.get(..SHORT_ID)?;
        let is_it = |path: &&Path| {
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            let is_named_after = path.file_name().is_some_and(|name| name.to_string_lossy().contains(short));
            is_named_after && SONGS.contains(&ending) && path.is_file()
        };
        self.files.iter().map(Path::new).find(is_it)
    }

    /// Returns the id of the task that made the track, or an error that says how to give it.
    pub(crate) fn task_id(&self) -> Result<&str, ExitError> {
        self.task_id.as_deref().ok_or_else(|| {
            let id = one_line(&self.audio_id);
            ExitError::Invalid(format!("the ledger does not know the task of the track {id}: add --task TASK_ID"))
        })
    }

    /// Returns the route for calls about the track: the route of `--route`, or else the route that made the track, or
    /// else the route of the command.
    pub(crate) fn route(&self, session: &Session) -> Route {
        let named = session.global.route.map(Route::from);
        named.or(self.route).unwrap_or(session.route)
    }

    /// Returns the model that made the track, or an error that says how to give it. `given` is the model that the user
    /// named.
    pub(crate) fn model(&self, given: Option<Model>) -> Result<Model, ExitError> {
        given.or_else(|| self.model.clone()).ok_or_else(|| {
            let id = one_line(&self.audio_id);
            ExitError::Invalid(format!("the ledger does not know the model of the track {id}: add --model MODEL"))
        })
    }
}

/// Endings of the files of tracks.
const SONGS: [&str; 3] = ["mp3", "m4a", "wav"];

/// Returns the track that the tags of a saved song name.
async fn of_tags(session: &Session, path: &Path) -> Result<Option<KnownTrack>, ExitError> {
    let file = path.to_owned();
    let ids = session.interrupt.during_blocking("reading the tags of the song", move || Ok(read_ids(&file))).await?;
    let Some(ids) = ids else { return Ok(None) };
    let Some(audio_id) = ids.track else { return Ok(None) };
    let model = ids.model.and_then(|model| model.parse().ok());
    Ok(Some(KnownTrack { audio_id, task_id: ids.task, model, route: ids.route, ..KnownTrack::default() }))
}

fn is_prefix(word: &str) -> bool {
    word.len() >= SHORTEST_PREFIX && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// Refuses a word that is neither an id nor the beginning of an id, such as the path of a file that does not exist.
fn check_id_or_prefix(word: &str) -> Result<(), ExitError> {
    if is_prefix(word) {
        return Ok(());
    }
    if !word.chars().all(is_of_id) {
        return Err(no_id("track", word, "there is no such file, and an id consists of letters, digits, - and _"));
    }
    check_id("track", word)
}
