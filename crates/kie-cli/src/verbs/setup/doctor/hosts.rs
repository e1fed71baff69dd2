//! Checks of the hosts of the service. They are free.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use kie_suno::{
    Client, Credits, Error, Retry,
    requests::Host,
    transport::{
        BaseUrl, Body, ErrorKind, HttpFuture, HttpService, Pool,
        http::{Request, Uri, header::DATE},
    },
};
use tokio::{net::TcpStream, time::timeout};

use crate::{
    args::GlobalArgs,
    exit::{ExitError, Interrupt, key_advice},
    output::with_causes,
    session::SANDBOX_KEY,
    verbs::setup::doctor::finding::Finding,
};

/// Time in which a host must accept a connection.
const CONNECT: Duration = Duration::from_secs(10);

/// Largest difference of two clocks that matters to nothing.
const CLOCK: Duration = Duration::from_secs(60);

/// Reads the balance. This checks the API host, the key, the certificates and the clock. Without a key, a key that the
/// service does not know is sent, which the service refuses.
pub(super) async fn api(
    global: &GlobalArgs,
    key: Option<String>,
    interrupt: &Interrupt,
) -> Result<Vec<Finding>, ExitError> {
    if global.sandbox {
        return Ok(vec![Finding::ok("api host", "not checked, because the simulator is inside of each command")]);
    }
    let date = Arc::default();
    let service = Dated { pool: Pool::new(CONNECT), date: Arc::clone(&date) };
    let has_key = key.is_some();
    let key = key.unwrap_or_else(|| SANDBOX_KEY.to_owned());
    let mut builder = Client::builder().api_key(key).retry(Retry::never()).http(service);
    let url = global.url_of(Host::Api);
    if let Some(url) = &url {
        builder = builder.base_url(url);
    }
    let host = url.unwrap_or_else(|| Host::Api.base_url().to_owned());
    let client = match builder.build() {
        Ok(client) => client,
        Err(error) => return Ok(vec![Finding::fault("api host", with_causes(&error), "correct the setting")]),
    };
    let balance = interrupt.during("reading the balance", client.credits()).await?;
    let mut findings = vec![answered(&host, has_key, &balance)];
    findings.push(certificates(&host, &balance));
    let date = date.lock().unwrap_or_else(PoisonError::into_inner).take();
    findings.push(clock(date));
    Ok(findings)
}

fn answered(host: &str, has_key: bool, balance: &Result<Credits, Error>) -> Finding {
    let check = "api host";
    match balance {
        Ok(left) => Finding::ok(check, format!("{host} accepts the key, {left} credits left")),
        Err(Error::Api(refused)) if refused.code() == 401 && !has_key => {
            Finding::ok(check, format!("{host} answers, and needs a key"))
        }
        Err(Error::Api(refused)) if refused.code() == 401 => {
            Finding::fault(check, format!("{host} does not accept the key: {refused}"), key_advice())
        }
        Err(error @ Error::Api(_)) => {
            Finding::warning(check, format!("{host} answers with an error: {error}"), "try again later")
        }
        Err(error) => {
            let advice = "check the network and the proxy; kie config shows the address in effect";
            Finding::fault(check, format!("{host} cannot be asked: {}", with_causes(error)), advice)
        }
    }
}

/// Tells if the certificate of the host was accepted. Every answer over https shows this.
fn certificates(host: &str, balance: &Result<Credits, Error>) -> Finding {
    let check = "certificates";
    if host.starts_with("http://") {
        return Finding::ok(check, "not checked, because plain http is used on this machine");
    }
    match balance {
        Err(Error::Transport(error)) if error.kind() == ErrorKind::Setup => {
            let advice = "if the certificate is the cause, install the root certificates of the system, such as the package \
                          ca-certificates; if the proxy is the cause, correct HTTPS_PROXY";
            Finding::fault(check, format!("no secure connection was made: {}", with_causes(&**error)), advice)
        }
        Err(Error::Transport(_)) => Finding::ok(check, "not checked, because there was no answer"),
        _ => Finding::ok(check, "the certificate of the host is accepted"),
    }
}

/// Compares the clock with the date of the response.
fn clock(date: Option<(SystemTime, SystemTime)>) -> Finding {
    let Some((theirs, ours)) = date else {
        return Finding::ok("clock", "not checked, because no response had a date");
    };
    let difference = ours.duration_since(theirs).unwrap_or_else(|error| error.duration());
    let seconds = difference.as_secs();
    if difference <= CLOCK {
        return Finding::ok("clock", format!("it differs from the host's by {seconds} s"));
    }
    let advice = "set the clock: certificates, and signatures of callbacks, depend on it";
    Finding::warning("clock", format!("it differs from the host's by {seconds} s"), advice)
}

/// Opens a connection to the upload host, and closes it.
pub(super) async fn upload(global: &GlobalArgs, interrupt: &Interrupt) -> Result<Finding, ExitError> {
    let check = "upload host";
    if global.sandbox {
        return Ok(Finding::ok(check, "not checked, because the simulator is inside of each command"));
    }
    let host = global.url_of(Host::Upload).unwrap_or_else(|| Host::Upload.base_url().to_owned());
    let address = host.parse::<BaseUrl>().ok().and_then(|_| host.trim().parse::<Uri>().ok());
    let Some((name, port)) = address.as_ref().and_then(endpoint) else {
        return Ok(Finding::fault(check, format!("{host} is not an address that can be used"), "correct the setting"));
    };
    if is_proxied() && !host.starts_with("http://") {
        return Ok(Finding::ok(check, format!("{host} is not checked, because a proxy makes the connections")));
    }
    let connecting = timeout(CONNECT, TcpStream::connect((name, port)));
    let why = match interrupt.during("connecting to the upload host", connecting).await? {
        Ok(Ok(_)) => return Ok(Finding::ok(check, format!("{host} accepts connections"))),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("there was no connection within {} s", CONNECT.as_secs()),
    };
    let advice = "check the network and the proxy; only uploads of local files need this host";
    Ok(Finding::fault(check, format!("{host}: {why}"), advice))
}

fn endpoint(address: &Uri) -> Option<(&str, u16)> {
    let default = if address.scheme_str() == Some("http") { 80 } else { 443 };
    let host = address.host()?.trim_start_matches('[').trim_end_matches(']');
    Some((host, address.port_u16().unwrap_or(default)))
}

fn is_proxied() -> bool {
    let names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
    names.iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// A pool of connections that remembers the date of a response, with the time of this machine.
struct Dated {
    pool: Pool,
    date: Arc<Mutex<Option<(SystemTime, SystemTime)>>>,
}

impl HttpService for Dated {
    fn call(&self, request: Request<Body>) -> HttpFuture<'_> {
        Box::pin(async move {
            let response = self.pool.call(request).await?;
            let date = response.headers().get(DATE).and_then(|date| date.to_str().ok());
            if let Some(date) = date.and_then(|date| httpdate::parse_http_date(date).ok()) {
                *self.date.lock().unwrap_or_else(PoisonError::into_inner) = Some((date, SystemTime::now()));
            }
            Ok(response)
        })
    }
}
