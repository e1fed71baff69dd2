//! A receipt as `kie list` and `kie show` print it.

use std::{collections::HashMap, path::Path};

use kie_suno::{
    Credits, Route, Stage,
    receipts::{Receipt, ReceiptId},
    records::{Job as _, Music, Timestamp},
    requests::catalog,
    types::text::one_line,
};
use serde::Serialize;
use serde_json::Value;

use crate::{
    output::size,
    sources::{ShortIds, short_id_of},
    verbs::ledger::words::{State, kind, short_path},
};

/// Fields of requests that say what was wanted, for calls without a title.
const WISHES: [&str; 3] = ["prompt", "content", "lyrics"];

/// Titles of all tracks of a ledger by their ids.
pub(super) type Titles = HashMap<String, String>;

/// A receipt of a call.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    /// Id of the receipt.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(super) receipt: ReceiptId,
    /// Beginning of the id of the task, or of the receipt if the task is not known.
    pub(super) short_id: String,
    /// Name of the call, as `--name` set it.
    pub(super) name: Option<String>,
    /// Operation that was called, such as `generate-music`.
    pub(super) operation: String,
    /// The verb of `kie` that makes such a call.
    pub(super) kind: String,
    /// Route on which the call was made.
    pub(super) route: Route,
    /// Model of the request.
    pub(super) model: Option<String>,
    /// State of the call.
    pub(super) state: State,
    /// Furthest stage that the task has reached.
    pub(super) stage: Option<Stage>,
    /// Reason of a refusal or failure.
    pub(super) reason: Option<String>,
    /// Id of the task.
    pub(super) task_id: Option<String>,
    /// Title of the first result, or the title that was wanted.
    pub(super) title: Option<String>,
    /// Title of the track that the call is about.
    pub(super) source_title: Option<String>,
    /// Idea or text of the request.
    pub(super) prompt: Option<String>,
    /// Time of the call, in milliseconds since 1970.
    pub(super) created: Timestamp,
    /// Time of the last change, in milliseconds since 1970.
    pub(super) changed: Timestamp,
    /// Documented expiry of the files, in milliseconds since 1970. `None` if the task is not known.
    pub(super) kept_until: Option<Timestamp>,
    /// Credits that the task cost. `None` if its record does not tell the cost.
    pub(super) credits: Option<Credits>,
    /// Price of the call in credits, according to the price list of this version. `None` if it is not known, or if
    /// it is not certain that the call was accepted.
    pub(super) price: Option<Credits>,
    /// Results of the call.
    pub(super) items: Vec<EntryItem>,
    /// Paths of the saved files.
    pub(super) files: Vec<String>,
}

/// A result of a call.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct EntryItem {
    /// Id of the result. `None` if only the name of its file is known.
    pub(super) id: Option<String>,
    /// Beginning of the id, which other verbs accept.
    pub(super) short_id: Option<String>,
    /// Title of the result.
    pub(super) title: Option<String>,
    /// Duration in seconds.
    pub(super) duration_s: Option<f64>,
}

impl Entry {
    pub(super) fn of(receipt: &Receipt, ids: &ShortIds, titles: &Titles) -> Self {
        let request: Value = serde_json::from_str(&receipt.request).unwrap_or_default();
        let text = |field: &str| request.get(field).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        let state = State::of(receipt);
        let is_accepted = matches!(state, State::Running | State::Complete | State::Saved | State::Done);
        let price = catalog::price_named(&receipt.operation, &request).ok().flatten();
        let items = items(receipt, ids);
        let of_item = items.iter().find_map(|item| item.title.clone());
        let own = receipt.id.to_string();
        Self {
            receipt: receipt.id,
            short_id: ids.short(receipt.task_id.as_deref().unwrap_or(&own)),
            name: receipt.name.clone(),
            operation: receipt.operation.clone(),
            kind: kind(&receipt.operation).to_owned(),
            route: receipt.route,
            model: text("model").map(str::to_owned),
            state,
            stage: receipt.stage,
            reason: receipt.reason.clone(),
            task_id: receipt.task_id.clone(),
            title: of_item.or_else(|| text("title").or(text("name")).map(str::to_owned)),
            source_title: text("audioId").and_then(|id| titles.get(id).cloned()),
            prompt: WISHES.iter().find_map(|field| text(field)).map(str::to_owned),
            created: receipt.created.into(),
            changed: receipt.changed.into(),
            kept_until: receipt.kept_until().map(Timestamp::from),
            credits: receipt.credits,
            price: price.filter(|_| is_accepted),
            items,
            files: receipt.files.clone(),
        }
    }

    /// Returns the folder of the saved files with a `/`, or else the word for the state.
    pub(super) fn state_or_folder(&self) -> String {
        let Some(file) = self.files.first() else { return self.state.word().to_owned() };
        let folder = short_path(Path::new(file).parent().unwrap_or(Path::new("")));
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
        format!("{}/", one_line(&folder.to_string_lossy()))
    }

    /// Returns the title of a result, or of the call, on one line. A result of a track that is no song itself, such as a
    /// stem, has the title of the track before its own. A call without a title is named after its prompt.
    pub(super) fn label(&self, item: Option<&EntryItem>) -> String {
        let own = item.and_then(|item| item.title.as_ref()).or(self.title.as_ref());
        let label = match (own, &self.source_title) {
            (Some(own), Some(source)) if own != source && !self.is_song() => format!("{source}: {own}"),
            (Some(own), _) => own.clone(),
            (None, Some(source)) => source.clone(),
            (None, None) => self.prompt.clone().unwrap_or_default(),
        };
        one_line(&label).to_string()
    }

    /// Returns the labels of the call and of its results.
    pub(super) fn labels(&self) -> impl Iterator<Item = String> {
        let items = self.items.iter().map(Some).chain(self.items.is_empty().then_some(None));
        items.map(|item| self.label(item))
    }

    /// Returns `true` if the results are songs.
    pub(super) fn is_song(&self) -> bool {
        catalog::find(&self.operation).is_ok_and(|operation| operation.job == Some(Music::NAME))
    }
}

/// Returns the results of a receipt. Receipts of earlier versions do not have them, so they are then read from the names
/// of the saved files.
fn items(receipt: &Receipt, ids: &ShortIds) -> Vec<EntryItem> {
    if !receipt.items.is_empty() {
        let of_item = receipt.items.iter().map(|item| EntryItem {
            short_id: item.id.as_deref().map(|id| ids.short(id)),
            id: item.id.clone(),
            title: item.title.clone(),
            duration_s: item.duration_s,
        });
        return of_item.collect();
    }
    let mut items: Vec<EntryItem> = Vec::new();
    for file in &receipt.files {
        let Some(id) = short_id_of(file) else { continue };
        if items.iter().any(|item| item.short_id.as_deref() == Some(id)) {
            continue;
        }
        let name = Path::new(file).file_stem().unwrap_or_default().to_string_lossy();
        let title = name.strip_suffix(id).map(|title| title.trim_end_matches('-').to_owned());
        items.push(EntryItem { id: None, short_id: Some(id.to_owned()), title, duration_s: None });
    }
    items
}

/// Returns the size of a saved file, or a word if the file is not there.
pub(super) fn size_on_disk(file: &str) -> String {
    match std::fs::metadata(file) {
        Ok(found) => size(found.len()),
        Err(_) => "not there".to_owned(),
    }
}
