//! One call, from the request's JSON to the answer's type: the only place where types and transport meet.

use std::borrow::Cow;

use http::Method as HttpMethod;
use kie_transport::{ApiCall, Content, Form, Idempotency, Permit, Timeouts, Transport, Verdict, bytes::Bytes};
use kie_types::{Effect, Encoded, EncodedBody, Endpoint, Method, RefusalKind, envelope::ReadError};
use tracing::Span;

use super::{
    call_back,
    client::Client,
    exchange::{Exchange, TypedExchange},
    target::{Hosts, Target, saw_task},
};
use crate::error::{About, ApiError, DecodeError, Error, LostAnswer, OutcomeUnknown};

impl Client {
    /// Makes a call that creates nothing, and has its answer read by something more than [`Endpoint::read`].
    pub(crate) async fn read<E: Endpoint>(
        &self,
        request: E,
        read: impl Fn(u16, &[u8]) -> Result<E::Response, ReadError> + Send,
    ) -> Result<E::Response, Error> {
        request.validate().map_err(Error::Invalid)?;
        let (route, mut exchange) = (Target::of::<E>(), TypedExchange::new(request, call_back::field, read));
        self.fill(&mut exchange);
        self.send(&route, &mut exchange, None, None).await?;
        exchange.answer.ok_or_else(|| route.unanswered())
    }

    /// Fills in a callback address where the request has a place for one, and none in it.
    pub(crate) fn fill(&self, exchange: &mut dyn Exchange) {
        if let Some(place) = exchange.call_back() {
            place.fill(&self.inner.call_back_url);
        }
    }

    /// Sends the request by this route and has the answer read.
    pub(crate) async fn send(
        &self,
        route: &Target,
        exchange: &mut dyn Exchange,
        timeouts: Option<Timeouts>,
        permit: Option<&dyn Permit>,
    ) -> Result<(), Error> {
        let encoded = exchange.encode(route).map_err(|error| route.failed(not_encoded(error)))?;
        let mut call = call(route, &self.inner.hosts, encoded).map_err(|source| route.failed(source))?;
        call.permit = permit;
        let transport = self.transport_for(timeouts);
        let answer = transport.send(call, |status, body| reading(exchange.read(status, body))).await;
        outcome(route, answer)
    }

    /// Calls an operation with a form, which has a file in it, in place of its request.
    pub(crate) async fn send_form<E: Endpoint>(
        &self,
        form: Form,
        timeouts: Option<Timeouts>,
    ) -> Result<E::Response, Error> {
        let (route, mut exchange) = (Target::of::<E>(), TypedExchange::new((), call_back::nowhere, E::read));
        let call = call_with(&route, &self.inner.hosts, route.path.clone(), Content::Form(form));
        let (transport, call) = (self.transport_for(timeouts), call.map_err(|source| route.failed(source))?);
        let answer = transport.send(call, |status, body| reading(exchange.read(status, body))).await;
        outcome(&route, answer)?;
        exchange.answer.ok_or_else(|| route.unanswered())
    }

    fn transport_for(&self, timeouts: Option<Timeouts>) -> Transport {
        self.transport.with_timeouts(timeouts.unwrap_or_else(|| self.transport.timeouts()))
    }
}

/// What a call came to, by what its operation does.
fn outcome(route: &Target, answer: Result<Result<(), ReadError>, kie_transport::Error>) -> Result<(), Error> {
    let about = || About::new(route.name.clone());
    match (answer, route.effect) {
        (Ok(Ok(())), _) => Ok(()),
        (Ok(Err(ReadError::Refused(refusal))), _) => {
            let mut about = about();
            about.task_id = refusal.task_id().map(str::to_owned);
            Err(Error::Api(Box::new(ApiError { about, refusal })))
        }
        (Ok(Err(ReadError::Unreadable(answer))), Effect::Reads) => {
            Err(Error::Decode(Box::new(DecodeError { about: about(), answer })))
        }
        (Ok(Err(ReadError::Unreadable(answer))), _) => Err(unknown(about(), LostAnswer::Unreadable(answer))),
        (Err(error), effect) if effect == Effect::Reads || error.is_unsent() => Err(route.failed(error)),
        (Err(error), _) => Err(unknown(about(), LostAnswer::Lost(error))),
    }
}

/// The call of an encoded request.
fn call<'a>(route: &'a Target, hosts: &Hosts, encoded: Encoded) -> Result<ApiCall<'a>, kie_transport::Error> {
    let content = match encoded.content {
        EncodedBody::Json(json) => Content::Json(json.into()),
        EncodedBody::Form(form) => {
            let texts = form.texts.iter().map(|(name, text)| (name.as_str(), text.as_str()));
            Content::Form(Form::new(texts, form.file, form.path))
        }
        _ => Content::Nothing,
    };
    call_with(route, hosts, encoded.path_and_query, content)
}

fn call_with<'a>(
    route: &'a Target,
    hosts: &Hosts,
    path: Cow<'static, str>,
    content: Content,
) -> Result<ApiCall<'a>, kie_transport::Error> {
    let path = match path {
        Cow::Borrowed(path) => Bytes::from_static(path.as_bytes()),
        Cow::Owned(path) => path.into(),
    };
    let mut call = ApiCall::creating(&route.name, hosts.of(route.host).join(path)?, content);
    if route.method == Method::Get {
        call.method = HttpMethod::GET;
    }
    if route.effect == Effect::Reads {
        call.repeat = Idempotency::Idempotent;
        call.in_line = false;
    }
    Ok(call)
}

/// Says of an answer what the transport has to know of it.
fn reading(opened: Result<(), ReadError>) -> Verdict<Result<(), ReadError>> {
    match &opened {
        Err(ReadError::Refused(refusal)) => {
            Span::current().record("code", refusal.code());
            match (refusal.task_id(), refusal.kind()) {
                // A task that an answer names exists, whatever else the answer says.
                (Some(id), _) => {
                    saw_task(id);
                    Verdict::Done(opened)
                }
                (None, RefusalKind::RateLimited) => Verdict::Rejected(opened),
                (None, RefusalKind::Server) => Verdict::ServerTrouble(opened),
                (None, _) => Verdict::Done(opened),
            }
        }
        _ => Verdict::Done(opened),
    }
}

/// The failure of a request that cannot be written.
pub(crate) fn not_encoded(error: impl std::error::Error + Send + Sync + 'static) -> kie_transport::Error {
    kie_transport::Error::new(kie_transport::ErrorKind::Setup, "the request cannot be written").with_source(error)
}

fn unknown(about: About, source: LostAnswer) -> Error {
    Error::OutcomeUnknown(Box::new(OutcomeUnknown { about, source }))
}
