//! Tests of callbacks with faults, over a pipe in memory.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use kie_sandbox::{CallbackFault, Fault, Sandbox, SeededRng, Speed};
use kie_types::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER, WebhookKey};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::caller::{Answered, TestCaller, song_request};

/// A callback that arrived. `second` is the time of its arrival, in whole seconds since the inbox was created.
struct ReceivedCallback {
    second: u64,
    headers: HeaderMap,
    body: Value,
}

impl ReceivedCallback {
    fn kind(&self) -> &str {
        self.body["data"]["callbackType"].as_str().unwrap_or("another")
    }

    fn header(&self, name: &str) -> Answered<&str> {
        Ok(self.headers.get(name).ok_or("no such header")?.to_str()?)
    }
}

#[derive(Clone)]
struct Inbox {
    opened: Instant,
    received: Arc<Mutex<Vec<ReceivedCallback>>>,
}

impl Inbox {
    async fn take(self, request: Request<Incoming>) -> Answered<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        let body = serde_json::from_slice(&body.collect().await?.to_bytes())?;
        let callback = ReceivedCallback { second: self.opened.elapsed().as_secs(), headers: head.headers, body };
        self.received.lock().unwrap_or_else(PoisonError::into_inner).push(callback);
        Ok(Response::new(Full::default()))
    }
}

/// Starts one song task, with these faults for its callbacks. Returns the sandbox and the callbacks that arrived.
async fn song(callback_faults: impl IntoIterator<Item = CallbackFault>) -> Answered<(Sandbox, Vec<ReceivedCallback>)> {
    let inbox = Inbox { opened: Instant::now(), received: Arc::default() };
    let receiver = inbox.clone();
    let builder = Sandbox::builder().speed(Speed::Live).webhook_key("whk").receiver(move || {
        let (near, far) = tokio::io::duplex(16 * 1024);
        let receiver = receiver.clone();
        let service = service_fn(move |request| {
            let receiver = receiver.clone();
            async move { receiver.take(request).await.map_err(|error| error.to_string()) }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(far), service));
        near
    });
    let sandbox = builder.build();
    callback_faults.into_iter().for_each(|callback_fault| sandbox.callback_fault(callback_fault));
    TestCaller::new(&sandbox).await?.start("/api/v1/generate", &song_request()).await?;
    sleep(Duration::from_secs(600)).await;
    let received = std::mem::take(&mut *inbox.received.lock().unwrap_or_else(PoisonError::into_inner));
    Ok((sandbox, received))
}

#[tokio::test(start_paused = true)]
async fn each_fault_changes_what_arrives_and_is_recorded() -> Answered {
    let (text, first, complete) = (("text", 60), ("first", 68), ("complete", 75));
    let other = json!({ "code": 200, "data": { "callbackType": "complete", "task_id": "another" } });
    for (callback_fault, expected, attempts) in [
        (None, vec![text, first, complete], [1, 1, 1]),
        (Some(CallbackFault::Lost), vec![first, complete], [0, 1, 1]),
        (Some(CallbackFault::Doubled), vec![text, text, first, complete], [2, 1, 1]),
        (Some(CallbackFault::Late(Duration::from_secs(20))), vec![first, complete, ("text", 80)], [1, 1, 1]),
        (Some(CallbackFault::Reordered), vec![first, ("text", 68), complete], [1, 1, 1]),
        (Some(CallbackFault::Stale(Duration::from_secs(400))), vec![text, first, complete], [1, 1, 1]),
        (Some(CallbackFault::Forged), vec![text, first, complete], [1, 1, 1]),
        (Some(CallbackFault::Altered(other.clone())), vec![("complete", 60), first, complete], [1, 1, 1]),
    ] {
        let (sandbox, received) = song(callback_fault.clone()).await?;
        let arrived: Vec<_> = received.iter().map(|callback| (callback.kind(), callback.second)).collect();
        assert_eq!(arrived, expected, "{callback_fault:?}");
        let recorded = sandbox.callbacks();
        assert_eq!([0, 1, 2].map(|number| recorded[number].attempts), attempts, "{callback_fault:?}");
        assert_eq!(recorded[0].callback_fault, callback_fault);
        assert!(recorded[1..].iter().all(|callback| callback.callback_fault.is_none() && callback.status == Some(200)));

        // The signature covers only the time and the task id, so it stays valid if the body is changed.
        let Some(callback) = received.iter().find(|callback| callback.second == 60) else { continue };
        let (time, signature) = (callback.header(TIMESTAMP_HEADER)?, callback.header(SIGNATURE_HEADER)?);
        let is_signed = WebhookKey::new("whk").verify(&recorded[0].task_id, time, signature);
        assert_eq!(is_signed, callback_fault != Some(CallbackFault::Forged), "{callback_fault:?}");
        let next = received.iter().find(|callback| callback.second == 68).ok_or("no second callback")?;
        let age = next.header(TIMESTAMP_HEADER)?.parse::<u64>()? - time.parse::<u64>()?;
        assert_eq!(
            age,
            if matches!(callback_fault, Some(CallbackFault::Stale(_))) { 408 } else { 8 },
            "{callback_fault:?}"
        );
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn overtaken_callbacks_without_a_next_one_are_sent_at_the_end() -> Answered {
    let (_, received) = song([CallbackFault::Reordered, CallbackFault::Reordered, CallbackFault::Reordered]).await?;
    let arrived: Vec<_> = received.iter().map(|callback| (callback.kind(), callback.second)).collect();
    assert_eq!(arrived, [("text", 75), ("first", 75), ("complete", 75)]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn queued_faults_come_before_the_function_for_all() -> Answered {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let credits = "get-account-credits";
    let refusal = |code| Fault::Refuse { http_status: 200, code, msg: "no".into() };
    sandbox.fault(credits, refusal(455));
    let mut rng = SeededRng::new(1);
    sandbox.faults(move |request| (request.operation == credits && rng.one_in(2)).then(|| refusal(429)));
    sandbox.callback_fault(CallbackFault::Forged);
    sandbox
        .callback_faults(|callback| (callback.body["data"]["callbackType"] == "first").then_some(CallbackFault::Lost));

    let mut caller = TestCaller::new(&sandbox).await?;
    let mut codes = Vec::new();
    for _ in 0..40 {
        codes.push(caller.get("/api/v1/chat/credit").await?["code"].as_i64().ok_or("no code")?);
    }
    let count = |code| codes.iter().filter(|found| **found == code).count();
    assert_eq!((codes[0], count(455)), (455, 1));
    assert!(count(429) > 10 && count(200) > 10, "{codes:?}");

    caller.start("/api/v1/generate", &song_request()).await?;
    sleep(Duration::from_secs(1)).await;
    let callback_faults: Vec<_> = sandbox.callbacks().into_iter().map(|callback| callback.callback_fault).collect();
    assert_eq!(callback_faults, [Some(CallbackFault::Forged), Some(CallbackFault::Lost), None]);
    let times: Vec<_> = sandbox.requests(credits).iter().map(|request| request.at).collect();
    assert!(times.is_sorted());
    Ok(())
}
