//! Facts about a result that its file name can contain.

use kie_types::Item;

use super::{placeholder::Placeholder, safe::words};

/// Number of characters of an id in `{id8}`. This number is enough to distinguish the results of one task.
const SHORT_ID: usize = 8;
/// Maximum number of characters of a whole id in a file name.
const WHOLE_ID: usize = 64;

/// The song that the results of a task belong to.
#[derive(Debug, Clone)]
pub(crate) struct SongName {
    /// Title as it can be in a file name. Empty if it is not known.
    title: String,
    /// Empty if it is not known.
    id: String,
}

impl SongName {
    pub(crate) fn new(title: &str, id: &str) -> Self {
        Self { title: words(title), id: id.to_owned() }
    }
}

/// Facts about a result that its file name can contain.
#[derive(Debug, Clone)]
pub(crate) struct ResultName {
    title: String,
    part: String,
    /// Number of the result in its task. The first result has the number 1.
    index: usize,
    id: Option<String>,
    task: String,
    kind: &'static str,
    date: String,
}

impl ResultName {
    /// Collects the facts about an item of a task. `index` is the position of the item in the task, from 0 on. `song` is
    /// the song that the item belongs to, if it is known.
    pub(crate) fn new(item: &Item, index: usize, kind: &'static str, task: &str, song: Option<&SongName>) -> Self {
        let own = words(item.title.as_deref().unwrap_or_default());
        let (title, part) = match song.filter(|song| !song.title.is_empty()) {
            Some(song) if own.is_empty() && index > 0 => (song.title.clone(), (index + 1).to_string()),
            Some(song) if own == song.title => (own, String::new()),
            Some(song) => (song.title.clone(), own),
            None => (own, String::new()),
        };
        let is_told = |id: &&str| id.chars().any(|c| c.is_ascii_alphanumeric());
        let song_id = song.map(|song| song.id.as_str()).filter(is_told);
        let id = song_id.or(item.id.as_deref().filter(is_told)).map(str::to_owned);
        let title = if title.is_empty() { kind.to_owned() } else { title };
        Self { title, part, index: index + 1, id, task: task.to_owned(), kind, date: String::new() }
    }

    /// Sets the day on which the task was created.
    pub(crate) fn on(mut self, date: String) -> Self {
        self.date = date;
        self
    }

    /// Returns the title of a result that is a part of a song. It is empty for other results.
    pub(super) fn part(&self) -> &str {
        &self.part
    }

    pub(super) fn value(&self, placeholder: Placeholder, extension: &str) -> String {
        match placeholder {
            Placeholder::Title => self.title.clone(),
            Placeholder::Part => self.part.clone(),
            Placeholder::Index => self.index.to_string(),
            Placeholder::Id8 => self.id_with(|id| letters(id).take(SHORT_ID).collect()),
            Placeholder::Id => self.id_with(whole),
            Placeholder::Task => whole(&self.task),
            Placeholder::Kind => self.kind.to_owned(),
            Placeholder::Date => self.date.clone(),
            Placeholder::Ext => extension.to_owned(),
        }
    }

    /// Returns the id of the result, or the id of the task with the number of the result from the second result on.
    fn id_with(&self, form: impl Fn(&str) -> String) -> String {
        match &self.id {
            Some(id) => form(id),
            None if self.index == 1 => form(&self.task),
            None => format!("{}-{}", form(&self.task), self.index),
        }
    }
}

fn letters(id: &str) -> impl Iterator<Item = char> {
    id.chars().filter(char::is_ascii_alphanumeric)
}

/// Returns the letters, digits and hyphens of an id, without hyphens at its beginning.
fn whole(id: &str) -> String {
    let kept = id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-');
    kept.skip_while(|c| *c == '-').take(WHOLE_ID).collect()
}
