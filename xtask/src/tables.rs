//! Writes the generated parts of Markdown files: the tables in the README of kie-types, and the rooms of each crate
//! (the folders and files directly under `src/`) in `crates/README.md`.

use std::collections::HashSet;

use anyhow::Context as _;
use kie_types::{
    Bound, Endpoint, Limit, Mode, Model, Route, TaskEndpoint,
    catalog::{self, OPERATIONS, Operation, Visitor},
};

use crate::layers;

/// Returns the Markdown text `page` with new tables. A mark before each table and a mark after it show its place.
pub(crate) fn renewed(page: &str) -> anyhow::Result<String> {
    let page = between(page, "operations", &operations())?;
    let tables = Tables::new(Route::Classic)?;
    let page = between(&page, "limits by model", &tables.by_model())?;
    let page = between(&page, "other limits", &tables.others())?;
    let tables = Tables::new(Route::Market)?;
    let page = between(&page, "limits by model, market route", &tables.by_model())?;
    between(&page, "other limits, market route", &tables.others())
}

/// Returns the text of `crates/README.md` with the current rooms of each crate (the folders and files under `src/`).
pub(crate) fn with_rooms(map: &str) -> anyhow::Result<String> {
    between(map, "rooms", &format!("```text\n{}```\n", layers::drawings()?))
}

/// Returns the page with a new table between two marks.
pub(crate) fn between(page: &str, mark: &str, table: &str) -> anyhow::Result<String> {
    let (begin, end) = (format!("<!-- {mark} -->\n"), format!("<!-- /{mark} -->"));
    let (before, rest) = page.split_once(&begin).with_context(|| format!("the page has no mark {begin}"))?;
    let (_, after) = rest.split_once(&end).with_context(|| format!("the page has no mark {end}"))?;
    Ok(format!("{before}{begin}\n{table}\n{end}{after}"))
}

/// Returns the table of the limits of one operation on the classic route that depend on the model.
pub(crate) fn of_operation(name: &str) -> anyhow::Result<String> {
    Ok(Tables::of(Route::Classic, |operation| operation.name == name)?.by_model())
}

fn operations() -> String {
    let mut table = String::from("| operation | call | starts | market route |\n| --- | --- | --- | --- |\n");
    for operation in OPERATIONS {
        let (name, docs, path) = (operation.name, operation.docs, operation.path);
        let job = operation.job.map(|job| format!("a {job} task")).unwrap_or_default();
        let slug = operation.market.map(|slug| format!("`{slug}`")).unwrap_or_default();
        table += &format!("| [{name}]({docs}) | `{} {path}` | {job} | {slug} |\n", operation.method.as_str());
    }
    table
}

/// Maximum number of allowed values that a cell lists. If a field has more allowed values, the cell shows only their
/// number and the first one. The OpenAPI document has the whole list.
const MOST_WORDS: usize = 24;

/// Name of the field that selects the model.
const MODEL: &str = "model";

/// Text of a cell if the operation does not accept the model, or if the field must be left out for this model.
const NONE: &str = "–";

/// Limits of all operations on one route, sorted into two tables: limits that depend on the model, and limits that are the same for
/// all models.
#[derive(Default)]
struct Tables {
    by_model: Groups<ModelRow, &'static str>,
    /// Text of each limit, with its operations.
    others: Groups<String, &'static str>,
}

/// A row of the table of limits that depend on the model: the field, the mode, and the limit for each model. The row's
/// group has the operations with this limit.
#[derive(PartialEq)]
struct ModelRow {
    field: &'static str,
    mode: String,
    cells: Vec<String>,
}

/// Values by their key, in the order in which the keys came.
type Groups<K, V> = Vec<(K, Vec<V>)>;

/// Adds a value to the group with this key.
fn add_to_group<K: PartialEq, V>(groups: &mut Groups<K, V>, key: K, value: V) {
    match groups.iter_mut().find(|(known, _)| *known == key) {
        Some((_, values)) => values.push(value),
        None => groups.push((key, vec![value])),
    }
}

impl Tables {
    fn new(route: Route) -> anyhow::Result<Self> {
        Self::of(route, |operation| route == Route::Classic || operation.market.is_some())
    }

