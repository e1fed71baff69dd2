//! The clients that are compared, from a single hyper connection to the whole SDK. All of them make the same calls.

use std::sync::{Arc, Mutex};

use anyhow::Context as _;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::{
    client::legacy::{Client as HyperClient, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo, TokioTimer},
};
use kie_suno::{Client, ClientBuilder, Task, records::Music, requests::GenerateMusic};
use tokio::net::TcpStream;

use crate::{canned, rigid};

const KEY: &str = "not-a-key";
const AGENT: &str = "kie-bench";
const SUBMIT: &str = "/api/v1/generate";
const LOOK: &str = "/api/v1/generate/record-info?taskId=4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";

/// The two measured calls: `Post` submits a song, and `Get` polls a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Workload {
    Post,
    Get,
}

impl Workload {
    pub(crate) const ALL: [Self; 2] = [Self::Post, Self::Get];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Get => "get",
        }
    }

    pub(crate) fn named(name: &str) -> anyhow::Result<Self> {
        Self::ALL.into_iter().find(|call| call.name() == name).with_context(|| format!("no call is named {name}"))
    }

    /// Makes one input for each of `calls` calls before the measurement begins.
    pub(crate) fn inputs(self, calls: usize) -> Vec<Input> {
        let input = || match self {
            Self::Post => Input::Song(Box::new(canned::song())),
            Self::Get => Input::Look,
        };
        (0..calls).map(|_| input()).collect()
    }
}

/// Input of one call.
pub(crate) enum Input {
    Song(Box<GenerateMusic>),
    Look,
}

/// A client that is measured.
#[derive(Clone)]
pub(crate) enum Contender {
    /// One hyper connection. It sends and receives bytes that were made before.
    Conn(Arc<Mutex<Option<http1::SendRequest<Full<Bytes>>>>>, BareRequest),
    /// The connection pool of hyper-util. It sends and receives bytes that were made before.
    Pool(HyperClient<HttpConnector, Full<Bytes>>, BareRequest),
    /// The connection pool of hyper-util, with fixed structs for request and response.
    Typed(HyperClient<HttpConnector, Full<Bytes>>, BareRequest),
    /// The SDK.
    Facade(Client, Task<Music>),
    #[cfg(feature = "full")]
    Reqwest(reqwest::Client, [String; 2]),
}

impl Contender {
    pub(crate) async fn new(kind: &str, address: &str) -> anyhow::Result<Self> {
        let host = format!("http://{address}");
        match kind {
            "conn" => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
                tokio::spawn(connection);
                Ok(Self::Conn(Arc::new(Mutex::new(Some(sender))), BareRequest::new("", Some(address))?))
            }
            "pool" => Ok(Self::Pool(pool(), BareRequest::new(&host, None)?)),
            "typed" => Ok(Self::Typed(pool(), BareRequest::new(&host, None)?)),
            "facade" => Ok(Self::sdk(facade(address)?)),
            #[cfg(feature = "full")]
            "reqwest" => {
                let client = reqwest::Client::builder().user_agent(AGENT).no_proxy().build()?;
                Ok(Self::Reqwest(client, [host.clone() + SUBMIT, host + LOOK]))
            }
            other => anyhow::bail!("no client is named {other}"),
        }
    }

    /// Returns the SDK with TLS. It trusts the certificates of this PEM document.
    #[cfg(feature = "full")]
    pub(crate) fn secure(address: &str, pem: &str) -> anyhow::Result<Self> {
        let builder = Client::builder().base_url(format!("https://{address}")).root_certificates(pem).no_proxy();
        Ok(Self::sdk(unlimited(builder)?))
    }

    fn sdk(client: Client) -> Self {
        let task = client.task(canned::TASK);
        Self::Facade(client, task)
    }

    /// Makes one call and reads its response.
    pub(crate) async fn call(&self, input: Input) -> anyhow::Result<()> {
        match self {
            Self::Conn(connection, raw) => {
                let taken = connection.lock().ok().and_then(|mut sender| sender.take());
                let mut sender = taken.context("the connection is in use")?;
                sender.ready().await?;
                let body = collected(sender.send_request(raw.request(&input, raw.song.clone())).await?).await?;
                if let Ok(mut place) = connection.lock() {
                    *place = Some(sender);
                }
                expect(!body.is_empty())
            }
            Self::Pool(pool, raw) => {
                let body = collected(pool.request(raw.request(&input, raw.song.clone())).await?).await?;
                expect(!body.is_empty())
            }
            Self::Typed(pool, raw) => match &input {
                Input::Song(song) => {
                    let request = raw.request(&input, serde_json::to_vec(song)?.into());
                    let body = collected(pool.request(request).await?).await?;
                    let answer: rigid::Envelope<rigid::Started> = serde_json::from_slice(&body)?;
                    expect(answer.data.is_some())
                }
                Input::Look => {
                    let body = collected(pool.request(raw.request(&input, Bytes::new())).await?).await?;
                    let answer: rigid::Envelope<rigid::Record> = serde_json::from_slice(&body)?;
                    expect(answer.data.is_some())
                }
            },
            Self::Facade(client, task) => match input {
                Input::Song(song) => expect(client.start(*song).await?.id().as_str() == canned::TASK),
                Input::Look => expect(task.fetch().await?.is_some_and(|record| record.tracks().len() == 2)),
            },
            #[cfg(feature = "full")]
            Self::Reqwest(client, [submit, poll]) => match input {
                Input::Song(song) => {
                    let request = client.post(submit).bearer_auth(KEY).json(&song);
                    let answer: rigid::Envelope<rigid::Started> = request.send().await?.json().await?;
                    expect(answer.data.is_some())
                }
                Input::Look => {
                    let request = client.get(poll).bearer_auth(KEY);
                    let answer: rigid::Envelope<rigid::Record> = request.send().await?.json().await?;
                    expect(answer.data.is_some())
                }
            },
        }
    }
}

