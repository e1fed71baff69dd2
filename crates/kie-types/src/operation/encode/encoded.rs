//! A request as HTTP method, host, path and body.

use std::{borrow::Cow, fmt};

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    error::{EncodeError, EncodeErrorKind},
    json::encode,
    query::path_and_query,
};
use crate::{
    market::MarketForm,
    operation::endpoint::{Endpoint, Host, Method},
};

/// A request that can be sent with any HTTP client, such as reqwest, a worker runtime, a proxy or a test.
///
/// [`Endpoint::encode`] creates this value, and [`Endpoint::read`] reads the response. The sender must do three things:
/// call [`validate`](Endpoint::validate) first, set a callback address if the operation has one, and send the API key
/// in the header `Authorization: Bearer …`.
///
/// ```
/// use kie_types::{EncodedBody, Effect, Endpoint, GenerateLyrics, GetLyricsDetails};
///
/// /// Any HTTP client: a function that takes a method, an address, headers and a body, and returns a status and a body.
/// fn exchange(method: &str, url: &str, headers: &[(&str, &str)], body: Vec<u8>) -> (u16, Vec<u8>) {
///     # assert!(headers.contains(&("Authorization", "Bearer my-key")));
///     # let answer = match (method, url) {
///     #     ("POST", "https://api.kie.ai/api/v1/lyrics") => {
///     #         assert!(body.starts_with(br#"{"prompt":"#));
///     #         r#"{"code":200,"msg":"success","data":{"taskId":"b7e2"}}"#
///     #     }
///     #     ("GET", "https://api.kie.ai/api/v1/lyrics/record-info?taskId=b7e2") => {
///     #         assert!(body.is_empty());
///     #         r#"{"code":200,"msg":"success","data":{"taskId":"b7e2","status":"PENDING"}}"#
///     #     }
///     #     other => panic!("{other:?}"),
///     # };
///     # (200, answer.into())
///     # /*
///     …
///     # */
/// }
///
/// /// Calls any operation.
/// fn call<E: Endpoint>(request: &E) -> Result<E::Response, Box<dyn std::error::Error>> {
///     request.validate()?;
///     let encoded = request.encode()?;
///     let mut headers = vec![("Authorization", "Bearer my-key")];
///     headers.extend(encoded.content.content_type().map(|content_type| ("Content-Type", content_type)));
///     let (method, url) = (encoded.method.as_str(), encoded.url());
///     let body = match encoded.content {
///         EncodedBody::Json(json) => json,
///         EncodedBody::Nothing => Vec::new(),
///         _ => return Err("this client sends no files".into()),
///     };
///     // A client that retries by itself must not resend a call that creates something.
///     assert!(E::EFFECT == Effect::Reads || method == "POST");
///     let (status, answer) = exchange(method, &url, &headers, body);
///     Ok(E::read(status, &answer)?)
/// }
///
/// let theme = "two lighthouses fall in love across a foggy bay";
/// let started = call(&GenerateLyrics::new(theme).call_back_url("https://hooks.example.net/kie"))?;
/// let record = call(&GetLyricsDetails::new(started.task_id))?.ok_or("the service does not know the task")?;
/// assert_eq!(record.status.as_ref().map(|status| status.as_str()), Some("PENDING"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Encoded {
    /// HTTP method.
    pub method: Method,
    /// Host that serves the operation.
    pub host: Host,
    /// Path on the host, from `/`, percent-encoded. For a `GET`, the path includes the query.
    pub path_and_query: Cow<'static, str>,
    /// Body of the HTTP request.
    pub content: EncodedBody,
}

impl Encoded {
    /// Encodes a request to the operation `E`. The request may have another type than `E`, such as a JSON document.
    ///
    /// ```
    /// use kie_types::{Encoded, GetMusicDetails};
    ///
    /// let encoded = Encoded::of::<GetMusicDetails>(&serde_json::json!({ "taskId": "4be1" }))?;
    /// assert_eq!(encoded.url(), "https://api.kie.ai/api/v1/generate/record-info?taskId=4be1");
    /// # Ok::<(), kie_types::EncodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if the request cannot be written as JSON. For a `GET` or an upload of a file, also if the
    /// request is not an object. For an upload of a file, also if the request does not contain the path of the file.
    pub fn of<E: Endpoint>(request: &impl Serialize) -> Result<Self, EncodeError> {
        match E::FILE {
            Some(file) => Self::form(E::HOST, E::PATH, file, request),
            None => Self::new(E::METHOD, E::HOST, E::PATH, request),
        }
    }

