//! `kie list`: lists the receipts of the ledger, the newest first.

use std::time::SystemTime;

use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser},
};
use kie_suno::{Error, receipts::ReceiptId, types::text::one_line};
use serde::Serialize;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::{ExitError, Interrupt},
    output::{Cell, Column, Keep, Table, Tone, minutes, note, out, print_json},
    session::ledger,
    settings::LedgerPlace,
    sources::{History, ShortIds},
    verbs::ledger::{
        entry::{Entry, Titles},
        words::{KINDS, State, kind, parse_since, when},
    },
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct ListArgs {
    /// Only calls since this time: a date such as 2026-11-20 (UTC), or an age such as 90min, 12h, 7d or 2w
    #[arg(long, value_name = "TIME", value_parser = parse_since)]
    since: Option<SystemTime>,
    /// Only calls of this kind
    #[arg(long, visible_alias = "operation", value_name = "VERB", value_parser = kinds())]
    kind: Option<String>,
    /// Only calls in this state
    #[arg(long, value_enum)]
    state: Option<State>,
    /// Only calls with this text in a title, in capital or small letters
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Maximum number of calls
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    limit: u64,
    /// List all calls
    #[arg(long, conflicts_with = "limit")]
    all: bool,
}

const EXAMPLES: &str = "\
Examples:
  kie list --since 7d --kind generate
  kie list --state complete --all";

/// The calls of a ledger, the newest first.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Listed<'a> {
    /// Place of the ledger: a path, or the address of a database without its password.
    #[cfg_attr(test, schemars(with = "String"))]
    ledger: &'a LedgerPlace,
    /// Calls that fit the filters, at most as many as `--limit` allows.
    receipts: Vec<Entry>,
    /// Number of calls that fit the filters.
    total: usize,
    /// Ids of receipts that a newer version of kie wrote.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    unreadable: Vec<ReceiptId>,
}

/// Returns the accepted kinds. The name of an operation is accepted in place of its kind.
fn kinds() -> PossibleValuesParser {
    let mut values: Vec<PossibleValue> = Vec::new();
    for (operation, kind) in KINDS {
        let named = |value: &PossibleValue| value.get_name() == kind;
        let value = match values.iter().position(named) {
            Some(place) => values.remove(place),
            None => PossibleValue::new(kind),
        };
        values.push(if operation == kind { value } else { value.alias(operation) });
    }
    values.into()
}

pub(crate) async fn run(global: &GlobalArgs, args: &ListArgs, interrupt: &Interrupt) -> Result<(), ExitError> {
    let ledger = ledger::required(global, interrupt).await?;
    let (mut receipts, mut ids, mut titles) = (Vec::new(), ShortIds::default(), Titles::new());
    let mut history = History::in_ledger(Some(&ledger));
    while let Some(receipt) = history.next().await? {
        ids.add(&receipt);
        let known = receipt.items.iter().filter_map(|item| Some((item.id.clone()?, item.title.clone()?)));
        titles.extend(known);
        receipts.push(receipt);
    }
    let kind = args.kind.as_deref().map(kind);
    let title = args.title.as_ref().map(|title| title.to_lowercase());
    let is_wanted = |entry: &Entry| {
        kind.is_none_or(|kind| entry.kind == kind)
            && args.state.is_none_or(|state| entry.state == state)
            && title.as_ref().is_none_or(|part| entry.labels().any(|title| title.to_lowercase().contains(part)))
    };
    let recent = receipts.iter().filter(|receipt| args.since.is_none_or(|since| receipt.created >= since));
    let mut entries: Vec<Entry> =
        recent.map(|receipt| Entry::of(receipt, &ids, &titles)).filter(|entry| is_wanted(entry)).collect();
    let total = entries.len();
    if !args.all {
        entries.truncate(usize::try_from(args.limit).unwrap_or(usize::MAX));
    }
    let unreadable = ledger.unreadable().await.map_err(Error::Ledger)?;
    if global.format == OutputFormat::Json {
        let document = Listed { ledger: ledger.place(), receipts: entries, total, unreadable };
        return Ok(print_json(&document)?);
    }
    print(&entries, ledger.now());
    match (total, receipts.is_empty()) {
        (0, true) => out!("there are no calls in {}", ledger.place()),
        (0, false) => out!("no call in {} fits", ledger.place()),
        _ if entries.len() < total => note!("{} of {total} calls; --limit N or --all lists more", entries.len()),
        _ => {}
    }
    if !unreadable.is_empty() {
        note!("{} more were written by a newer version of kie; update kie to see them", unreadable.len());
    }
    Ok(())
}

/// Prints the entries as a table. An entry with several results has a line for each.
fn print(entries: &[Entry], now: SystemTime) {
    let mut table = Table::new([
        Column::whole("WHEN"),
        Column::whole("WHAT"),
        Column::cut("TITLE", 12, Keep::Beginning),
        Column::number("LENGTH"),
        Column::number("CREDITS"),
        Column::cut("STATE", 9, Keep::End),
        Column::whole("ID"),
    ]);
    for entry in entries {
        let created = entry.created.system_time().unwrap_or(now);
        let credits = entry.credits.or(entry.price).map(|credits| credits.to_string()).unwrap_or_default();
        let first = entry.items.first();
        table.push([
            when(created, now).into(),
            one_line(&entry.kind).to_string().into(),
            entry.label(first).into(),
            first.and_then(|item| item.duration_s).map(minutes).unwrap_or_default().into(),
            credits.into(),
            Cell::new(entry.state_or_folder(), entry.state.tone()),
            first.and_then(|item| item.short_id.as_ref()).unwrap_or(&entry.short_id).into(),
        ]);
        for item in entry.items.iter().skip(1) {
            table.push([
                Cell::default(),
                Cell::default(),
                entry.label(Some(item)).into(),
                item.duration_s.map(minutes).unwrap_or_default().into(),
                Cell::default(),
                Cell::default(),
                Cell::new(item.short_id.as_deref().unwrap_or_default(), Tone::Plain),
            ]);
        }
    }
    if !table.is_empty() {
        table.print();
    }
}
