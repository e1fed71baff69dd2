//! What a call of the SDK costs, beside the floors it stands on. `cargo xtask bench` builds and runs it.
//!
//! One process prints the table ([`report`]) and starts the others: the server, and one for each thing that is
//! measured, under callgrind or pinned to a core. What they find they print as lines of a name and a number.

mod calls;
mod canned;
mod child;
mod collected;
mod contenders;
mod counts;
mod decode;
mod download;
mod footprint;
mod posts;
mod rates;
mod received;
mod receivers;
mod report;
mod rigid;
mod server;
mod table;
mod waits;

use std::env;

/// What has been allocated since the process began.
#[derive(Debug, Clone, Copy)]
pub struct Allocated {
    /// How many blocks, counting each that grew.
    pub blocks: usize,
    /// How many bytes in all.
    pub bytes: usize,
    /// How many bytes are in use.
    pub live: usize,
}

/// Counts allocations, in the binary that can.
pub type Counter = Option<fn() -> Allocated>;

/// Does what the command line says.
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
        ["rates", rounds, address] => rates::run(rounds.parse()?, address),
        ["receive", kind] => posts::receive(kind),
        ["received", kind, callbacks] => received::run(kind, callbacks.parse()?, counter),
        ["posts", rounds, servers @ ..] => posts::run(rounds.parse()?, servers),
        ["download", kind, address] => download::run(kind, address),
        ["waits-memory", waits] => waits::memory(waits.parse()?, counter),
        ["waits-polls", waits] => waits::polls(waits.parse()?),
        ["waits-gap", waits, seconds, address] => waits::gap(waits.parse()?, seconds.parse()?, address),
        ["gate"] => report::gate(),
        ["update"] => report::update(None),
        ["update", why] => report::update(Some(why)),
        ["all", rounds] => report::all(rounds.parse()?),
        ["footprint"] => report::footprint(),
        _ => anyhow::bail!("this is run by `cargo xtask bench`"),
    }
}

/// A runtime on this thread alone.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// Tells the parent a number.
fn tell(name: &str, number: f64) {
    println!("{name} {number}");
}
