//! Tests of redirects. An API call must follow no redirect. A download must follow redirects only to permitted hosts.

use kie_sandbox::{FILES, Step};
use kie_suno::transport::{ErrorKind, Pipe, Transport};
use tempfile::tempdir;

use super::{Call, End, PICTURE, World, clocks, retry};

fn moved(status: &str, location: &str) -> [Step; 2] {
    let answer = format!("HTTP/1.1 {status}\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
    [Step::Request, Step::Say(answer.into())]
}

#[tokio::test(start_paused = true)]
async fn a_call_follows_no_redirect() {
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"] {
        for location in
            ["/api/v1/generate", "http://localhost/api/v1/generate", "https://api.example.net/api/v1/generate"]
        {
            for call in [Call::Create, Call::Credits, Call::Poll] {
                let world = World::in_memory();
                world.wire.script(moved(status, location));
                assert_eq!(world.make(call).await, End::Refused, "{status}, {location}, {call:?}");
                assert_eq!((world.wire.connections(), world.received(call)), (1, 1), "{status}, {location}, {call:?}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_download_follows_permitted_redirects_and_sends_no_key() {
    let name = PICTURE.rsplit('/').next().unwrap();
    // In memory, a connection to any host name reaches the sandbox, so `files.example.net` needs no server.
    for location in [PICTURE, name, &format!("https://files.example.net{PICTURE}")] {
        let world = World::in_memory();
        world.wire.script(moved("302 Found", location));
        assert_eq!(world.make(Call::Download).await, End::Fine, "{location}");
        assert_eq!(world.wire.connections(), 2, "{location}");
        assert!(world.sandbox.requests(FILES).iter().all(|request| !request.bearer), "{location}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_download_follows_no_other_redirect() {
    for location in [
        "http://files.example.net/x.jpeg",
        "ftp://files.example.net/x.jpeg",
        "https://name:word@files.example.net/x.jpeg",
        "https://10.0.0.1/x.jpeg",
        "https://192.168.1.1/x.jpeg",
        "https://169.254.169.254/latest/meta-data",
        "https://[fd00::1]/x.jpeg",
        "https://[::ffff:10.0.0.1]/x.jpeg",
        "https://0.0.0.0/x.jpeg",
    ] {
        let world = World::in_memory();
        world.wire.script(moved("302 Found", location));
        assert_eq!(world.make(Call::Download).await, End::Lost(ErrorKind::Setup), "{location}");
        assert_eq!(world.wire.connections(), 1, "{location}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_public_file_does_not_redirect_to_this_machine() {
    for location in ["http://localhost/x.jpeg", "https://localhost/x.jpeg", "http://127.0.0.1:9/x", "https://[::1]/x"] {
        let world = World::in_memory();
        world.wire.script(moved("302 Found", location));
        let wire = world.wire.clone();
        let files = Transport::builder().timeouts(clocks()).retry(retry()).service(Pipe::new(move || wire.connect()));
        let folder = tempdir().unwrap();
        let path = folder.path().join("picture");
        let url = String::from("https://files.example.net/x.jpeg");
        let error = files.build().unwrap().download(&url, &path).await.unwrap_err();
        assert_eq!((error.kind(), world.wire.connections()), (ErrorKind::Setup, 1), "{location}");
    }
}
