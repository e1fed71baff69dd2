use std::error::Error;

use kie_sandbox::Sandbox;
use kie_suno::{Client, transport::Pipe};

/// Runs an example of the documentation with a client of a new simulated account, and panics if the example fails. The
/// clock is paused: tokio skips all waiting.
pub(crate) fn run(example: impl AsyncFnOnce(Client) -> Result<(), Box<dyn Error>>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    let ran = runtime.expect("a runtime starts").block_on(async {
        let account = Sandbox::default();
        example(Client::builder().api_key("any").http(Pipe::new(move || account.connect())).build()?).await
    });
    ran.unwrap_or_else(|error| panic!("{error}"));
}
