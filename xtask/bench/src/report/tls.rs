//! Measures calls over TLS, with HTTP/1.1 and with HTTP/2.

use std::{env, fs};

use crate::{
    child::{self, ServerProcess},
    contenders::Workload,
    rates,
    table::{
        Goal::{AtLeast, AtMost, PrintOnly},
        Table, short,
    },
};

pub(super) fn measure(table: &mut Table, rounds: usize) -> anyhow::Result<()> {
    let pem = env::temp_dir().join(format!("kie-bench-{}.pem", std::process::id()));
    let path = pem.display().to_string();
    let server = ServerProcess::secure(&path)?;
    let addresses: Vec<&str> = server.address.split(' ').collect();
    let counts = child::plain(&[["tls-counts", &path].as_slice(), &addresses].concat())?;
    table.exact("TLS: handshakes for 1,000 calls in a row", "", counts["1,000"], AtMost(1.0, 1.0));
    table.exact("TLS: handshakes for two bursts of 64 calls", "", counts["bursts"], AtMost(64.0, 64.0));
    table.exact("HTTP/2: handshakes for 64 calls at once", "", counts["http2"], AtMost(1.0, 1.0));

    let rounds = rounds.to_string();
    let numbers = child::pinned(0, &[["tls-rates", &rounds, &path].as_slice(), &addresses].concat())?;
    fs::remove_file(pem)?;
    for call in Workload::ALL {
        for concurrency in rates::CONCURRENCY {
            let of = |what: &str| numbers[&format!("{}.{concurrency}.{what}", call.name())];
            let row = |what: &str| format!("{}, {concurrency} at once, {what}", call.name());
            let [tls, http2] = ["tls.rate", "http2.rate"].map(|what| format!("{}/s", short(of(what))));
            table.watched(&row("TLS: calls/s ÷ plain"), &tls, of("tls.rate.plain"), AtLeast(0.75, 0.85));
            let cpu = format!("{} µs", short(of("tls.cpu")));
            table.watched(&row("TLS: CPU ÷ plain"), &cpu, of("tls.cpu.plain"), AtMost(1.5, 1.25));
            table.watched(&row("HTTP/2: calls/s ÷ HTTP/1.1"), &http2, of("http2.rate.tls"), PrintOnly);
            let cpu = format!("{} µs", short(of("http2.cpu")));
            table.watched(&row("HTTP/2: CPU ÷ HTTP/1.1"), &cpu, of("http2.cpu.tls"), PrintOnly);
        }
    }
    Ok(())
}
