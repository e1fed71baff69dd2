//! Callbacks on their way to the axum application of an example of kie-suno.

use std::time::Duration;

use kie_suno::callbacks::{Deliveries, Receiver, WebhookKey};
use tokio::{net::TcpListener, runtime::Runtime, time::timeout};

use crate::stage::{
    listener::{KEY, Listener},
    service::stdout,
};

#[allow(dead_code, reason = "only the application of the example is used")]
#[path = "../../../../kie-suno/examples/receive_callbacks.rs"]
mod example;

/// The application, with the stream of the callbacks that it has accepted.
struct Application {
    runtime: Runtime,
    deliveries: Deliveries,
    url: String,
}

impl Application {
    fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).unwrap();
        let url = format!("http://{}/kie", listener.local_addr().unwrap());
        let receiver = Receiver::new(WebhookKey::new(KEY));
        let deliveries = receiver.deliveries();
        let app = example::app(&receiver);
        runtime.spawn(async { axum::serve(listener, app).await });
        Self { runtime, deliveries, url }
    }

    /// Returns the task of the next callback that the application has accepted.
    fn next(&mut self) -> String {
        let next = async { timeout(Duration::from_secs(20), self.deliveries.next()).await };
        let delivery = self.runtime.block_on(next).unwrap().unwrap().unwrap();
        delivery.task_id.to_string()
    }
}

#[test]
fn a_triggered_callback_reaches_an_application_verified() {
    let mut application = Application::start();
    let mut listener = Listener::start(&["--forward", &application.url, "--count", "4"]);
    for (number, arguments) in [
        &["music.first"][..],
        &["music.error", "--code", "531"],
        &["music.complete", "--route", "market"],
        &["midi.complete", "--route", "market"],
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("task-{number}");
        let output = listener.trigger(0, &[arguments, &["--task-id", &id]].concat());
        assert_eq!(stdout(&output), format!("{} of task {id}: HTTP 200\n", arguments[0]));
        assert_eq!(application.next(), id);
        let line = listener.event();
        assert_eq!(line["verified"], true, "{line:#}");
        assert_eq!(line["taskId"], id.as_str());
        assert_eq!(line["kind"], arguments[0].split('.').next().unwrap());
        assert_eq!(line["forward"]["status"], 200, "{line:#}");
    }
    assert_eq!(listener.end(), [""; 0]);
}

#[test]
fn a_callback_that_cannot_be_trusted_is_printed_refused_and_never_forwarded() {
    let mut application = Application::start();
    let mut listener = Listener::start(&["--forward", &application.url, "--count", "1"]);
    for word in ["forged", "stale", "unsigned"] {
        let output = listener.trigger(1, &["music.complete", &format!("--{word}"), "--task-id", word]);
        assert_eq!(stdout(&output), format!("music.complete of task {word}: HTTP 401\n"));
        let line = listener.event();
        assert_eq!(line["refused"], word, "{line:#}");
        assert_eq!((&line["status"], &line["verified"]), (&401.into(), &false.into()));
        assert!(["forward", "report", "body"].iter().all(|key| line[key].is_null()), "{line:#}");
    }
    listener.trigger(0, &["music.complete", "--task-id", "good"]);
    assert_eq!(application.next(), "good", "no other callback came before");
    assert_eq!(listener.event()["verified"], true);
    listener.end();
}

#[test]
fn a_redelivery_is_told_and_forwarded_and_the_application_knows_it() {
    let mut application = Application::start();
    let mut listener = Listener::start(&["--forward", &application.url, "--count", "3"]);
    let output = listener.trigger(0, &["lyrics.complete", "--times", "2", "--task-id", "twice"]);
    assert_eq!(stdout(&output), "lyrics.complete of task twice: HTTP 200\n".repeat(2));
    listener.trigger(0, &["lyrics.complete", "--task-id", "once"]);
    let redeliveries: Vec<_> = (0..3).map(|_| listener.event()["redelivery"].clone()).collect();
    assert_eq!(redeliveries, [false, true, false]);
    assert_eq!([application.next(), application.next()], ["twice", "once"]);
    listener.end();
}
