//! One call, from the request's JSON to the answer's type: the only place where types and transport meet.

use std::borrow::Cow;

use http::Method as HttpMethod;
use kie_transport::{Answer, Call, Content, Form, Permit, Repeat, bytes::Bytes};
use kie_types::{Effect, Endpoint, ErrorKind, Host, Method, envelope::Unopened};
use serde::Serialize;
use serde_json::Value;
use tracing::Span;

use crate::{
    client::{Client, Hosts},
    error::{About, ApiError, DecodeError, Error, LostAnswer, OutcomeUnknown, TransportError},
    query,
};

/// An operation without its types.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) name: Cow<'static, str>,
    pub(crate) method: Method,
    pub(crate) host: Host,
    pub(crate) path: Cow<'static, str>,
    pub(crate) effect: Effect,
    /// The field that names a file.
    pub(crate) file: Option<&'static str>,
}

impl Route {
    /// The route of an operation.
    pub(crate) fn of<E: Endpoint>() -> Self {
        let (name, method, host, path) = (E::NAME.into(), E::METHOD, E::HOST, E::PATH.into());
        Self { name, method, host, path, effect: E::EFFECT, file: E::FILE }
    }

    /// Sends the request by this route and reads the answer.
    pub(crate) async fn send<T>(
        &self,
        client: &Client,
        request: &impl Serialize,
        permit: Option<&dyn Permit>,
        read: impl Fn(u16, &[u8]) -> Result<T, Unopened>,
    ) -> Result<T, Error> {
        let mut call = self.call(&client.inner.hosts, request).map_err(|source| self.failed(source))?;
        call.permit = permit;
        self.exchange(client, call, read).await
    }

    /// Sends a form by this route and reads the answer.
    pub(crate) async fn send_form<T>(
        &self,
        client: &Client,
        form: Form,
        read: impl Fn(u16, &[u8]) -> Result<T, Unopened>,
    ) -> Result<T, Error> {
        let call = self.call_with(&client.inner.hosts, self.path(), Content::Form(form));
        self.exchange(client, call.map_err(|source| self.failed(source))?, read).await
    }

    async fn exchange<T>(
        &self,
        client: &Client,
        call: Call<'_>,
        read: impl Fn(u16, &[u8]) -> Result<T, Unopened>,
    ) -> Result<T, Error> {
        let about = || About::new(self.name.clone());
        let answer = client.transport.send(call, |status, body| reading(read(status, body))).await;
        match (answer, self.effect) {
            (Ok(Ok(response)), _) => Ok(response),
            (Ok(Err(Unopened::Refused(refusal))), _) => {
                let mut about = about();
                about.task_id = refusal.task_id().map(str::to_owned);
                Err(Error::Api(Box::new(ApiError { about, refusal })))
            }
            (Ok(Err(Unopened::Unreadable(answer))), Effect::Reads) => {
                Err(Error::Decode(Box::new(DecodeError { about: about(), answer })))
            }
            (Ok(Err(Unopened::Unreadable(answer))), _) => Err(unknown(about(), LostAnswer::Unreadable(answer))),
            (Err(error), effect) if effect == Effect::Reads || error.is_unsent() => Err(self.failed(error)),
            (Err(error), _) => Err(unknown(about(), LostAnswer::Lost(error))),
        }
    }

    pub(crate) fn failed(&self, source: kie_transport::Error) -> Error {
        Error::Transport(Box::new(TransportError { about: About::new(self.name.clone()), source }))
    }

    fn path(&self) -> Bytes {
        match &self.path {
            Cow::Borrowed(path) => Bytes::from_static(path.as_bytes()),
            Cow::Owned(path) => Bytes::copy_from_slice(path.as_bytes()),
        }
    }

    /// The request is the query of a `GET`, and the body of a `POST`.
    fn call<'a>(&'a self, hosts: &Hosts, request: &impl Serialize) -> Result<Call<'a>, kie_transport::Error> {
        let not_json = |error| {
            kie_transport::Error::new(kie_transport::ErrorKind::Setup, "the request is not JSON").with_source(error)
        };
        match (self.method, self.file) {
            (_, Some(file)) => {
                let fields = serde_json::to_value(request).map_err(not_json)?;
                self.call_with(hosts, self.path(), Content::Form(form(&fields, file)))
            }
            (Method::Get, None) => {
                let path = query::of(&self.path, request).map_err(not_json)?;
                self.call_with(hosts, path.into(), Content::Nothing)
            }
            (_, None) => {
                let mut json = Vec::with_capacity(1024);
                serde_json::to_writer(&mut json, request).map_err(not_json)?;
                self.call_with(hosts, self.path(), Content::Json(json.into()))
            }
        }
    }

    fn call_with<'a>(&'a self, hosts: &Hosts, path: Bytes, content: Content) -> Result<Call<'a>, kie_transport::Error> {
        let mut call = Call::creating(&self.name, hosts.of(self.host).join(path)?, content);
        if self.method == Method::Get {
            call.method = HttpMethod::GET;
        }
        if self.effect == Effect::Reads {
            call.repeat = Repeat::Always;
            call.in_line = false;
        }
        Ok(call)
    }
}

/// Says of an answer what the transport has to know of it.
fn reading<T>(opened: Result<T, Unopened>) -> Answer<Result<T, Unopened>> {
    match &opened {
        Err(Unopened::Refused(refusal)) => {
            Span::current().record("code", refusal.code());
            match (refusal.task_id(), refusal.kind()) {
                // A task that an answer names exists, whatever else the answer says.
                (Some(id), _) => {
                    saw_task(id);
                    Answer::Final(opened)
                }
                (None, ErrorKind::RateLimited) => Answer::Refused(opened),
                (None, ErrorKind::Server) => Answer::Unwell(opened),
                (None, _) => Answer::Final(opened),
            }
        }
        _ => Answer::Final(opened),
    }
}

/// Notes in the span of the call, whose answer is being read, which task it is about.
pub(crate) fn saw_task(id: &str) {
    Span::current().record("task_id", id);
}

fn unknown(about: About, source: LostAnswer) -> Error {
    Error::OutcomeUnknown(Box::new(OutcomeUnknown { about, source }))
}

/// The fields of a request with a file are a form, with the file in the place of its path.
fn form(fields: &Value, file: &str) -> Form {
    let texts = fields.as_object().into_iter().flatten();
    let texts = texts.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
    let path = fields.get(file).and_then(Value::as_str).unwrap_or_default();
    Form::new(texts.filter(|(name, _)| *name != file), file, path)
}
