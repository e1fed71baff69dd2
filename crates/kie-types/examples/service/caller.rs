//! A user of the service.

use axum::{
    body::Body,
    http::{Request, StatusCode, header, request::Builder},
};
use serde_json::Value;

use crate::{Failure, http::Http};

pub(crate) struct Caller {
    pub(crate) http: Http,
    /// Address of the service.
    pub(crate) url: String,
}

impl Caller {
    pub(crate) async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.call(Request::get(self.at(path)), Body::empty(), StatusCode::OK).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value, expected: StatusCode) -> Result<Value, Failure> {
        let request = Request::post(self.at(path)).header(header::CONTENT_TYPE, "application/json");
        self.call(request, Body::from(body.to_string()), expected).await
    }

    fn at(&self, path: &str) -> String {
        [&self.url, path].concat()
    }

    /// Returns the response, if it has the expected status. A text becomes `null`.
    async fn call(&self, request: Builder, body: Body, expected: StatusCode) -> Result<Value, Failure> {
        let (status, body) = self.http.send(request.body(body)?).await?;
        if status != expected {
            return Err(format!("expected {expected}, got {status}: {}", String::from_utf8_lossy(&body)).into());
        }
        Ok(serde_json::from_slice(&body).unwrap_or_default())
    }
}

/// Returns the number of schemas of a document, after a check that every reference in the document leads to a schema.
pub(crate) fn assert_complete(document: &Value) -> Result<usize, Failure> {
    let mut parts = vec![document];
    while let Some(part) = parts.pop() {
        if let Some(reference) = part["$ref"].as_str() {
            let target = reference.strip_prefix('#').and_then(|path| document.pointer(path));
            target.ok_or_else(|| format!("{reference} leads nowhere"))?;
        }
        match part {
            Value::Object(fields) => parts.extend(fields.values()),
            Value::Array(items) => parts.extend(items),
            _ => {}
        }
    }
    Ok(document["components"]["schemas"].as_object().ok_or("there are no schemas")?.len())
}
