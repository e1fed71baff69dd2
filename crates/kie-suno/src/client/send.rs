//! One call, from the request's JSON to the answer's type: the only place where types and transport meet.

use http::Method as HttpMethod;
use kie_transport::{Answer, Call, Content, Form, Permit, Repeat, Timeouts, bytes::Bytes};
use kie_types::{Effect, Endpoint, ErrorKind, Method, envelope::Unopened};
use serde_json::Value;
use tracing::Span;

use super::{
    call_back,
    client::Client,
    errand::{Errand, Typed},
    route::{Hosts, Route, saw_task},
};
use crate::error::{About, ApiError, DecodeError, Error, LostAnswer, OutcomeUnknown};

impl Client {
    /// Makes a call that creates nothing, and has its answer read by something more than [`Endpoint::read`].
    pub(crate) async fn read<E: Endpoint>(
        &self,
        request: E,
        read: impl Fn(u16, &[u8]) -> Result<E::Response, Unopened> + Send,
    ) -> Result<E::Response, Error> {
        request.validate()?;
        let (route, mut errand) = (Route::of::<E>(), Typed::new(request, call_back::field, read));
        self.fill(&mut errand);
        self.send(&route, &mut errand, None, None).await?;
        errand.answer.ok_or_else(|| route.unanswered())
    }

    /// Fills in a callback address where the request has a place for one, and none in it.
    pub(crate) fn fill(&self, errand: &mut dyn Errand) {
        if let Some(place) = errand.call_back() {
            place.fill(&self.inner.call_back_url);
        }
    }

    /// Sends the request by this route and has the answer read.
    pub(crate) async fn send(
        &self,
        route: &Route,
        errand: &mut dyn Errand,
        timeouts: Option<Timeouts>,
        permit: Option<&dyn Permit>,
    ) -> Result<(), Error> {
        let mut call = call(route, &self.inner.hosts, errand).map_err(|source| route.failed(source))?;
        call.permit = permit;
        self.exchange(route, call, errand, timeouts).await
    }

    /// Calls an operation with a form, which has a file in it, in place of its request.
    pub(crate) async fn send_form<E: Endpoint>(
        &self,
        form: Form,
        timeouts: Option<Timeouts>,
    ) -> Result<E::Response, Error> {
        let (route, mut errand) = (Route::of::<E>(), Typed::new((), call_back::nowhere, E::read));
        let call = call_with(&route, &self.inner.hosts, route.path(), Content::Form(form));
        self.exchange(&route, call.map_err(|source| route.failed(source))?, &mut errand, timeouts).await?;
        errand.answer.ok_or_else(|| route.unanswered())
    }

    async fn exchange(
        &self,
        route: &Route,
        call: Call<'_>,
        errand: &mut dyn Errand,
        timeouts: Option<Timeouts>,
    ) -> Result<(), Error> {
        let about = || About::new(route.name.clone());
        let other = timeouts.map(|timeouts| self.transport.with_timeouts(timeouts));
        let transport = other.as_ref().unwrap_or(&self.transport);
        let answer = transport.send(call, |status, body| reading(errand.read(status, body))).await;
        match (answer, route.effect) {
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
            (Err(error), effect) if effect == Effect::Reads || error.is_unsent() => Err(route.failed(error)),
            (Err(error), _) => Err(unknown(about(), LostAnswer::Lost(error))),
        }
    }
}

/// The request is the query of a `GET`, and the body of a `POST`.
fn call<'a>(route: &'a Route, hosts: &Hosts, errand: &dyn Errand) -> Result<Call<'a>, kie_transport::Error> {
    let failed = |what| kie_transport::Error::new(kie_transport::ErrorKind::Setup, what);
    let not_json = |error: serde_json::Error| failed("the request is not JSON").with_source(error);
    match (route.method, route.file) {
        (_, Some(file)) => {
            let fields = errand.json().and_then(|json| serde_json::from_slice(&json)).map_err(not_json)?;
            call_with(route, hosts, route.path(), Content::Form(form(&fields, file)))
        }
        (Method::Get, None) => {
            let not_a_query = |error| failed("the request is no query").with_source(error);
            let path = errand.query(&route.path).map_err(not_a_query)?;
            call_with(route, hosts, path.into(), Content::Nothing)
        }
        (_, None) => {
            let json = errand.json().map_err(not_json)?;
            call_with(route, hosts, route.path(), Content::Json(json.into()))
        }
    }
}

fn call_with<'a>(
    route: &'a Route,
    hosts: &Hosts,
    path: Bytes,
    content: Content,
) -> Result<Call<'a>, kie_transport::Error> {
    let mut call = Call::creating(&route.name, hosts.of(route.host).join(path)?, content);
    if route.method == Method::Get {
        call.method = HttpMethod::GET;
    }
    if route.effect == Effect::Reads {
        call.repeat = Repeat::Always;
        call.in_line = false;
    }
    Ok(call)
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
