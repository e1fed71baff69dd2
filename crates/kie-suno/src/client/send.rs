//! Sending one call: encodes the request, passes it to the transport, and reads the response.

use std::borrow::Cow;

use http::Method as HttpMethod;
use kie_transport::{ApiCall, Content, Form, Idempotency, Permit, RetryAfter, Timeouts, Verdict, bytes::Bytes};
use kie_types::{
    Effect, Encoded, EncodedBody, Endpoint, Host, Method, NO_CALLBACK, Refusal, RefusalKind, Route, envelope::ReadError,
};
use tracing::Span;

use super::{
    call_back,
    client::Client,
    exchange::{Exchange, TypedExchange},
    target::{Hosts, Target, saw_task},
};
use crate::error::{About, ApiError, DecodeError, Error, LostAnswer, OutcomeUnknown};

impl Client {
    /// Makes a call that only reads. `read` decodes the response, in place of [`Endpoint::read`]. `retry_after` is set to
    /// the pause that the response asked for.
    pub(crate) async fn read<E: Endpoint>(
        &self,
        request: E,
        route: Route,
        timeouts: Option<Timeouts>,
        retry_after: Option<&RetryAfter>,
        read: impl Fn(u16, &[u8]) -> Result<E::Response, ReadError> + Send,
    ) -> Result<E::Response, Error> {
        request.validate_on(route).map_err(Error::Invalid)?;
        let (target, mut exchange) = (Target::on::<E>(route), TypedExchange::new(request, call_back::nowhere, read));
        self.send(&target, &mut exchange, timeouts, None, retry_after).await?;
        exchange.response.ok_or_else(|| target.unanswered())
    }

    /// Fills in the callback address of the client, if the request has a field for a callback address that is not set.
    /// The market route requires no address, so [`NO_CALLBACK`] is not sent there.
    pub(crate) fn fill(&self, target: &Target, exchange: &mut dyn Exchange) {
        let is_needed = target.route() == Route::Classic || self.inner.call_back_url != NO_CALLBACK;
        if is_needed && let Some(address) = exchange.call_back() {
            address.fill(&self.inner.call_back_url);
        }
    }

    /// Sends the request to this target, and stores the response in `exchange`. `retry_after` is set to the pause that the
    /// response asked for.
    pub(crate) fn send<'a>(
        &'a self,
        target: &'a Target,
        exchange: &'a mut dyn Exchange,
        timeouts: Option<Timeouts>,
        permit: Option<&'a dyn Permit>,
        retry_after: Option<&'a RetryAfter>,
    ) -> impl Future<Output = Result<(), Error>> {
        self.transmit(target, exchange, timeouts, move |exchange| {
            let encoded = exchange.encode(target).map_err(not_encoded)?;
            let mut call = call(target, &self.inner.hosts, encoded)?;
            (call.permit, call.retry_after) = (permit, retry_after);
            Ok(call)
        })
    }

    /// Calls an operation whose request contains a file. The form is sent as a multipart form, or as JSON with the file
    /// in Base64.
    pub(crate) async fn send_form<E: Endpoint>(
        &self,
        form: Form,
        timeouts: Option<Timeouts>,
    ) -> Result<E::Response, Error> {
        let (target, mut exchange) = (Target::of::<E>(), TypedExchange::new((), call_back::nowhere, E::read));
        let content = Content::Form(form.into());
        let call = |_: &dyn Exchange| call_with(&target, &self.inner.hosts, target.path.clone(), content);
        self.transmit(&target, &mut exchange, timeouts, call).await?;
        exchange.response.ok_or_else(|| target.unanswered())
    }

    /// Builds the call with the function `call`, sends it, and stores the response in `exchange`. The call is built in
    /// the future and is not an argument, because the future would store an argument twice.
    fn transmit<'a>(
        &self,
        target: &'a Target,
        exchange: &'a mut dyn Exchange,
        timeouts: Option<Timeouts>,
        call: impl FnOnce(&dyn Exchange) -> Result<ApiCall<'a>, kie_transport::Error>,
    ) -> impl Future<Output = Result<(), Error>> {
        // This is done before the future is made, so that the future stores the timeouts once.
        let transport = self.transport.with_timeouts(timeouts.unwrap_or_else(|| self.transport.timeouts()));
        async move {
            let call = call(exchange).map_err(|source| target.failed(source))?;
            let response = transport.send(call, |status, body| verdict(exchange.read(status, body))).await;
            outcome(target, response)
        }
    }
}

