//! Calls KIE: kie-types encodes the request and reads the response, and the client of the service sends them.

use axum::{
    body::Body,
    http::{Request, header},
};
use kie_types::{EncodedBody, Endpoint};

use crate::{Failure, http::Http};

/// The account at KIE.
pub(crate) struct Kie {
    pub(crate) http: Http,
    /// Address before the path of each operation. The address of the real service is `Host::base_url`.
    pub(crate) base_url: String,
    pub(crate) api_key: String,
}

impl Kie {
    /// Calls any operation that sends no file.
    pub(crate) async fn call<E: Endpoint>(&self, request: &E) -> Result<E::Response, Failure> {
        let encoded = request.encode()?;
        let mut call = Request::builder()
            .method(encoded.method.as_str())
            .uri([&self.base_url, &*encoded.path_and_query].concat())
            .header(header::AUTHORIZATION, format!("Bearer {}", self.api_key));
        if let Some(content_type) = encoded.content.content_type() {
            call = call.header(header::CONTENT_TYPE, content_type);
        }
        let body = match encoded.content {
            EncodedBody::Json(json) => Body::from(json),
            EncodedBody::Nothing => Body::empty(),
            _ => return Err("this service uploads no files".into()),
        };
        let (status, answer) = self.http.send(call.body(body)?).await?;
        Ok(E::read(status.as_u16(), &answer)?)
    }
}
