//! Measures without a network: reading a record, checking and printing a request, and verifying a callback.

use std::{hint::black_box, time::Instant};

use kie_suno::{
    callbacks::{Verifier, WebhookKey},
    requests::{Endpoint as _, GenerateMusic, GetMusicDetails},
    types::signature::UnverifiedCallback,
};

use crate::{Counter, canned, collected::collected, print_number, rates::median, rigid};

/// Time of the measured callback, in seconds since 1970.
const TIME: u64 = 1_767_225_600;

/// Inputs that are made before the measurement.
struct Inputs {
    record: String,
    song: GenerateMusic,
    verifier: Verifier,
    callback: UnverifiedCallback,
    time: String,
    signature: String,
}

impl Inputs {
    fn new() -> anyhow::Result<Self> {
        let (key, time) = (WebhookKey::new("not-a-webhook-key"), TIME.to_string());
        let signature = key.sign(canned::TASK, &time);
        let callback = UnverifiedCallback::read(canned::callback(canned::TASK).as_bytes())?;
        let (record, song, verifier) = (canned::record("SUCCESS"), canned::song(), Verifier::new(key));
        Ok(Self { record, song, verifier, callback, time, signature })
    }

    /// Does the work named `how` once. Returns `false` if the work failed.
    fn once(&self, how: &str) -> bool {
        match how {
            "tolerant" => matches!(GetMusicDetails::read(200, black_box(self.record.as_bytes())), Ok(Some(_))),
            "rigid" => {
                // The record is bytes. `rigid` must check that they are UTF-8, because `tolerant` does this too.
                let text = std::str::from_utf8(black_box(self.record.as_bytes())).unwrap_or_default();
                let read = serde_json::from_str::<rigid::Envelope<rigid::Record>>(text);
                read.is_ok_and(|answer| black_box(answer).data.is_some())
            }
            "validate" => black_box(&self.song).validate().is_ok(),
            "serialise" => {
                let mut json = Vec::with_capacity(4096);
                let printed = serde_json::to_writer(&mut json, black_box(&self.song));
                black_box(json);
                printed.is_ok()
            }
            "verify" => {
                let (callback, signature) = (black_box(&self.callback), black_box(&self.signature));
                self.verifier.verify(callback, &self.time, signature, TIME).is_ok()
            }
            _ => false,
        }
    }

    /// Returns the time of one repetition, in nanoseconds.
    fn time(&self, how: &str) -> anyhow::Result<f64> {
        /// Number of repetitions. They take about ten milliseconds.
        const REPETITIONS: usize = 2_000;
        let begin = Instant::now();
        let well = (0..REPETITIONS).all(|_| self.once(how));
        let elapsed = begin.elapsed();
        anyhow::ensure!(well, "{how} failed");
        Ok(elapsed.as_nanos() as f64 / REPETITIONS as f64)
    }
}

/// Does the work named `how` as often as `times` says. Prints the number of allocations of one repetition.
pub(crate) fn run(how: &str, times: usize, counter: Counter) -> anyhow::Result<()> {
    let inputs = Inputs::new()?;
    let mut well = inputs.once(how);
    let before = counter.map(|count| count());
    collected(&mut || (0..times).for_each(|_| well &= inputs.once(how)));
    let after = counter.map(|count| count());
    anyhow::ensure!(well, "{how} failed");
    if let (Some(before), Some(after)) = (before, after) {
        print_number("allocations", (after.blocks - before.blocks) as f64 / times as f64);
    }
    Ok(())
}

/// Prints the median times of `tolerant` and `verify`, in nanoseconds. Also prints the median of the ratios of the time
/// of `tolerant` to the time of `rigid`. Each ratio compares two times of the same round.
pub(crate) fn times(rounds: usize) -> anyhow::Result<()> {
    let inputs = Inputs::new()?;
    let (mut tolerant, mut ratios, mut verify) = (Vec::new(), Vec::new(), Vec::new());
    // The first round is not counted. After it, caches are ready.
    for round in 0..=rounds {
        // In every second round, `rigid` is measured first, so that neither has an advantage.
        let (ours, rigid) = if round % 2 == 0 {
            let ours = inputs.time("tolerant")?;
            (ours, inputs.time("rigid")?)
        } else {
            let rigid = inputs.time("rigid")?;
            (inputs.time("tolerant")?, rigid)
        };
        let verified = inputs.time("verify")?;
        if round > 0 {
            tolerant.push(ours);
            ratios.push(ours / rigid);
            verify.push(verified);
        }
    }
    print_number("tolerant", median(&mut tolerant));
    print_number("tolerant.rigid", median(&mut ratios));
    print_number("verify", median(&mut verify));
    Ok(())
}
