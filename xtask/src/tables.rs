//! What is written into pages: the tables of kie-types, from the catalog and the limits, and the rooms of each crate.

use anyhow::Context as _;
use kie_types::catalog::OPERATIONS;
use serde_json::Value;

use crate::{layers, limits};

/// The page with its tables renewed, each between a pair of marks.
pub(crate) fn renewed(page: &str) -> anyhow::Result<String> {
    let page = between(page, "operations", &operations())?;
    between(&page, "limits", &of_limits(&limits::rows()?))
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

/// A row for each limit of a field, with the models that share it.
fn of_limits(rows: &[Value]) -> String {
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for row in rows {
        let text = |name: &str| row[name].as_str().unwrap_or_default();
        let mode = match row["request"]["customMode"].as_bool() {
            Some(true) => " in custom mode",
            Some(false) => " as an idea",
            None => "",
        };
        let line = format!("| {} | `{}`{mode} | {}", text("operation"), text("field"), row["limit"]);
        let model = row["model"].as_str().map(|model| format!("`{model}`"));
        match lines.iter_mut().find(|(known, _)| *known == line) {
            Some((_, models)) => models.extend(model),
            None => lines.push((line, model.into_iter().collect())),
        }
    }
    let mut table = String::from("| operation | field | characters | models |\n| --- | --- | --- | --- |\n");
    for (line, models) in lines {
        table += &format!("{line} | {} |\n", models.join(", "));
    }
    table
}
