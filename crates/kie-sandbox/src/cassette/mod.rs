//! Recording the exchanges of an application with the service, and playing them in its tests.
//!
//! [`Recorder`] is an HTTP service around another one. It records each request with its response. [`Player`] is an HTTP
//! service that answers the same requests from a [`Cassette`], without the network and without a simulator:
//!
//! ```
//! use kie_sandbox::{Sandbox, Speed, cassette::{Player, Recorder}};
//! use kie_suno::{Client, HttpService, requests::GenerateLyrics, transport::Pipe};
//!
//! /// The code of the application that is tested. It makes lyrics, and returns the number of texts.
//! async fn lyrics(http: impl HttpService) -> Result<usize, kie_suno::Error> {
//!     let client = Client::builder().api_key("key").http(http).build()?;
//!     let task = client.start(GenerateLyrics::new("a lullaby for a lighthouse")).await?;
//!     Ok(task.wait().await?.len())
//! }
//!
//! #[tokio::main(flavor = "current_thread", start_paused = true)]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let file = std::env::temp_dir().join("kie-sandbox-lyrics.json");
//!
//!     // Once: record against the simulator. `Pool` records the exchanges with the real service.
//!     let sandbox = Sandbox::builder().speed(Speed::Live).build();
//!     let recorder = Recorder::new(Pipe::new(move || sandbox.connect()));
//!     let recorded = lyrics(recorder.clone()).await?;
//!     recorder.cassette().save(&file)?;
//!
//!     // In each test: play the file.
//!     let player = Player::load(&file)?;
//!     assert_eq!(lyrics(player.clone()).await?, recorded);
//!     assert!(player.is_finished());
//!     # std::fs::remove_file(file)?;
//!     Ok(())
//! }
//! ```
//!
//! # What a file contains
//!
//! A cassette is JSON, so the difference of two recordings can be read. Each exchange has the method, the host, the path
//! with the query, the body and the outcome. A body that is JSON stays JSON; the order of its fields is not kept. Of
//! another body, the length, the SHA-256 digest and the first bytes are kept, and the player serves zeros in place of
//! the rest. A response that a lookup got several times is one exchange with a number of repeats. A file has at most
//! 10,000 exchanges and 64 MiB.
//!
//! # What is redacted
//!
//! | content | in the file |
//! | --- | --- |
//! | headers, also the API key and cookies | only headers of the content, such as `content-type`, and `retry-after` |
//! | the API key in any other place, fields such as `token` and `signature` | `redacted` |
//! | texts of the user and of the results, such as `prompt`, `lyrics`, `style` and `title` | a text of the same number of characters, unless [`Recorder::keep_texts`] is called |
//! | ids: 20 or more letters, digits, `_` and `-`, with a digit among them | false ids of the same form, the same for each place |
//! | queries of addresses, such as the signature of a link | the names of the parameters and the false ids |
//! | names of uploaded files, and the number of the account in addresses of uploads | false ones |
//! | callback addresses, e-mail addresses | fixed ones |
//! | contents of uploads | only the length and the digest |
//! | contents of results, such as songs | the length, the digest, and the first 16 bytes, or 64 KiB after `keep_texts` |
//!
//! [`Recorder::redact_with`] adds rules. Read the file before you publish it: no rule can know each text that is
//! private.

#[expect(clippy::module_inception, reason = "the room is named after what it makes")]
mod cassette;
mod content;
mod difference;
mod error;
mod exchange;
mod player;
mod recorder;
mod redaction;
mod replay;
mod tee;

pub use self::{
    cassette::Cassette,
    error::CassetteError,
    exchange::{Exchange, Outcome, RecordedBody, RecordedRequest, RecordedResponse},
    player::Player,
    recorder::Recorder,
};
