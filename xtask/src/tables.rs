//! What is written into pages: the tables of kie-types, from the catalog and the limits, and the rooms of each crate.

use anyhow::Context as _;
use kie_types::{
    Bound, Endpoint, Limit, Model, TaskEndpoint,
    catalog::{self, OPERATIONS, Visitor},
};

use crate::layers;

/// The page with its tables renewed, each between a pair of marks.
pub(crate) fn renewed(page: &str) -> anyhow::Result<String> {
    let page = between(page, "operations", &operations())?;
    between(&page, "limits", &of_limits()?)
}

/// The map with its drawing of the rooms renewed.
pub(crate) fn with_rooms(map: &str) -> anyhow::Result<String> {
    between(map, "rooms", &format!("```text\n{}```\n", layers::drawings()?))
}

fn between(page: &str, mark: &str, table: &str) -> anyhow::Result<String> {
    let (begin, end) = (format!("<!-- {mark} -->\n"), format!("<!-- /{mark} -->"));
    let (before, rest) = page.split_once(&begin).with_context(|| format!("the page has no mark {begin}"))?;
    let (_, after) = rest.split_once(&end).with_context(|| format!("the page has no mark {end}"))?;
    Ok(format!("{before}{begin}\n{table}\n{end}{after}"))
}

fn operations() -> String {
    let mut table = String::from("| operation | call | starts |\n| --- | --- | --- |\n");
    for operation in OPERATIONS {
        let (name, docs, path) = (operation.name, operation.docs, operation.path);
        let job = operation.job.map(|job| format!("a {job} task")).unwrap_or_default();
        table += &format!("| [{name}]({docs}) | `{} {path}` | {job} |\n", operation.method.as_str());
    }
    table
}

/// How many words a cell holds; longer lists stand in the OpenAPI document.
const MOST_WORDS: usize = 24;

/// A row for each set of bounds, with the fields and the models that share it.
fn of_limits() -> anyhow::Result<String> {
    let mut table = String::from("| operation | field | mode | allowed | models |\n| --- | --- | --- | --- | --- |\n");
    for operation in OPERATIONS {
        let limits = catalog::visit(operation.name, Limits).context("every listed operation can be visited")?;
        for row in rows(&limits) {
            let fields: Vec<_> = row.fields.iter().map(|field| format!("`{field}`")).collect();
            let models: Vec<_> = row.models.iter().map(|model| format!("`{model}`")).collect();
            let (name, fields, mode, models) = (operation.name, fields.join(", "), row.mode, models.join(", "));
            table += &format!("| {name} | {fields} | {mode} | {} | {models} |\n", row.allowed);
        }
    }
    Ok(table)
}

struct Row<'l> {
    fields: Vec<&'l str>,
    mode: &'l str,
    allowed: String,
    models: Vec<&'l str>,
}

fn rows(limits: &[Limit]) -> Vec<Row<'_>> {
    // The bounds that hold for one field together.
    let mut places: Vec<(&Limit, Vec<&Limit>)> = Vec::new();
    for limit in limits {
        let place = |of: &Limit| (of.field, of.mode, of.model.clone());
        match places.iter_mut().find(|(first, _)| place(first) == place(limit)) {
            Some((_, others)) => others.push(limit),
            None => places.push((limit, vec![limit])),
        }
    }
    let mut rows: Vec<Row<'_>> = Vec::new();
    for (first, together) in places {
        let (mode, allowed) = (first.mode.map_or("", |mode| mode.name), allowed(&together));
        let model = first.model.as_ref().map(Model::as_str);
        let same =
            rows.iter_mut().find(|row| row.fields == [first.field] && row.mode == mode && row.allowed == allowed);
        match same {
            Some(row) => row.models.extend(model),
            None => rows.push(Row { fields: vec![first.field], mode, allowed, models: model.into_iter().collect() }),
        }
    }
    rows.sort_by_key(|row| limits.iter().position(|limit| limit.field == row.fields[0]));
    rows.into_iter().fold(Vec::new(), |mut shared, row| {
        let same = shared.iter_mut().find(|other: &&mut Row<'_>| {
            (other.mode, &other.allowed, &other.models) == (row.mode, &row.allowed, &row.models)
        });
        match same {
            Some(other) => other.fields.extend(row.fields),
            None => shared.push(row),
        }
        shared
    })
}

/// The bounds of one field in words.
fn allowed(bounds: &[&Limit]) -> String {
    let words = |words: &[&str]| match words {
        [first, ..] if words.len() > MOST_WORDS => format!("{} words, such as `{first}`", words.len()),
        words => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
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
            Bound::Above(number) => Some(format!("more than {number}")),
            Bound::Step(step) => Some(format!("steps of {step}")),
            Bound::OneOf(of) => Some(words(of)),
            Bound::Known(of) => Some(format!("{}, or a newer one", words(of))),
            Bound::LeftOut => Some("left out".to_owned()),
            _ => None,
        });
    }
    parts.join(", ")
}

/// The limits of an operation.
struct Limits;

impl Visitor for Limits {
    type Output = Vec<Limit>;

    fn call<E: Endpoint>(self) -> Self::Output {
        E::limits()
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        self.call::<E>()
    }
}
