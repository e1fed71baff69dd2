//! Measures the cost of calls with the SDK and with simpler clients. `cargo xtask bench` builds and runs this program.
//!
//! One process prints the table ([`report`]) and starts the other processes. These are the server, and one process for
//! each measurement, under callgrind or on one core. Each measuring process prints lines of a name and a number.
//! README.md explains the words of the table.

mod calls;
mod canned;
mod child;
mod collected;
mod contenders;
mod counts;
mod decode;
mod download;
mod footprint;
mod ledger;
mod posts;
mod rates;
mod readme;
mod received;
mod receivers;
mod report;
mod rigid;
mod server;
mod table;
#[cfg(feature = "full")]
mod tls;
mod waits;

use std::env;

/// Allocations of this process so far.
#[derive(Debug, Clone, Copy)]
pub struct Allocated {
    /// Number of allocated blocks. Each time a block grows, it is counted again.
    pub blocks: usize,
    /// Number of bytes that were allocated, also those that were freed since.
    pub bytes: usize,
    /// Number of bytes that are allocated now.
    pub live: usize,
}

/// Function that returns the allocations so far. Only the program `counting` can count them.
pub type Counter = Option<fn() -> Allocated>;

/// Runs the command in the arguments of this process.
pub fn run(counter: Counter) -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["serve"] => server::serve(),
        ["calls", kind, call, calls, address] => {
            calls::run(kind, contenders::Workload::named(call)?, calls.parse()?, address, counter)
        }
        ["connects", address] => calls::connects(address),
        ["decode", how, times] => decode::run(how, times.parse()?, counter),
        ["decode-times", rounds] => decode::times(rounds.parse()?),
        #[cfg(feature = "full")]
        ["serve-tls", pem] => tls::server::serve(pem),
        #[cfg(feature = "full")]
        ["tls-counts", pem, plain, http1, http2] => tls::counts(pem, [plain, http1, http2]),
        #[cfg(feature = "full")]
        ["tls-rates", rounds, pem, plain, http1, http2] => tls::rates(rounds.parse()?, pem, [plain, http1, http2]),
        ["rates", rounds, address] => rates::run(rounds.parse()?, address),
        ["receive", kind] => posts::receive(kind),
        ["received", kind, callbacks] => received::run(kind, callbacks.parse()?, counter),
        ["posts", rounds, servers @ ..] => posts::run(rounds.parse()?, servers),
        #[cfg(feature = "full")]
        ["posts-tls", rounds, pem, servers @ ..] => posts::run_with_tls(rounds.parse()?, pem, servers),
        ["download", kind, address] => download::run(kind, address),
        ["waits-memory", waits] => waits::memory(waits.parse()?, counter),
        ["waits-polls", waits] => waits::polls(waits.parse()?),
        ["waits-gap", waits, seconds, address] => waits::gap(waits.parse()?, seconds.parse()?, address),
        ["ledger-calls", place, calls] => ledger::calls(place, calls.parse()?),
        ["ledger-open", place] => ledger::open(place),
        ["ledger-times", place, receipts] => ledger::times(place, receipts.parse()?),
        ["ledger-rate", place, concurrency] => ledger::rate(place, concurrency.parse()?),
        ["gate"] => report::gate(),
        ["update"] => report::update(None),
        ["update", why] => report::update(Some(why)),
        ["all", rounds] => report::all(rounds.parse()?),
        ["readme", rounds] => report::readme(rounds.parse()?),
        ["ledger"] => report::ledger(),
        ["ledger-readme"] => report::ledger_readme(),
        ["footprint"] => report::footprint(),
        _ => anyhow::bail!("this is run by `cargo xtask bench`"),
    }
}

/// Returns a tokio runtime that uses only this thread.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// Prints a name and a number for the parent process.
fn print_number(name: &str, number: f64) {
    println!("{name} {number}");
}
