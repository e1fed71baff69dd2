//! The generated parts of README: prices, limits of a song, and costs of a call for the machine.

use std::{collections::BTreeMap, fs};

use anyhow::Context as _;
use kie_types::catalog::OPERATIONS;
use serde::Deserialize;

use crate::{
    tables::{between, of_operation},
    target::xtask,
};

/// Returns README with new tables.
pub(crate) fn renewed(page: &str) -> anyhow::Result<String> {
    let page = between(page, "prices", &prices()?)?;
    let page = between(&page, "limits of a song", &of_operation("generate-music")?)?;
    between(&page, "costs of a call", &costs()?)
}

/// Returns the table of prices. Operations with the same price share a row, and the highest price comes first.
fn prices() -> anyhow::Result<String> {
    let mut rows: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for operation in OPERATIONS.iter().filter(|operation| operation.can_cost()) {
        if let Some(price) = operation.price {
            rows.entry((price.credits, price.most)).or_default().push(operation.name);
        }
    }
    let dates = OPERATIONS.iter().filter_map(|operation| operation.price).map(|price| price.date);
    let date = dates.max().context("no operation has a price")?;
    let mut table = format!("| credits (on {date}) | US$ | operations |\n| --- | --- | --- |\n");
    for ((least, most), operations) in rows.iter().rev() {
        let (credits, dollars) = match least == most {
            true => (least.to_string(), dollars(least.usd())),
            false => (format!("{least} to {most}"), format!("{} to {}", dollars(least.usd()), dollars(most.usd()))),
        };
        table += &format!("| {credits} | {dollars} | {} |\n", operations.join(", "));
    }
    Ok(table)
}

/// Returns an amount with at least two decimals, and with more only if they are needed.
fn dollars(amount: f64) -> String {
    let exact = format!("{amount:.4}");
    let short = exact.trim_end_matches('0');
    let decimals = short.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    format!("{amount:.*}", decimals.max(2))
}

/// The file with the exact numbers of the bench.
#[derive(Debug, Deserialize)]
struct Recorded {
    counts: BTreeMap<String, BTreeMap<String, Count>>,
}

#[derive(Debug, Deserialize)]
struct Count {
    number: f64,
}

/// Returns the table of costs of a call, from the recorded numbers of the bench.
fn costs() -> anyhow::Result<String> {
    let recorded: Recorded = toml::from_str(&fs::read_to_string(xtask().join("bench/counts.toml"))?)?;
    let number = |kind: &str, what: &str| {
        let count = recorded.counts.get(kind).and_then(|counts| counts.get(what));
        count.map(|count| count.number).with_context(|| format!("the bench has no number of {kind} for {what}"))
    };
    let mut table = String::from(
        "| call | instructions | client written by hand | allocations | client written by hand |\n| --- | --- | --- | --- | --- |\n",
    );
    for (name, what) in [("start of a task, 2 KB", "post"), ("poll of a record, 4 KB", "get")] {
        let [ours, hand] = ["facade", "typed"].map(|client| format!("{what}, {client}"));
        table += &format!("| {name} |");
        for kind in ["instructions", "allocations"] {
            for client in [&ours, &hand] {
                table += &format!(" {} |", thousands(number(kind, client)?));
            }
        }
        table += "\n";
    }
    Ok(table)
}

fn thousands(number: f64) -> String {
    if number < 1_000.0 { format!("{number:.0}") } else { format!("{:.0},000", number / 1_000.0) }
}