    /// Returns the tables of some operations.
    fn of(route: Route, is_in: impl Fn(&Operation) -> bool) -> anyhow::Result<Self> {
        let mut tables = Self::default();
        for operation in OPERATIONS.iter().filter(|operation| is_in(operation)) {
            let limits =
                catalog::visit(operation.name, Limits(route)).context("every listed operation can be visited")?;
            tables.add(operation.name, &limits);
        }
        // The rows about the field `model` come first. After them, rows with the same field and mode follow each other.
        let order: Vec<_> = tables.by_model.iter().map(|(row, _)| (row.field, row.mode.clone())).collect();
        let field_at = |row: &ModelRow| order.iter().position(|(field, _)| *field == row.field);
        let mode_at = |row: &ModelRow| order.iter().position(|place| place.0 == row.field && place.1 == row.mode);
        tables.by_model.sort_by_key(|(row, _)| (row.field != MODEL, field_at(row), mode_at(row)));
        Ok(tables)
    }

    fn add(&mut self, operation: &'static str, limits: &[Limit]) {
        let accepted = limits.iter().filter(|limit| limit.field == MODEL).map(|limit| limit.bound.words());
        let accepted = accepted.into_iter().find(|words| !words.is_empty()).unwrap_or_default();
        let mut others: Groups<String, &str> = Vec::new();
        // A field that every request has is in the type of the request, and an address in the text about the field.
        let is_shown = |limit: &&Limit| match limit.bound {
            Bound::Required => !limit.modes.is_empty(),
            ref bound => *bound != Bound::Address,
        };
        let limits: Vec<&Limit> = limits.iter().filter(is_shown).collect();
        let mut fields: Vec<&'static str> = limits.iter().map(|limit| limit.field).collect();
        let mut known = HashSet::new();
        fields.retain(|field| known.insert(*field));
        for field in fields {
            let of_field: Vec<&Limit> = limits.iter().filter(|limit| limit.field == field).copied().collect();
            let (presence, bounds): (Vec<&Limit>, Vec<&Limit>) =
                of_field.into_iter().partition(|limit| matches!(limit.bound, Bound::Required | Bound::LeftOut));
            let mut modes: Vec<&[Mode]> = Vec::new();
            for limit in &bounds {
                if !modes.contains(&limit.modes.as_slice()) {
                    modes.push(&limit.modes);
                }
            }
            for modes in modes {
                let of_modes = bounds.iter().chain(presence.iter().filter(|limit| limit.bound == Bound::LeftOut));
                let in_mode: Vec<&Limit> =
                    of_modes.filter(|limit| limit.modes.is_empty() || limit.modes == modes).copied().collect();
                let is_text = in_mode.iter().any(|limit| matches!(limit.bound, Bound::Characters(_)));
                let is_by_model = field == MODEL || is_text || in_mode.iter().any(|limit| limit.model.is_some());
                if !accepted.is_empty() && is_by_model {
                    let cells = Model::ALL.iter().map(|model| cell(model, accepted, &in_mode)).collect();
                    let row = ModelRow { field, mode: modes_name(modes), cells };
                    add_to_group(&mut self.by_model, row, operation);
                } else {
                    add_to_group(&mut others, allowed(&in_mode) + &in_brackets(&modes_name(modes)), field);
                }
            }
            for (bound, text) in [(Bound::Required, "required"), (Bound::LeftOut, "left out")] {
                let limits = presence.iter().filter(|limit| limit.bound == bound && limit.model.is_none());
                let cases: Vec<_> = limits.map(|limit| modes_name(&limit.modes)).collect();
                if !cases.is_empty() {
                    add_to_group(&mut others, text.to_owned() + &in_brackets(&cases.join(", ")), field);
                }
            }
        }
        // Fields with the same limit share an entry.
        for (text, fields) in others {
            add_to_group(&mut self.others, format!("{}: {text}", quoted(&fields)), operation);
        }
    }

    /// Writes the table of the limits that depend on the model. Its rows are fields and its columns are models. Models
    /// that have the same limits in all rows share a column. The operations are not shown if all rows have the same.
    fn by_model(&self) -> String {
        let column = |model: usize| self.by_model.iter().map(|(row, _)| row.cells[model].as_str()).collect::<Vec<_>>();
        let mut columns: Groups<Vec<&str>, &str> = Vec::new();
        for (index, model) in Model::ALL.iter().enumerate() {
            let cells = column(index);
            if cells.iter().any(|cell| *cell != NONE) {
                add_to_group(&mut columns, cells, model.as_str());
            }
        }
        let differ = self.by_model.windows(2).any(|rows| rows[0].1 != rows[1].1);
        let mut table = format!("| field | mode |{}", if differ { " operations |" } else { "" });
        for (_, models) in &columns {
            table += &format!(" {} |", quoted(models));
        }
        table += &format!("\n|{}\n", " --- |".repeat(columns.len() + 2 + usize::from(differ)));
        for (index, (row, operations)) in self.by_model.iter().enumerate() {
            table += &format!("| `{}` | {} |", row.field, row.mode);
            if differ {
                table += &format!(" {} |", operations.join(", "));
            }
            for (cells, _) in &columns {
                table += &format!(" {} |", cells[index]);
            }
            table += "\n";
        }
        table
    }