    /// Encodes a request to the operation `E` for the market route. The request may have another type than `E`, such as
    /// a JSON document. Its field names are those of the classic route.
    ///
    /// ```
    /// use kie_types::{Encoded, EncodedBody, GenerateMusic};
    /// use serde_json::json;
    ///
    /// let request = json!({ "customMode": false, "prompt": "a waltz", "callBackUrl": "https://hooks.example.net" });
    /// let encoded = Encoded::of_market::<GenerateMusic>(&request)?;
    /// let EncodedBody::Json(body) = encoded.content else { unreachable!("a submit has a body") };
    /// assert_eq!(serde_json::from_slice::<serde_json::Value>(&body)?, json!({
    ///     "model": "ai-music-api/generate",
    ///     "callBackUrl": "https://hooks.example.net",
    ///     "input": { "custom_mode": false, "prompt": "a waltz" },
    /// }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if the operation has no form on the route, or if the request is not an object.
    pub fn of_market<E: Endpoint>(request: &impl Serialize) -> Result<Self, EncodeError> {
        Self::market(E::MARKET.ok_or(EncodeErrorKind::NoForm)?, E::CALL_BACK_URL, request)
    }

    /// Encodes a request for the market route, by the description of its operation. `call_back` is the name of the
    /// field with the callback address. [`of_market`](Self::of_market) encodes a request to a known operation.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if the request is not an object.
    pub fn market(form: &MarketForm, call_back: Option<&str>, request: &impl Serialize) -> Result<Self, EncodeError> {
        let Value::Object(fields) = serde_json::to_value(request).map_err(EncodeErrorKind::Json)? else {
            return Err(EncodeErrorKind::NotAnObject.into());
        };
        if form.slug().is_none() {
            // The classic route spells the only field of a lookup in two ways.
            let id = fields.into_iter().next().map(|(_, id)| id).unwrap_or_default();
            return Self::new(Method::Get, Host::Api, MarketForm::LOOKUP_PATH, &json!({ "taskId": id }));
        }
        Self::new(Method::Post, Host::Api, MarketForm::SUBMIT_PATH, &form.body(fields, call_back))
    }

    /// Encodes a request to an operation for which there is no Rust type. The request becomes the query of a `GET`, or
    /// the JSON body of a `POST`.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if the request cannot be written as a query or as JSON.
    pub fn new(
        method: Method,
        host: Host,
        path: impl Into<Cow<'static, str>>,
        request: &impl Serialize,
    ) -> Result<Self, EncodeError> {
        let path = path.into();
        let (path_and_query, content) = match method {
            Method::Get => {
                (path_and_query(&path, request).map_err(EncodeErrorKind::Query)?.into(), EncodedBody::Nothing)
            }
            Method::Post => (path, EncodedBody::Json(encode(request).map_err(EncodeErrorKind::Json)?)),
        };
        Ok(Self { method, host, path_and_query, content })
    }

    /// Encodes a request as a `multipart/form-data` form. `file` is the name of the field that holds the path of a
    /// local file.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if the request is not an object, or if the field for the path is missing, empty or not a text.
    pub fn form(
        host: Host,
        path: impl Into<Cow<'static, str>>,
        file: &'static str,
        request: &impl Serialize,
    ) -> Result<Self, EncodeError> {
        let content = EncodedBody::Form(FileForm::of(file, request)?);
        Ok(Self { method: Method::Post, host, path_and_query: path.into(), content })
    }

    /// Returns the whole address of the request, on the host of the real service.
    pub fn url(&self) -> String {
        [self.host.base_url(), &self.path_and_query].concat()
    }
}

/// Body of an HTTP request.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodedBody {
    /// No body. The fields of the request are in the query of a `GET`.
    Nothing,
    /// A JSON document.
    Json(Vec<u8>),
    /// A form with a file. The crate only describes the form, so the sender must read the file.
    Form(FileForm),
}

impl EncodedBody {
    /// Returns the header `Content-Type`. Returns `None` if there is no body, or if the body is a form. The header of a
    /// form contains the boundary between the parts of the form, and the sender chooses this boundary.
    pub fn content_type(&self) -> Option<&'static str> {
        match self {
            Self::Json(_) => Some("application/json"),
            Self::Nothing | Self::Form(_) => None,
        }
    }
}

