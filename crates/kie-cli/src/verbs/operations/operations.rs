//! `kie operations`: lists every operation, or describes one of them.

use clap::Args;
use kie_suno::requests::catalog::OPERATIONS;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::ExitError,
    output::{out, print_json},
    verbs::operations::{
        describe::Description,
        documents::{AllOperations, OneOperation},
        market::name_of,
    },
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct OperationsArgs {
    /// Describe this operation: its name, or its slug on the market route, such as ai-music-api/generate
    #[arg(value_name = "NAME")]
    pub(crate) operation: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  kie operations
  kie operations generate-music";

/// `kie operations`.
pub(crate) fn run(args: &OperationsArgs, global: &GlobalArgs) -> Result<(), ExitError> {
    let Some(name) = &args.operation else { return list(global.format) };
    let description = Description::of(name_of(name), global.route()?)?;
    match global.format {
        OutputFormat::Json => print_json(&OneOperation { operation: description })?,
        OutputFormat::Text => description.print(),
    }
    Ok(())
}

fn list(format: OutputFormat) -> Result<(), ExitError> {
    if format == OutputFormat::Json {
        return Ok(print_json(&AllOperations { operations: OPERATIONS })?);
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
