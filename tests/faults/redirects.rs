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
        // IPv4 addresses that are embedded in IPv6 addresses: compatible, translated, NAT64 (well-known and local),
        // 6to4, Teredo, ISATAP
        "https://[::127.0.0.1]/x.jpeg",
        "https://[::a9fe:a9fe]/x.jpeg",
        "https://[::ffff:0:10.0.0.1]/x.jpeg",
        "https://[64:ff9b::10.0.0.1]/x.jpeg",
        "https://[64:ff9b::a9fe:a9fe]/x.jpeg",
        "https://[64:ff9b:1::7f00:1]/x.jpeg",
        "https://[2002:7f00:1::]/x.jpeg",
        "https://[2001:0:808:808::f5ff:fffe]/x.jpeg",
        "https://[2606:4700::5efe:10.0.0.1]/x.jpeg",
        // Addresses with a zone, site-local, unspecified, discard-only, documentation, ORCHID
        "https://[fe80::1%25eth0]/x.jpeg",
        "https://[fec0::1]/x.jpeg",
        "https://[::]/x.jpeg",
        "https://[100::1]/x.jpeg",
        "https://[2001:db8::1]/x.jpeg",
        "https://[3fff::1]/x.jpeg",
        "https://[2001:20::1]/x.jpeg",
        // Shared, benchmarking, protocol assignments, documentation, 6to4 relay, multicast, reserved, metadata
        "https://100.64.0.1/x.jpeg",
        "https://198.18.0.1/x.jpeg",
        "https://192.0.0.1/x.jpeg",
        "https://203.0.113.1/x.jpeg",
        "https://192.88.99.1/x.jpeg",
        "https://224.0.0.1/x.jpeg",
        "https://240.0.0.1/x.jpeg",
        "https://168.63.129.16/x.jpeg",
        // Other spellings of 127.0.0.1
        "https://127.1/x.jpeg",
        "https://2130706433/x.jpeg",
        "https://0x7f000001/x.jpeg",
        "https://files.localhost/x.jpeg",
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

#[tokio::test(start_paused = true)]
async fn private_downloads_can_be_allowed() {
    for location in ["https://10.0.0.1", "https://[fd00::1]", "https://localhost"] {
        for allowed in [false, true] {
            let world = World::in_memory();
            world.wire.script(moved("302 Found", &format!("{location}{PICTURE}")));
            let wire = world.wire.clone();
            let files = Transport::builder().timeouts(clocks()).retry(retry()).allow_private_downloads(allowed);
            let files = files.service(Pipe::new(move || wire.connect())).build().unwrap();
            let folder = tempdir().unwrap();
            let url = format!("https://files.example.net{PICTURE}");
            let downloaded = files.download(url, folder.path().join("picture")).await;
            assert_eq!(downloaded.is_ok(), allowed, "{location}: {downloaded:?}");
            assert_eq!(world.wire.connections(), if allowed { 2 } else { 1 }, "{location}");
        }
    }
}
