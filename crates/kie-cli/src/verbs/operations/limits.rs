//! Limits of an operation as a table.

use kie_suno::{
    Route,
    requests::{Bound, Limit, Mode, Model},
};

use crate::output::{Column, Table, out, wrap};

/// Width of the lines with words.
const WIDTH: usize = 78;

/// Bounds that apply in the same cases.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    field: &'static str,
    modes: Vec<Mode>,
    bound: String,
    /// Words that the bound lists.
    words: Vec<&'static str>,
    /// Models for which the bound applies. Empty if it applies for all models.
    models: Vec<Model>,
    routes: Vec<Route>,
}

/// Prints the limits of the routes, with the meaning of the modes and the words that fields accept.
pub(super) fn print<'a>(limits: impl Iterator<Item = (Route, &'a [Limit])>) {
    let limits: Vec<_> = limits.collect();
    let (words, rows): (Vec<Row>, Vec<Row>) = rows(&limits).into_iter().partition(|row| !row.words.is_empty());
    let mode = |row: &Row| row.modes.iter().map(|mode| mode.name).collect::<Vec<_>>().join(" and ");
    let only = |row: &Row| match row.routes.as_slice() {
        [route] if limits.len() > 1 => route.to_string(),
        _ => String::new(),
    };
    if !rows.is_empty() {
        out!("\nLimits:");
        let mut table = Table::new(["FIELD", "LIMIT", "MODE", "MODELS", "ROUTE"].map(Column::whole));
        for row in &rows {
            let cells = [row.field, &row.bound, &mode(row), &span(&row.models), &only(row)];
            table.push(cells.map(Into::into));
        }
        table.print();
    }
    if !words.is_empty() {
        out!("\nWords:");
    }
    for row in &words {
        let (mode, models, route) = (mode(row), span(&row.models), only(row));
        let cases: Vec<&str> = [&*mode, &models, &route].into_iter().filter(|case| !case.is_empty()).collect();
        let cases = if cases.is_empty() { String::new() } else { format!(" ({})", cases.join(", ")) };
        wrapped(&format!("{}{cases}: {}", row.field, row.words.join(", "))).iter().for_each(|line| out!("{line}"));
    }
    let mut modes: Vec<Mode> = Vec::new();
    for mode in rows.iter().chain(&words).flat_map(|row| row.modes.iter().copied()) {
        if !modes.contains(&mode) {
            modes.push(mode);
        }
    }
    if !modes.is_empty() {
        out!("\nModes:");
    }
    for mode in modes {
        out!("  {}: {mode}", mode.name);
    }
}

/// Returns one row for all limits of a field that apply in the same cases. The rows of a field follow each other. Required
/// fields have a list of their own, and an address is in the text about the field.
fn rows(limits: &[(Route, &[Limit])]) -> Vec<Row> {
    let is_row = |limit: &&Limit| !matches!(limit.bound, Bound::Required | Bound::Address);
    let each =
        limits.iter().flat_map(|(route, limits)| limits.iter().filter(is_row).map(|limit| Row::of(*route, limit)));
    let by_case = join(
        each.collect(),
        |a, b| a.words.is_empty() && b.words.is_empty() && a.models == b.models && a.routes == b.routes,
        |row, more| row.bound = both(&row.bound, &more.bound),
    );
    let has_models = |row: &Row| !row.models.is_empty();
    let by_model = join(
        by_case,
        |a, b| a.has_bound_of(b) && a.routes == b.routes && has_models(a) && has_models(b),
        |row, more| row.models.extend(more.models),
    );
    let mut rows =
        join(by_model, |a, b| a.has_bound_of(b) && a.models == b.models, |row, more| row.routes.extend(more.routes));
    let fields: Vec<&str> = limits.iter().flat_map(|(_, limits)| limits.iter().map(|limit| limit.field)).collect();
    rows.sort_by_key(|row| fields.iter().position(|field| *field == row.field));
    rows
}

/// Returns two bounds as one text, such as `10 to 360`.
fn both(first: &str, second: &str) -> String {
    let is_number = |text: &&str| !text.contains(' ');
    match (first.strip_prefix("at least ").filter(is_number), second.strip_prefix("at most ").filter(is_number)) {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        _ => format!("{first}, {second}"),
    }
}

