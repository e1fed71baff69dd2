//! `kie show`: shows everything that the ledger knows of one call.

use std::path::Path;

use clap::Args;
use kie_suno::{
    receipts::Receipt,
    requests::catalog,
    types::text::{is_dangerous, one_line},
};
use serde::Serialize;
use serde_json::Value;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::{ExitError, Interrupt},
    follow::sing_words,
    output::{Cell, Column, Keep, Table, minutes, moment, out, print_json},
    session::ledger,
    settings::LedgerPlace,
    sources::{History, Meant, ReceiptArgs, ShortIds},
    verbs::ledger::{
        entry::{Entry, Titles, size_on_disk},
        words::{State, short_path},
    },
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    receipt: ReceiptArgs,
}

const EXAMPLES: &str = "\
Examples:
  kie show --last
  kie show $TRACK";

/// One call.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ShownCall<'a> {
    #[serde(flatten)]
    entry: &'a Entry,
    /// Place of the ledger: a path, or the address of a database without its password.
    #[cfg_attr(test, schemars(with = "String"))]
    ledger: &'a LedgerPlace,
    /// Request as JSON, with the field names of the classic route. `None` if it cannot be read.
    request: &'a Value,
    /// `kie` commands that make sense now.
    next: &'a [String],
}

pub(crate) async fn run(global: &GlobalArgs, args: &ShowArgs, interrupt: &Interrupt) -> Result<(), ExitError> {
    let ledger = ledger::required(global, interrupt).await?;
    let found = args.receipt.find(&ledger).await?;
    let (mut ids, mut titles) = (ShortIds::default(), Titles::new());
    let mut history = History::in_ledger(Some(&ledger));
    while let Some(receipt) = history.next().await? {
        ids.add(&receipt);
        titles.extend(receipt.items.iter().filter_map(|item| Some((item.id.clone()?, item.title.clone()?))));
    }
    let entry = Entry::of(&found.receipt, &ids, &titles);
    let request: Value = serde_json::from_str(&found.receipt.request).unwrap_or_default();
    let persona = persona(&found.receipt);
    let next = next(&entry, &found, persona.as_deref(), &global.flags());
    if global.format == OutputFormat::Json {
        let document = ShownCall { entry: &entry, ledger: ledger.place(), request: &request, next: &next };
        return Ok(print_json(&document)?);
    }
    print(&entry, persona);
    print_request(&request);
    if !next.is_empty() {
        out!("\nNEXT");
        next.iter().for_each(|command| out!("{command}"));
    }
    Ok(())
}

fn print(entry: &Entry, persona: Option<String>) {
    let label = entry.label(entry.items.first());
    out!("{}", if label.is_empty() { "untitled" } else { &label });
    let stage = entry.stage.filter(|_| entry.state == State::Running);
    let stage = stage.map(|stage| format!(", stage {stage} reached")).unwrap_or_default();
    let listed = catalog::find(&entry.operation).ok().and_then(|operation| operation.price);
    let cost = match (entry.credits, entry.price, listed) {
        (Some(cost), ..) => Some(format!("{cost} credits")),
        (None, Some(price), Some(listed)) => Some(format!("{price} credits, as listed on {}", listed.date)),
        _ => None,
    };
    let text = |text: &Option<String>| text.as_ref().map(|text| one_line(text).to_string());
    let is_to_save = matches!(entry.state, State::Running | State::Complete);
    let facts = [
        ("what", Some(format!("{} ({})", one_line(&entry.kind), one_line(&entry.operation)))),
        ("state", Some(format!("{}{stage}", entry.state.word()))),
        ("reason", text(&entry.reason)),
        ("started", Some(moment(&entry.created))),
        ("changed", Some(moment(&entry.changed))),
        ("name", text(&entry.name)),
        ("model", text(&entry.model)),
        ("route", Some(entry.route.to_string())),
        ("cost", cost),
        (
            "kept",
            entry.kept_until.as_ref().filter(|_| is_to_save).map(|until| format!("until {} at most", moment(until))),
        ),
        ("task", text(&entry.task_id)),
        ("receipt", Some(entry.receipt.to_string())),
        ("persona", persona),
    ];
    for (fact, value) in facts {
        if let Some(value) = value {
            out!("{fact:<8}  {value}");
        }
    }
    let mut items =
        Table::new([Column::whole("RESULT"), Column::number("LENGTH"), Column::cut("TITLE", 12, Keep::Beginning)]);
    for item in &entry.items {
        let id = item.id.as_ref().or(item.short_id.as_ref()).map(|id| one_line(id).to_string());
        items.push([
            id.unwrap_or_default().into(),
            item.duration_s.map(minutes).unwrap_or_default().into(),
            one_line(item.title.as_deref().unwrap_or("untitled")).to_string().into(),
        ]);
    }
    let mut files = Table::new([Column::number("SIZE"), Column::whole("FILE")]);
    for file in &entry.files {
        files.push([size_on_disk(file).into(), Cell::from(short_path(Path::new(file)).to_string_lossy())]);
    }
    if !items.is_empty() {
        out!("");
        items.print();
    }
    if !files.is_empty() {
        out!("");
        files.print();
    }
}

/// Prints the fields of the request. Each text has all its lines, because it can be the lyrics of a song.
fn print_request(request: &Value) {
    let Some(fields) = request.as_object() else { return };
    out!("\nREQUEST");
    for (name, value) in fields.iter().filter(|(name, value)| !value.is_null() && *name != "model") {
        let name = in_words(name);
        match value {
            Value::String(text) if text.contains('\n') => {
                out!("{name}:");
                for line in text.lines() {
                    let line: String = line.chars().filter(|c| !is_dangerous(*c)).collect();
                    out!("{}", format!("  {line}").trim_end());
                }
            }
            Value::String(text) => out!("{name}: {}", one_line(text).at_most(5_000)),
            Value::Bool(is_so) => out!("{name}: {}", if *is_so { "yes" } else { "no" }),
            value => out!("{name}: {}", one_line(&value.to_string())),
        }
    }
}

/// Returns the name of a field as words, such as `negative tags`.
fn in_words(field: &str) -> String {
    let mut words = String::new();
    for c in field.chars() {
        if c.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
    }
    one_line(&words).to_string()
}

/// Returns the id of the persona that the call made, if it made one.
fn persona(receipt: &Receipt) -> Option<String> {
    let response: Value = serde_json::from_str(receipt.response.as_ref()?).ok()?;
    response["personaId"].as_str().map(|id| one_line(id).to_string())
}

/// Returns the commands that make sense now.
fn next(entry: &Entry, found: &Meant, persona: Option<&str>, flags: &str) -> Vec<String> {
    let call = &entry.short_id;
    let meant = found.item.and_then(|number| entry.items.get(number)).or(entry.items.first());
    let track = meant.and_then(|item| item.short_id.as_ref()).unwrap_or(call);
    let commands = match entry.state {
        State::Unsent => vec![format!("forget {call}")],
        State::Done => persona.map(|id| sing_words(id, false)).into_iter().collect(),
        State::Refused | State::Failed | State::Forgotten => Vec::new(),
        State::Unknown => vec![format!("resume {call}"), format!("forget {call}")],
        State::Running | State::Complete => vec![format!("resume {call} --save songs")],
        State::Saved => {
            let more = entry.is_song().then(|| format!("extend {track}"));
            [format!("open {track}")].into_iter().chain(more).collect()
        }
    };
    commands.into_iter().map(|command| format!("kie{flags} {command}")).collect()
}