/// Returns a client of the SDK with default settings, except for a rate limit of 131,072 new tasks per millisecond.
pub(crate) fn facade(address: &str) -> anyhow::Result<Client> {
    unlimited(Client::builder().base_url(format!("http://{address}")))
}

fn unlimited(builder: ClientBuilder) -> anyhow::Result<Client> {
    // Every submit still has to pass the rate limit, but this limit is so high that a submit almost never waits.
    Ok(builder.api_key(KEY).task_rate(1 << 17, std::time::Duration::from_millis(1)).build()?)
}

fn pool() -> HyperClient<HttpConnector, Full<Bytes>> {
    let mut tcp = HttpConnector::new();
    tcp.set_nodelay(true);
    HyperClient::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(tcp)
}

async fn collected(response: http::Response<Incoming>) -> anyhow::Result<Bytes> {
    Ok(response.into_body().collect().await?.to_bytes())
}

fn expect(is_so: bool) -> anyhow::Result<()> {
    anyhow::ensure!(is_so, "the answer is not what was expected");
    Ok(())
}

/// Parts of a request that are the same in every call.
#[derive(Clone)]
pub(crate) struct BareRequest {
    submit: Uri,
    poll: Uri,
    song: Bytes,
    host: Option<HeaderValue>,
    key: HeaderValue,
}

impl BareRequest {
    fn new(prefix: &str, host: Option<&str>) -> anyhow::Result<Self> {
        Ok(Self {
            submit: format!("{prefix}{SUBMIT}").parse()?,
            poll: format!("{prefix}{LOOK}").parse()?,
            song: serde_json::to_vec(&canned::song())?.into(),
            host: host.map(HeaderValue::from_str).transpose()?,
            key: HeaderValue::from_str(&format!("Bearer {KEY}"))?,
        })
    }

    fn request(&self, input: &Input, song: Bytes) -> Request<Full<Bytes>> {
        let is_post = matches!(input, Input::Song(_));
        let mut request = Request::new(Full::new(if is_post { song } else { Bytes::new() }));
        *request.method_mut() = if is_post { Method::POST } else { Method::GET };
        *request.uri_mut() = if is_post { &self.submit } else { &self.poll }.clone();
        let headers = request.headers_mut();
        headers.reserve(4);
        headers.insert(header::USER_AGENT, HeaderValue::from_static(AGENT));
        headers.insert(header::AUTHORIZATION, self.key.clone());
        if is_post {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(host) = &self.host {
            headers.insert(header::HOST, host.clone());
        }
        request
    }
}
