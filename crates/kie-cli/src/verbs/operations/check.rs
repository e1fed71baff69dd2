//! `kie check`: checks a request against the rules of its operation, offline.

use std::path::PathBuf;

use clap::Args;
use kie_suno::{
    errors::Violation,
    requests::{Checked, catalog},
};

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::{ExitError, Interrupt},
    follow::Cost,
    output::{advise, out, print_json, relevant},
    sources::{as_if_uploaded, check_paths, operation_named, read_json},
    verbs::operations::documents::{CheckedRequest, Validity},
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct CheckArgs {
    /// Name of the operation, as listed by kie operations
    pub(crate) operation: String,
    /// File with the request as JSON, or - for standard input. The names of the fields are the same on both routes
    pub(crate) file: PathBuf,
    /// Accept paths of local files below this folder where the request takes the address of a file, as kie call does.
    /// Nothing is uploaded
    #[arg(long, value_name = "DIR")]
    pub(crate) allow_files: Option<PathBuf>,
}

const EXAMPLES: &str = "\
kie operations NAME tells the fields of a request, with an example.

Examples:
  kie check generate-music request.json
  kie --format json check generate-music request.json";

pub(crate) async fn run(args: &CheckArgs, global: &GlobalArgs, interrupt: &Interrupt) -> Result<(), ExitError> {
    let operation = operation_named(&args.operation)?;
    let mut request = read_json(&args.file, interrupt).await?;
    check_paths(&mut request, args.allow_files.as_deref())?;
    let request = as_if_uploaded(&request);
    let route = operation.route_on(global.route()?);
    let checked = catalog::check_named_on(operation.name, &request, route).map_err(anyhow::Error::from)?;
    let Checked { result, unknown, warnings, .. } = checked;
    let warnings = relevant(warnings, global.is_local());
    advise(&args.operation, &warnings);
    let cost = Cost::of(&args.operation, &request);
    let tell = |outcome: Validity, violations: &[Violation]| {
        let (operation, unknown, warnings, price) = (&args.operation, &unknown, &warnings, cost.price);
        print_json(&CheckedRequest { operation, route, outcome, violations, unknown, warnings, price })
    };
    match (result, global.format) {
        (Ok(_), OutputFormat::Text) => {
            out!("valid");
            cost.tell();
        }
        (Ok(_), OutputFormat::Json) => tell(Validity::Valid, &[])?,
        (Err(invalid), OutputFormat::Text) => return Err(ExitError::invalid(invalid)),
        (Err(invalid), OutputFormat::Json) => {
            tell(Validity::Invalid, invalid.violations())?;
            return Err(ExitError::Reported(3));
        }
    }
    Ok(())
}
