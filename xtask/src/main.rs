//! The chores of this workspace: `cargo xtask generate`, `cargo xtask layers`, `cargo xtask msrv`, `cargo xtask bench`,
//! `cargo xtask soak`, `cargo xtask ci`.

// This is a program for the terminal of whoever works on the workspace.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod bench;
mod ci;
mod examples;
mod generate;
mod layers;
mod limits;
mod msrv;
mod openapi;
mod soak;
mod tables;
mod target;

use clap::Parser;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Chore {
    /// Write the generated files, or check that they are up to date
    Generate {
        /// Write nothing, and fail if a file is not as it would be written
        #[arg(long)]
        check: bool,
    },
    /// Draw the rooms of each crate, and check who uses whom: between crates and between rooms
    Layers,
    /// Check that no dependency needs a newer compiler than the published crates name
    Msrv,
    /// Measure what a call costs, beside the floors it stands on
    Bench(bench::Bench),
    /// Run the tests of faults that last, in their full size: some minutes, and not part of the gate
    Soak,
    /// Run the whole gate, in order
    Ci,
}

fn main() -> anyhow::Result<()> {
    match Chore::parse() {
        Chore::Generate { check } => generate::run(check),
        Chore::Layers => layers::run(),
        Chore::Msrv => msrv::run(),
        Chore::Bench(bench) => bench::run(&bench),
        Chore::Soak => soak::run(),
        Chore::Ci => ci::run(),
    }
}
