//! A service that checks and stores requests of its own users, and later reads a callback. It needs only the crates
//! kie-types and serde_json.
//!
//! `cargo run -p kie-types --example types_only`

#![allow(clippy::print_stdout)]

use kie_types::{AnyCallback, GenerateMusic, Report, check};
use serde_json::Value;

/// The stored requests. This example keeps them in memory.
#[derive(Debug, Default)]
struct Store(Vec<GenerateMusic>);

impl Store {
    /// Stores a user's request and returns the index of the stored request. If the request is invalid, returns an error
    /// that lists all problems of the request.
    fn accept(&mut self, body: &str) -> Result<usize, String> {
        let body: Value = serde_json::from_str(body).map_err(|error| error.to_string())?;
        let checked = check::<GenerateMusic>(&body);
        self.0.push(checked.result.map_err(|invalid| invalid.to_string())?);
        Ok(self.0.len() - 1)
    }
}

/// Reads a callback as a report. Returns `None` if the callback cannot be read, or if its kind is not recognised. Check
/// the signature of the callback before you call this function. Look the task up afterwards, since the signature does
/// not cover the body.
fn received(body: &[u8]) -> Option<Report> {
    AnyCallback::parse(body).ok()?.report()
}

fn main() -> Result<(), String> {
    let mut store = Store::default();
    let refused = store.accept(r#"{"customMode":true,"instrumental":false,"model":"V4","title":"One More Stop"}"#);
    println!("refused: {}", refused.err().ok_or("the style is missing")?);
    let kept = store.accept(r#"{"customMode":false,"instrumental":true,"model":"V5","prompt":"a slow waltz"}"#);
    println!("kept as number {}", kept?);

    let callback = br#"{"code":200,"msg":"All generated successfully.","data":{"callbackType":"complete",
        "task_id":"4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e","data":[{"id":"7d0f3c52","audio_url":"https://cdn.example.net/w.mp3",
        "title":"A slow waltz","duration":151.2}]}}"#;
    let report = received(callback).ok_or("it is a callback about a song")?;
    println!("task {}: {}", report.task_id.unwrap_or_default(), report.outcome);
    for item in report.items {
        println!("  {} at {}", item.title.unwrap_or_default(), item.url.unwrap_or_else(|| "nowhere".into()));
    }
    Ok(())
}
