//! `kie operations`: lists every operation, or describes one of them.

use clap::Args;
use kie_suno::requests::catalog::OPERATIONS;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::ExitError,
    output::{Column, Keep, Table, print_json},
    sources::market::name_of,
    verbs::operations::{
        describe::Description,
        documents::{AllOperations, OneOperation},
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
    let mut table = Table::new([
        Column::whole("OPERATION"),
        Column::number("CREDITS"),
        Column::whole("TASK"),
        Column::cut("CLASSIC ROUTE", 20, Keep::End),
        Column::cut("MARKET ROUTE", 0, Keep::End),
    ]);
    for operation in OPERATIONS {
        let price = operation.price.map(|price| price.to_string()).unwrap_or_default();
        let price = price.trim_end_matches(" credits");
        let market = operation.market.unwrap_or_default();
        table.push([
            operation.name.into(),
            price.into(),
            operation.job.unwrap_or_default().into(),
            operation.path.into(),
            market.into(),
        ]);
    }
    table.print();
    Ok(())
}
