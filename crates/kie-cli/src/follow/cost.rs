//! The cost of a task, as the commands print it.

use kie_suno::{Credits, requests::catalog};
use serde::Serialize;
use serde_json::Value;

use crate::output::{dollars, note, out};

/// Price and balance before the call that starts a task.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cost {
    /// Price of the call in credits, according to the price list. `None` if the price is not known, and if the command
    /// started no task.
    pub(crate) price: Option<Credits>,
    /// Day on which the price was read, such as `2026-10-02`.
    pub(crate) price_date: Option<&'static str>,
    /// Price in US dollars, at the list price of a credit.
    #[serde(rename = "priceUsd")]
    pub(crate) usd: Option<f64>,
    /// Balance before the call, in credits. `None` if it could not be read.
    #[serde(rename = "creditsBefore")]
    pub(crate) before: Option<Credits>,
}

impl Cost {
    /// Returns the price of a request to the named operation.
    pub(crate) fn of(operation: &str, request: &Value) -> Self {
        let price = catalog::price_named(operation, request).ok().flatten();
        let listed = catalog::find(operation).ok().and_then(|operation| operation.price);
        let date = price.and(listed).map(|listed| listed.date);
        Self { price, price_date: date, usd: price.map(Credits::usd), before: None }
    }

    /// Prints the price, before the call is sent.
    pub(crate) fn tell(&self) {
        if let Some(price) = self.words() {
            note!("price: {price}");
        }
    }

    /// Returns the price in credits and in money, with its date.
    pub(crate) fn words(&self) -> Option<String> {
        let (price, date) = (self.price?, self.price_date?);
        let money = dollars(price.usd());
        let money = if price > Credits::default() { format!(", about {money}") } else { String::new() };
        Some(format!("{price} credits{money}; prices of {date}"))
    }

    /// Prints the price and the balance on standard error, after the call was sent.
    pub(crate) fn tell_left(&self, left: Credits) {
        let price = self.price.map(|price| format!("price {price} credits, ")).unwrap_or_default();
        note!("{price}{left} left");
    }

    /// Prints the [line](Self::line) about the cost of the task and the balance.
    pub(crate) fn print(&self, cost: Option<Credits>, left: Option<Credits>) {
        if let Some(line) = self.line(cost, left) {
            out!("{line}");
        }
    }

    /// Returns a line with the cost of the call and the balance after the call. `cost` is the cost that the record of the
    /// task or the response tells. If it is `None`, the line has the listed price. If the price is not known, the line
    /// has the balance before and after the call. The difference between them is not shown as the price, because it can
    /// include other calls of the account.
    pub(crate) fn line(&self, cost: Option<Credits>, left: Option<Credits>) -> Option<String> {
        if let Some(cost) = cost {
            let left = left.map(|left| format!(", {left} left")).unwrap_or_default();
            return Some(format!("cost {cost} credits{left}"));
        }
        match (self.price, self.before, left) {
            (Some(price), _, Some(left)) => Some(format!("price {price} credits, {left} left")),
            (Some(price), _, None) => Some(format!("price {price} credits")),
            (None, Some(before), Some(left)) => {
                Some(format!("{left} credits left, {before} before; other calls of the account are included"))
            }
            (None, None, Some(left)) => Some(format!("{left} credits left")),
            (None, _, None) => None,
        }
    }
}
