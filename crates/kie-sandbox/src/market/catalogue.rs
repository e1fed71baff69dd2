//! The catalogue of the market route. Its content comes from the tables of kie-types.

use std::str::FromStr;

use kie_types::catalog::Operation;
use serde_json::{Value, json};

use crate::operations::{OperationResult, Refused, SERVED_OPERATIONS, ServedOperation};

/// Part of the description of an operation.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    Schema,
    Price,
}

impl FromStr for Part {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        match word {
            "schema" => Ok(Self::Schema),
            "price" => Ok(Self::Price),
            _ => Err(()),
        }
    }
}

/// Returns the list of all operations of the route.
pub(super) fn models() -> Value {
    let operations = SERVED_OPERATIONS.iter().map(|served| served.operation);
    let models: Vec<_> = operations.filter_map(|operation| Some(row(operation, operation.market?))).collect();
    json!({ "total": models.len(), "models": models })
}

fn row(operation: &Operation, slug: &str) -> Value {
    let price = operation.price.as_ref();
    json!({
        "model": slug,
        "slug": slug,
        "title": operation.name,
        "provider": "suno",
        "taskType": [operation.job.unwrap_or(operation.name)],
        "description": operation.docs,
        "pricingDesc": price.map(|price| format!("{price} per call, read on {}", price.date)),
    })
}

/// Returns a part of the description of an operation. The sandbox has no schemas of this route, and the service says
/// `null` for a model without a schema. The fields of a price are not recorded. So they have the names of the service's
/// open list of prices.
pub(super) fn model(served: Option<&ServedOperation>, part: Part) -> OperationResult {
    let found = served.map(|served| served.operation);
    let Some((operation, slug)) = found.and_then(|operation| Some((operation, operation.market?))) else {
        return Err(Refused::new(404, "The model does not exist"));
    };
    Ok(match part {
        Part::Schema => json!({ "model": slug, "openapi": null }),
        Part::Price => {
            let credits = operation.price.as_ref().map(|price| price.credits);
            json!({ "model": slug, "creditPrice": credits, "creditUnit": credits.map(|_| "per call") })
        }
    })
}
