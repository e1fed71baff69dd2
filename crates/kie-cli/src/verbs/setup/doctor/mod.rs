//! `kie doctor`: checks the installation, the key and the hosts.

mod finding;
mod hosts;
mod local;

use serde::Serialize;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::{ExitError, Interrupt},
    output::{ProgressLine, long_line, out, print_json, screen_width, wrap},
    verbs::setup::doctor::finding::{Finding, State},
};

/// Examples in the help.
pub(crate) const EXAMPLES: &str = "\
Examples:
  kie doctor
  kie --format json doctor";

/// Column in which the messages begin.
const INDENT: usize = 23;

/// Results of all checks.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Diagnosis {
    outcome: DoctorOutcome,
    /// Results of the checks, in the order in which they were made.
    checks: Vec<Finding>,
}

/// Result of all checks together.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum DoctorOutcome {
    /// There is no fault.
    Ok,
    /// There is at least one fault.
    Fault,
}

pub(crate) async fn run(global: &GlobalArgs, interrupt: &Interrupt) -> Result<(), ExitError> {
    let mut findings = vec![local::version(), local::settings(global)];
    findings.push(local::ledger(global, interrupt).await?);
    findings.push(local::proxy());
    let (finding, key) = local::key(global);
    findings.push(finding);
    let progress = ProgressLine::new("asking the hosts");
    findings.extend(hosts::api(global, key, interrupt).await?);
    findings.push(hosts::upload(global, interrupt).await?);
    drop(progress);
    let has_fault = findings.iter().any(|finding| finding.state == State::Fault);
    if global.format == OutputFormat::Json {
        let outcome = if has_fault { DoctorOutcome::Fault } else { DoctorOutcome::Ok };
        print_json(&Diagnosis { outcome, checks: findings })?;
    } else {
        for finding in &findings {
            let room = screen_width().map_or(usize::MAX, |columns| columns.saturating_sub(INDENT));
            let message = wrap(&long_line(&finding.message).to_string(), room, "");
            let advice = finding.advice.iter().flat_map(|advice| wrap(&format!("advice: {advice}"), room, ""));
            let mut lines = message.into_iter().chain(advice);
            let first = lines.next().unwrap_or_default();
            out!("{:<7}  {:<12}  {first}", finding.state.as_str(), finding.check);
            lines.for_each(|line| out!("{:<INDENT$}{line}", ""));
        }
    }
    if has_fault { Err(ExitError::Reported(1)) } else { Ok(()) }
}
