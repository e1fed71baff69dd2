//! The player: an HTTP service that answers from a cassette.

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
    path::Path,
    sync::{Arc, Mutex},
};

use http::{HeaderMap, Request, header, request::Parts};
use http_body_util::BodyExt;
use kie_transport::{Body, Error, ErrorKind, HttpFuture, HttpService};

use super::{
    cassette::Cassette,
    content,
    difference::{Bindings, Comparison},
    error::CassetteError,
    exchange::{Exchange, RecordedBody, RecordedRequest},
    redaction::{self, Part, Redactor},
    replay,
    tee::{self, lock},
};

/// An HTTP service that answers requests from a [`Cassette`]. Give a clone of it to `ClientBuilder::http`. Cheap to
/// clone: all clones play the same cassette. Waits for nothing, so it also works with a paused clock.
///
/// A request gets the outcome of the first exchange that was not played yet and has the same method, path, query and
/// body. The host is not compared, and a text is compared as it is redacted in the cassette: by its length, unless the
/// recorder kept the texts. Callback addresses, names of uploaded files, and times are not compared. Of an uploaded
/// file, only the length is compared. An id of the application that is not in the cassette stands for the recorded id.
///
/// A lookup (`GET`) may be repeated more often than it was recorded: its last outcome is repeated. Another request that
/// is not in the cassette fails with [`ErrorKind::Setup`], so it is not tried again. The error tells what was asked,
/// and the difference to the nearest exchange.
#[derive(Clone)]
pub struct Player {
    cassette: Arc<Cassette>,
    ids: Arc<HashSet<String>>,
    ignored: Vec<String>,
    hook: Option<Hook>,
    played: Arc<Mutex<Played>>,
}

type Hook = Arc<dyn Fn(&mut RecordedRequest) + Send + Sync>;

#[derive(Debug, Default)]
struct Played {
    exchanges: HashSet<usize>,
    bindings: Bindings,
}

impl Player {
    /// Returns a player of this cassette.
    pub fn new(cassette: Cassette) -> Self {
        let ids = Arc::new(known_ids(&cassette));
        let cassette = Arc::new(cassette);
        Self { cassette, ids, ignored: Vec::new(), hook: None, played: Arc::default() }
    }

    /// Returns a player of the cassette in this file.
    ///
    /// # Errors
    ///
    /// The errors of [`Cassette::load`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self, CassetteError> {
        Cassette::load(path).map(Self::new)
    }

    /// Does not compare the fields with this name in the bodies of requests.
    #[must_use]
    pub fn ignore(mut self, field: impl Into<String>) -> Self {
        self.ignored.push(field.into());
        self
    }

    /// Changes each request before it is compared. The built-in rules were applied already. Needed if
    /// [`Recorder::redact_with`](super::Recorder::redact_with) changed requests.
    #[must_use]
    pub fn redact_with(mut self, redact: impl Fn(&mut RecordedRequest) + Send + Sync + 'static) -> Self {
        self.hook = Some(Arc::new(redact));
        self
    }

    /// Tells if the application asked for all that the cassette has. Lookups that were made less often than in the
    /// recording are not missing.
    pub fn is_finished(&self) -> bool {
        self.unused().is_empty()
    }

    /// Returns the exchanges that were not played. A lookup that was made at least once is left out.
    pub fn unused(&self) -> Vec<Exchange> {
        let played = lock(&self.played);
        let exchanges = &self.cassette.exchanges;
        let made = |request: &RecordedRequest| {
            request.is_lookup() && played.exchanges.iter().any(|at| exchanges[*at].request == *request)
        };
        let unused =
            exchanges.iter().enumerate().filter(|(at, it)| !played.exchanges.contains(at) && !made(&it.request));
        unused.map(|(_, exchange)| exchange.clone()).collect()
    }

    fn play(&self, asked: &RecordedRequest) -> Result<http::Response<Body>, Error> {
        let mut played = lock(&self.played);
        let (mut repeated, mut nearest) = (None, Vec::new());
        for (at, exchange) in self.cassette.exchanges.iter().enumerate() {
            let knows = |id: &str| self.ids.contains(id);
            let bindings = played.bindings.clone();
            let mut comparison = Comparison { knows: &knows, ignored: &self.ignored, bindings };
            let is_played = played.exchanges.contains(&at);
            match comparison.difference(&exchange.request, asked) {
                None if !is_played => {
                    played.exchanges.insert(at);
                    played.bindings = comparison.bindings;
                    return replay::outcome(exchange, &played.bindings);
                }
                None if asked.is_lookup() => repeated = Some(exchange),
                None => nearest.push((0, at, "it was played already".to_owned())),
                Some(told) => nearest.push((distance(&exchange.request, asked), at, told)),
            }
        }
        if let Some(exchange) = repeated {
            return replay::outcome(exchange, &played.bindings);
        }
        Err(Error::new(ErrorKind::Setup, self.not_found(asked, &nearest)))
    }

    fn not_found(&self, asked: &RecordedRequest, nearest: &[(u8, usize, String)]) -> String {
        let nearest = nearest.iter().min_by_key(|(distance, at, _)| (*distance, *at)).and_then(|(_, at, told)| {
            let exchange = self.cassette.exchanges.get(*at)?;
            Some(format!("the nearest is exchange {} ({exchange}): {told}", at + 1))
        });
        let nearest = nearest.unwrap_or_else(|| "the cassette is empty".to_owned());
        format!("the cassette has no exchange for {asked}; {nearest}")
    }
}

