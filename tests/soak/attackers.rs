//! Tests that genuine callbacks are accepted among many callbacks of attackers.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use kie_ledger::MemoryLedger;
use kie_sandbox::{Sandbox, SentCallback, Speed};
use kie_suno::{
    Client, Credits, Polling,
    callbacks::{Receiver, WebhookKey},
    types::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use super::size;
use crate::setup::{
    clocks::now,
    stack::{mount, waltz},
};

/// Behaviour of an attacker.
#[derive(Debug, Clone, Copy)]
enum Act {
    Forge,
    /// Sends the body with a right signature that is too old: its time is 1,000 seconds ago.
    SendStale,
    Replay,
    SayTooLarge,
    SendTooLarge,
    BeginAndStop,
    SendSlowly,
    TalkNonsense,
}

const ACTS: [Act; 8] = [
    Act::Forge,
    Act::SendStale,
    Act::Replay,
    Act::SayTooLarge,
    Act::SendTooLarge,
    Act::BeginAndStop,
    Act::SendSlowly,
    Act::TalkNonsense,
];

const BODY_TIME: Duration = Duration::from_secs(2);

/// Returns the head of a callback with one additional header line, without the body.
fn head(time: &str, signature: &str, line: &str) -> String {
    format!(
        "POST /kie HTTP/1.1\r\nhost: a\r\n{TIMESTAMP_HEADER}: {time}\r\n{SIGNATURE_HEADER}: {signature}\r\n{line}\r\n\r\n"
    )
}

fn whole(time: &str, signature: &str, body: &str) -> Vec<u8> {
    (head(time, signature, &format!("content-length: {}", body.len())) + body).into_bytes()
}

impl Act {
    /// Returns the bytes that the attacker sends. `known` is a genuine callback that the attacker has seen.
    fn bytes(self, known: &SentCallback) -> Vec<u8> {
        let header = |name| &known.headers.iter().find(|header| header.0 == name).unwrap().1;
        let (time, signature) = (header(TIMESTAMP_HEADER), header(SIGNATURE_HEADER));
        let body = known.body.to_string();
        match self {
            Self::Forge => whole(time, &WebhookKey::new("a guess").sign(&known.task_id, time), &body),
            Self::SendStale => {
                let time = (now() - 1_000).to_string();
                whole(&time, &WebhookKey::new("whk").sign(&known.task_id, &time), &body)
            }
            Self::Replay => whole(time, signature, &body),
            Self::SayTooLarge => head(time, signature, "content-length: 100000000").into_bytes(),
            Self::SendTooLarge => {
                let chunk = "100000\r\n".to_owned() + &" ".repeat(0x10_0000) + "\r\n";
                (head(time, signature, "transfer-encoding: chunked") + &chunk.repeat(5)).into_bytes()
            }
            Self::BeginAndStop => b"POST /kie HTTP/1.1\r\nhost: a".to_vec(),
            Self::SendSlowly => (head(time, signature, "content-length: 100") + "{\"code\":200").into_bytes(),
            Self::TalkNonsense => b"\0\0\0\0\0\0\0\0\r\n\r\n".to_vec(),
        }
    }

    /// Returns `true` if this status is a right answer of the receiver to the attacker. `None` means that there is no
    /// response.
    fn is_answered(self, status: Option<&str>) -> bool {
        match self {
            Self::Forge => status == Some("401"),
            Self::SendStale | Self::Replay => status == Some("200"),
            // If the server closes the connection before the request ends, the attacker may not see the response.
            Self::SayTooLarge | Self::SendTooLarge => matches!(status, Some("413" | "408") | None),
            Self::SendSlowly => status == Some("408"),
            Self::TalkNonsense => status == Some("400"),
            Self::BeginAndStop => status.is_none(),
        }
    }
}

/// Sends these bytes on a new connection. Returns the status of the response, or `None` if the connection was closed
/// without a response.
async fn send(address: &str, bytes: &[u8]) -> Option<String> {
    let mut stream = TcpStream::connect(address).await.expect("a soak needs 2,200 open files: see `ulimit -n`");
    // The bytes are written and the response is read at the same time. The server may respond and close the connection
    // before it has read all bytes.
    let (mut reader, mut writer) = stream.split();
    let mut answer = [0; 12];
    let (_, read) = tokio::join!(writer.write_all(bytes), reader.read_exact(&mut answer));
    read.ok().map(|_| String::from_utf8_lossy(&answer[9..]).into_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn genuine_callbacks_are_answered_among_many_others() {
    let (strangers, songs) = (size(100, 1_000), size(40, 400));
    let receiver = Receiver::new(WebhookKey::new("whk")).body_timeout(BODY_TIME).ledger(Arc::new(MemoryLedger::new()));
    let (url, receiving) = mount(&receiver).await;
    let address = url.trim_start_matches("http://").trim_end_matches("/kie").to_owned();
    let sandbox = Sandbox::builder().speed(Speed::Fast).webhook_key("whk").credits(Credits::new(1e9)).build();
    let service = sandbox.listen(([127, 0, 0, 1], 0)).await.unwrap();
    let client = Client::builder()
        .api_key("key")
        .base_url(service.base_url())
        .callbacks(url, &receiver)
        .task_rate(0, Duration::ZERO)
        .build()
        .unwrap();
    let mut deliveries = receiver.deliveries();
    let reading = tokio::spawn(async move {
        let (mut fresh, mut stale) = (0, 0);
        while let Some(delivery) = deliveries.next().await {
            *if delivery.unwrap().is_stale { &mut stale } else { &mut fresh } += 1;
        }
        (fresh, stale)
    });

    // One song is made before the attack begins, so that the attackers know its last callback.
    let hour = Duration::from_secs(3_600);
    let asleep = Polling::default().first_poll(hour).max_pause(hour).timeout(hour);
    client.start(waltz()).await.unwrap().wait().polling(asleep).await.unwrap();
    let known = sandbox.callbacks().pop().unwrap();

    let is_over = Arc::new(AtomicBool::new(false));
    let mut storm = JoinSet::new();
    for number in 0..strangers {
        let act = ACTS[number % ACTS.len()];
        let (address, is_over, bytes) = (address.clone(), Arc::clone(&is_over), act.bytes(&known));
        storm.spawn(async move {
            let mut times = 0;
            while !is_over.load(Relaxed) {
                // The server closes an unfinished request after 30 seconds. An attacker that sends only a part of a
                // head waits only for `BODY_TIME`, and then closes the connection itself.
                let patience = if matches!(act, Act::BeginAndStop) { BODY_TIME } else { 30 * BODY_TIME };
                let status = tokio::time::timeout(patience, send(&address, &bytes)).await.unwrap_or(None);
                assert!(act.is_answered(status.as_deref()), "{act:?} was answered with {status:?}");
                times += 1;
                // Each attacker pauses after an attack, so that the other tokio tasks also get time on a machine with
                // one processor.
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            times
        });
    }

    // The polling intervals are an hour. So a song is polled only when a callback wakes the code that waits for the
    // song.
    let mut waits = JoinSet::new();
    for _ in 0..songs {
        let task = client.start(waltz()).await.unwrap();
        waits.spawn(async move { task.wait().polling(asleep).await.map(|tracks| tracks.len()) });
    }
    while let Some(tracks) = waits.join_next().await {
        assert_eq!(tracks.unwrap().unwrap(), 2);
    }
    is_over.store(true, Relaxed);
    let mut sent = 0;
    while let Some(times) = storm.join_next().await {
        sent += times.unwrap();
    }

    // The service must get a response to every callback. It waits up to 15 seconds for each response.
    let callbacks = sandbox.callbacks();
    assert_eq!(callbacks.len(), 3 * (songs + 1));
    assert!(callbacks.iter().all(|callback| callback.status == Some(200)));
    let again = callbacks.iter().filter(|callback| callback.attempts > 1).count();
    service.stop().await;
    receiving.abort();
    drop((client, receiver));
    let (fresh, stale) = reading.await.unwrap();
    assert_eq!(
        (fresh, stale),
        (callbacks.len(), 1),
        "of the attackers' callbacks only the stale one was delivered, once"
    );
    println!(
        "storm: {strangers} strangers sent {sent} callbacks; {fresh} honest ones were answered, {again} of them not the \
         first time"
    );
}
