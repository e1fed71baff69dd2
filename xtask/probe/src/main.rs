//! `cargo xtask probe`: asks the service what its documentation leaves open. `unknowns.toml` lists the questions.
//!
//! Nothing is paid without `--spend`: a guard in front of the network then lets only lookups pass. With `--spend`, the
//! client has a budget, and each paid call has a name in a ledger, so a second run pays nothing again.

// This program runs in a terminal, so it prints.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod answers;
mod arguments;
mod callbacks;
mod evidence;
mod guard;
mod report;
mod run;
mod steps;
mod unknowns;

use anyhow::{Context as _, bail, ensure};
use clap::Parser as _;
use std::io::{BufRead as _, IsTerminal as _};

use crate::arguments::Probe;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let probe = Probe::parse();
    let unknowns = unknowns::read()?;
    if probe.list {
        print!("{}", report::list(&unknowns));
        return Ok(());
    }
    let unknowns = unknowns::only(unknowns, &probe.only)?;
    let key = std::env::var("KIE_API_KEY").context("set KIE_API_KEY to the key of the account that pays")?;
    if let Some(credits) = probe.spend {
        ensure!(credits.get() >= 0.0, "--spend takes a number of credits, 0 or more");
        confirm(&probe)?;
    }
    let found = run::run(&probe, &key, &unknowns).await?;
    let path = probe.out().join("report.md");
    std::fs::write(&path, report::markdown(&unknowns, &found)).context("the report cannot be written")?;
    print!("{}", report::summary(&found));
    println!("{}", path.display());
    Ok(())
}

/// Asks on the terminal if the credits may be spent.
fn confirm(probe: &Probe) -> anyhow::Result<()> {
    if probe.yes {
        return Ok(());
    }
    let Some(credits) = probe.spend else { return Ok(()) };
    ensure!(
        std::io::stdin().is_terminal(),
        "nothing is spent without a confirmation: answer on a terminal, or add --yes"
    );
    let at = probe.base_url.as_deref().unwrap_or(kie_types::Host::Api.base_url());
    eprint!("Spend at most {credits} credits (US$ {:.2}) at {at}? [y/N] ", credits.usd());
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    if !matches!(line.trim(), "y" | "yes") {
        bail!("nothing was spent");
    }
    Ok(())
}
