//! Tests of cassettes: an application is recorded against the sandbox, and its test is played without it.

mod matching;
mod redaction;
mod replay;

use std::{error::Error, path::Path};

use kie_sandbox::{
    Sandbox, Speed,
    cassette::{Cassette, Recorder},
};
use kie_suno::{
    Client, HttpService, Route,
    requests::{GenerateMusic, Model},
    transport::Pipe,
};

pub(crate) type Tested<T = ()> = Result<T, Box<dyn Error>>;

pub(crate) const KEY: &str = "kie-secret-key-0815";
pub(crate) const LYRICS: &str = "[Verse]\nGrandmother's garden gate\n[Chorus]\nAnd the plum tree";
pub(crate) const STYLE: &str = "quiet bossa nova";
pub(crate) const TITLE: &str = "Plum Tree Letters";

/// What the application of these tests found.
#[derive(Debug, PartialEq)]
pub(crate) struct Heard {
    pub(crate) songs: usize,
    pub(crate) bytes: Vec<u64>,
    pub(crate) credits: f64,
    /// Code of the refusal that the application handled.
    pub(crate) refusal: i64,
}

pub(crate) fn client(http: impl HttpService) -> Result<Client, kie_suno::Error> {
    // A loopback address, so that files may come from a loopback address too. Nothing listens there.
    Client::builder().api_key(KEY).base_url("http://127.0.0.1:9").http(http).build()
}

pub(crate) fn song() -> GenerateMusic {
    GenerateMusic::song(Model::V5_5, STYLE, TITLE, LYRICS)
}

/// The application: it reads the balance, makes a song, saves its files, and handles the refusal of a second song.
pub(crate) async fn application(client: &Client, folder: &Path, route: Route) -> Result<Heard, kie_suno::Error> {
    let credits = client.credits().await?.get();
    let task = client.start(song()).route(route).await?;
    let tracks = task.wait().await?;
    let saved = task.save(&tracks, folder).await?;
    let refused = client.start(GenerateMusic::simple(Model::V5_5, "one more")).route(route).unchecked().await;
    let refusal = match refused {
        Err(kie_suno::Error::Api(error)) => error.code(),
        Err(error) => return Err(error),
        Ok(_) => 0,
    };
    Ok(Heard { songs: tracks.len(), bytes: saved.iter().map(|file| file.bytes).collect(), credits, refusal })
}

/// Returns a sandbox with the time of the service, that refuses the second song for want of credits.
pub(crate) fn sandbox() -> Sandbox {
    Sandbox::builder().speed(Speed::Live).credits(kie_suno::Credits::new(20.0)).build()
}

pub(crate) fn recorder(sandbox: &Sandbox) -> Recorder {
    let account = sandbox.clone();
    Recorder::new(Pipe::new(move || account.connect()))
}

/// Records the application on this route.
pub(crate) async fn recorded(recorder: &Recorder, route: Route) -> Tested<(Heard, Cassette)> {
    let folder = tempfile::tempdir()?;
    let heard = application(&client(recorder.clone())?, folder.path(), route).await?;
    Ok((heard, recorder.cassette()))
}

/// Returns the text of the error.
pub(crate) fn failure<T>(result: Result<T, impl Error>) -> Tested<String> {
    Ok(result.err().ok_or("it succeeded")?.to_string())
}
