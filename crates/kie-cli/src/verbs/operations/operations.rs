//! `kie operations`: lists every operation.

use kie_suno::requests::catalog::OPERATIONS;
use serde_json::json;

use crate::{
    args::OutputFormat,
    exit::ExitError,
    output::{out, print_json},
};

/// `kie operations`.
pub(crate) fn run(format: OutputFormat) -> Result<(), ExitError> {
    if format == OutputFormat::Json {
        return Ok(print_json(&json!({ "operations": OPERATIONS }))?);
    }
    for operation in OPERATIONS {
        let starts = operation.job.map(|job| format!("starts a {job} task")).unwrap_or_default();
        let price = operation.price.map(|price| price.to_string()).unwrap_or_default();
        let (name, method, path) = (operation.name, operation.method.as_str(), operation.path);
        let market = operation.market.unwrap_or_default();
        out!("{}", format!("{name:<29} {method:<4} {path:<41} {price:<16} {starts:<29} {market}").trim_end());
    }
    Ok(())
}
