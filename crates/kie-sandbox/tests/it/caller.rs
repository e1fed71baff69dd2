//! A client of the sandbox for the tests, over a pipe in memory.

use std::error::Error;

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use kie_sandbox::Sandbox;
use serde_json::{Value, json};

pub(crate) type Answered<T = ()> = Result<T, Box<dyn Error>>;

/// A connection to the sandbox.
pub(crate) struct TestCaller(SendRequest<Full<Bytes>>);

impl TestCaller {
    pub(crate) async fn new(sandbox: &Sandbox) -> Answered<Self> {
        let (sender, connection) = http1::handshake(TokioIo::new(sandbox.connect())).await?;
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    /// Sends a POST request with an API key. Returns the envelope: the whole JSON of the response.
    pub(crate) async fn post(&mut self, path: &str, body: &Value) -> Answered<Value> {
        let request = request(Method::POST, path).header(header::AUTHORIZATION, "Bearer key");
        let (_, answer) = self.send(request.body(body.to_string().into())?).await?;
        Ok(serde_json::from_slice(&answer)?)
    }

    /// Sends a GET request with an API key. Returns the envelope: the whole JSON of the response.
    pub(crate) async fn get(&mut self, path: &str) -> Answered<Value> {
        let request = request(Method::GET, path).header(header::AUTHORIZATION, "Bearer key");
        let (_, answer) = self.send(request.body(Full::default())?).await?;
        Ok(serde_json::from_slice(&answer)?)
    }

    /// Starts a task and returns its id.
    pub(crate) async fn start(&mut self, path: &str, body: &Value) -> Answered<String> {
        let answer = self.post(path, body).await?;
        Ok(answer["data"]["taskId"].as_str().ok_or_else(|| answer.to_string())?.to_owned())
    }

    /// Looks up a music task. Returns the `data` of the response.
    pub(crate) async fn song(&mut self, id: &str) -> Answered<Value> {
        Ok(self.get(&format!("/api/v1/generate/record-info?taskId={id}")).await?["data"].take())
    }

    /// Downloads a file of the sandbox, without an API key. Returns the HTTP status and the body of the response.
    pub(crate) async fn file(&mut self, url: &Value) -> Answered<(StatusCode, Bytes)> {
        let path = url.as_str().and_then(|url| url.strip_prefix("http://sandbox.test")).ok_or("a foreign link")?;
        let request = request(Method::GET, path).header(header::USER_AGENT, "test");
        self.send(request.body(Full::default())?).await
    }

    pub(crate) async fn send(&mut self, request: Request<Full<Bytes>>) -> Answered<(StatusCode, Bytes)> {
        self.0.ready().await?;
        let answer = self.0.send_request(request).await?;
        Ok((answer.status(), answer.into_body().collect().await?.to_bytes()))
    }
}

pub(crate) fn request(method: Method, path: &str) -> http::request::Builder {
    Request::builder().method(method).uri(path).header(header::HOST, "sandbox.test")
}

/// Returns the body of a request for a new song.
pub(crate) fn song_request() -> Value {
    json!({
        "prompt": "tram bells in the fog", "customMode": false, "instrumental": false, "model": "V5",
        "callBackUrl": "https://hooks.example.net/kie",
    })
}
