//! Tests that nothing is sent if no connection can be opened, and that the error says so.

use kie_suno::{
    Charged, Client, Error,
    transport::{ErrorKind, Transport},
};
use tempfile::tempdir;
use tokio::net::TcpListener;

use super::{clocks, retry};
use crate::setup::stack::waltz;

/// Starts a task, reads the balance and downloads a file from a host that cannot be reached. Checks that each error
/// says that nothing was sent.
async fn nothing_is_sent(base_url: &str) {
    let client = Client::builder().api_key("key").base_url(base_url).timeouts(clocks()).retry(retry()).build().unwrap();
    let files = Transport::builder().timeouts(clocks()).retry(retry()).allow_loopback_downloads(true).build().unwrap();
    let folder = tempdir().unwrap();
    let path = folder.path().join("song");
    let url = format!("{base_url}/files/x.mp3");

    let (created, read, fetched) = tokio::join!(client.start(waltz()), client.credits(), files.download(&url, &path));
    for error in [created.unwrap_err(), read.unwrap_err()] {
        assert!(matches!(&error, Error::Transport(lost) if lost.kind() == ErrorKind::Connect), "{base_url}: {error:?}");
        assert_eq!(error.charged(), Charged::No);
    }
    let error = fetched.unwrap_err();
    assert!(error.kind() == ErrorKind::Connect && error.is_unsent(), "{base_url}: {error:?}");
}

#[tokio::test]
async fn a_port_without_a_server() {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    nothing_is_sent(&format!("http://{address}")).await;
}

#[tokio::test]
async fn a_name_without_an_address() {
    // The top-level domain `.invalid` is reserved, so a host with this name never exists.
    nothing_is_sent("https://api.kie.invalid").await;
}

/// Tests with a listening port whose queue is full. They are only for Linux, because other systems behave differently.
#[cfg(target_os = "linux")]
mod full {
    use std::{net::SocketAddr, time::Duration};

    use tokio::{
        net::{TcpListener, TcpSocket, TcpStream},
        time::timeout,
    };

    use super::nothing_is_sent;

    /// Returns the address of a port whose queue is full, its listener, and the connections that fill the queue. While
    /// these connections exist, no new connection to this port can be opened.
    async fn port() -> (SocketAddr, TcpListener, Vec<TcpStream>) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut waiting = Vec::new();
        for _ in 0..16 {
            match timeout(Duration::from_millis(300), TcpStream::connect(address)).await {
                Ok(stream) => waiting.push(stream.unwrap()),
                Err(_) => return (address, listener, waiting),
            }
        }
        panic!("the queue does not fill");
    }

    #[tokio::test]
    async fn a_server_that_does_not_accept() {
        let (address, _listener, _waiting) = port().await;
        nothing_is_sent(&format!("http://{address}")).await;
    }
}
