//! Tests of responses that do not have the documented form. A response that cannot be read gives a clear error, and a
//! call that may have been paid for is not sent again.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use kie_suno::{
    Charged, Client, Error, HttpService, Retry,
    records::{Cover, Job, Lyrics, Midi, Music, MusicVideo, VocalSeparation, WavConversion},
    transport::{
        Body, HttpFuture,
        http::{HeaderMap, Request, Response},
    },
};

use crate::setup::stack::waltz;

/// A test double of the service. It gives the same response to every request, and counts the requests.
#[derive(Debug)]
struct Canned {
    status: u16,
    content_type: &'static str,
    encoding: Option<&'static str>,
    body: Vec<u8>,
    asked: AtomicUsize,
}

fn canned(status: u16, content_type: &'static str, encoding: Option<&'static str>, body: &[u8]) -> Arc<Canned> {
    Arc::new(Canned { status, content_type, encoding, body: body.to_vec(), asked: AtomicUsize::new(0) })
}

#[derive(Debug)]
struct Shared(Arc<Canned>);

impl HttpService for Shared {
    fn call(&self, request: Request<Body>) -> HttpFuture<'_> {
        Box::pin(async move {
            self.0.asked.fetch_add(1, SeqCst);
            let header = |headers: &HeaderMap, name| headers.get(name).map(|value: &_| format!("{value:?}"));
            assert_eq!(header(request.headers(), "accept-encoding").as_deref(), Some("\"identity\""));
            let mut answer = Response::new(Body::from(self.0.body.clone()));
            *answer.status_mut() = self.0.status.try_into().unwrap();
            answer.headers_mut().insert("content-type", self.0.content_type.parse().unwrap());
            if let Some(encoding) = self.0.encoding {
                answer.headers_mut().insert("content-encoding", encoding.parse().unwrap());
            }
            Ok(answer)
        })
    }
}

fn client(canned: &Arc<Canned>) -> Client {
    let retry = Retry::default().attempts(1);
    Client::builder().api_key("key").http(Shared(Arc::clone(canned))).retry(retry).build().unwrap()
}

/// Returns the text of an error, followed by the texts of all its causes, as a program would print them.
fn printed(error: &Error) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}

const JSON: &str = "application/json";
const HTML: &str = "text/html";

#[tokio::test(start_paused = true)]
async fn the_error_says_which_content_came_instead() {
    let utf_16: Vec<u8> = "\u{feff}{\"code\":200}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let page = b"<!doctype html><html><head><title>502 Bad Gateway</title></head></html>".repeat(1000);
    let binary = b"\x8b\x07\x80\x1b[31m\x07\0\x03".repeat(100);
    let half = br#"{"code":200,"msg":"success","data":{"taskId":"4be1"#;
    #[rustfmt::skip]
    let rows: [(&str, Option<&str>, &[u8], &str); 10] = [
        (JSON, None,         b"",                              "empty"),
        (JSON, None,         b"\r\n\r\n",                      "blank"),
        (JSON, None,         &page,                            "an HTML page, \"502 Bad Gateway\""),
        (HTML, None,         b"<HTML>\x1b[31mred",             "binary data"),
        (JSON, None,         half,                             "JSON that ends early"),
        (JSON, Some("gzip"), b"\x1f\x8b\x08\0\0\0\0\0\0\x03",   "gzip-compressed bytes"),
        (JSON, None,         b"\x28\xb5\x2f\xfd\x24\x0d",      "zstd-compressed bytes"),
        (JSON, Some("br"),   &binary,                          "binary data"),
        (JSON, None,         &utf_16,                          "UTF-16 text"),
        ("text/plain", None, b"no healthy upstream",           "text, \"no healthy upstream\""),
    ];
    for (content_type, encoding, body, said) in rows {
        let good = canned(200, content_type, encoding, body);
        let read = client(&good).credits().await.unwrap_err();
        assert!(matches!(&read, Error::Decode(_)), "{read:?}");
        let created = client(&good).start(waltz()).await.unwrap_err();
        assert!(matches!(&created, Error::OutcomeUnknown(lost) if lost.response().is_some()), "{created:?}");
        assert_eq!(created.charged(), Charged::Unknown);
        assert_eq!(good.asked.load(SeqCst), 2, "neither is retried");
        for error in [&read, &created] {
            let line = printed(error);
            assert!(line.contains(said), "{line}");
            assert!(line.len() < 400 && !line.contains(char::is_control), "{line:?}");
        }
        if said.starts_with("JSON") {
            continue;
        }
        let bad = canned(502, content_type, encoding, body);
        let error = client(&bad).start(waltz()).await.unwrap_err();
        let line = printed(&error);
        assert!(matches!(&error, Error::Api(_)) && line.contains(said) && line.contains("502"), "{line}");
        assert!(line.len() < 400 && !line.contains(char::is_control), "{line:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_content_type_does_not_matter() {
    let body = br#"{"code":200,"msg":"success","data":{"taskId":"4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e"}}"#;
    for (content_type, encoding) in [(HTML, None), ("image/png", Some("gzip")), ("text/plain; charset=utf-16", None)] {
        let task = client(&canned(200, content_type, encoding, body)).start(waltz()).await.unwrap();
        assert_eq!(task.id().as_str(), "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e");
    }
}

#[tokio::test(start_paused = true)]
async fn an_endless_response_is_cut_off() {
    let huge = canned(200, JSON, None, &vec![b' '; 17 << 20]);
    let error = client(&huge).start(waltz()).await.unwrap_err();
    assert!(matches!(&error, Error::OutcomeUnknown(_)) && printed(&error).contains("more than"), "{error:?}");
}

/// Waits for a task whose lookup operation returns this record, first with `wait` and then with `events`. Checks that
/// each of them returns a decoding error with the id of the task.
async fn comes_to_nothing<J: Job>(record: &str) {
    const ID: &str = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";
    let body = format!(r#"{{"code":200,"msg":"success","data":{{"taskId":"{ID}",{record}}}}}"#);
    let client = client(&canned(200, JSON, None, body.as_bytes()));
    let waited = client.task::<J>(ID).wait().await.unwrap_err();
    let watched = client.task::<J>(ID).events().next().await.unwrap().unwrap_err();
    for error in [waited, watched] {
        assert!(matches!(&error, Error::Decode(_)) && error.task_id() == Some(ID), "{} {error:?}", J::NAME);
    }
}

#[tokio::test(start_paused = true)]
async fn a_finished_task_without_results_is_an_error() {
    comes_to_nothing::<Music>(r#""status":"SUCCESS","response":{"sunoData":[]}"#).await;
    comes_to_nothing::<Music>(r#""status":"SUCCESS","response":null"#).await;
    comes_to_nothing::<Lyrics>(r#""status":"SUCCESS","response":{"data":[]}"#).await;
    comes_to_nothing::<WavConversion>(r#""successFlag":"SUCCESS","response":null"#).await;
    comes_to_nothing::<MusicVideo>(r#""successFlag":"SUCCESS","response":null"#).await;
    comes_to_nothing::<VocalSeparation>(r#""successFlag":"SUCCESS","response":{}"#).await;
    comes_to_nothing::<Cover>(r#""successFlag":1,"response":{"images":[]}"#).await;
    comes_to_nothing::<Midi>(r#""successFlag":1,"midiData":{"instruments":[]}"#).await;
}
