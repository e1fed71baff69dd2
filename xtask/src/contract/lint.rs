//! Checks the documents and the schemas with the linters and validators that their readers use.

use std::fs;

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::{documents::DOCUMENTS, results::Results, tools::Tools};

pub(crate) fn run(tools: &Tools, results: &mut Results) -> anyhow::Result<()> {
    for name in DOCUMENTS {
        let document = format!("documents/{name}.json");
        tools.run("openapi-spec-validator", &[&document])?;
        tools.run("spectral", &["lint", "--ruleset", "spectral.yaml", "--fail-severity", "warn", &document])?;
        redocly(tools, &document)?;
    }
    results.add("openapi-spec-validator", "3 documents are valid");
    results.add("spectral, redocly", "0 errors, 0 warnings");
    results.add("ajv", tools.run("node", &["ajv.mjs"])?.trim());
    Ok(())
}

/// Checks a document with redocly. Its exit status does not tell about warnings.
fn redocly(tools: &Tools, document: &str) -> anyhow::Result<()> {
    let report = tools.file("redocly.json");
    let (_, output) =
        tools.try_run("sh", &["-c", &format!("exec redocly lint --format json {document} > redocly.json")])?;
    let report: Value = serde_json::from_str(&fs::read_to_string(report)?).with_context(|| output.clone())?;
    let problems = report["problems"].as_array().with_context(|| output.clone())?;
    for problem in problems {
        eprintln!("{}: {} ({})", problem["location"][0]["pointer"], problem["message"], problem["ruleId"]);
    }
    if !problems.is_empty() {
        bail!("redocly failed: {document} has {} problems", problems.len());
    }
    Ok(())
}
