//! The generated parts of README: the prices, and the limits of a song.

use std::collections::BTreeMap;

use anyhow::Context as _;
use kie_types::catalog::OPERATIONS;

use crate::tables::{between, of_operation};

/// Returns README with new tables.
pub(crate) fn renewed(page: &str) -> anyhow::Result<String> {
    let page = between(page, "prices", &prices()?)?;
    between(&page, "limits of a song", &of_operation("generate-music")?)
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
