//! Search of the ledger for the track that a word means.

use std::path::Path;

use kie_ledger::SqliteLedger;
use kie_suno::{
    Error,
    errors::LedgerError,
    receipts::{Ledger as _, Receipt, ReceiptItem},
    records::{Job as _, Music},
    requests::catalog,
    types::text::one_line,
};

use crate::{exit::ExitError, session::Session, sources::track::Track};

/// Number of receipts that are read from the ledger at a time.
const PAGE: usize = 256;

/// Number of tracks that the error for an ambiguous id lists.
const LISTED: usize = 5;

/// Property by which a track is found.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found<'a> {
    /// Id of the track or of its task, or the first characters of such an id.
    Id(&'a str),
    /// Path of a saved file.
    File(&'a Path),
}

/// Returns the track with this property. If the property is one of a task, returns its track with this number. Returns
/// `None` if the ledger has no such track, or if there is no ledger. Fails if several tasks or tracks match.
pub(super) async fn find(session: &Session, by: Found<'_>, number: u8) -> Result<Option<Track>, ExitError> {
    let path = match by {
        Found::File(path) => Some(path.canonicalize().map_err(ExitError::from)?),
        Found::Id(_) => None,
    };
    let mut matches: Vec<Track> = Vec::new();
    let mut history = History::of(session);
    while let Some(receipt) = history.next().await? {
        match by {
            Found::Id(id) => {
                if !makes_tracks(&receipt) {
                    continue;
                }
                let receipt = with_items(session, receipt, |receipt| starts(receipt.task_id.as_deref(), id)).await?;
                let of_task = starts(receipt.task_id.as_deref(), id);
                let own = receipt.items.iter().filter(|item| starts(item.id.as_deref(), id));
                matches.extend(own.filter_map(|item| Track::of(&receipt, item)));
                if of_task {
                    matches.push(numbered(&receipt, number)?);
                }
            }
            Found::File(_) => {
                let is_it = |file: &String| Path::new(file).canonicalize().ok() == path;
                if let Some(file) = receipt.files.iter().find(|file| is_it(file)) {
                    let receipt = with_items(session, receipt.clone(), |_| true).await?;
                    let by_name = receipt.items.iter().find(|item| is_named_after(file, item));
                    return Ok(by_name.or(receipt.items.first()).and_then(|item| Track::of(&receipt, item)));
                }
            }
        }
    }
    matches.dedup_by(|one, other| one.audio_id == other.audio_id);
    let exact = |track: &&Track| matches!(by, Found::Id(id) if track.audio_id == id);
    if let Some(track) = matches.iter().find(exact) {
        return Ok(Some(track.clone()));
    }
    match (matches.pop(), by) {
        (Some(track), _) if matches.is_empty() => Ok(Some(track)),
        (Some(track), Found::Id(id)) => {
            matches.push(track);
            let listed = matches.iter().take(LISTED).map(|track| {
                format!("\n  {}  {}", one_line(&track.audio_id), one_line(track.title.as_deref().unwrap_or("untitled")))
            });
            let listed: String = listed.collect();
            Err(ExitError::Invalid(format!("several tracks have an id that begins with \"{}\":{listed}", one_line(id))))
        }
        _ => Ok(None),
    }
}

/// Returns the newest track in the ledger. `number` is the number of the track in its task.
pub(super) async fn last(session: &Session, number: u8) -> Result<Track, ExitError> {
    session.ledger()?;
    let mut history = History::of(session);
    while let Some(receipt) = history.next().await? {
        let receipt = with_items(session, receipt, makes_tracks).await?;
        if makes_tracks(&receipt) && receipt.items.iter().any(|item| item.id.is_some()) {
            return numbered(&receipt, number);
        }
    }
    Err(ExitError::Invalid("the ledger has no track yet, so --last has no meaning".to_owned()))
}

/// Returns the track with this number of a task.
fn numbered(receipt: &Receipt, number: u8) -> Result<Track, ExitError> {
    let track = receipt.items.get(usize::from(number) - 1).and_then(|item| Track::of(receipt, item));
    track.ok_or_else(|| {
        let (id, count) = (receipt.task_id.as_deref().unwrap_or_default(), receipt.items.len());
        ExitError::Invalid(format!("task {} has {count} tracks, and --track is {number}", one_line(id)))
    })
}

/// Returns the receipt with the results of its task. If the receipt does not have them and `wanted` returns `true`, the
/// task is polled once.
pub(super) async fn with_items(
    session: &Session,
    mut receipt: Receipt,
    wanted: impl FnOnce(&Receipt) -> bool,
) -> Result<Receipt, ExitError> {
    if !receipt.items.is_empty() || !wanted(&receipt) {
        return Ok(receipt);
    }
    let Some(task) = session.client.task_of(&receipt) else { return Ok(receipt) };
    // A dry run sends nothing, so only the ledger is searched.
    if session.global.money.dry_run {
        return Ok(receipt);
    }
    session.require_key()?;
    let report = session.interrupt.during("reading the task", task.report()).await?;
    // A task that cannot be read has no tracks here. The verb then says so.
    receipt.items = report.map(|report| report.items.iter().map(ReceiptItem::from).collect()).unwrap_or_default();
    Ok(receipt)
}

/// Returns `true` if the task of the receipt makes tracks. Other tasks, such as a separation, have results with ids too.
fn makes_tracks(receipt: &Receipt) -> bool {
    catalog::find(&receipt.operation).is_ok_and(|operation| operation.job == Some(Music::NAME))
}

fn starts(id: Option<&str>, with: &str) -> bool {
    id.is_some_and(|id| id.starts_with(with))
}

/// Returns `true` if the name of a file contains the first 8 characters of the id of a result.
pub(crate) fn is_named_after(file: &str, item: &ReceiptItem) -> bool {
    let name = Path::new(file).file_name().unwrap_or_default().to_string_lossy();
    item.id.as_deref().and_then(|id| id.get(..8)).is_some_and(|short| name.contains(short))
}

/// All receipts of a ledger, the newest first. Empty if there is no ledger.
pub(crate) struct History<'a> {
    ledger: Option<&'a SqliteLedger>,
    page: std::vec::IntoIter<Receipt>,
    is_last: bool,
    before: Option<kie_suno::receipts::ReceiptId>,
}

impl<'a> History<'a> {
    pub(crate) fn of(session: &'a Session) -> Self {
        Self::in_ledger(session.ledger.as_deref())
    }

    pub(crate) fn in_ledger(ledger: Option<&'a SqliteLedger>) -> Self {
        Self { ledger, page: Vec::new().into_iter(), is_last: ledger.is_none(), before: None }
    }

    /// Returns the next older receipt.
    pub(crate) async fn next(&mut self) -> Result<Option<Receipt>, ExitError> {
        loop {
            if let Some(receipt) = self.page.next() {
                return Ok(Some(receipt));
            }
            let Some(ledger) = self.ledger.filter(|_| !self.is_last) else { return Ok(None) };
            let unlisted = |error| {
                let what = format!("the receipts in {} cannot be listed", ledger.path().display());
                Error::Ledger(LedgerError::new(what).with_source(error))
            };
            let page = ledger.recent(self.before, PAGE).await.map_err(unlisted)?;
            self.is_last = page.len() < PAGE;
            self.before = page.last().map(|receipt| receipt.id);
            self.page = page.into_iter();
        }
    }
}
