//! The recorder: an HTTP service that notes what passes through it.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
};

use http::{HeaderMap, Request, header};
use http_body_util::BodyExt;
use kie_transport::{Body, Error, ErrorKind, HttpFuture, HttpService};

use super::{
    cassette::{Cassette, MOST_EXCHANGES},
    content,
    exchange::{Exchange, Outcome, RecordedBody, RecordedRequest, RecordedResponse},
    redaction::{Redactor, Texts},
    tee::{self, Shared, lock},
};

/// Number of first bytes of a file that are kept with its texts.
const START: usize = 64 << 10;
/// Number of first bytes of a file that are kept without its texts. They tell the format, and are before all tags.
const SIGNATURE: usize = 16;
/// The headers that are recorded.
const HEADERS: [header::HeaderName; 10] = [
    header::ACCEPT_RANGES,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_RANGE,
    header::CONTENT_TYPE,
    header::ETAG,
    header::LAST_MODIFIED,
    header::LOCATION,
    header::RANGE,
    header::RETRY_AFTER,
];

/// An HTTP service that sends each request to another one, and records the exchange. Give a clone of it to
/// `ClientBuilder::http`, and take the [`cassette`](Self::cassette) afterwards. Cheap to clone: all clones record into
/// the same cassette.
///
/// Secrets are removed when the cassette is taken: see the [module](crate::cassette).
#[derive(Clone)]
pub struct Recorder {
    service: Arc<dyn HttpService>,
    texts: Texts,
    hook: Option<Hook>,
    taken: Arc<Mutex<Taken>>,
}

type Hook = Arc<dyn Fn(&mut Exchange) + Send + Sync>;

/// What was recorded so far, with its secrets.
#[derive(Default, Clone)]
struct Taken {
    exchanges: Vec<Arc<Raw>>,
    missing: usize,
    keys: Vec<String>,
}

/// An exchange as it passed.
struct Raw {
    method: String,
    host: String,
    path: String,
    headers: BTreeMap<String, String>,
    body: Shared,
    outcome: Arc<Mutex<RawOutcome>>,
}

#[derive(Default)]
enum RawOutcome {
    /// No response yet, or the call was dropped.
    #[default]
    Pending,
    Error(ErrorKind),
    Response {
        status: u16,
        headers: BTreeMap<String, String>,
        body: Shared,
    },
}

impl Recorder {
    /// Returns a recorder of the exchanges with this service.
    pub fn new(service: impl HttpService) -> Self {
        Self { service: Arc::new(service), texts: Texts::Replaced, hook: None, taken: Arc::default() }
    }

    /// Keeps the texts of the user, such as prompts, lyrics and titles, and the first 64 KiB of songs and other files.
    /// Keys, signatures of links, ids and addresses are replaced all the same.
    #[must_use]
    pub fn keep_texts(mut self) -> Self {
        self.texts = Texts::Kept;
        self
    }

    /// Changes each exchange before it becomes a part of a cassette, for example to remove more. The built-in rules
    /// were applied already. If `redact` changes requests, give the same function to
    /// [`Player::redact_with`](super::Player::redact_with).
    #[must_use]
    pub fn redact_with(mut self, redact: impl Fn(&mut Exchange) + Send + Sync + 'static) -> Self {
        self.hook = Some(Arc::new(redact));
        self
    }

    /// Returns what was recorded so far, without secrets. An exchange whose response has not begun yet is left out.
    pub fn cassette(&self) -> Cassette {
        self.redacted(&Taken::clone(&lock(&self.taken)))
    }

    /// Returns what was recorded so far, and begins a new cassette.
    pub fn take(&self) -> Cassette {
        let taken = {
            let mut taken = lock(&self.taken);
            let keys = taken.keys.clone();
            std::mem::replace(&mut *taken, Taken { keys, ..Taken::default() })
        };
        self.redacted(&taken)
    }

    fn redacted(&self, taken: &Taken) -> Cassette {
        let mut redactor = Redactor::new(self.texts, taken.keys.clone());
        for raw in &taken.exchanges {
            raw.teach(&mut redactor);
        }
        let mut exchanges: Vec<Exchange> = Vec::new();
        for raw in &taken.exchanges {
            let Some(mut exchange) = raw.redacted(&mut redactor, self.texts) else { continue };
            if let Some(hook) = &self.hook {
                hook(&mut exchange);
            }
            match exchanges.iter_mut().rfind(|earlier| earlier.request == exchange.request) {
                Some(earlier) if earlier.request.is_lookup() && earlier.outcome == exchange.outcome => {
                    earlier.repeats += 1;
                }
                _ => exchanges.push(exchange),
            }
        }
        Cassette::new(self.texts, exchanges, taken.missing)
    }
}

