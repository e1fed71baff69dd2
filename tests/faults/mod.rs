//! What the wire can do to a call, and what becomes of the call and of the money.
//!
//! The sandbox's own books say what was received: a client that errs cannot deceive them.

mod bounds;
mod connecting;
mod elsewhere;
mod kept;
mod matrix;
mod offsets;
mod random;

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

/// The song and the picture that are in the account from the start.
const SONG: &str = "5c79****be8e";
const PICTURE: &str = "/images/e231xxxx-xxxx-xxxx-xxxx-xxxx8cadc7dc.jpeg";

const ATTEMPTS: u32 = 3;

/// Real clocks run these down, so they are short; and not so short that a busy machine is late.
fn clocks() -> Timeouts {
    let short = Duration::from_secs(1);
    Timeouts::default().connect(short).first_byte(short).idle(short).total(10 * short)
}

fn retry() -> Retry {
    Retry::default().attempts(ATTEMPTS).base(Duration::from_millis(1))
}

/// The kinds of calls that the table of retries tells apart, and a second one that reads, with a larger answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Create,
    Credits,
    Look,
    Download,
}

impl Call {
    const ALL: [Self; 4] = [Self::Create, Self::Credits, Self::Look, Self::Download];

    /// Its name in the books of the sandbox.
    fn operation(self) -> &'static str {
        match self {
            Self::Create => "generate-music",
            Self::Credits => "get-account-credits",
            Self::Look => GetMusicDetails::NAME,
            Self::Download => kie_sandbox::FILES,
        }
    }
}

/// How a call can end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// With what was asked for.
    Fine,
    /// With something that was not there, and that nobody can tell from what was asked for.
    Deceived,
    /// Nobody knows whether it was acted on.
    Unknown,
    /// The service, or something before it, said no.
    Refused,
    /// With an answer that cannot be read.
    Unreadable,
    /// Without an answer.
    Lost(ErrorKind),
}

/// An account, the wire to it, and a client at the other end.
struct World {
    sandbox: Sandbox,
    wire: Wire,
    client: Client,
    files: Transport,
    base_url: String,
    _listening: Option<Server>,
}

impl World {
    /// Everything in memory: nothing depends on how fast the machine is.
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
        let files = Transport::builder().timeouts(clocks()).retry(retry()).loopback_files(true);
        let files = files.service(pipe()).build().unwrap();
        Self { sandbox, wire, client, files, base_url, _listening: None }
    }

    /// Real sockets, and the clients' own connections.
    async fn on_sockets() -> Self {
        let sandbox = Sandbox::builder().speed(Speed::Instant).build();
        let wire = sandbox.wire();
        let listening = wire.listen(([127, 0, 0, 1], 0)).await.unwrap();
        let base_url = listening.base_url();
        let client = Client::builder().api_key("key").base_url(&base_url).timeouts(clocks()).retry(retry());
        let client = client.build().unwrap();
        let files = Transport::builder().timeouts(clocks()).retry(retry()).loopback_files(true).build().unwrap();
        Self { sandbox, wire, client, files, base_url, _listening: Some(listening) }
    }

    /// Makes the call and says how it ended. What it claims of the money is checked on the books.
    async fn make(&self, call: Call) -> End {
        match call {
            Call::Create => self.create().await,
            Call::Credits => self.credits().await,
            Call::Look => self.poll().await,
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
                    "{made} were made, and none is said to be charged"
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

    /// How often the account received this call.
    fn received(&self, call: Call) -> usize {
        self.sandbox.requests(call.operation()).len()
    }
}

/// All of these, a few at a time: more of them at once would be late because of each other.
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

/// An answer, as it stands on the wire, that says that a song was made which is not in the account.
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
