//! Prints each stage and each track of a song as it becomes ready. The sandbox, a simulator, takes the place of the
//! service.
//!
//! `cargo run -p kie-suno --example follow_a_song`

#![allow(clippy::print_stdout)]

use std::time::Duration;

use kie_sandbox::Sandbox;
use kie_suno::{
    Client, Polling, Stage,
    requests::{GenerateMusic, Model},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let service = Sandbox::default().listen(([127, 0, 0, 1], 0)).await?;
    let client = Client::builder().api_key("any").base_url(service.base_url()).build()?;

    let request = GenerateMusic::song(Model::V5_5, "chamber pop", "One More Stop", "[Verse]\nTram bells at dawn");
    let task = client.start(request).await?;

    // The sandbox finishes a song almost immediately, so this example polls often. For the real service, keep the
    // default.
    let pause = Duration::from_millis(300);
    let polling = Polling::default().first_poll(pause).max_pause(pause);
    let mut events = task.events().polling(polling);
    let mut reached = None;
    while let Some(event) = events.next().await {
        let event = event?;
        if let Some(stage) = event.stage {
            println!("stage {stage}");
            reached = Some(stage);
        }
        for track in event.ready {
            println!("{} is ready", track.title.as_deref().unwrap_or("a track"));
        }
    }
    if reached == Some(Stage::Complete) { Ok(()) } else { Err("the song should be complete".into()) }
}
