//! Differences between the service's catalogue and the tables of this library.

use std::fmt;

use kie_types::{
    MarketModel,
    catalog::{OPERATIONS, Operation},
    text::one_line,
};
use serde::Serialize;

/// Differences between the service's catalogue and the tables of this library.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Drift {
    /// The differences, in the order of the catalogue.
    pub differences: Vec<Difference>,
    /// Parts of the catalogue that could not be compared, such as an operation without a schema.
    pub unchecked: Vec<Unchecked>,
}

/// A difference between the service's catalogue and the tables of this library. `Display` prints it as a sentence.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Difference {
    /// Slug of the operation.
    pub slug: String,
    /// Kind of the difference.
    pub kind: DifferenceKind,
    /// Field of the request, if the difference is about a field.
    pub field: Option<String>,
    /// Value at the service, as text.
    pub service: String,
    /// Value in the tables of this library, as text.
    pub listed: String,
}

/// Kind of a [`Difference`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum DifferenceKind {
    /// Only the service has the operation.
    NewOperation,
    /// Only this library has the operation.
    MissingOperation,
    /// The price differs.
    Price,
    /// Only the service has the field.
    NewField,
    /// The words that a field accepts differ.
    Words,
    /// A limit of a field differs.
    Limit,
}

/// A part of the catalogue that could not be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Unchecked {
    /// Slug of the operation.
    pub slug: String,
    /// Reason, as a clause.
    pub reason: String,
}

impl Unchecked {
    pub(super) fn new(slug: &str, reason: impl Into<String>) -> Self {
        Self { slug: slug.to_owned(), reason: reason.into() }
    }
}

impl Drift {
    /// Compares the operations and the prices in the list of models.
    pub(super) fn of_list(models: &[MarketModel]) -> Self {
        let mut drift = Self::default();
        for (slug, model) in models.iter().filter_map(|model| Some((model.music_slug()?, model))) {
            match OPERATIONS.iter().find(|operation| operation.market == Some(slug)) {
                Some(operation) => drift.compare_price(slug, operation, model),
                None => {
                    drift.add(slug, DifferenceKind::NewOperation, None, model.title.clone().unwrap_or_default(), "");
                }
            }
        }
        for (slug, operation) in OPERATIONS.iter().filter_map(|operation| Some((operation.market?, operation))) {
            if !models.iter().any(|model| model.music_slug() == Some(slug)) {
                drift.add(slug, DifferenceKind::MissingOperation, None, "", operation.name);
            }
        }
        drift
    }

    fn compare_price(&mut self, slug: &str, operation: &Operation, model: &MarketModel) {
        let prices = model.prices();
        if prices.is_empty() {
            self.unchecked.push(Unchecked::new(slug, "the text of the price names no number of credits"));
            return;
        }
        let is_listed = |credits: &f64| {
            operation.price.is_some_and(|price| (price.credits.get()..=price.most.get()).contains(credits))
        };
        if !prices.iter().all(is_listed) {
            let listed = operation.price.map(|price| price.to_string()).unwrap_or_default();
            let service = model.pricing_desc.clone().unwrap_or_default();
            self.add(slug, DifferenceKind::Price, None, service, listed);
        }
    }

    pub(super) fn add(
        &mut self,
        slug: &str,
        kind: DifferenceKind,
        field: Option<&str>,
        service: impl Into<String>,
        listed: impl Into<String>,
    ) {
        let (slug, field) = (slug.to_owned(), field.map(str::to_owned));
        self.differences.push(Difference { slug, kind, field, service: service.into(), listed: listed.into() });
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (slug, field) = (one_line(&self.slug), one_line(self.field.as_deref().unwrap_or_default()));
        let service = one_line(&self.service);
        let listed = if self.listed.is_empty() { "nothing" } else { &self.listed };
        match self.kind {
            DifferenceKind::NewOperation => write!(f, "{slug} is new: \"{service}\""),
            DifferenceKind::MissingOperation => write!(f, "{slug} is missing in the list of the service"),
            DifferenceKind::Price => write!(f, "{slug}: the price is \"{service}\", and {listed} is listed here"),
            DifferenceKind::NewField => write!(f, "{slug}: the field {field} is new"),
            DifferenceKind::Words => write!(f, "{slug}: {field} accepts {service}, and {listed} is listed here"),
            DifferenceKind::Limit => write!(f, "{slug}: {field} is limited to {service}, and {listed} is listed here"),
        }
    }
}
