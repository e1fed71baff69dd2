//! Search of the ledger for the track that a word means.

use std::path::Path;

use kie_suno::{
    Error,
    errors::LedgerError,
    receipts::{Receipt, ReceiptItem, ReceiptState},
    types::text::one_line,
};

use crate::{
    exit::ExitError,
    output::SHORT_ID,
    session::{OpenLedger, Session},
    sources::{operation::makes_tracks, track::KnownTrack},
};

/// Number of receipts that are read from the ledger at a time.
const PAGE: usize = 256;

/// Number of tracks that the error for an ambiguous id lists.
const LISTED: usize = 5;

/// Returns the track whose own id, or whose task's id, is `id` or begins with it. Of a task, it is the track with this
/// number. Returns `None` if the ledger has no such track, or if there is no ledger. Fails if several tracks match.
pub(super) async fn by_id(session: &Session, id: &str, number: u8) -> Result<Option<KnownTrack>, ExitError> {
    let mut matches: Vec<KnownTrack> = Vec::new();
    let mut history = History::of(session);
    while let Some(receipt) = history.next().await? {
        if !makes_tracks(&receipt.operation) {
            continue;
        }
        let receipt = with_items(session, receipt, |receipt| starts(receipt.task_id.as_deref(), id)).await?;
        let own = receipt.items.iter().filter(|item| starts(item.id.as_deref(), id));
        matches.extend(own.filter_map(|item| KnownTrack::of(&receipt, item)));
        if let Some(exact) = matches.iter().position(|track| track.audio_id == id) {
            return Ok(Some(matches.swap_remove(exact)));
        }
        if starts(receipt.task_id.as_deref(), id) {
            matches.push(numbered(&receipt, number)?);
        }
    }
    matches.dedup_by(|one, other| one.audio_id == other.audio_id);
    if matches.len() < 2 {
        return Ok(matches.pop());
    }
    let listed: String = matches.iter().take(LISTED).map(candidate).collect();
    Err(ExitError::Invalid(format!("several tracks have an id that begins with \"{}\":{listed}", one_line(id))))
}

/// Returns one of several tracks that a word can mean, as a line.
fn candidate(track: &KnownTrack) -> String {
    format!("\n  {}  {}", one_line(&track.audio_id), one_line(track.title.as_deref().unwrap_or("untitled")))
}

/// Returns the track of a saved file. Returns `None` if the ledger does not know the file, or if there is no ledger.
pub(super) async fn by_file(session: &Session, path: &Path) -> Result<Option<KnownTrack>, ExitError> {
    let path = path.canonicalize()?;
    let mut history = History::of(session);
    while let Some(receipt) = history.next().await? {
        let Some(file) = file_at(&receipt, &path).cloned() else { continue };
        let receipt = with_items(session, receipt, |_| true).await?;
        let by_name = receipt.items.iter().find(|item| is_named_after(&file, item));
        return Ok(by_name.or(receipt.items.first()).and_then(|item| KnownTrack::of(&receipt, item)));
    }
    Ok(None)
}

/// Returns the saved file of a receipt that is at this resolved path.
pub(super) fn file_at<'a>(receipt: &'a Receipt, path: &Path) -> Option<&'a String> {
    receipt.files.iter().find(|file| Path::new(file).canonicalize().is_ok_and(|it| it == path))
}

/// Returns the newest track in the ledger. `number` is the number of the track in its task.
pub(super) async fn last(session: &Session, number: u8) -> Result<KnownTrack, ExitError> {
    session.ledger()?;
    let mut history = History::of(session);
    while let Some(receipt) = history.next().await? {
        let receipt = with_items(session, receipt, |receipt| makes_tracks(&receipt.operation)).await?;
        if makes_tracks(&receipt.operation) && receipt.items.iter().any(|item| item.id.is_some()) {
            return numbered(&receipt, number);
        }
    }
    Err(ExitError::Invalid("the ledger has no track yet, so --last has no meaning".to_owned()))
}

/// Returns the track with this number of a task.
fn numbered(receipt: &Receipt, number: u8) -> Result<KnownTrack, ExitError> {
    let track = receipt.items.get(usize::from(number) - 1).and_then(|item| KnownTrack::of(receipt, item));
    track.ok_or_else(|| {
        let (id, count) = (receipt.task_id.as_deref().unwrap_or_default(), receipt.items.len());
        ExitError::Invalid(format!("task {} has {count} tracks, and --track is {number}", one_line(id)))
    })
}

/// Returns the receipt with the results of its task. If the receipt does not have them and `wanted` returns `true`, the
/// task is polled once. A failed task is not polled, because the poll that has shown its failure has shown its results too.
pub(super) async fn with_items(
    session: &Session,
    mut receipt: Receipt,
    wanted: impl FnOnce(&Receipt) -> bool,
) -> Result<Receipt, ExitError> {
    if !receipt.items.is_empty() || receipt.state == ReceiptState::Failed || !wanted(&receipt) {
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

fn starts(id: Option<&str>, with: &str) -> bool {
    id.is_some_and(|id| id.starts_with(with))
}

/// Returns `true` if the name of a file contains the first 8 characters of the id of a result.
pub(crate) fn is_named_after(file: &str, item: &ReceiptItem) -> bool {
    let name = Path::new(file).file_name().unwrap_or_default().to_string_lossy();
    item.id.as_deref().and_then(|id| id.get(..SHORT_ID)).is_some_and(|short| name.contains(short))
}

/// All receipts of a ledger, the newest first. Empty if there is no ledger.
pub(crate) struct History<'a> {
    ledger: Option<&'a OpenLedger>,
    page: std::vec::IntoIter<Receipt>,
    is_last: bool,
    before: Option<kie_suno::receipts::ReceiptId>,
}

impl<'a> History<'a> {
    pub(crate) fn of(session: &'a Session) -> Self {
        Self::in_ledger(session.ledger.as_ref())
    }

    pub(crate) fn in_ledger(ledger: Option<&'a OpenLedger>) -> Self {
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
                let what = format!("the receipts in {} cannot be listed", ledger.place());
                Error::Ledger(LedgerError::new(what).with_source(error))
            };
            let page = ledger.recent(self.before, PAGE).await.map_err(unlisted)?;
            self.is_last = page.len() < PAGE;
            self.before = page.last().map(|receipt| receipt.id);
            self.page = page.into_iter();
        }
    }
}