    /// Writes the table of the limits that are the same for all models. Limits that apply to exactly the same
    /// operations share a row.
    fn others(&self) -> String {
        let mut rows: Groups<String, &str> = Vec::new();
        for (text, operations) in &self.others {
            add_to_group(&mut rows, operations.join(", "), text);
        }
        let mut table = String::from("| operations | limits |\n| --- | --- |\n");
        for (operations, texts) in rows {
            table += &format!("| {operations} | {} |\n", texts.join("; "));
        }
        table
    }
}

/// Returns the text of a cell: the limit of a field for one model.
fn cell(model: &Model, accepted: &[&str], limits: &[&Limit]) -> String {
    let of_model: Vec<&Limit> =
        limits.iter().filter(|limit| limit.model.as_ref().is_none_or(|of| of == model)).copied().collect();
    if !accepted.contains(&model.as_str()) || of_model.iter().any(|limit| limit.bound == Bound::LeftOut) {
        return NONE.to_owned();
    }
    if of_model.iter().any(|limit| limit.field == MODEL) {
        return "yes".to_owned();
    }
    // The list of words for one model is always a subset of the list for all models. So the shortest list is the one
    // that applies.
    let shortest = of_model.iter().map(|limit| limit.bound.words().len()).filter(|length| *length > 0).min();
    let is_shortest = |limit: &&&Limit| limit.bound.words().is_empty() || Some(limit.bound.words().len()) == shortest;
    let of_model: Vec<&Limit> = of_model.iter().filter(is_shortest).copied().collect();
    match of_model.iter().find_map(|limit| if let Bound::Characters(most) = limit.bound { Some(most) } else { None }) {
        Some(most) => most.to_string(),
        None => allowed(&of_model),
    }
}

/// Returns the names of modes in which a request is at the same time. A name that is a word on the wire is printed as
/// code.
fn modes_name(modes: &[Mode]) -> String {
    let name = |mode: &Mode| if mode.name.contains('_') { format!("`{}`", mode.name) } else { mode.name.to_owned() };
    modes.iter().map(name).collect::<Vec<_>>().join(" and ")
}

fn in_brackets(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" ({text})") }
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Returns all bounds of one field as a text.
fn allowed(bounds: &[&Limit]) -> String {
    let listed = |words: &[&str]| match words {
        [first, ..] if words.len() > MOST_WORDS => format!("{} words, such as `{first}`", words.len()),
        words => quoted(words),
    };
    let number = |wanted: fn(&Bound) -> Option<f64>| bounds.iter().find_map(|limit| wanted(&limit.bound));
    let least = number(|bound| if let Bound::AtLeast(least) = bound { Some(*least) } else { None });
    let most = number(|bound| if let Bound::AtMost(most) = bound { Some(*most) } else { None });
    let mut parts = Vec::new();
    parts.extend(match (least, most) {
        (Some(least), Some(most)) => Some(format!("{least} to {most}")),
        (Some(least), None) => Some(format!("at least {least}")),
        (None, Some(most)) => Some(format!("at most {most}")),
        (None, None) => None,
    });
    if let (Some(range), Some(from)) = (parts.first_mut(), bounds.iter().find_map(|limit| limit.from)) {
        *range += &format!(" more than `{from}`");
    }
    for limit in bounds {
        parts.extend(match &limit.bound {
            Bound::Characters(most) => Some(format!("at most {most} characters")),
            Bound::Count(count) => Some(format!("exactly {count} entries")),
            Bound::CountAtLeast(count) => Some(format!("at least {count} entries")),
            Bound::CountAtMost(count) => Some(format!("at most {count} entries")),
            Bound::Folder => Some("no slash at either end".to_owned()),
            Bound::Above(number) => Some(format!("more than {number}")),
            Bound::Step(step) => Some(format!("steps of {step}")),
            Bound::OneOf(of) => Some(listed(of)),
            Bound::Known(of) => Some(format!("{}, or a newer one", listed(of))),
            _ => None,
        });
    }
    parts.join(", ")
}

/// Visitor that returns the limits of an operation on a route.
struct Limits(Route);

impl Visitor for Limits {
    type Output = Vec<Limit>;

    fn call<E: Endpoint>(self) -> Self::Output {
        E::limits_on(self.0)
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        self.call::<E>()
    }
}
