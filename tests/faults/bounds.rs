//! Tests that responses without an end are cut off by timeouts and by size limits, and that the number of redirects is
//! limited.

use std::time::Duration;

use kie_sandbox::Step;
use kie_suno::transport::{ApiCall as Plain, BaseUrl, ErrorKind, Pipe, Retry, Transport, Verdict, http::Uri};
use tokio::time::{Instant, timeout};

use super::{
    ATTEMPTS, Call,
    End::{self, Lost, Unknown},
    World, clocks,
};

const MIB: u64 = 1 << 20;
/// Upper bound for the head of one response, in bytes. The client must stop reading the head before this bound.
const HEAD: u64 = MIB;
/// Default maximum size of a whole response, in bytes.
const ANSWER: u64 = 16 * MIB;

/// Returns the script of a server that reads a request and sends `begin`. It then sends `again` repeatedly and without
/// an end, with the given pause between two sends.
fn endless(begin: &str, again: impl Into<Vec<u8>>, pause: Duration) -> Vec<Step> {
    vec![Step::Request, Step::Say(begin.into()), Step::Forever { bytes: again.into(), pause }]
}

/// Makes a call. Each of its connections goes to a server with this script. Checks the time limit of the call, and that
/// a song is requested at most once. Returns the result of the call, and the number of bytes that the server sent.
async fn end(call: Call, steps: Vec<Step>) -> (End, u64) {
    let world = World::in_memory();
    world.wire.always(steps);
    let begin = Instant::now();
    let end = timeout(Duration::from_secs(2 * 60 * 60), world.make(call)).await.expect("the call ends");
    assert!(call == Call::Download || begin.elapsed() <= clocks().total, "{call:?} took {:?}", begin.elapsed());
    assert!(world.received(Call::Create) <= 1);
    (end, world.wire.written())
}

#[tokio::test(start_paused = true)]
async fn an_endless_head_is_cut_off() {
    let heads = [
        ("HTTP/1.1 200 OK\r\n", b"x: y\r\n".repeat(1_000)),
        ("HTTP/1.1 200 OK\r\nx: ", b"y".repeat(10_000)),
        ("HTTP/1.1 200 ", b"OK".repeat(10_000)),
        ("", b"\r\n".repeat(10_000)),
    ];
    for (begin, again) in heads {
        for call in Call::ALL {
            let (end, written) = end(call, endless(begin, again.clone(), Duration::from_millis(1))).await;
            let expected = if call == Call::Create {
                [Unknown; 2]
            } else {
                [ErrorKind::Interrupted, ErrorKind::Timeout].map(Lost)
            };
            assert!(expected.contains(&end), "{begin:?}: {call:?} ended with {end:?}");
            assert!(written < HEAD * u64::from(ATTEMPTS), "{begin:?}: {call:?} took {written} bytes");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_endless_body_is_cut_off() {
    let chunk = [b"10000\r\n".to_vec(), vec![b'x'; 0x1_0000], b"\r\n".to_vec()].concat();
    let bodies = [
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", chunk),
        ("HTTP/1.1 200 OK\r\ncontent-length: 9999999999999\r\n\r\n", vec![b'x'; 0x1_0000]),
        ("HTTP/1.1 200 OK\r\n\r\n", vec![b'x'; 0x1_0000]),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", vec![b'<'; 0x1_0000]),
    ];
    for (begin, again) in bodies {
        for call in [Call::Create, Call::Credits, Call::Poll] {
            let (end, written) = end(call, endless(begin, again.clone(), Duration::ZERO)).await;
            assert_eq!(
                end,
                if call == Call::Create { Unknown } else { Lost(ErrorKind::TooLarge) },
                "{begin:?}: {call:?}"
            );
            assert!(written <= ANSWER + MIB, "{begin:?}: {call:?} took {written} bytes");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_endless_slow_response_ends_at_the_timeout() {
    let begin = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\nID3\x04\0\0\0\0\r\n";
    for call in Call::ALL {
        let (end, _) = end(call, endless(begin, "1\r\nx\r\n", clocks().idle / 2)).await;
        let expected = match call {
            Call::Create => Unknown,
            Call::Credits | Call::Poll => Lost(ErrorKind::Timeout),
            // A download does not have the total time limit of a call. Its own time limit is one hour. The error at
            // this limit has the kind `TooLarge`.
            Call::Download => Lost(ErrorKind::TooLarge),
        };
        assert_eq!(end, expected, "{call:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn redirects_of_a_file_are_limited() {
    let world = World::in_memory();
    let elsewhere = "HTTP/1.1 302 Found\r\nlocation: /images/another.jpeg\r\ncontent-length: 0\r\n\r\n";
    world.wire.always([Step::Request, Step::Say(elsewhere.into())]);
    assert_eq!(world.make(Call::Download).await, Lost(ErrorKind::Status(310)));
    assert_eq!(world.wire.connections(), 6, "the first address, and five redirects");
    assert!(world.sandbox.requests(kie_sandbox::FILES).iter().all(|request| !request.bearer));
}

#[tokio::test(start_paused = true)]
async fn the_maximum_size_of_a_response_is_a_setting() {
    let world = World::in_memory();
    let uri: Uri = "http://localhost".parse::<BaseUrl>().unwrap().join("/api/v1/chat/credit").unwrap();
    let mut sizes = Vec::new();
    for largest in 0..200 {
        let wire = world.wire.clone();
        let transport = Transport::builder().service(Pipe::new(move || wire.connect())).max_response_bytes(largest);
        let transport = transport.retry(Retry::never()).build().unwrap();
        match transport.send(Plain::reading("credits", uri.clone()), |_, body| Verdict::Done(body.len())).await {
            Ok(size) => sizes.push((largest, size)),
            Err(error) => assert_eq!(error.kind(), ErrorKind::TooLarge),
        }
    }
    let (smallest, size) = sizes[0];
    assert!(smallest == size && sizes.len() == 200 - size, "an answer of {size} bytes was held in {smallest}");
}
