//! The ids in the tags of a song.

use kie_suno::Route;

/// The ids with which other commands find a song again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SongIds {
    /// Id of the task that made the song.
    pub(crate) task: Option<String>,
    /// Id of the track.
    pub(crate) track: Option<String>,
    /// Model that made the song, such as `V5_5`.
    pub(crate) model: Option<String>,
    /// Route that made the song. The service knows the ids only on this route.
    pub(crate) route: Option<Route>,
}

/// Maximum length of an id that is read from a file, in bytes.
#[cfg(feature = "tags")]
const MAX_ID: usize = 200;

#[cfg(feature = "tags")]
impl SongIds {
    /// Names of the fields in which a file stores the ids.
    const TASK: &str = "KIE_TASK_ID";
    const TRACK: &str = "KIE_TRACK_ID";
    const MODEL: &str = "KIE_MODEL";
    const ROUTE: &str = "KIE_ROUTE";

    /// Returns the fields that a file stores, with their names.
    pub(super) fn fields(&self) -> Vec<(&'static str, &str)> {
        let route = self.route.map(Route::as_str);
        let all = [
            (Self::TASK, self.task.as_deref()),
            (Self::TRACK, self.track.as_deref()),
            (Self::MODEL, self.model.as_deref()),
            (Self::ROUTE, route),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// Reads the fields that a file stores. `field` returns the value of the field with a name. Returns `None` if the file
    /// names neither a task nor a track.
    pub(super) fn read(field: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let field = |name| field(name).filter(|value| !value.is_empty() && value.len() <= MAX_ID);
        let (task, track, model) = (field(Self::TASK), field(Self::TRACK), field(Self::MODEL));
        let route = field(Self::ROUTE).and_then(|route| route.parse().ok());
        (task.is_some() || track.is_some()).then_some(Self { task, track, model, route })
    }
}
