//! A program without `async` functions: it has one tokio runtime, and blocks until each call returns.
//!
//! `cargo run -p kie-suno --example blocking`

#![allow(clippy::print_stdout)]

use kie_sandbox::Sandbox;
use kie_suno::{
    Client,
    requests::{GenerateMusic, Model},
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let service = runtime.block_on(Sandbox::default().listen(([127, 0, 0, 1], 0)))?;
    let client = Client::builder().api_key("any").base_url(service.base_url()).build()?;

    let start = client.start(GenerateMusic::simple(Model::V5_5, "a slow waltz for two accordions"));
    let task = runtime.block_on(start.into_future())?;
    let tracks = runtime.block_on(task.wait().into_future())?;
    println!("{} made {} tracks", task.id(), tracks.len());
    Ok(())
}
