//! Tests of the fault matrix: a table of faults of connections and of the service, each with every kind of call.

use std::time::Duration;

use kie_sandbox::{Fault, Step};
use kie_suno::transport::ErrorKind::{Interrupted, NotMedia, Setup, Status, Timeout};
use tokio::time::timeout;

use super::{
    ATTEMPTS, Call,
    End::{self, Deceived, Lost, Refused, Unknown, Unreadable},
    World, together,
};
use Course::{Again, Ends};

/// Expected behaviour of a call that meets a fault.
#[derive(Debug, Clone, Copy)]
enum Course {
    /// The call is not retried and ends with this result.
    Ends(End),
    /// The call is retried. If every attempt meets the fault, the call ends with this result.
    Again(End),
}

const FINE: Course = Ends(End::Fine);

/// Place of the fault: the connection (`Wire`) or the service.
#[derive(Debug, Clone)]
enum Trouble {
    Wire(Vec<Step>),
    Service(Fault),
}

/// A fault, with the number of songs that the service makes in spite of it. The last three values are the expected
/// behaviour of a call that creates a song, of a call that only reads, and of a download.
struct Row {
    what: &'static str,
    trouble: Trouble,
    made: usize,
    creates: Course,
    reads: Course,
    download: Course,
}

fn say(bytes: impl Into<Vec<u8>>) -> Step {
    Step::Say(bytes.into())
}

fn replace(find: &str, put: &str) -> Step {
    Step::Replace { find: find.into(), put: put.into() }
}

/// Returns the script of a connection that changes the sandbox's response: `put` replaces `find`.
fn altered(find: &str, put: &str) -> Vec<Step> {
    vec![Step::Request, replace(find, put), Step::Answer]
}

/// Returns the script of a connection that sends these bytes instead of the sandbox's response.
fn instead(bytes: impl Into<Vec<u8>>) -> Vec<Step> {
    vec![Step::Request, say(bytes)]
}

fn refuse(http_status: u16, code: i64, msg: &str) -> Fault {
    Fault::Refuse { http_status, code, msg: msg.into() }
}

fn page(http_status: u16) -> Fault {
    Fault::ErrorPage { http_status }
}