/// Adds each row to the first earlier row of the same field and mode that is the same, if there is one.
fn join(rows: Vec<Row>, is_same: impl Fn(&Row, &Row) -> bool, add: impl Fn(&mut Row, Row)) -> Vec<Row> {
    let mut joined: Vec<Row> = Vec::new();
    for row in rows {
        let is_its =
            |earlier: &&mut Row| (earlier.field, &earlier.modes) == (row.field, &row.modes) && is_same(earlier, &row);
        match joined.iter_mut().find(is_its) {
            Some(earlier) => add(earlier, row),
            None => joined.push(row),
        }
    }
    joined
}

impl Row {
    fn of(route: Route, limit: &Limit) -> Self {
        let Limit { field, modes, model, bound, from, .. } = limit;
        Self {
            field,
            modes: modes.clone(),
            bound: text(bound, *from),
            words: bound.words().to_vec(),
            models: model.iter().cloned().collect(),
            routes: vec![route],
        }
    }

    fn has_bound_of(&self, other: &Self) -> bool {
        self.bound == other.bound && self.words == other.words
    }
}

/// Returns a bound as text. `from` is the field to whose number the bound is added.
fn text(bound: &Bound, from: Option<&str>) -> String {
    let number = |number: &f64| match from {
        Some(field) if *number == 0.0 => field.to_owned(),
        Some(field) => format!("{field} + {number}"),
        None => number.to_string(),
    };
    let entries = |count: usize| format!("{count} {}", if count == 1 { "entry" } else { "entries" });
    match bound {
        Bound::Characters(most) => format!("at most {most} characters"),
        Bound::Count(count) => entries(*count),
        Bound::CountAtLeast(least) => format!("at least {}", entries(*least)),
        Bound::CountAtMost(most) => format!("at most {}", entries(*most)),
        Bound::AtLeast(least) => format!("at least {}", number(least)),
        Bound::AtMost(most) => format!("at most {}", number(most)),
        Bound::Above(floor) => format!("more than {}", number(floor)),
        Bound::Step(step) => format!("in steps of {step}"),
        Bound::Folder => "no slash at either end".to_owned(),
        Bound::LeftOut => "must be left out".to_owned(),
        _ => String::new(),
    }
}

/// Returns the models as a list, with `V4 to V5` for models that follow each other.
fn span(models: &[Model]) -> String {
    let mut runs: Vec<Vec<&str>> = Vec::new();
    let mut last = None;
    for model in models {
        let place = Model::ALL.iter().position(|known| known == model);
        match runs.last_mut() {
            Some(run) if place.is_some() && place == last => run.push(model.as_str()),
            _ => runs.push(vec![model.as_str()]),
        }
        last = place.map(|place| place + 1);
    }
    let of_run = |run: &Vec<&str>| match run.as_slice() {
        [first, _, .., last] => format!("{first} to {last}"),
        few => few.join(", "),
    };
    runs.iter().map(of_run).collect::<Vec<_>>().join(", ")
}

/// Returns the text in lines of limited width, indented.
fn wrapped(text: &str) -> Vec<String> {
    wrap(&format!("  {text}"), WIDTH, "    ")
}

#[cfg(test)]
mod tests {
    use kie_suno::requests::{Endpoint as _, GenerateMusic};

    use super::*;

    #[test]
    fn limits_that_apply_in_the_same_cases_have_one_row() {
        let [classic, market] = [Route::Classic, Route::Market].map(GenerateMusic::limits_on);
        let rows = rows(&[(Route::Classic, &classic), (Route::Market, &market)]);
        let of = |field: &str| {
            let rows = rows.iter().filter(|row| row.field == field);
            rows.map(|row| (row.bound.clone(), span(&row.models), row.routes.len())).collect::<Vec<_>>()
        };
        assert!(of("prompt").contains(&("at most 3000 characters".into(), "V4".into(), 2)), "{rows:?}");
        assert!(of("prompt").contains(&("at most 5000 characters".into(), "V4_5 to V6_WILD".into(), 2)), "{rows:?}");
        assert_eq!(of("styleWeight"), [("0 to 1, in steps of 0.01".into(), String::new(), 2)], "{rows:?}");
        assert_eq!(of("lyrics"), [("at most 5000 characters".into(), String::new(), 1)], "{rows:?}");
    }

    #[test]
    fn long_lists_of_words_are_wrapped() {
        let lines = wrapped(&format!("key: {}", vec!["F#m"; 30].join(", ")));
        assert!(lines.len() == 3 && lines.iter().all(|line| line.len() <= WIDTH), "{lines:?}");
        assert!(lines[0].starts_with("  key: F#m, ") && lines[1].starts_with("    F#m, "), "{lines:?}");
    }
}
