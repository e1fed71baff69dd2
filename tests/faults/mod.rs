//! Tests of calls over faulty connections. The tests check the result of each call, and the number of requests,
//! connections or songs.
//!
//! The sandbox counts the requests, so an error in the client cannot hide a request.

mod bounds;
mod connecting;
mod keep_alive;
mod matrix;
mod offsets;
mod random;
mod redirects;

use std::{fs, sync::Arc, time::Duration};

use kie_sandbox::{Sandbox, Server, Speed, Wire};
use kie_suno::{
    Charged, Client, Error, Retry, Timeouts,
    records::Music,
    requests::GetMusicDetails,
    transport::{ErrorKind, Pipe, Transport},
    types::Endpoint,
};
use tempfile::tempdir;
use tokio::{sync::Semaphore, task::JoinSet};

use crate::setup::stack::waltz;

/// Id of a song that every sandbox account has from the start. `PICTURE` is the path of the picture of this song.
const SONG: &str = "5c79****be8e";
const PICTURE: &str = "/images/e231xxxx-xxxx-xxxx-xxxx-xxxx8cadc7dc.jpeg";

const ATTEMPTS: u32 = 3;

/// Returns short timeouts, because some tests wait for them in real time. They are still long enough for a busy
/// machine.
fn clocks() -> Timeouts {
    let short = Duration::from_secs(1);
    Timeouts::default().connect(short).first_byte(short).idle(short).total(10 * short)
}

fn retry() -> Retry {
    Retry::default().attempts(ATTEMPTS).base(Duration::from_millis(1))
}

/// The kinds of calls in these tests. `Poll` and `Credits` only read data, and the response to `Poll` is the larger
/// one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Create,
    Credits,
    Poll,
    Download,
}

impl Call {
    const ALL: [Self; 4] = [Self::Create, Self::Credits, Self::Poll, Self::Download];

    /// Returns the name of the operation in the sandbox's journal.
    fn operation(self) -> &'static str {
        match self {
            Self::Create => "generate-music",
            Self::Credits => "get-account-credits",
            Self::Poll => GetMusicDetails::NAME,
            Self::Download => kie_sandbox::FILES,
        }
    }
}

/// Result of a call, as the test judges it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The call returned the expected result.
    Fine,
    /// The call returned a wrong result as if it were right.
    Deceived,
    /// The outcome is unknown: the service may have received the request.
    Unknown,
    /// The service, or a proxy in front of it, refused the call.
    Refused,
    /// The response could not be read.
    Unreadable,
    /// There was no usable response. For example, the connection failed, or a timeout ended the call. Every failed
    /// download has this result.
    Lost(ErrorKind),
}

/// A sandbox account, the simulated network that causes the faults, and a client.
struct World {
    sandbox: Sandbox,
    wire: Wire,
    client: Client,
    files: Transport,
    base_url: String,
    _listening: Option<Server>,
}

impl World {
    /// Returns a world without sockets. In a test with paused time, its results do not depend on the speed of the
    /// machine.
    fn in_memory() -> Self {
        let sandbox = Sandbox::builder().speed(Speed::Instant).build();
        let wire = sandbox.wire();
        let pipe = || {
            let wire = wire.clone();
            Pipe::new(move || wire.connect())
        };
        let base_url = String::from("http://localhost");
        let client = Client::builder().api_key("key").base_url(&base_url).timeouts(clocks()).retry(retry());
        let client = client.http(pipe()).build().unwrap();
        let files = Transport::builder().timeouts(clocks()).retry(retry()).allow_loopback_downloads(true);
        let files = files.service(pipe()).build().unwrap();
        Self { sandbox, wire, client, files, base_url, _listening: None }
    }

    /// Returns a world with real sockets, in which the client opens its connections as in an application.
    async fn on_sockets() -> Self {
        let sandbox = Sandbox::builder().speed(Speed::Instant).build();
        let wire = sandbox.wire();
        let listening = wire.listen(([127, 0, 0, 1], 0)).await.unwrap();
        let base_url = listening.base_url();
        let client = Client::builder().api_key("key").base_url(&base_url).timeouts(clocks()).retry(retry());
        let client = client.build().unwrap();
        let files =
            Transport::builder().timeouts(clocks()).retry(retry()).allow_loopback_downloads(true).build().unwrap();
        Self { sandbox, wire, client, files, base_url, _listening: Some(listening) }
    }

    /// Makes a call and returns its result. If the start of a task fails and the error says that nothing was charged
    /// ([`Charged::No`]), checks that the sandbox has no task.
    async fn make(&self, call: Call) -> End {
        match call {
            Call::Create => self.create().await,
            Call::Credits => self.credits().await,
            Call::Poll => self.poll().await,
            Call::Download => self.download().await,
        }
    }

    async fn create(&self) -> End {
        match self.client.start(waltz()).await {
            Ok(task) if self.sandbox.tasks().iter().any(|made| made.id == task.id().as_str()) => End::Fine,
            Ok(_) => End::Deceived,
            Err(error) => {
                let made = self.sandbox.tasks().len();
                assert!(
                    error.charged() != Charged::No || made == 0,
                    "{made} songs were made, and the error says that none was charged"
                );
                end_of(&error)
            }
        }
    }

    async fn credits(&self) -> End {
        match self.client.credits().await {
            Ok(left) if left == self.sandbox.balance() => End::Fine,
            Ok(_) => End::Deceived,
            Err(error) => end_of(&error),
        }
    }

    async fn poll(&self) -> End {
        match self.client.task::<Music>(SONG).fetch().await {
            Ok(Some(record)) if record.tracks().len() == 2 => End::Fine,
            Ok(_) => End::Deceived,
            Err(error) => end_of(&error),
        }
    }

    async fn download(&self) -> End {
        let folder = tempdir().unwrap();
        let path = folder.path().join("picture");
        match self.files.download(format!("{}{PICTURE}", self.base_url), &path).await {
            Ok(_) if fs::read(&path).unwrap() == include_bytes!("../../crates/kie-sandbox/assets/cover.jpeg") => {
                End::Fine
            }
            Ok(_) => End::Deceived,
            Err(error) => End::Lost(error.kind()),
        }
    }

    /// Returns the number of requests that the account received for the operation of this call.
    fn received(&self, call: Call) -> usize {
        self.sandbox.requests(call.operation()).len()
    }
}

/// Runs all cases, at most 32 at the same time. More cases would slow each other down and cause timeouts. Returns the
/// results.
async fn together<T: Send + 'static>(
    cases: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let places = Arc::new(Semaphore::new(32));
    let mut running = JoinSet::new();
    for case in cases {
        let places = Arc::clone(&places);
        running.spawn(async move {
            let _place = places.acquire().await.unwrap();
            case.await
        });
    }
    running.join_all().await
}

/// Returns the bytes of a forged response. It names the id of a task that is not in the account.
fn forged() -> String {
    let body = r#"{"code":200,"msg":"success","data":{"taskId":"f00df00df00df00df00df00df00df00d"}}"#;
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn end_of(error: &Error) -> End {
    match error {
        Error::OutcomeUnknown(_) => End::Unknown,
        Error::Api(_) | Error::Failed(_) => End::Refused,
        Error::Decode(_) => End::Unreadable,
        Error::Transport(lost) => End::Lost(lost.kind()),
        other => panic!("{other:?}"),
    }
}
