//! Measures without a network: reading a record, checking and printing a request, and verifying a callback.

use std::{hint::black_box, time::Instant};

use kie_suno::{
    callbacks::{Verifier, WebhookKey},
    requests::{Endpoint as _, GetMusicDetails},
    types::signature::UnverifiedCallback,
};

use crate::{Counter, canned, collected::collected, print_number, rigid};

pub(crate) fn run(how: &str, times: usize, counter: Counter) -> anyhow::Result<()> {
    let record = canned::record("SUCCESS");
    let song = canned::song();
    let (key, time) = (WebhookKey::new("not-a-webhook-key"), 1_767_225_600);
    let signature = key.sign(canned::TASK, &time.to_string());
    let (verifier, label) = (Verifier::new(key), UnverifiedCallback::read(canned::callback(canned::TASK).as_bytes())?);
    let mut well = true;
    let mut once = || match how {
        "tolerant" => well &= matches!(GetMusicDetails::read(200, black_box(record.as_bytes())), Ok(Some(_))),
        "rigid" => {
            // The record is bytes. `rigid` must check that they are UTF-8, because `tolerant` does this too.
            let text = std::str::from_utf8(black_box(record.as_bytes())).unwrap_or_default();
            let read = serde_json::from_str::<rigid::Envelope<rigid::Record>>(text);
            well &= read.is_ok_and(|answer| black_box(answer).data.is_some());
        }
        "validate" => well &= black_box(&song).validate().is_ok(),
        "serialise" => {
            let mut json = Vec::with_capacity(4096);
            well &= serde_json::to_writer(&mut json, black_box(&song)).is_ok();
            black_box(json);
        }
        "verify" => well &= verifier.verify(black_box(&label), "1767225600", black_box(&signature), time).is_ok(),
        _ => well = false,
    };
    once();
    let (before, begin) = (counter.map(|count| count()), Instant::now());
    collected(&mut || (0..times).for_each(|_| once()));
    let (after, elapsed) = (counter.map(|count| count()), begin.elapsed());
    anyhow::ensure!(well, "{how} failed");
    print_number("ns", elapsed.as_nanos() as f64 / times as f64);
    if let (Some(before), Some(after)) = (before, after) {
        print_number("allocations", (after.blocks - before.blocks) as f64 / times as f64);
    }
    Ok(())
}
