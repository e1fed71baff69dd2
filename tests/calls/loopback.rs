//! Tests of calls over real sockets, in real time.

use std::{net::SocketAddr, time::Duration};

use kie_sandbox::{Sandbox, Speed};
use kie_suno::{Client, Error, Stage, transport::ErrorKind};
use tempfile::tempdir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::setup::stack::waltz;

#[tokio::test]
async fn a_song_over_sockets() {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let server = sandbox.listen(([127, 0, 0, 1], 0)).await.unwrap();
    let client = Client::builder().api_key("key").base_url(server.base_url()).build().unwrap();
    let task = client.start(waltz()).await.unwrap();
    let tracks = task.wait().until(Stage::Complete).await.unwrap();
    let folder = tempdir().unwrap();
    assert_eq!(task.save(&tracks, folder.path()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_port_without_a_server() {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let retry = kie_suno::Retry::default().attempts(2).base(Duration::from_millis(10));
    let client = Client::builder().api_key("key").base_url(format!("http://{address}")).retry(retry).build().unwrap();
    let error = client.start(waltz()).await.unwrap_err();
    assert!(matches!(&error, Error::Transport(lost) if lost.kind() == ErrorKind::Connect), "{error:?}");
    assert_eq!(error.charged(), kie_suno::Charged::No, "nothing was sent");
}

/// Starts a server that reads one request on each connection and closes the connection without a response. Returns the
/// server's address and a handle of its tokio task. The tokio task ends when no connection was opened for 1.5 seconds,
/// and returns the number of requests.
async fn hang_up() -> (SocketAddr, tokio::task::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        let mut requests = 0;
        while let Ok(Ok((mut stream, _))) = tokio::time::timeout(Duration::from_millis(1500), listener.accept()).await {
            let mut head = [0; 4096];
            if stream.read(&mut head).await.unwrap_or(0) > 0 {
                requests += 1;
            }
            stream.shutdown().await.ok();
        }
        requests
    });
    (address, serving)
}

#[tokio::test]
async fn a_connection_that_closes_after_the_submit_is_not_used_for_a_second_one() {
    let (address, serving) = hang_up().await;
    let client = Client::builder().api_key("key").base_url(format!("http://{address}")).build().unwrap();
    let error = client.start(waltz()).await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown(_)), "{error:?}");
    assert_eq!(serving.await.unwrap(), 1);
}
