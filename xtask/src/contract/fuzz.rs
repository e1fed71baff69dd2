//! Sends random requests to the simulator with schemathesis, which compares each answer with the document.

use super::{documents::DOCUMENTS, results::Results, simulator::Simulator, tools::Tools};

pub(crate) fn run(tools: &Tools, results: &mut Results) -> anyhow::Result<()> {
    for name in DOCUMENTS {
        let simulator = Simulator::start()?;
        let document = format!("documents/{name}.json");
        let mut arguments =
            vec!["run", &document, "--url", simulator.address(), "--header", "Authorization: Bearer any"];
        // With two workers, hypothesis was seen to fail in a cache of its own.
        arguments.extend(["--exclude-checks", "ignored_auth", "--max-examples", "20", "--workers", "1", "--seed", "1"]);
        arguments.extend(["--generation-database", "none", "--continue-on-failure"]);
        let output = tools.run("schemathesis", &arguments)?;
        let counts = output.lines().filter(|line| line.contains(" generated, ") || line.starts_with("known: "));
        results.add(&format!("schemathesis {name}.json"), &counts.map(str::trim).collect::<Vec<_>>().join("; "));
    }
    Ok(())
}
