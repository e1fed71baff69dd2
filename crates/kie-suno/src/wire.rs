//! One call, from the request's JSON to the answer's type: the only place where types and transport meet.

use std::borrow::Cow;

use http::Method as HttpMethod;
use kie_transport::{Answer, Call, Content, Form, Permit, Repeat, bytes::Bytes};
use kie_types::{Effect, Endpoint, ErrorKind, Host, Method, envelope::Unopened};
use serde_json::Value;
use tracing::Span;

use crate::{
    client::{Client, Hosts},
    errand::Errand,
    error::{About, ApiError, DecodeError, Error, LostAnswer, OutcomeUnknown, TransportError},
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
    /// The field of the callback address.
    pub(crate) call_back_url: Option<&'static str>,
}

impl Route {
    /// The route of an operation.
    pub(crate) fn of<E: Endpoint>() -> Self {
        let (name, method, host, path) = (E::NAME.into(), E::METHOD, E::HOST, E::PATH.into());
        Self { name, method, host, path, effect: E::EFFECT, file: E::FILE, call_back_url: E::CALL_BACK_URL }
    }

    /// Sends the request by this route and has the answer read.
    pub(crate) async fn send(
        &self,
        client: &Client,
        errand: &mut dyn Errand,
        permit: Option<&dyn Permit>,
    ) -> Result<(), Error> {
        let mut call = self.call(&client.inner.hosts, errand).map_err(|source| self.failed(source))?;
        call.permit = permit;
        self.exchange(client, call, errand).await
    }

    /// Sends a form by this route and has the answer read.
    pub(crate) async fn send_form(&self, client: &Client, form: Form, errand: &mut dyn Errand) -> Result<(), Error> {
        let call = self.call_with(&client.inner.hosts, self.path(), Content::Form(form));
        self.exchange(client, call.map_err(|source| self.failed(source))?, errand).await
    }

    async fn exchange(&self, client: &Client, call: Call<'_>, errand: &mut dyn Errand) -> Result<(), Error> {
        let about = || About::new(self.name.clone());
        let answer = client.transport.send(call, |status, body| reading(errand.read(status, body))).await;
        match (answer, self.effect) {
            (Ok(Ok(())), _) => Ok(()),
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

    /// What a call is whose errand came home without an answer and without an error.
    pub(crate) fn unanswered(&self) -> Error {
        self.failed(kie_transport::Error::new(kie_transport::ErrorKind::Interrupted, "no answer was read"))
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
    fn call<'a>(&'a self, hosts: &Hosts, errand: &dyn Errand) -> Result<Call<'a>, kie_transport::Error> {
        let not_json = |error| {
            kie_transport::Error::new(kie_transport::ErrorKind::Setup, "the request is not JSON").with_source(error)
        };
        match (self.method, self.file) {
            (_, Some(file)) => {
                let fields = errand.json().and_then(|json| serde_json::from_slice(&json)).map_err(not_json)?;
                self.call_with(hosts, self.path(), Content::Form(form(&fields, file)))
            }
            (Method::Get, None) => {
                let path = errand.query(&self.path).map_err(not_json)?;
                self.call_with(hosts, path.into(), Content::Nothing)
            }
            (_, None) => {
                let json = errand.json().map_err(not_json)?;
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
fn reading(opened: Result<(), Unopened>) -> Answer<Result<(), Unopened>> {
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