/// Converts the result of the transport into the result of the call. If a call that creates something got no readable
/// response, its outcome is unknown, unless nothing was sent.
fn outcome(target: &Target, response: Result<Result<(), ReadError>, kie_transport::Error>) -> Result<(), Error> {
    let about = || About::new(target.name.clone());
    match (response, target.effect) {
        (Ok(Ok(())), _) => Ok(()),
        (Ok(Err(ReadError::Refused(refusal))), _) => {
            let mut about = about();
            about.task_id = refusal.task_id().map(str::to_owned);
            let other_route = target.other_route.filter(|_| target.effect == Effect::Creates && is_gone(&refusal));
            Err(Error::Api(Box::new(ApiError { about, refusal, other_route })))
        }
        (Ok(Err(ReadError::Unreadable(answer))), Effect::Reads) => {
            Err(Error::Decode(Box::new(DecodeError { about: about(), answer })))
        }
        (Ok(Err(ReadError::Unreadable(answer))), _) => Err(unknown(about(), LostAnswer::Unreadable(answer))),
        (Err(error), effect) if effect == Effect::Reads || error.is_unsent() => Err(target.failed(error)),
        (Err(error), _) => Err(unknown(about(), LostAnswer::Lost(error))),
    }
}

/// Returns `true` if a refusal says that the path does not exist. The service's own refusals use the code 404 for other
/// things too, such as an unknown task, but they have an envelope.
fn is_gone(refusal: &Refusal) -> bool {
    refusal.code() == 410 || (!refusal.has_envelope() && matches!(refusal.http_status(), 404 | 405))
}

/// Returns the call that the transport makes for an encoded request.
fn call<'a>(target: &'a Target, hosts: &Hosts, encoded: Encoded) -> Result<ApiCall<'a>, kie_transport::Error> {
    let content = match encoded.content {
        EncodedBody::Json(json) => Content::Json(json.into()),
        EncodedBody::Form(form) => {
            let texts = form.texts.iter().map(|(name, text)| (name.as_str(), text.as_str()));
            Content::Form(Form::new(texts, form.file, form.path).into())
        }
        _ => Content::Nothing,
    };
    call_with(target, hosts, encoded.path_and_query, content)
}

fn call_with<'a>(
    target: &'a Target,
    hosts: &Hosts,
    path: Cow<'static, str>,
    content: Content,
) -> Result<ApiCall<'a>, kie_transport::Error> {
    let path = match path {
        Cow::Borrowed(path) => Bytes::from_static(path.as_bytes()),
        Cow::Owned(path) => path.into(),
    };
    let mut call = ApiCall::creating(&target.name, hosts.of(target.host).join(path)?, content);
    if target.method == Method::Get {
        call.method = HttpMethod::GET;
    }
    // The limit of the service is for generation requests.
    call.rate_limited = target.effect != Effect::Reads && target.host != Host::Upload;
    if target.effect == Effect::Reads {
        call.idempotency = Idempotency::Idempotent;
    }
    Ok(call)
}

/// Classifies a response for the transport, which decides about retries.
fn verdict(opened: Result<(), ReadError>) -> Verdict<Result<(), ReadError>> {
    match &opened {
        Err(ReadError::Refused(refusal)) => {
            Span::current().record("code", refusal.code());
            match (refusal.task_id(), refusal.kind()) {
                // If a response contains a task id, the task exists, whatever the code of the response is.
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

/// Returns the error for a request that cannot be encoded.
pub(crate) fn not_encoded(error: impl std::error::Error + Send + Sync + 'static) -> kie_transport::Error {
    kie_transport::Error::new(kie_transport::ErrorKind::Setup, "the request cannot be encoded").with_source(error)
}

fn unknown(about: About, source: LostAnswer) -> Error {
    Error::OutcomeUnknown(Box::new(OutcomeUnknown { about, source }))
}
