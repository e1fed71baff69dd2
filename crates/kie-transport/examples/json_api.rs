//! Calls a JSON API with kie-transport alone. The API is a small server on this machine. The server fails the first two
//! requests, so the call is sent three times.
//!
//! `cargo run -p kie-transport --example json_api`

#![allow(clippy::print_stdout)]

use std::{
    convert::Infallible,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::Instant,
};

use http::{Request, Response};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use kie_transport::{ApiCall, BaseUrl, Transport, Verdict, bytes::Bytes};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let api: BaseUrl = format!("http://{}", listener.local_addr()?).parse()?;
    tokio::spawn(serve(listener));

    let transport = Transport::builder().build()?;
    let begin = Instant::now();
    let call = ApiCall::reading("kettle", api.join("/kettle")?);
    let answer = transport
        .send(call, |status, body| {
            let text = String::from_utf8_lossy(body).into_owned();
            println!("after {:.1} s: {status} {text}", begin.elapsed().as_secs_f64());
            match status {
                429 => Verdict::Rejected(text),
                500.. => Verdict::ServerTrouble(text),
                _ => Verdict::Done(text),
            }
        })
        .await?;
    if answer == TEA { Ok(()) } else { Err(format!("this is not tea: {answer}").into()) }
}

const TEA: &str = r#"{"tea":"ready"}"#;

async fn serve(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(kettle)));
    }
}

/// Responds to the first request with 429 and a `Retry-After` of one second, to the second request with 503, and to all
/// later requests with tea.
async fn kettle(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let (status, retry_after, body) = match CALLS.fetch_add(1, Relaxed) {
        0 => (429, Some("1"), r#"{"error":"too many calls, retry in 1 s"}"#),
        1 => (503, None, r#"{"error":"the water is cold"}"#),
        _ => (200, None, TEA),
    };
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(http::header::RETRY_AFTER, http::HeaderValue::from_static(seconds));
    }
    Ok(response)
}
