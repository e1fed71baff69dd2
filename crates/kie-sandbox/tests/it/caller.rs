//! A client of the sandbox for the tests, over a pipe in memory.

use std::error::Error;

use bytes::Bytes;
use http::{Method, Request, StatusCode, header, response::Parts};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use kie_sandbox::Sandbox;
use kie_types::{
    Endpoint, UploadFileStream,
    catalog::{self, Operation},
};
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

    /// Sends a request with these fields to an operation of the classic route, with an API key. A form has a file of four
    /// bytes. Returns the envelope: the whole JSON of the response.
    pub(crate) async fn call(&mut self, operation: &Operation, fields: &Value) -> Answered<Value> {
        let encoded = catalog::encode_named(operation.name, fields)?;
        let mut path = operation.path.to_owned();
        let (mut content_type, mut body) = ("application/json", fields.to_string());
        if operation.method == kie_types::Method::Get {
            (path, body) = (encoded?.path_and_query.into_owned(), String::new());
        } else if operation.name == UploadFileStream::NAME {
            content_type = "multipart/form-data; boundary=x";
            body = form(fields);
        }
        let request = request(Method::from_bytes(operation.method.as_str().as_bytes())?, &path);
        let request = request.header(header::AUTHORIZATION, "Bearer key").header(header::CONTENT_TYPE, content_type);
        let (_, answer) = self.send(request.body(body.into())?).await?;
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
        let (head, body) = self.exchange(request).await?;
        Ok((head.status, body))
    }

    /// Sends a request. Returns the head and the body of the response.
    pub(crate) async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Answered<(Parts, Bytes)> {
        self.0.ready().await?;
        let (head, body) = self.0.send_request(request).await?.into_parts();
        Ok((head, body.collect().await?.to_bytes()))
    }
}

pub(crate) fn request(method: Method, path: &str) -> http::request::Builder {
    Request::builder().method(method).uri(path).header(header::HOST, "sandbox.test")
}

/// Returns a form with the boundary `x`. The field `file` is a file of four bytes, or an empty one with the name `empty`.
fn form(fields: &Value) -> String {
    let texts = fields.as_object().into_iter().flatten().filter_map(|(name, value)| Some((name, value.as_str()?)));
    let parts = texts.map(|(name, text)| match name.as_str() {
        "file" => {
            let content = if text == "empty" { "" } else { "RIFF" };
            format!("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{text}\"\r\n\r\n{content}\r\n")
        }
        _ => format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n"),
    });
    parts.collect::<String>() + "--x--\r\n"
}

/// Returns the body of a request for a new song.
pub(crate) fn song_request() -> Value {
    json!({
        "prompt": "tram bells in the fog", "customMode": false, "instrumental": false, "model": "V5",
        "callBackUrl": "https://hooks.example.net/kie",
    })
}
