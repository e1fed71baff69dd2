//! Search of the ledger for the receipt that a word means.

use std::path::Path;

use clap::Args;
use kie_suno::{
    Error,
    receipts::{Receipt, ReceiptItem, ReceiptKey},
    types::text::one_line,
};

use crate::{
    exit::ExitError,
    output::SHORT_ID,
    session::OpenLedger,
    sources::{
        history::{History, file_at, is_named_after},
        ids::SHORTEST_PREFIX,
        short_ids::ShortIds,
    },
};

/// Number of receipts that the error for an ambiguous word lists.
const LISTED: usize = 5;

/// Arguments that name a receipt.
#[derive(Debug, Args)]
pub(crate) struct ReceiptArgs {
    /// The song or call: the id of a track, a task or a receipt, or the beginning of such an id, as kie list prints it;
    /// or the --name of the call, or a saved file
    #[arg(value_name = "ID", required_unless_present = "last")]
    pub(crate) id: Option<String>,
    /// Use the newest call in the ledger
    #[arg(long, conflicts_with = "id")]
    pub(crate) last: bool,
}

/// A receipt that the user means, and the number of the result that the user means, counted from 0. `None` if the word
/// means the whole receipt.
#[derive(Debug, Clone)]
pub(crate) struct Meant {
    pub(crate) receipt: Receipt,
    pub(crate) item: Option<usize>,
}

impl Meant {
    /// Returns the result that the user means.
    pub(crate) fn item(&self) -> Option<&ReceiptItem> {
        self.item.and_then(|number| self.receipt.items.get(number))
    }
}

impl ReceiptArgs {
    /// Returns the receipt. Fails if there is no such receipt, or if there are several.
    pub(crate) async fn find(&self, ledger: &OpenLedger) -> Result<Meant, ExitError> {
        match &self.id {
            Some(word) => meant(ledger, word).await,
            None => {
                let newest = History::in_ledger(Some(ledger)).next().await?;
                let receipt =
                    newest.ok_or_else(|| ExitError::Usage(format!("there is no receipt in {} yet", ledger.place())))?;
                Ok(Meant { receipt, item: None })
            }
        }
    }
}

/// Returns the receipt that a word means: the id of the receipt, of its task or of one of its results, the beginning of
/// such an id, the name of the call, or a saved file. Fails if there is no such receipt, or if there are several.
pub(crate) async fn meant(ledger: &OpenLedger, word: &str) -> Result<Meant, ExitError> {
    if let Ok(id) = word.parse()
        && let Some(receipt) = ledger.find(ReceiptKey::Id(id)).await.map_err(Error::Ledger)?
    {
        return Ok(Meant { receipt, item: None });
    }
    let path = Path::new(word).canonicalize().ok().filter(|path| path.is_file());
    let (mut exact, mut others, mut ids) = (Vec::new(), Vec::new(), ShortIds::default());
    let mut history = History::in_ledger(Some(ledger));
    while let Some(receipt) = history.next().await? {
        ids.add(&receipt);
        match matched(&receipt, word, path.as_deref()) {
            Some((item, true)) => exact.push(Meant { receipt, item }),
            Some((item, false)) => others.push(Meant { receipt, item }),
            None => {}
        }
    }
    let mut found = if exact.is_empty() { others } else { exact };
    let is_single = found.len() == 1;
    if let Some(only) = found.pop_if(|_| is_single) {
        return Ok(only);
    }
    let word = one_line(word);
    if found.is_empty() {
        let ledger = ledger.place();
        return Err(ExitError::Usage(format!(
            "there is no receipt, task, track, name or saved file \"{word}\" in {ledger}; kie list lists what there is"
        )));
    }
    let listed: String = found.iter().take(LISTED).map(|meant| format!("\n  {}", candidate(meant, &ids))).collect();
    let count = found.len();
    Err(ExitError::Usage(format!("\"{word}\" means {count} calls; give more characters of the id:{listed}")))
}

/// Returns one of several receipts that a word can mean, as a line.
fn candidate(meant: &Meant, ids: &ShortIds) -> String {
    let Meant { receipt, .. } = meant;
    let id = match (meant.item().and_then(|item| item.id.as_deref()), &receipt.task_id) {
        (Some(id), _) => ids.short(id),
        (None, Some(task)) => ids.short(task),
        (None, None) => ids.short(&receipt.id.to_string()),
    };
    let title = meant.item().or(receipt.items.first()).and_then(|item| item.title.as_deref()).unwrap_or("untitled");
    format!("{id}  {}  {}", one_line(&receipt.operation), one_line(title))
}

/// Returns the number of the result that the word means, and `true` if the word is a whole id or a saved file. The number
/// is `None` if the word means the whole call, or several of its results. Returns `None` if the word does not mean this
/// receipt.
fn matched(receipt: &Receipt, word: &str, path: Option<&Path>) -> Option<(Option<usize>, bool)> {
    // The number of the only result with such an id. The inner value is `None` if there are several.
    let item_with = |is_it: &dyn Fn(&str) -> bool| {
        let is_it = |item: &ReceiptItem| item.id.as_deref().is_some_and(is_it);
        let first = receipt.items.iter().position(is_it)?;
        Some(Some(first).filter(|_| !receipt.items[first + 1..].iter().any(is_it)))
    };
    let (receipt_id, task_id) = (receipt.id.to_string(), receipt.task_id.as_deref());
    if receipt_id == word || task_id == Some(word) {
        return Some((None, true));
    }
    if let Some(item) = item_with(&|id| id == word) {
        return Some((item, true));
    }
    if let Some(path) = path
        && let Some(file) = file_at(receipt, path)
    {
        return Some((receipt.items.iter().position(|item| is_named_after(file, item)), true));
    }
    if receipt.name.as_deref() == Some(word) {
        return Some((None, false));
    }
    if word.chars().count() < SHORTEST_PREFIX {
        return None;
    }
    if let Some(item) = item_with(&|id| id.starts_with(word)) {
        return Some((item, false));
    }
    let is_beginning = receipt_id.starts_with(word) || task_id.is_some_and(|id| id.starts_with(word));
    // Receipts of earlier versions have no results, but their files are named after them.
    let is_of_file =
        || receipt.items.is_empty() && receipt.files.iter().any(|file| short_id_of(file).is_some_and(|id| id == word));
    (is_beginning || is_of_file()).then_some((None, false))
}

/// Returns the beginning of the id of a result at the end of the name of its saved file.
pub(crate) fn short_id_of(file: &str) -> Option<&str> {
    let (_, id) = Path::new(file).file_stem()?.to_str()?.rsplit_once('-')?;
    Some(id).filter(|id| id.len() == SHORT_ID && id.chars().all(|c| c.is_ascii_hexdigit()))
}
