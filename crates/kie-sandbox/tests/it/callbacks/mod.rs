//! Tests of callbacks over real sockets.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use kie_sandbox::{Sandbox, Speed, TaskScript};
use kie_types::{
    Callback, Music, NO_CALLBACK, Stage, TaskState,
    signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER, WebhookKey},
};
use tokio::{net::TcpListener, time};

use crate::caller::{Answered, TestCaller, song_request};

#[derive(Clone, Default)]
struct Inbox(Arc<Mutex<Vec<(http::HeaderMap, Bytes)>>>);

impl Inbox {
    /// Receives a callback. Responds to the first callback with HTTP status 500.
    async fn take(self, request: Request<Incoming>) -> hyper::Result<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let mut received = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        received.push((head.headers, body));
        let mut answer = Response::new(Full::default());
        if received.len() == 1 {
            *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        }
        Ok(answer)
    }
}

#[tokio::test]
async fn a_receiver_on_this_machine_is_called_back() -> Answered {
    let inbox = Inbox::default();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    let receiver = tokio::spawn({
        let inbox = inbox.clone();
        async move {
            while let Ok((stream, _)) = listener.accept().await {
                let inbox = inbox.clone();
                let service = service_fn(move |request| inbox.clone().take(request));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        }
    });

    let sandbox = Sandbox::builder().speed(Speed::Instant).webhook_key("whk").build();
    let mut caller = TestCaller::new(&sandbox).await?;
    let mut body = song_request();
    body["callBackUrl"] = format!("http://localhost:{port}/kie").into();
    let id = caller.start("/api/v1/generate", &body).await?;
    time::timeout(Duration::from_secs(20), async {
        while sandbox.callbacks().iter().filter(|callback| callback.status == Some(200)).count() < 3 {
            time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await?;
    receiver.abort();

    let attempts: Vec<_> = sandbox.callbacks().iter().map(|callback| callback.attempts).collect();
    assert_eq!(attempts, [2, 1, 1]);
    let key = WebhookKey::new("whk");
    let received = inbox.0.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(received.len(), 4);
    for (headers, _) in received.iter() {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).ok_or(name);
        assert!(key.verify(&id, text(TIMESTAMP_HEADER)?, text(SIGNATURE_HEADER)?), "{headers:?}");
    }
    let (_, last) = received.last().ok_or("no callback")?;
    let last = Callback::<Music>::parse(last)?;
    assert_eq!((last.state(), last.task_id), (TaskState::Complete, Some(id.into())));
    Ok(())
}

#[tokio::test]
async fn all_callbacks_of_a_task_can_be_read_before_they_are_due() -> Answered {
    let sandbox = Sandbox::builder().speed(Speed::Live).webhook_key("whk").build();
    let mut caller = TestCaller::new(&sandbox).await?;
    let id = caller.start("/api/v1/generate", &song_request()).await?;
    sandbox.script_task(TaskScript::fails_after(Stage::Text, 531));
    let failing = caller.start("/api/v1/generate", &song_request()).await?;
    let mut quiet = song_request();
    quiet["callBackUrl"] = NO_CALLBACK.into();
    let quiet = caller.start("/api/v1/generate", &quiet).await?;

    let states = |id: &str| -> Answered<Vec<TaskState>> {
        let mut states = Vec::new();
        for callback in sandbox.callbacks_of(id) {
            let header =
                |name: &str| callback.headers.iter().find(|(known, _)| known == name).map(|(_, value)| &**value);
            let (time, signature) =
                (header(TIMESTAMP_HEADER).ok_or("no time")?, header(SIGNATURE_HEADER).ok_or("no signature")?);
            assert!(WebhookKey::new("whk").verify(id, time, signature));
            assert!(!callback.sent());
            states.push(Callback::<Music>::parse(callback.body.to_string().as_bytes())?.state());
        }
        Ok(states)
    };
    let [text, first] = [Stage::Text, Stage::First].map(|stage| TaskState::Running(Some(stage)));
    assert_eq!(states(&id)?, [text.clone(), first, TaskState::Complete]);
    let failed = states(&failing)?;
    assert!(
        matches!(&failed[..], [before, TaskState::Failed(failure)] if *before == text && failure.code == Some(531))
    );
    assert_eq!((states(&quiet)?.len(), states("another")?.len()), (0, 0));
    assert!(sandbox.callbacks().is_empty(), "nothing is recorded");
    Ok(())
}

#[tokio::test]
async fn a_server_listens_on_loopback_and_frees_its_port() -> Answered {
    let sandbox = Sandbox::default();
    assert!(sandbox.listen(([0, 0, 0, 0], 0)).await.is_err());
    let server = sandbox.listen(([127, 0, 0, 1], 0)).await?;
    let address = server.address();
    assert_eq!(server.base_url(), format!("http://{address}"));
    server.stop().await;
    drop(TcpListener::bind(address).await?);
    Ok(())
}