/// Returns how far a recorded request is from the request: 0 for another body, 1 for another query, 2 for another
/// path, 3 for another method.
fn distance(recorded: &RecordedRequest, asked: &RecordedRequest) -> u8 {
    let path = |request: &RecordedRequest| request.path.split('?').next().unwrap_or_default().to_owned();
    match () {
        () if recorded.method != asked.method => 3,
        () if path(recorded) != path(asked) => 2,
        () if recorded.path != asked.path => 1,
        () => 0,
    }
}

/// Returns all ids in the cassette.
fn known_ids(cassette: &Cassette) -> HashSet<String> {
    let text = cassette.to_json();
    let ids = redaction::parts(&text).into_iter().filter_map(|part| match part {
        Part::Id(id) => Some(id.to_owned()),
        Part::Other(_) => None,
    });
    ids.collect()
}

impl HttpService for Player {
    fn call(&self, request: Request<Body>) -> HttpFuture<'_> {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = self.body(&parts.headers, body).await?;
            let mut asked = self.asked(&parts, body);
            if let Some(hook) = &self.hook {
                hook(&mut asked);
            }
            self.play(&asked)
        })
    }
}

impl Player {
    /// Reads the body of a request, and redacts it.
    async fn body(&self, headers: &HeaderMap, body: Body) -> Result<Option<RecordedBody>, Error> {
        let (mut body, copied) = tee::tee(body, content::limit(headers, 0));
        while let Some(frame) = body.frame().await {
            frame?;
        }
        let copied = lock(&copied);
        Ok(content::recorded(&copied, 0, &mut Redactor::of_player(self.cassette.texts)))
    }

    fn asked(&self, parts: &Parts, body: Option<RecordedBody>) -> RecordedRequest {
        let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).map(ToOwned::to_owned);
        RecordedRequest {
            method: parts.method.to_string(),
            host: parts.uri.authority().map(ToString::to_string).or(host).unwrap_or_default(),
            path: Redactor::of_player(self.cassette.texts).path(&path),
            headers: BTreeMap::new(),
            body,
        }
    }
}

impl fmt::Debug for Player {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let played = lock(&self.played).exchanges.len();
        f.debug_struct("Player").field("exchanges", &self.cassette.exchanges.len()).field("played", &played).finish()
    }
}
