//! Tests that no call is paid for twice, and that no paid call is lost. The tests check unknown outcomes, refusals,
//! retries, invalid requests, and the rate limit of starts.

use std::time::Duration;

use kie_sandbox::{Fault, Sandbox};
use kie_suno::{
    Charged, Client, Credits, Error, Retry,
    errors::RefusalKind,
    records::Music,
    requests::{ExtendMusic, GenerateMusic, Host, Method, Model, NO_CALLBACK},
};
use serde_json::json;
use tokio::time::Instant;

use crate::setup::{
    canned::Canned,
    stack::{client_of, instant, live, waltz},
};

fn refusal(http_status: u16, code: i64, msg: &str) -> Fault {
    Fault::Refuse { http_status, code, msg: msg.into() }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_an_unknown_outcome_and_is_never_retried() {
    for fault in [Fault::DropResponse, Fault::HalfBody, Fault::Hang] {
        let (sandbox, client) = instant();
        sandbox.fault("generate-music", fault.clone());
        let error = client.start(waltz()).await.unwrap_err();
        assert!(matches!(&error, Error::OutcomeUnknown(_)), "{fault:?} ended in {error:?}");
        assert_eq!(error.operation(), Some("generate-music"));
        assert_eq!(error.charged(), Charged::Unknown);
        assert_eq!(sandbox.requests("generate-music").len(), 1, "{fault:?}");
        assert_eq!(sandbox.tasks().len(), 1, "the service accepted it");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_refused_for_its_rate_is_retried() {
    for (http_status, code, msg) in [
        (429, 429, "Too many requests"),
        (200, 429, "Too many requests"),
        (200, 430, "Your call frequency is too high. Please try again later."),
        (200, 405, "Your call frequency is too high."),
    ] {
        let (sandbox, client) = instant();
        sandbox.fault("generate-music", refusal(http_status, code, msg));
        sandbox.fault("generate-music", refusal(http_status, code, msg));
        client.start(waltz()).await.unwrap();
        assert_eq!(sandbox.requests("generate-music").len(), 3, "{code}");
        assert_eq!(sandbox.tasks().len(), 1, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_key_is_told_at_the_first_try() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("song.mp3");
    std::fs::write(&file, b"ID3").unwrap();
    // In the first case, the service answers with its JSON body. In the second case, a gateway in front of the service
    // answers with an HTML page.
    for page in [None, Some(Fault::error_page(401))] {
        let sandbox = Sandbox::builder().api_key("the right key").build();
        let client = client_of(&sandbox).build().unwrap();
        sandbox.faults(move |_| page.clone());
        let errors = [
            client.start(waltz()).await.map(drop).unwrap_err(),
            client.credits().await.map(drop).unwrap_err(),
            client.task::<Music>("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e").fetch().await.map(drop).unwrap_err(),
            client.task::<Music>("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e").wait().await.map(drop).unwrap_err(),
            client.upload(&file).await.map(drop).unwrap_err(),
        ];
        for error in &errors {
            assert!(matches!(error, Error::Api(refused) if refused.kind() == RefusalKind::Auth), "{error:?}");
        }
        // The song is polled by `fetch` and by `wait`.
        for (operation, requests) in
            [("generate-music", 1), ("get-account-credits", 1), ("get-music-details", 2), ("upload-file-stream", 1)]
        {
            assert_eq!(sandbox.requests(operation).len(), requests, "{operation}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn any_other_refusal_is_returned_at_once() {
    for (code, msg, kind, charged) in [
        (400, "bad request", RefusalKind::Validation, Charged::No),
        (401, "You do not have access permissions", RefusalKind::Auth, Charged::No),
        (402, "The current credits are insufficient", RefusalKind::InsufficientCredits, Charged::No),
        (429, "insufficient credits", RefusalKind::InsufficientCredits, Charged::No),
        (433, "over the cap", RefusalKind::QuotaExceeded, Charged::No),
        (451, "the file could not be fetched", RefusalKind::FileUnreachable, Charged::No),
        (455, "maintenance", RefusalKind::Maintenance, Charged::No),
        (500, "Server exception", RefusalKind::Server, Charged::Unknown),
        (501, "generation failed", RefusalKind::TaskFailed, Charged::Unknown),
        (505, "switched off", RefusalKind::FeatureDisabled, Charged::No),
        (531, "failed, refunded", RefusalKind::TaskFailed, Charged::Refunded),
        (799, "a code of the future", RefusalKind::Unknown, Charged::Unknown),
    ] {
        let (sandbox, client) = instant();
        sandbox.fault("generate-music", refusal(200, code, msg));
        let error = client.start(waltz()).await.unwrap_err();
        let Error::Api(refused) = &error else { panic!("{code} ended in {error:?}") };
        assert_eq!((refused.code(), refused.kind(), error.charged()), (code, kind, charged), "{code}");
        assert!(error.to_string().contains(msg), "{error}");
        assert_eq!(sandbox.requests("generate-music").len(), 1, "{code}");
    }
}

/// Starts a task at a test double of the service that gives this one response to every request. Returns the error, and
/// the number of requests that the test double received.
async fn started(http_status: u16, body: &'static str) -> (Error, usize) {
    let canned = Canned::new(http_status, body);
    let client = Client::builder().api_key("key").http(canned.clone()).build().unwrap();
    let error = client.start(waltz()).await.unwrap_err();
    (error, canned.calls())
}

#[tokio::test(start_paused = true)]
async fn the_users_own_words_do_not_turn_a_failure_into_a_refusal_for_rate() {
    for code in ["408", "500", "501", "531"] {
        let body = r#"{"code":CODE,"msg":"failed for lyrics: my call frequency is too high","data":null}"#;
        let (error, calls) = started(200, body.replace("CODE", code).leak()).await;
        assert_eq!(calls, 1, "{code}");
        assert_ne!(error.charged(), Charged::No, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_names_a_task_keeps_its_id_and_is_not_retried() {
    for body in [
        r#"{"code":429,"msg":"Too many requests","data":{"taskId":"abc"}}"#,
        r#"{"code":500,"msg":"oops","task_id":"abc"}"#,
    ] {
        let (error, calls) = started(200, body).await;
        assert_eq!((error.task_id(), calls), (Some("abc"), 1), "{body}");
        assert_eq!(error.charged(), Charged::Unknown);
    }
}

#[tokio::test(start_paused = true)]
async fn success_that_cannot_be_read_is_an_unknown_outcome() {
    for (http_status, body) in [(202, "<html>"), (200, ""), (200, r#"{"code":200,"msg":"success","data":null}"#)] {
        let (error, calls) = started(http_status, body).await;
        assert!(matches!(error, Error::OutcomeUnknown(_)), "{http_status} {body}: {error:?}");
        assert_eq!(calls, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_page_ends_a_submit_and_retries_a_poll() {
    let (sandbox, client) = instant();
    sandbox.fault("generate-music", Fault::ErrorPage { http_status: 502 });
    let error = client.start(waltz()).await.unwrap_err();
    assert!(matches!(&error, Error::Api(refused) if refused.code() == 502 && refused.refusal().body().contains("<")));
    assert_eq!(error.charged(), Charged::Unknown, "the submit may have been accepted");
    assert_eq!(sandbox.requests("generate-music").len(), 1);

    for _ in 0..3 {
        sandbox.fault("get-account-credits", Fault::ErrorPage { http_status: 502 });
    }
    assert_eq!(client.credits().await.unwrap(), Credits::new(1000.0));
    assert_eq!(sandbox.requests("get-account-credits").len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_poll_is_retried_after_a_cut_and_after_a_timeout() {
    let (sandbox, client) = instant();
    sandbox.fault("get-account-credits", Fault::DropResponse);
    sandbox.fault("get-account-credits", Fault::Hang);
    assert_eq!(client.credits().await.unwrap(), Credits::new(1000.0));
    assert_eq!(sandbox.requests("get-account-credits").len(), 3);
}

#[tokio::test(start_paused = true)]
async fn retries_do_not_run_out_if_calls_succeed() {
    let (sandbox, client) = instant();
    for _ in 0..150 {
        sandbox.fault("get-account-credits", Fault::ErrorPage { http_status: 502 });
        client.credits().await.unwrap();
    }
    assert_eq!(sandbox.requests("get-account-credits").len(), 300);
}

#[tokio::test(start_paused = true)]
async fn retries_end() {
    let (sandbox, _) = instant();
    let retry = Retry::default().attempts(3);
    let client = client_of(&sandbox).retry(retry).build().unwrap();
    for _ in 0..10 {
        sandbox.fault("generate-music", refusal(200, 429, "Too many requests"));
    }
    let error = client.start(waltz()).await.unwrap_err();
    assert!(matches!(&error, Error::Api(refused) if refused.kind() == RefusalKind::RateLimited));
    assert_eq!(error.charged(), Charged::No);
    assert_eq!(sandbox.requests("generate-music").len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_invalid_request_is_not_sent_and_all_violations_are_named() {
    let (sandbox, client) = live();
    let request = ExtendMusic::song(Model::V4_5All, "", 0.0, "s", "t".repeat(81), "p".repeat(5001)).style_weight(1.5);
    let error = client.start(request).await.unwrap_err();
    let Error::Invalid(invalid) = &error else { panic!("{error:?}") };
    let fields: Vec<_> = invalid.violations().iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(fields, ["audioId", "continueAt", "prompt", "title", "styleWeight"]);
    assert_eq!(error.charged(), Charged::No);
    assert!(sandbox.requests("extend-music").is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_unchecked_call_and_a_raw_call_send_what_validation_refuses() {
    let (sandbox, client) = instant();
    let long = GenerateMusic::simple(Model::V5, "x".repeat(3001));
    assert!(matches!(client.start(long.clone()).await, Err(Error::Invalid(_))));
    // The sandbox checks the limits of requests too. Its refusal shows that `unchecked` has sent the request without
    // the client's own check.
    assert!(matches!(client.start(long).unchecked().await, Err(Error::Api(refused)) if refused.code() == 422));

    let near_miss = GenerateMusic::simple(Model::from("v5"), "a waltz");
    let Err(Error::Invalid(invalid)) = client.start(near_miss.clone()).await else { panic!("v5 is no model") };
    assert_eq!(invalid.violations()[0].to_string(), "model is \"v5\"; did you mean \"V5\"?");
    let sent = |sandbox: &Sandbox| sandbox.requests("generate-music").len();
    assert_eq!(sent(&sandbox), 1);
    client.start(near_miss).unchecked().await.unwrap_err();
    assert_eq!(sent(&sandbox), 2);

    let request = json!({ "prompt": "x", "customMode": false, "instrumental": true, "model": "V9", "mood": "blue",
        "callBackUrl": "https://hooks.example.net" });
    let answer = client.raw(Method::Post, Host::Api, "/api/v1/generate", &request).await.unwrap();
    let task = client.task::<Music>(answer["taskId"].as_str().unwrap());
    assert_eq!(task.wait().await.unwrap().len(), 2);
    assert_eq!(sandbox.requests("generate-music").last().unwrap().body, request, "it was sent unchanged");

    let missing = client.raw(Method::Get, Host::Api, "/api/v1/nowhere", &json!({})).await.unwrap_err();
    assert!(matches!(missing, Error::Api(refused) if refused.kind() == RefusalKind::NotFound));
}

#[tokio::test(start_paused = true)]
async fn a_missing_callback_address_becomes_the_word_for_no_callbacks() {
    let (sandbox, client) = instant();
    client.start(waltz()).await.unwrap().wait().await.unwrap();
    let called_back = client.start(waltz().call_back_url("https://hooks.example.net/mine")).await.unwrap();
    called_back.wait().await.unwrap();
    let urls: Vec<_> =
        sandbox.requests("generate-music").iter().map(|request| request.body["callBackUrl"].clone()).collect();
    assert_eq!(urls, [NO_CALLBACK, "https://hooks.example.net/mine"]);
    let callbacks = sandbox.callbacks();
    assert!(!callbacks.is_empty() && callbacks.iter().all(|callback| callback.task_id == called_back.id().as_str()));
}

#[tokio::test(start_paused = true)]
async fn all_clones_share_the_accounts_rate() {
    let (sandbox, client) = instant();
    let begin = Instant::now();
    let mut starts = tokio::task::JoinSet::new();
    for _ in 0..45 {
        let client = client.clone();
        starts.spawn(async move {
            client.start(waltz()).await.unwrap();
            begin.elapsed()
        });
    }
    let mut times = starts.join_all().await;
    times.sort();
    assert_eq!(sandbox.tasks().len(), 45);
    for window in times.windows(21) {
        assert!(window[20] - window[0] >= Duration::from_secs(10), "{window:?}");
    }
    assert!(begin.elapsed() < Duration::from_secs(22), "no call waits longer than needed");
}
