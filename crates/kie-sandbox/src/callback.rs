//! Callbacks: booked always, sent to loopback addresses only.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Uri, header};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use kie_types::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER};
use serde_json::Value;
use tokio::{
    net::TcpStream,
    task::JoinSet,
    time::{self, Instant},
};

use crate::{
    books::Delivery,
    sandbox::Inner,
    task::{Task, View},
};

/// How long a receiver has to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often a callback is sent again.
const RETRIES: u32 = 3;

/// Follows a task to its end and delivers its callbacks, one after the other.
pub(crate) async fn follow(inner: Arc<Inner>, task: Arc<Task>) {
    if task.call_back_url.is_empty() {
        return;
    }
    for (age, state) in task.course.callbacks().into_iter().filter(|(_, state)| task.work.is_told(state)) {
        time::sleep_until(task.created + age).await;
        let body = task.work.callback(&task, &View { state, host: &task.host, clock: inner.clock });
        deliver(&inner, &task, body).await;
    }
}

async fn deliver(inner: &Inner, task: &Task, body: Value) {
    let bytes = Bytes::from(body.to_string());
    let mut headers = vec![(header::CONTENT_TYPE.to_string(), "application/json".to_owned())];
    if let Some(key) = &inner.webhook_key {
        let timestamp = inner.clock.seconds(Instant::now()).to_string();
        let signature = key.sign(&task.id, &timestamp);
        headers.extend([(TIMESTAMP_HEADER.to_owned(), timestamp), (SIGNATURE_HEADER.to_owned(), signature)]);
    }
    let receiver = Receiver::of(&task.call_back_url).filter(|_| task.course.delivers());
    let number = book(
        inner,
        Delivery {
            task_id: task.id.clone(),
            url: task.call_back_url.clone(),
            body,
            headers: headers.clone(),
            attempts: 0,
            status: None,
        },
    );
    let Some(receiver) = receiver else { return };
    for attempt in 1..=1 + RETRIES {
        if attempt > 1 {
            time::sleep(Duration::from_millis(inner.speed.pick(5_000, 200, 50))).await;
        }
        let status = time::timeout(PATIENCE, receiver.post(&headers, bytes.clone())).await.ok().flatten();
        if let Some(delivery) = inner.account().deliveries.get_mut(number) {
            delivery.attempts = attempt;
            delivery.status = status.or(delivery.status);
        }
        if status == Some(200) {
            return;
        }
    }
}

/// Enters a callback in the books, and says where it stands.
fn book(inner: &Inner, delivery: Delivery) -> usize {
    let mut account = inner.account();
    account.deliveries.push(delivery);
    account.deliveries.len() - 1
}

/// Somebody on this machine who takes callbacks.
struct Receiver {
    addresses: Vec<SocketAddr>,
    host: String,
    path: String,
}

impl Receiver {
    /// The receiver at this address, if it is on this machine. Names are never looked up, not even `localhost`.
    fn of(url: &str) -> Option<Self> {
        let url: Uri = url.parse().ok()?;
        let host = url.host().filter(|_| url.scheme_str() == Some("http"))?;
        let ips = match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            Ok(ip) if ip.is_loopback() => vec![ip],
            Err(_) if host.eq_ignore_ascii_case("localhost") => {
                vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
            }
            _ => return None,
        };
        let port = url.port_u16().unwrap_or(80);
        let path = url.path_and_query().map_or("/", |path| path.as_str());
        Some(Self {
            addresses: ips.into_iter().map(|ip| SocketAddr::new(ip, port)).collect(),
            host: format!("{host}:{port}"),
            path: path.to_owned(),
        })
    }

    /// The HTTP status of the answer; what the receiver says beyond that counts for nothing.
    async fn post(&self, headers: &[(String, String)], body: Bytes) -> Option<u16> {
        let mut request = Request::post(&self.path).header(header::HOST, &self.host);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(body)).ok()?;
        let stream = TcpStream::connect(&self.addresses[..]).await.ok()?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        // Dropped with this future, the set closes the connection.
        let mut driver = JoinSet::new();
        driver.spawn(connection);
        let response = sender.send_request(request).await.ok()?;
        Some(response.status().as_u16())
    }
}

#[cfg(test)]
mod tests {
    use super::Receiver;

    #[test]
    fn only_this_machine_is_called_back() {
        let near = ["http://127.0.0.1:9/a?b", "http://127.8.8.8/", "http://[::1]:9", "http://LocalHost:9/"];
        let far = [
            "https://127.0.0.1:9/",
            "http://10.0.0.1/",
            "http://127.0.0.1.example.com/",
            "http://127.0.0.1@example.com/",
            "http://localhost.example.com/",
            "http://0.0.0.0:9/",
            "nonsense",
        ];
        for url in near {
            assert!(Receiver::of(url).is_some(), "{url}");
        }
        for url in far {
            assert!(Receiver::of(url).is_none(), "{url}");
        }
    }
}
