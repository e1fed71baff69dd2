//! `kie check`: an operation's rules, offline.

use kie_suno::{
    errors::Violation,
    requests::{Checked, catalog},
};
use serde_json::json;

use crate::{
    args::{self, Format},
    commands::operations::input::read_json,
    exit::Stop,
    output::{advise, out, print_json},
};

pub(crate) fn run(args: &args::Check, format: Format) -> Result<(), Stop> {
    Stop::unless_known(&args.operation)?;
    let request = read_json(&args.file)?;
    let checked = catalog::check_named(&args.operation, &request);
    let Checked { result, unknown, warnings, .. } = checked.map_err(|_| Stop::unknown_operation(&args.operation))?;
    advise(&args.operation, &warnings);
    let tell = |outcome: &str, violations: &[Violation]| {
        print_json(&json!({
            "operation": args.operation, "outcome": outcome, "violations": violations, "unknown": unknown,
            "warnings": warnings,
        }))
    };
    match (result, format) {
        (Ok(_), Format::Text) => out!("valid"),
        (Ok(_), Format::Json) => tell("valid", &[])?,
        (Err(invalid), Format::Text) => return Err(Stop::invalid(invalid)),
        (Err(invalid), Format::Json) => {
            tell("invalid", invalid.violations())?;
            return Err(Stop::Told(3));
        }
    }
    Ok(())
}
