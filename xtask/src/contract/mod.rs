//! The gate for other languages: checks the contract documents of kie-types, generates clients from them with the
//! usual tools, and runs these clients and a fuzzer against the simulator. Clients of agents drive `kie mcp`.

mod agents;
mod consume;
mod documents;
mod fuzz;
mod generate;
mod lint;
mod names;
mod results;
mod rules;
mod simulator;
mod tools;

use std::{path::PathBuf, time::Instant};

use clap::ValueEnum;

use self::{results::Results, simulator::Simulator, tools::Tools};

#[derive(Debug, clap::Args)]
pub(crate) struct Contract {
    /// Run only this part
    part: Option<Part>,
    /// Use the documents in this folder instead of those of kie-types
    #[arg(long, value_name = "FOLDER")]
    documents: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Install the tools, and check nothing
    Install,
    /// Check the documents and the schemas
    Lint,
    /// Compare the documents with the documented bodies and with the rules of the crate
    Rules,
    /// Generate clients with four tools
    Generate,
    /// Generate the clients, and run them against the simulator
    Consume,
    /// Drive `kie mcp` with clients of the Model Context Protocol
    Agents,
    /// Send random requests to the simulator
    Fuzz,
}

/// Runs all parts, or one of them, and prints the results.
pub(crate) fn run(contract: &Contract) -> anyhow::Result<()> {
    let begin = Instant::now();
    let tools = Tools::install(contract.documents.as_deref())?;
    let mut results = Results::new(&tools)?;
    let runs = |parts: &[Part]| contract.part.is_none_or(|part| parts.contains(&part));
    if runs(&[Part::Consume, Part::Agents, Part::Fuzz]) {
        Simulator::build()?;
    }
    if runs(&[Part::Lint]) {
        lint::run(&tools, &mut results)?;
    }
    if runs(&[Part::Rules]) {
        rules::run(&mut results)?;
    }
    if runs(&[Part::Generate, Part::Consume]) {
        generate::run(&tools, &mut results)?;
    }
    if runs(&[Part::Consume]) {
        consume::run(&tools, &mut results)?;
    }
    if runs(&[Part::Agents]) {
        agents::run(&tools, &mut results)?;
    }
    if runs(&[Part::Fuzz]) {
        fuzz::run(&tools, &mut results)?;
    }
    results.print(begin.elapsed());
    Ok(())
}
