//! Tests of responses that arrive before a timeout ends, or at the same time, but are not read by then. For example,
//! the process was suspended, or the runtime was busy. Such a response must still be read, because the call may have
//! been paid for.

#![allow(clippy::unwrap_used)]

use std::{
    io::{Read, Write},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use bytes::Bytes;
use kie_transport::{ApiCall, BaseUrl, Content, Error, ErrorKind, Pipe, Pool, Retry, Timeouts, Transport, Verdict};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{Instant, advance, sleep_until},
};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n";
const SECOND: Duration = Duration::from_secs(1);

/// Time in seconds after the request, and the text that the server writes at this time.
type Script = &'static [(u64, &'static str)];

/// Returns a transport and the counter of its requests. The server of the transport writes this script after each
/// request.
fn transport(script: Script, timeouts: Timeouts) -> (Transport, Arc<AtomicUsize>) {
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&requests);
    let open = move || {
        let (near, mut far) = tokio::io::duplex(1024);
        let counter = Arc::clone(&counter);
        tokio::spawn(async move {
            assert!(far.read(&mut [0; 1024]).await.unwrap() > 0);
            counter.fetch_add(1, SeqCst);
            let begin = Instant::now();
            for (seconds, text) in script {
                sleep_until(begin + SECOND * u32::try_from(*seconds).unwrap()).await;
                if far.write_all(text.as_bytes()).await.is_err() {
                    return;
                }
            }
            // Keeps the connection open.
            let _end = far.read(&mut [0; 1024]).await;
        });
        near
    };
    let retry = Retry::default().attempts(2);
    let transport = Transport::builder().service(Pipe::new(open)).retry(retry).timeouts(timeouts).build().unwrap();
    (transport, requests)
}

async fn send(transport: &Transport, creates: bool) -> Result<String, Error> {
    let uri = "https://tea.example/kettle".parse().unwrap();
    let call = match creates {
        true => ApiCall::creating("kettle", uri, Content::Json(Bytes::from_static(b"{}"))),
        false => ApiCall::reading("kettle", uri),
    };
    transport.send(call, |_, body| Verdict::Done(String::from_utf8(body.to_vec()).unwrap())).await
}

fn timeouts(first_byte: u64, idle: u64, total: u64) -> Timeouts {
    Timeouts::default().first_byte(SECOND * first_byte as u32).idle(SECOND * idle as u32).total(SECOND * total as u32)
}

const WHOLE: Script = &[(5, "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nmilk")];
const LATE_BODY: Script = &[(0, HEAD), (5, "milk")];
const LATE_END: Script = &[(0, HEAD), (1, "mi"), (6, "lk")];

#[tokio::test(start_paused = true)]
async fn a_response_that_arrives_at_the_end_of_a_timeout_is_read() {
    for (script, limits) in [
        (WHOLE, timeouts(5, 60, 60)),
        (WHOLE, timeouts(60, 60, 5)),
        (WHOLE, timeouts(60, 60, 60).overall(SECOND * 5)),
        (LATE_BODY, timeouts(60, 5, 60)),
        (LATE_BODY, timeouts(60, 60, 5)),
        (LATE_END, timeouts(60, 5, 60)),
        (LATE_END, timeouts(60, 60, 6)),
    ] {
        for creates in [true, false] {
            let (transport, requests) = transport(script, limits);
            assert_eq!(send(&transport, creates).await.unwrap(), "milk", "{script:?} {limits:?}");
            assert_eq!(requests.load(SeqCst), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_that_arrives_while_the_clock_jumps_is_read() {
    // The machine is suspended for one minute, soon after the request was sent.
    for (script, limits) in
        [(WHOLE, timeouts(10, 60, 60)), (LATE_BODY, timeouts(60, 10, 60)), (LATE_END, timeouts(20, 10, 20))]
    {
        let (transport, requests) = transport(script, limits);
        let suspended = async {
            tokio::time::sleep(SECOND / 2).await;
            advance(SECOND * 60).await;
        };
        let (sent, ()) = tokio::join!(send(&transport, true), suspended);
        assert_eq!(sent.unwrap(), "milk", "{script:?} {limits:?}");
        assert_eq!(requests.load(SeqCst), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_that_does_not_arrive_is_not_waited_for() {
    for (script, limits, seconds) in
        [(WHOLE, timeouts(4, 60, 60), 4), (LATE_BODY, timeouts(60, 4, 60), 4), (LATE_END, timeouts(60, 60, 5), 5)]
    {
        let (transport, requests) = transport(script, limits);
        let begin = Instant::now();
        assert_eq!(send(&transport, true).await.unwrap_err().kind(), ErrorKind::Timeout);
        assert_eq!((begin.elapsed(), requests.load(SeqCst)), (SECOND * seconds, 1));
    }
}

/// Makes a call in a runtime with one thread. The response comes after 30 ms. The thread is busy from 20 ms to 420 ms
/// after the start, so the timeout of 150 ms ends while the thread is busy.
fn call_in_busy_runtime() -> Result<String, Error> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base: BaseUrl = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
        std::thread::sleep(Duration::from_millis(30));
        stream.write_all(WHOLE[0].1.as_bytes()).unwrap();
        stream
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let limits = Timeouts::default().first_byte(Duration::from_millis(150));
    let transport = Transport::builder().service(Pool::new(SECOND)).timeouts(limits).build().unwrap();
    let sent = runtime.block_on(async {
        tokio::spawn(async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            std::thread::sleep(Duration::from_millis(400));
        });
        let call = ApiCall::creating("kettle", base.join("/kettle").unwrap(), Content::Json(Bytes::from_static(b"{}")));
        transport.send(call, |_, body| Verdict::Done(String::from_utf8(body.to_vec()).unwrap())).await
    });
    drop(server.join().unwrap());
    sent
}

#[test]
fn a_response_that_lies_in_the_socket_when_a_busy_runtime_continues_is_read() {
    let calls: Vec<_> = (0..16).map(|_| std::thread::spawn(call_in_busy_runtime)).collect();
    for call in calls {
        assert_eq!(call.join().unwrap().unwrap(), "milk");
    }
}