/// Reads a body into memory.
async fn whole(body: Body) -> Result<Body, Error> {
    body.collect().await.map(|whole| Body::from(whole.to_bytes()))
}

impl HttpService for Recorder {
    fn call(&self, request: Request<Body>) -> HttpFuture<'_> {
        let (parts, body) = request.into_parts();
        let limit = content::limit(&parts.headers, 0);
        let is_text = limit > 0;
        let (body, copied) = tee::tee(body, limit);
        let uri = &parts.uri;
        let outcome = Arc::default();
        let raw = Raw {
            method: parts.method.to_string(),
            host: uri.authority().map(host).unwrap_or_default(),
            path: uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            headers: kept(&parts.headers),
            body: copied,
            outcome: Arc::clone(&outcome),
        };
        lock(&self.taken).add(raw, key(&parts.headers));
        Box::pin(async move {
            // A text is read before the call, because a service in a test may respond without reading it.
            let called = match if is_text { whole(body).await } else { Ok(body) } {
                Ok(body) => self.service.call(Request::from_parts(parts, body)).await,
                Err(error) => Err(error),
            };
            let (came, called) = match called {
                Err(error) => (RawOutcome::Error(error.kind()), Err(error)),
                Ok(response) => {
                    let (parts, body) = response.into_parts();
                    let (body, copied) = tee::tee(body, content::limit(&parts.headers, START));
                    let (status, headers) = (parts.status.as_u16(), kept(&parts.headers));
                    (
                        RawOutcome::Response { status, headers, body: copied },
                        Ok(http::Response::from_parts(parts, body)),
                    )
                }
            };
            *lock(&outcome) = came;
            called
        })
    }
}

impl Taken {
    fn add(&mut self, raw: Raw, key: Option<String>) {
        self.keys.extend(key.filter(|key| !self.keys.contains(key)));
        if self.exchanges.len() < MOST_EXCHANGES {
            self.exchanges.push(Arc::new(raw));
        } else {
            self.missing += 1;
        }
    }
}

impl Raw {
    /// Shows the bodies to the redactor.
    fn teach(&self, redactor: &mut Redactor) {
        let mut learn = |body: &Shared, is_request| {
            if let Ok(value) = serde_json::from_slice(&lock(body).start) {
                redactor.learn("", &value, is_request);
            }
        };
        learn(&self.body, true);
        if let RawOutcome::Response { body, .. } = &*lock(&self.outcome) {
            learn(body, false);
        }
    }

    fn redacted(&self, redactor: &mut Redactor, texts: Texts) -> Option<Exchange> {
        let redacted_headers = |headers: &BTreeMap<String, String>, redactor: &mut Redactor| {
            let headers = headers.iter().map(|(name, value)| (name.clone(), redactor.anywhere(value)));
            headers.collect::<BTreeMap<_, _>>()
        };
        let headers = redacted_headers(&self.headers, redactor);
        let request = RecordedRequest {
            method: self.method.clone(),
            host: self.host.clone(),
            path: redactor.path(&self.path),
            headers: without_length(headers),
            body: content::recorded(&lock(&self.body), 0, redactor),
        };
        let outcome = match &*lock(&self.outcome) {
            RawOutcome::Pending => return None,
            RawOutcome::Error(kind) => Outcome::Error(kind.to_string()),
            RawOutcome::Response { status, headers, body } => {
                let mut headers = redacted_headers(headers, redactor);
                let copied = lock(body);
                let start = if texts == Texts::Kept { START } else { SIGNATURE };
                let body = content::recorded(&copied, start, redactor);
                // The length of a text changes when it is redacted.
                if !matches!(body, Some(RecordedBody::Bytes { .. })) {
                    headers = without_length(headers);
                }
                Outcome::Response(RecordedResponse { status: *status, headers, body, cut: !copied.is_whole })
            }
        };
        Some(Exchange { request, outcome, repeats: 0 })
    }
}

fn without_length(mut headers: BTreeMap<String, String>) -> BTreeMap<String, String> {
    headers.remove(header::CONTENT_LENGTH.as_str());
    headers
}

/// Returns the headers that are recorded.
fn kept(headers: &HeaderMap) -> BTreeMap<String, String> {
    let kept = HEADERS.iter().filter_map(|name| Some((name.to_string(), headers.get(name)?.to_str().ok()?.to_owned())));
    kept.collect()
}

/// Returns the host and the port, without a user.
fn host(authority: &http::uri::Authority) -> String {
    authority.as_str().rsplit('@').next().unwrap_or_default().to_owned()
}

/// Returns the API key of a request.
fn key(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let key = value.split_once(' ').map_or(value, |(_, key)| key).trim();
    (!key.is_empty()).then(|| key.to_owned())
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exchanges = lock(&self.taken).exchanges.len();
        f.debug_struct("Recorder").field("exchanges", &exchanges).finish_non_exhaustive()
    }
}
