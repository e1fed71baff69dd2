//! Runs programs that use the generated clients against the simulator.

use super::{results::Results, simulator::Simulator, tools::Tools};

pub(crate) fn run(tools: &Tools, results: &mut Results) -> anyhow::Result<()> {
    tools.run("tsc", &["--project", "tsconfig.json"])?;
    for program in ["openapi-fetch", "hey-api"] {
        let simulator = Simulator::start()?;
        let output = tools.run("node", &[&format!("made/js/typescript/{program}.js"), simulator.address()])?;
        results.add(program, output.trim());
    }
    for program in ["pydantic_models", "client"] {
        let simulator = Simulator::start()?;
        let output = tools.run("python", &[&format!("python/{program}.py"), simulator.address()])?;
        results.add(program, output.trim());
    }
    Ok(())
}
