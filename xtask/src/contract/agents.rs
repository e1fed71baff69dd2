//! Drives `kie mcp` with clients of the Model Context Protocol, against the simulator.

use anyhow::Context as _;

use super::{results::Results, simulator::Simulator, tools::Tools};

/// The programs, and the packages with their clients.
const PROGRAMS: [(&str, &str, &str); 2] =
    [("mcp", "python", "agents/client.py"), ("@modelcontextprotocol/client", "node", "agents/client.mjs")];

pub(crate) fn run(tools: &Tools, results: &mut Results) -> anyhow::Result<()> {
    let kie = std::path::absolute(Simulator::program())?;
    let kie = kie.to_str().context("the path of kie is no text")?;
    for (package, language, program) in PROGRAMS {
        let simulator = Simulator::start()?;
        let output = tools.run(language, &[program, kie, simulator.address()])?;
        results.add(package, output.lines().last().unwrap_or_default());
    }
    Ok(())
}
