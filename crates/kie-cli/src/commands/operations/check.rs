//! `kie check`: an operation's rules, offline.

use kie_suno::{
    errors::Invalid,
    requests::{
        Endpoint, TaskEndpoint,
        catalog::{self, Visitor},
        check,
    },
};
use serde_json::{Value, json};

use crate::{
    args::{self, Format},
    commands::operations::input::read_json,
    exit::Stop,
    output::{note, out, print_json},
};

pub(crate) fn run(args: &args::Check, format: Format) -> Result<(), Stop> {
    Stop::unless_known(&args.operation)?;
    let request = read_json(&args.file)?;
    let checking = Checking(&request);
    let (result, unknown) =
        catalog::visit(&args.operation, checking).ok_or_else(|| Stop::unknown_operation(&args.operation))?;
    for key in &unknown {
        note!("warning: {} has no field {key:?}", args.operation);
    }
    match (result, format) {
        (Ok(()), Format::Text) => out!("valid"),
        (Ok(()), Format::Json) => {
            print_json(
                &json!({ "operation": args.operation, "outcome": "valid", "violations": [], "unknown": unknown }),
            )?;
        }
        (Err(invalid), Format::Text) => return Err(Stop::invalid(invalid)),
        (Err(invalid), Format::Json) => {
            let violations = invalid.violations();
            let name = &args.operation;
            print_json(
                &json!({ "operation": name, "outcome": "invalid", "violations": violations, "unknown": unknown }),
            )?;
            return Err(Stop::Told(3));
        }
    }
    Ok(())
}

struct Checking<'a>(&'a Value);

impl Visitor for Checking<'_> {
    type Output = (Result<(), Invalid>, Vec<String>);

    fn call<E: Endpoint>(self) -> Self::Output {
        let checked = check::<E>(self.0);
        (checked.result.map(drop), checked.unknown)
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        self.call::<E>()
    }
}
