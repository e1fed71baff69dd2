//! What goes wrong with callbacks, over a pipe in memory.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use kie_sandbox::{Fault, Luck, Mishap, Sandbox, Speed};
use kie_types::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER, WebhookKey};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::caller::{Caller, Outcome, wish};

/// A callback that came: after how many seconds, and what.
struct Letter {
    second: u64,
    headers: HeaderMap,
    body: Value,
}

impl Letter {
    fn kind(&self) -> &str {
        self.body["data"]["callbackType"].as_str().unwrap_or("another")
    }

    fn header(&self, name: &str) -> Outcome<&str> {
        Ok(self.headers.get(name).ok_or("no such header")?.to_str()?)
    }
}

#[derive(Clone)]
struct Inbox {
    opened: Instant,
    letters: Arc<Mutex<Vec<Letter>>>,
}

impl Inbox {
    async fn take(self, request: Request<Incoming>) -> Outcome<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        let body = serde_json::from_slice(&body.collect().await?.to_bytes())?;
        let letter = Letter { second: self.opened.elapsed().as_secs(), headers: head.headers, body };
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).push(letter);
        Ok(Response::new(Full::default()))
    }
}

/// What comes of one song whose callbacks have these mishaps: what arrives, and what the books say.
async fn song(mishaps: impl IntoIterator<Item = Mishap>) -> Outcome<(Sandbox, Vec<Letter>)> {
    let inbox = Inbox { opened: Instant::now(), letters: Arc::default() };
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
    mishaps.into_iter().for_each(|mishap| sandbox.mishap(mishap));
    Caller::new(&sandbox).await?.start("/api/v1/generate", &wish()).await?;
    sleep(Duration::from_secs(600)).await;
    let letters = std::mem::take(&mut *inbox.letters.lock().unwrap_or_else(PoisonError::into_inner));
    Ok((sandbox, letters))
}

#[tokio::test(start_paused = true)]
async fn each_changes_what_arrives_and_is_in_the_books() -> Outcome {
    let (text, first, complete) = (("text", 60), ("first", 68), ("complete", 75));
    let other = json!({ "code": 200, "data": { "callbackType": "complete", "task_id": "another" } });
    for (mishap, expected, attempts) in [
        (None, vec![text, first, complete], [1, 1, 1]),
        (Some(Mishap::Lost), vec![first, complete], [0, 1, 1]),
        (Some(Mishap::Doubled), vec![text, text, first, complete], [2, 1, 1]),
        (Some(Mishap::Late(Duration::from_secs(20))), vec![first, complete, ("text", 80)], [1, 1, 1]),
        (Some(Mishap::Overtaken), vec![first, ("text", 68), complete], [1, 1, 1]),
        (Some(Mishap::Stale(Duration::from_secs(400))), vec![text, first, complete], [1, 1, 1]),
        (Some(Mishap::Forged), vec![text, first, complete], [1, 1, 1]),
        (Some(Mishap::Altered(other.clone())), vec![("complete", 60), first, complete], [1, 1, 1]),
    ] {
        let (sandbox, letters) = song(mishap.clone()).await?;
        let arrived: Vec<_> = letters.iter().map(|letter| (letter.kind(), letter.second)).collect();
        assert_eq!(arrived, expected, "{mishap:?}");
        let booked = sandbox.callbacks();
        assert_eq!([0, 1, 2].map(|number| booked[number].attempts), attempts, "{mishap:?}");
        assert_eq!(booked[0].mishap, mishap);
        assert!(booked[1..].iter().all(|callback| callback.mishap.is_none() && callback.status == Some(200)));

        // Its signature is about its task, whatever its body says.
        let Some(letter) = letters.iter().find(|letter| letter.second == 60) else { continue };
        let (time, signature) = (letter.header(TIMESTAMP_HEADER)?, letter.header(SIGNATURE_HEADER)?);
        let is_signed = WebhookKey::new("whk").verify(&booked[0].task_id, time, signature);
        assert_eq!(is_signed, mishap != Some(Mishap::Forged), "{mishap:?}");
        let next = letters.iter().find(|letter| letter.second == 68).ok_or("no second callback")?;
        let age = next.header(TIMESTAMP_HEADER)?.parse::<u64>()? - time.parse::<u64>()?;
        assert_eq!(age, if matches!(mishap, Some(Mishap::Stale(_))) { 408 } else { 8 }, "{mishap:?}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_nothing_overtakes_is_sent_last() -> Outcome {
    let (_, letters) = song([Mishap::Overtaken, Mishap::Overtaken, Mishap::Overtaken]).await?;
    let arrived: Vec<_> = letters.iter().map(|letter| (letter.kind(), letter.second)).collect();
    assert_eq!(arrived, [("text", 75), ("first", 75), ("complete", 75)]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_is_decided_for_all_comes_after_what_was_meant_for_the_next() -> Outcome {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let credits = "get-account-credits";
    let refusal = |code| Fault::Refuse { http_status: 200, code, msg: "no".into() };
    sandbox.fault(credits, refusal(455));
    let mut luck = Luck::new(1);
    sandbox.faults(move |request| (request.operation == credits && luck.one_in(2)).then(|| refusal(429)));
    sandbox.mishap(Mishap::Forged);
    sandbox.mishaps(|callback| (callback.body["data"]["callbackType"] == "first").then_some(Mishap::Lost));

    let mut caller = Caller::new(&sandbox).await?;
    let mut codes = Vec::new();
    for _ in 0..40 {
        codes.push(caller.get("/api/v1/chat/credit").await?["code"].as_i64().ok_or("no code")?);
    }
    let count = |code| codes.iter().filter(|said| **said == code).count();
    assert_eq!((codes[0], count(455)), (455, 1));
    assert!(count(429) > 10 && count(200) > 10, "{codes:?}");

    caller.start("/api/v1/generate", &wish()).await?;
    sleep(Duration::from_secs(1)).await;
    let mishaps: Vec<_> = sandbox.callbacks().into_iter().map(|callback| callback.mishap).collect();
    assert_eq!(mishaps, [Some(Mishap::Forged), Some(Mishap::Lost), None]);
    let times: Vec<_> = sandbox.requests(credits).iter().map(|request| request.at).collect();
    assert!(times.is_sorted());
    Ok(())
}
