//! Follows a song from its words to its last track, with a simulator as the service.
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

    let request = GenerateMusic::song(Model::V5, "chamber pop", "One More Stop", "[Verse]\nTram bells at dawn");
    let task = client.start(request).await?;

    // A simulated song is finished in a moment; a real one is looked at less often.
    let moment = Duration::from_millis(300);
    let polling = Polling::default().first_poll(moment).longest_pause(moment);
    let mut events = task.events().polling(polling);
    let mut reached = None;
    while let Some(event) = events.next().await {
        let event = event?;
        if let Some(stage) = event.stage {
            println!("stage {stage}");
            reached = Some(stage);
        }
        for track in event.ready {
            println!("{} can be heard", track.title.as_deref().unwrap_or("a track"));
        }
    }
    if reached == Some(Stage::Complete) { Ok(()) } else { Err("the song should be complete".into()) }
}
