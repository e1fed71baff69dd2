//! Sends calls through another HTTP client that is a `tower` service. This example uses hyper-util's client, and a
//! small server on this machine.
//!
//! `cargo run -p kie-transport --example other_client`

#![allow(clippy::print_stdout)]

use std::convert::Infallible;

use http::{Request, Response};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    client::legacy::Client,
    rt::{TokioExecutor, TokioIo},
};
use kie_transport::{ApiCall, BaseUrl, Body, ErrorKind, Retry, Tower, Transport, Verdict, bytes::Bytes};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let api: BaseUrl = format!("http://{}", listener.local_addr()?).parse()?;
    let serving = tokio::spawn(serve(listener));

    let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http::<Body>();
    // A failure to connect means that the call was not sent. After every other failure, the call may have been sent.
    let service = Tower::new(client).error_kind(|error| match error.is_connect() {
        true => ErrorKind::Connect,
        false => ErrorKind::Interrupted,
    });
    let transport = Transport::builder().service(service).retry(Retry::default().attempts(2)).build()?;
    let get_tea = async || {
        let call = ApiCall::reading("kettle", api.join("/kettle")?);
        transport.send(call, |_status, body| Verdict::Done(String::from_utf8_lossy(body).into_owned())).await
    };
    let answer = get_tea().await?;
    println!("{answer}");
    if answer != "tea" {
        return Err("expected tea".into());
    }

    serving.abort();
    match get_tea().await {
        Err(error) if error.kind() == ErrorKind::Connect => println!("{error}"),
        other => return Err(format!("expected a refused connection: {other:?}").into()),
    }
    Ok(())
}

async fn serve(listener: TcpListener) {
    let kettle = |_: Request<Incoming>| async { Ok::<_, Infallible>(Response::new(Full::<Bytes>::from("tea"))) };
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(kettle)));
    }
}
