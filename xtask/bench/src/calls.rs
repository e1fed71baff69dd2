//! Makes many calls over an open connection, one after the other.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use anyhow::Context as _;

use crate::{
    Counter,
    collected::collected,
    contenders::{Contender, Workload},
    print_number, runtime,
};

/// Number of calls that are made before the measurement begins.
const WARM: usize = 20;

pub(crate) fn run(kind: &str, call: Workload, calls: usize, address: &str, counter: Counter) -> anyhow::Result<()> {
    let runtime = runtime()?;
    let caller = runtime.block_on(Contender::new(kind, address))?;
    let one_by_one = |calls| {
        let inputs = call.inputs(calls);
        let caller = &caller;
        async move {
            for input in inputs {
                caller.call(input).await?;
            }
            anyhow::Ok(())
        }
    };
    runtime.block_on(one_by_one(WARM))?;
    let mut work = Some(one_by_one(calls));
    let mut outcome = Ok(());
    let before = counter.map(|count| count());
    collected(&mut || outcome = work.take().map_or(Ok(()), |work| runtime.block_on(work)));
    let after = counter.map(|count| count());
    if let (Some(before), Some(after)) = (before, after) {
        print_number("allocations", (after.blocks - before.blocks) as f64 / calls as f64);
        print_number("bytes", (after.bytes - before.bytes) as f64 / calls as f64);
    }
    outcome
}

/// Makes 1,000 calls in a row with the SDK. Prints the number of connections that the SDK opens for them.
pub(crate) fn connects(address: &str) -> anyhow::Result<()> {
    let [before, ..] = stats(address)?;
    let runtime = runtime()?;
    runtime.block_on(async {
        let caller = Contender::new("facade", address).await?;
        for input in Workload::Post.inputs(500).into_iter().chain(Workload::Get.inputs(500)) {
            caller.call(input).await?;
        }
        anyhow::Ok(())
    })?;
    let [after, ..] = stats(address)?;
    // Reading the statistics also opens one connection. It is counted too, so 1 is subtracted.
    print_number("connects", after - before - 1.0);
    Ok(())
}

/// Returns four statistics of the server: the number of connections, the number of endless KIE tasks that were polled,
/// the longest time in milliseconds between two polls of the same KIE task, and the number of TLS handshakes.
pub(crate) fn stats(address: &str) -> anyhow::Result<[f64; 4]> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"GET /stats HTTP/1.1\r\n\r\n")?;
    let (mut text, mut piece) = (String::new(), [0; 1024]);
    // The response is small and the server writes it in one piece, so one read returns all of it.
    let length = stream.read(&mut piece)?;
    text.push_str(std::str::from_utf8(&piece[..length])?);
    let body = text.rsplit("\r\n").next().context("the server's statistics have no body")?;
    let numbers: Vec<f64> = body.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    numbers.try_into().map_err(|_| anyhow::anyhow!("the server's statistics are not four numbers"))
}
