//! Commands for work on this repository: `cargo xtask generate`, `cargo xtask layers`, `cargo xtask msrv`,
//! `cargo xtask supply`, `cargo xtask readme`, `cargo xtask docs`, `cargo xtask packages`, `cargo xtask contract`,
//! `cargo xtask probe`, `cargo xtask bench`, `cargo xtask soak`, `cargo xtask dist`, `cargo xtask ci`.

// This program runs in a terminal, so it prints.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod bench;
mod cargo;
mod ci;
mod contract;
mod docs;
mod examples;
mod files;
mod generate;
mod layers;
mod msrv;
mod openapi;
mod probe;
mod published;
mod readme;
mod release;
mod rules;
mod soak;
mod supply;
mod tables;
mod target;

use clap::Parser;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Chore {
    /// Write the generated files, or check that they are up to date
    Generate {
        /// Write nothing, and fail if a file is out of date
        #[arg(long)]
        check: bool,
    },
    /// Print the rooms of each crate (folders and files under src), and check the dependencies of crates and rooms
    Layers,
    /// Check that no dependency needs a newer compiler than the `rust-version` of the published crates
    Msrv,
    /// Check the licences, the sources and the versions of the dependencies, as `deny.toml` tells
    Supply,
    /// Check the statements of README.md, and run its first command with the binary of a release
    Readme {
        /// Write the output of the first command into README.md, and draw its picture
        #[arg(long)]
        write: bool,
    },
    /// Build the documentation of the published crates in an empty folder, and check its pages and the READMEs
    Docs,
    /// Package the published crates, check the content of the packages, and compile the packages with each other
    Packages,
    /// Check the contract documents with the tools of other languages, and use clients generated from them
    Contract(contract::Contract),
    /// Measure the cost of a call and compare it with simpler clients
    Bench(bench::Bench),
    /// Run the tests with long-lasting faults in full size. This takes minutes and is not part of the gate
    Soak,
    /// Build the files of a release for this platform: the binary, completions, man pages and licences
    Dist,
    /// Ask the real service what its documentation leaves open. Needs an API key and is not part of the gate
    Probe(probe::Probe),
    /// Run all checks, in order
    Ci,
}

fn main() -> anyhow::Result<()> {
    match Chore::parse() {
        Chore::Generate { check } => generate::run(check),
        Chore::Layers => layers::run(),
        Chore::Msrv => msrv::run(),
        Chore::Supply => supply::run(),
        Chore::Readme { write } => readme::run(write),
        Chore::Docs => docs::run(),
        Chore::Packages => release::packages::run(),
        Chore::Contract(contract) => contract::run(&contract),
        Chore::Bench(bench) => bench::run(&bench),
        Chore::Soak => soak::run(),
        Chore::Dist => release::dist::run(),
        Chore::Probe(probe) => probe::run(&probe),
        Chore::Ci => ci::run(),
    }
}