#[rustfmt::skip]
fn table() -> Vec<Row> {
    use Step::*;
    let ms = Duration::from_millis;
    let cut = Lost(Interrupted);
    let late = Lost(Timeout);
    let wire = |what, steps: Vec<Step>, made, creates, reads, download| Row { what, trouble: Trouble::Wire(steps), made, creates, reads, download };
    let service = |what, fault, made, creates, reads, download| Row { what, trouble: Trouble::Service(fault), made, creates, reads, download };
    const LENGTH: &str = "content-length: ";
    const OK: &str = "HTTP/1.1 200 OK\r\n";
    vec![
    // Each entry holds the name of the fault, the fault, the number of songs made, and then the expected behaviour of a
    // call that creates a song, of a call that only reads, and of a download.
    //
    // The connection ends.
    wire("closed after a byte of the request",   vec![Take(1)],                           0, Ends(Unknown), Again(cut),         Again(cut)),
    wire("broken off there",                     vec![Take(1), Reset],                    0, Ends(Unknown), Again(cut),         Again(cut)),
    wire("closed after the request",             vec![Request],                           1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("broken off there",                     vec![Request, Reset],                    1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("closed after a byte of the answer",    vec![Request, AnswerUpTo(1)],            1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("closed in the body of the answer",     vec![Request, AnswerUpTo(160)],          1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("broken off there",                     vec![Request, AnswerUpTo(160), Reset],   1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("closed after the answer",              vec![Request, Answer],                   1, FINE,          FINE,               FINE),
    // No bytes arrive, or they arrive slowly.
    wire("never read from",                      vec![Hang],                              0, Ends(Unknown), Again(late),        Again(late)),
    wire("read from a little",                   vec![Take(9), Hang],                     0, Ends(Unknown), Again(late),        Again(late)),
    wire("never answered",                       vec![Request, Hang],                     1, Ends(Unknown), Again(late),        Again(late)),
    wire("silent in the head of the answer",     vec![Request, AnswerUpTo(40), Hang],     1, Ends(Unknown), Again(late),        Again(late)),
    wire("silent in its body",                   vec![Request, AnswerUpTo(160), Hang],    1, Ends(Unknown), Again(late),        Again(late)),
    wire("a head that drips",                    vec![Request, AnswerSlowly { piece: 1, pause: ms(50) }],    1, Ends(Unknown), Again(late), Again(late)),
    wire("an answer that comes in pieces",       vec![Request, AnswerSlowly { piece: 90, pause: ms(10) }],   1, FINE,          FINE,        FINE),
    wire("an answer a byte at a time",           vec![Request, AnswerSlowly { piece: 1, pause: ms(0) }],     1, FINE,          FINE,        FINE),
    // The length in the head of the response does not match the body.
    wire("a length beyond the end",              altered(LENGTH, "content-length: 9"),    1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("and no end",                           [altered(LENGTH, "content-length: 9"), vec![Hang]].concat(),
                                                                                          1, Ends(Unknown), Again(late),        Again(late)),
    wire("a length before the end",              altered(LENGTH, "content-length: 9\r\nx: "),
                                                                                          1, Ends(Unknown), Ends(Unreadable),   Ends(Deceived)),
    wire("two lengths",                          altered(LENGTH, "content-length: 9\r\ncontent-length: "),
                                                                                          1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("a negative length",                    altered(LENGTH, "content-length: -"),    1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("a length in words",                    altered(LENGTH, "content-length: many"), 1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("a length that is no number any more",  altered(LENGTH, "content-length: 99999999999999999999"),
                                                                                          1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("no length and no more requests",       altered(LENGTH, "connection: close\r\nx: "),
                                                                                          1, FINE,          FINE,               Again(cut)),
    // The chunks of the response's body are wrong.
    wire("chunks that are none",                 altered(LENGTH, "transfer-encoding: chunked\r\nx: "),
                                                                                          1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("chunks without an end",                instead("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{\"c\r\n"),
                                                                                          1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("a chunk that ends too soon",           instead("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7fffffff\r\n{\"c"),
                                                                                          1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("a chunk of more bytes than can be",    instead("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n{\"c"),
                                                                                          1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("a chunk that goes on after its end",   instead("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{\"code\r\n0\r\n\r\n"),
                                                                                          1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("a chunk with endless notes",           instead([b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;".to_vec(), vec![b'x'; 100_000]].concat()),
                                                                                          1, Ends(Unknown), Again(cut),         Again(cut)),
    // The head of the response is wrong.
    wire("a head of half a megabyte",            instead([b"HTTP/1.1 200 OK\r\nx: ".to_vec(), vec![b'x'; 512 << 10]].concat()),
                                                                                          1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("a thousand headers",                   instead(format!("{OK}{}\r\n", "x: y\r\n".repeat(1_000))),
                                                                                          1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("a header that is none",                altered(OK, "HTTP/1.1 200 OK\r\n\0\r\n"), 1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("another protocol",                     instead("SSH-2.0-OpenSSH_9.9\r\n"),      1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("a version of tomorrow",                altered(OK, "HTTP/3.0 200 OK\r\n"),      1, Ends(Unknown), Again(cut),         Again(cut)),
    wire("frames of HTTP/2",                     instead([0, 0, 0, 4, 0, 0, 0, 0, 0]),    1, Ends(Unknown), Again(cut),         Again(cut)),
    // The server sends more than one response to a request.
    wire("100 though nobody asked",              vec![Request, say("HTTP/1.1 100 Continue\r\n\r\n"), Answer],
                                                                                          1, FINE,          FINE,               FINE),
    wire("103 before the answer",                vec![Request, say("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"), Answer],
                                                                                          1, FINE,          FINE,               FINE),
    wire("103 again and again",                  vec![Request, Forever { bytes: b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec(), pause: ms(9) }],
                                                                                          1, Ends(Unknown), Again(late),        Again(late)),
    wire("another answer behind the right one",  vec![Request, Answer, say("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")],
                                                                                          1, FINE,          FINE,               FINE),
    wire("noise behind the right one",           vec![Request, Answer, say("\x15\x03\x03")],
                                                                                          1, FINE,          FINE,               FINE),
    // The response is a redirect. API calls never follow a redirect. Downloads follow a redirect only to a permitted
    // host.
    wire("moved, in plain http",                 instead("HTTP/1.1 307 Temporary Redirect\r\nlocation: http://files.example.net/x\r\ncontent-length: 0\r\n\r\n"),
                                                                                          1, Ends(Refused), Ends(Refused),      Ends(Lost(Setup))),
    wire("moved, and nobody says where",         instead("HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n"),
                                                                                          1, Ends(Refused), Ends(Refused),      Ends(Lost(Status(302)))),
    wire("moved, and the answer all the same",   altered(OK, "HTTP/1.1 308 Permanent Redirect\r\nlocation: ftp://files.example.net/x\r\n"),
                                                                                          1, FINE,          FINE,               Ends(Lost(Setup))),
    // The body of the response is wrong.
    wire("nothing in it",                        instead("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"),
                                                                                          1, Ends(Unknown), Ends(Unreadable),   Ends(Lost(NotMedia))),
    wire("no content",                           instead("HTTP/1.1 204 No Content\r\n\r\n"),
                                                                                          1, Ends(Unknown), Ends(Unreadable),   Ends(Lost(Status(204)))),
    wire("compressed though nobody asked",       instead(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 10\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec()),
                                                                                          1, Ends(Unknown), Ends(Unreadable),   Ends(Lost(NotMedia))),
    wire("said to be a page",                    altered("content-type: ", "content-type: text/html\r\nx: "),
                                                                                          1, FINE,          FINE,               FINE),
    wire("a success with a failure's status",    altered(OK, "HTTP/1.1 503 Service Unavailable\r\n"),
                                                                                          1, FINE,          FINE,               Again(Lost(Status(503)))),
    service("half of it",                        Fault::HalfBody,                         1, Ends(Unknown), Ends(Unreadable),   Ends(Deceived)),
    service("no id of the task",                 Fault::NoTaskId,                         1, Ends(Unknown), FINE,               FINE),
    service("a page that says success",          page(200),                               0, Ends(Unknown), Ends(Unreadable),   Ends(Lost(NotMedia))),
    // The service, or a proxy in front of the service, refuses the call.
    service("502 as a page",                     page(502),                               0, Ends(Refused), Again(Refused),     Again(Lost(Status(502)))),
    service("504 as a page",                     page(504),                               0, Ends(Refused), Again(Refused),     Again(Lost(Status(504)))),
    service("408 as a page",                     page(408),                               0, Ends(Refused), Again(Refused),     Again(Lost(Status(408)))),
    service("403 as a page",                     page(403),                               0, Ends(Refused), Ends(Refused),      Ends(Lost(Status(403)))),
    service("455 as a page",                     page(455),                               0, Ends(Refused), Ends(Refused),      Ends(Lost(Status(455)))),
    service("429 as a page",                     page(429),                               0, Again(Refused), Again(Refused),    Again(Lost(Status(429)))),
    service("429 in status and body",            refuse(429, 429, "Too many requests"),   0, Again(Refused), Again(Refused),    Again(Lost(Status(429)))),
    service("429 in the body",                   refuse(200, 429, "Too many requests"),   0, Again(Refused), Again(Refused),    Ends(Lost(NotMedia))),
    service("430 in the body",                   refuse(200, 430, "too frequently"),      0, Again(Refused), Again(Refused),    Ends(Lost(NotMedia))),
    service("405, as on lyrics",                 refuse(200, 405, "Your call frequency is too high."),
                                                                                          0, Again(Refused), Again(Refused),    Ends(Lost(NotMedia))),
    service("455 in status and body",            refuse(455, 455, "maintenance"),         0, Ends(Refused), Ends(Refused),      Ends(Lost(Status(455)))),
    service("455 in the body",                   refuse(200, 455, "maintenance"),         0, Ends(Refused), Ends(Refused),      Ends(Lost(NotMedia))),
    service("500 in the body",                   refuse(200, 500, "Server exception"),    0, Ends(Refused), Again(Refused),     Ends(Lost(NotMedia))),
    service("500 in status and body",            refuse(500, 500, "Server exception"),    0, Ends(Refused), Again(Refused),     Again(Lost(Status(500)))),
    service("505 in the body",                   refuse(200, 505, "switched off"),        0, Ends(Refused), Ends(Refused),      Ends(Lost(NotMedia))),
    ]
}

/// Makes a call that meets the fault on its first attempt, or on every attempt if `always` is `true`. Compares the
/// result with the row. Returns a message if they differ.
async fn check(world: &World, row: &Row, call: Call, always: bool) -> Option<String> {
    match (&row.trouble, always) {
        (Trouble::Wire(steps), false) => world.wire.script(steps.clone()),
        (Trouble::Wire(steps), true) => world.wire.always(steps.clone()),
        (Trouble::Service(fault), _) => {
            for _ in 0..if always { ATTEMPTS } else { 1 } {
                world.sandbox.fault(call.operation(), fault.clone());
            }
        }
    }
    let course = match call {
        Call::Create => row.creates,
        Call::Credits | Call::Poll => row.reads,
        Call::Download => row.download,
    };
    let (end, tries) = match course {
        Ends(end) => (end, 1),
        Again(_) if !always => (End::Fine, 2),
        Again(end) => (end, ATTEMPTS as usize),
    };
    let made = match course {
        _ if call != Call::Create => 0,
        Ends(_) => row.made,
        Again(_) if always => row.made * tries,
        Again(_) => row.made + 1,
    };
    let expected = format!("{end:?}, sent {tries} times, {made} songs made");
    // The client's timeouts end every call long before these 20 seconds.
    let end = timeout(Duration::from_secs(20), world.make(call)).await;
    let end = end.map_or_else(|_| "nothing".into(), |end| format!("{end:?}"));
    // The number of attempts is counted in two ways. If the connection has the fault, the service may miss a request,
    // so the connections are counted. If the service has the fault, one connection may carry several requests, so the
    // requests are counted.
    let tries = match row.trouble {
        Trouble::Wire(_) => world.wire.connections(),
        Trouble::Service(_) => world.received(call),
    };
    let found = format!("{end}, sent {tries} times, {} songs made", world.sandbox.tasks().len());
    let often = if always { "always" } else { "once" };
    (found != expected).then(|| format!("{}, {often}: {call:?} {found}, not {expected}", row.what))
}

/// Returns every row with every kind of call, each twice. The last value is `true` if every attempt meets the fault,
/// and `false` if only the first attempt does.
fn cases(rows: &[Row]) -> impl Iterator<Item = (&Row, Call, bool)> {
    let of = |row| Call::ALL.into_iter().flat_map(move |call| [(row, call, false), (row, call, true)]);
    rows.iter().flat_map(of)
}

#[tokio::test(start_paused = true)]
async fn the_table_holds_in_memory() {
    let rows = table();
    let mut differences = Vec::new();
    for (row, call, always) in cases(&rows) {
        differences.extend(check(&World::in_memory(), row, call, always).await);
    }
    println!("fault matrix: {} cases in memory", cases(&rows).count());
    assert!(differences.is_empty(), "{differences:#?}");
}

#[tokio::test]
async fn the_table_holds_over_sockets() {
    let rows: &[Row] = table().leak();
    let checks =
        cases(rows).map(async |(row, call, always)| check(&World::on_sockets().await, row, call, always).await);
    let differences: Vec<_> = together(checks).await.into_iter().flatten().collect();
    println!("fault matrix: {} cases over sockets", cases(rows).count());
    assert!(differences.is_empty(), "{differences:#?}");
}
