//! Makes a song without this SDK's client. kie-types encodes the requests and reads the responses. reqwest sends the
//! requests.
//!
//! The example is in this package because only the lock file of this package contains reqwest. Start a simulator with
//! `kie sandbox`, which prints its address. Then run the example with this address:
//! `cargo run --features full --example another_stack -- http://127.0.0.1:8787`

use std::{env, time::Duration};

use anyhow::Context as _;
use kie_suno::types::{EncodedBody, Endpoint, GenerateMusic, GetMusicDetails, Model, Record as _, TaskState};

/// Makes a call of any operation. The call is sent only once, because sending a call that creates something twice could
/// cost credits twice.
async fn call<E: Endpoint>(http: &reqwest::Client, base: &str, request: &E) -> anyhow::Result<E::Response> {
    request.validate()?;
    let encoded = request.encode()?;
    let url = format!("{base}{}", encoded.path_and_query);
    let call = http.request(encoded.method.as_str().parse()?, url).bearer_auth(key());
    let content_type = encoded.content.content_type().unwrap_or_default();
    let call = match encoded.content {
        EncodedBody::Json(json) => call.header("Content-Type", content_type).body(json),
        EncodedBody::Nothing => call,
        _ => anyhow::bail!("{} sends a file, which this example does not", E::NAME),
    };
    let answer = call.send().await?;
    let status = answer.status().as_u16();
    Ok(E::read(status, &answer.bytes().await?)?)
}

fn key() -> String {
    env::var("KIE_API_KEY").unwrap_or_else(|_| "a simulator accepts any key".into())
}

fn main() -> anyhow::Result<()> {
    let base = env::args().nth(1).context("give the address of a simulator as the first argument")?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(make_music(&base))
}

async fn make_music(base: &str) -> anyhow::Result<()> {
    let http = reqwest::Client::new();
    let request = GenerateMusic::simple(Model::V5, "a slow waltz").call_back_url("https://hooks.example.net/kie");
    let started = call(&http, base, &request).await?;
    println!("started {}", started.task_id);
    loop {
        let record = call(&http, base, &GetMusicDetails::new(started.task_id.clone())).await?;
        let record = record.context("the service does not know the task")?;
        println!("{}", record.state());
        match record.state() {
            TaskState::Running(_) => tokio::time::sleep(Duration::from_secs(2)).await,
            TaskState::Complete => return Ok(()),
            state => anyhow::bail!("the song is {state}"),
        }
    }
}