/// Shows the number of bytes of the body and not its content, since the content may be private.
impl fmt::Debug for EncodedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("Nothing"),
            Self::Json(json) => write!(f, "Json({} bytes)", json.len()),
            Self::Form(form) => f.debug_tuple("Form").field(form).finish(),
        }
    }
}

/// A `multipart/form-data` form with texts and one file.
///
/// This crate reads no files, so this type only describes the form. The sender opens the file, streams a large file,
/// and chooses the boundary between the parts.
///
/// ```
/// use kie_types::{EncodedBody, Endpoint, UploadFileStream};
///
/// let encoded = UploadFileStream::new("takes/hum.wav", "demos").file_name("hum.wav").encode()?;
/// let EncodedBody::Form(form) = &encoded.content else { panic!("an upload is a form") };
/// assert_eq!((form.file, form.path.as_str()), ("file", "takes/hum.wav"));
/// assert_eq!(form.texts, [("fileName".into(), "hum.wav".into()), ("uploadPath".into(), "demos".into())]);
/// # Ok::<(), kie_types::EncodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileForm {
    /// Parts of the form that are not the file: the name of each part and its text. A value that is not a text, such as
    /// a number or a list, is written as JSON. Null fields are left out.
    pub texts: Vec<(String, String)>,
    /// Name of the part that is the file.
    pub file: &'static str,
    /// Path of the local file.
    pub path: String,
}

impl FileForm {
    fn of(file: &'static str, request: &impl Serialize) -> Result<Self, EncodeError> {
        let Value::Object(mut fields) = serde_json::to_value(request).map_err(EncodeErrorKind::Json)? else {
            return Err(EncodeErrorKind::NotAnObject.into());
        };
        let Some(Value::String(path)) = fields.remove(file) else { return Err(EncodeErrorKind::NoFile.into()) };
        if path.is_empty() {
            return Err(EncodeErrorKind::NoFile.into());
        }
        let texts = fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| match value {
            Value::String(text) => (name, text),
            other => (name, other.to_string()),
        });
        Ok(Self { texts: texts.collect(), file, path })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;
    use crate::{GenerateLyrics, GetMusicDetails, UploadFileStream};

    #[test]
    fn a_document_is_encoded_as_its_request() {
        let request = GenerateLyrics::new("fog").call_back_url("https://hooks.example.net");
        let mut document = serde_json::to_value(&request).unwrap();
        let (typed, raw) = (request.encode().unwrap(), Encoded::of::<GenerateLyrics>(&document).unwrap());
        assert_eq!((typed.method, typed.host, typed.url()), (raw.method, raw.host, raw.url()));
        assert_eq!(typed.content, EncodedBody::Json(serde_json::to_vec(&request).unwrap()));
        assert_eq!(raw.content, EncodedBody::Json(serde_json::to_vec(&document).unwrap()));

        document["mood"] = json!("blue");
        let raw = Encoded::of::<GenerateLyrics>(&document).unwrap();
        assert_eq!(
            raw.content,
            EncodedBody::Json(serde_json::to_vec(&document).unwrap()),
            "unknown keys are encoded too"
        );
    }

    #[test]
    fn a_value_that_is_no_request_is_not_encoded() {
        let message = |encoded: Result<Encoded, EncodeError>| encoded.unwrap_err().to_string();
        let cause = "the request cannot be written as a query";
        assert_eq!(message(Encoded::of::<GetMusicDetails>(&json!(["4be1"]))), cause);
        assert_eq!(message(UploadFileStream::new("", "demos").encode()), "the request names no file to send");
        assert_eq!(
            message(Encoded::of::<UploadFileStream>(&json!({ "file": 7 }))),
            "the request names no file to send"
        );
        assert!(message(Encoded::of::<UploadFileStream>(&json!([]))).ends_with("it is not an object"));
        let no_json = std::collections::HashMap::from([((1, 2), 3)]);
        assert!(message(Encoded::of::<GenerateLyrics>(&no_json)).ends_with("as JSON"));
    }

    #[test]
    fn the_body_is_not_shown() {
        let shown = format!("{:?}", GenerateLyrics::new("a secret theme").encode().unwrap());
        assert!(shown.contains("Json(27 bytes)") && !shown.contains("secret"), "{shown}");
    }
}
