//! Tests of polling. It has a time limit, continues after temporary errors, and puts the id of the task into every
//! error.

use std::{sync::Arc, time::Duration};

use kie_sandbox::{Fault, Sandbox, Speed, TaskScript};
use kie_suno::{
    Charged, Client, Error, HttpService, Polling, Stage,
    errors::RefusalKind,
    receipts::{Ledger, ReceiptKey, ReceiptState},
    records::{Music, Outcome},
    requests::{CreateMusicVideo, Model},
    transport::{
        Body, Pipe,
        http::{Request, Response},
    },
};
use tokio::time::Instant;

use crate::setup::stack::{instant, live, waltz, with_ledger};

#[tokio::test(start_paused = true)]
async fn stages_and_tracks_come_once_and_in_order() {
    let (_sandbox, client) = live();
    let task = client.start(waltz()).await.unwrap();
    let polling = Polling::default().max_pause(Duration::from_secs(2));
    let mut events = task.events().polling(polling);
    let mut events_seen = Vec::new();
    while let Some(event) = events.next().await {
        let event = event.unwrap();
        // `ready` holds typed tracks. `items` describes the same tracks without their types.
        let ids = event.ready.iter().map(|track| track.id.as_ref().map(|id| id.as_str().to_owned()));
        assert_eq!(ids.collect::<Vec<_>>(), event.items.iter().map(|item| item.id.clone()).collect::<Vec<_>>());
        assert!(event.ready.iter().all(|track| track.model_name.is_some()));
        events_seen.push((event.stage, event.ready.len()));
    }
    assert_eq!(events_seen, [(Some(Stage::Text), 0), (Some(Stage::First), 1), (Some(Stage::Complete), 1)]);
    assert!(events.next().await.is_none(), "the ended stream stays ended");
}

#[tokio::test(start_paused = true)]
async fn a_wait_can_end_at_a_stage() {
    let (_sandbox, client) = live();
    let task = client.start(waltz()).await.unwrap();
    let polling = Polling::default().max_pause(Duration::from_secs(2));
    let text = task.wait().until(Stage::Text).polling(polling).await.unwrap();
    assert!(text.iter().all(|track| track.url().is_none() && track.stream_audio_url.is_some()));
    let first = task.wait().until(Stage::First).await.unwrap();
    assert!(first.iter().any(|track| track.url().is_some()));
    let all = task.wait().await.unwrap();
    assert!(all.len() == 2 && all.iter().all(|track| track.url().is_some()));
    assert!(all.iter().all(|track| track.model() == Some(Model::V5)), "the source's model is known to an extension");
}

#[tokio::test(start_paused = true)]
async fn a_video_is_made_from_a_track() {
    let (_sandbox, client) = instant();
    let task = client.start(waltz()).await.unwrap();
    let tracks = task.wait().await.unwrap();
    let request = CreateMusicVideo::new(task.id().clone(), tracks[0].id.clone().unwrap());
    let video = client.start(request).await.unwrap().wait().await.unwrap();
    assert!(video.video_url.unwrap().as_str().ends_with(".mp4"));
}

#[tokio::test(start_paused = true)]
async fn the_first_poll_is_after_2_seconds_and_the_pauses_grow() {
    let (sandbox, client) = live();
    let begin = Instant::now();
    let task = client.start(waltz()).await.unwrap();
    task.wait().await.unwrap();
    // The polls are 2, 5, 9.5, 16.25, 26.4, 41.4, 56.4, 71.4 and 86.4 seconds after the start. The song is finished
    // after 75 seconds.
    assert_eq!(sandbox.requests("get-music-details").len(), 9);
    assert_eq!(begin.elapsed().as_secs(), 86);
}

#[tokio::test(start_paused = true)]
async fn temporary_errors_do_not_end_a_wait() {
    let (sandbox, client) = live();
    let task = client.start(waltz()).await.unwrap();
    for _ in 0..2 {
        sandbox.fault("get-music-details", Fault::HalfBody);
        sandbox.fault("get-music-details", Fault::ErrorPage { http_status: 503 });
        sandbox.fault("get-music-details", Fault::Refuse { http_status: 200, code: 455, msg: "maintenance".into() });
        sandbox.fault("get-music-details", Fault::DropResponse);
        sandbox.fault("get-music-details", Fault::Refuse { http_status: 429, code: 429, msg: "slow down".into() });
    }
    assert_eq!(task.wait().await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_lasting_refusal_ends_a_wait_with_the_id() {
    let (sandbox, client) = live();
    let task = client.start(waltz()).await.unwrap();
    sandbox.fault("get-music-details", Fault::Refuse { http_status: 200, code: 401, msg: "no".into() });
    let error = task.wait().await.unwrap_err();
    assert!(matches!(&error, Error::Api(refused) if refused.kind() == RefusalKind::Auth));
    assert_eq!(error.task_id(), Some(task.id().as_str()));
    assert_eq!(error.charged(), Charged::Unknown, "the task was accepted before");
}

#[tokio::test(start_paused = true)]
async fn a_failed_task_says_why_and_what_it_cost() {
    for (status, code, message, kind, charged) in [
        ("GENERATE_AUDIO_FAILED", 400, "lyrics of a known work", RefusalKind::Content, Charged::Unknown),
        ("GENERATE_AUDIO_FAILED", 413, "a known recording", RefusalKind::Content, Charged::Unknown),
        ("SENSITIVE_WORD_ERROR", 200, "a word", RefusalKind::Content, Charged::Unknown),
        ("CREATE_TASK_FAILED", 501, "upstream said no", RefusalKind::TaskFailed, Charged::Unknown),
        ("GENERATE_AUDIO_FAILED", 531, "malformed lyrics", RefusalKind::TaskFailed, Charged::Refunded),
    ] {
        let (sandbox, client) = live();
        sandbox.script_task(TaskScript::Fails { status: status.into(), code, message: message.into(), after: None });
        let task = client.start(waltz()).await.unwrap();
        let error = task.wait().await.unwrap_err();
        let Error::Failed(failed) = &error else { panic!("{status} {code} ended in {error:?}") };
        assert_eq!(error.task_id(), Some(task.id().as_str()));
        assert_eq!((failed.kind(), error.charged()), (kind, charged), "{status} {code}");
        assert_eq!(failed.failure().code, Some(code));
        assert!(error.to_string().contains(message), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lookup_answered_with_501_or_408_is_the_tasks_failure() {
    for code in [501, 408] {
        let (sandbox, ledger, client) = with_ledger();
        let task = client.start(waltz()).await.unwrap();
        sandbox.fault("get-music-details", Fault::Refuse { http_status: 200, code, msg: "gave up".into() });
        let error = task.wait().await.unwrap_err();
        assert!(matches!(&error, Error::Failed(failed) if failed.failure().code == Some(code)), "{error:?}");
        assert_eq!(error.task_id(), Some(task.id().as_str()));
        let receipt = ledger.find(ReceiptKey::Task(task.id().as_str())).await.unwrap().unwrap();
        assert_eq!(receipt.state, ReceiptState::Failed);
        assert!(receipt.reason.unwrap().contains("gave up"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_undelivered_callback_is_success_where_tracks_are_there() {
    let (sandbox, client) = live();
    sandbox.script_task(TaskScript::Undelivered { with_tracks: true });
    let tracks = client.start(waltz()).await.unwrap().wait().await.unwrap();
    assert!(tracks.iter().all(|track| track.url().is_some()));

    sandbox.script_task(TaskScript::Undelivered { with_tracks: false });
    let task = client.start(waltz()).await.unwrap();
    let begin = Instant::now();
    let error = task.wait().await.unwrap_err();
    assert!(matches!(&error, Error::Failed(_)), "{error:?}");
    assert_eq!(error.task_id(), Some(task.id().as_str()));
    assert!(begin.elapsed() >= Duration::from_secs(75 + 300), "it is polled for five more minutes");
}

#[tokio::test(start_paused = true)]
async fn a_fresh_task_may_be_unknown_for_a_while() {
    let (sandbox, client) = live();
    sandbox.script_task(TaskScript::HiddenFor(Duration::from_secs(60)));
    let task = client.start(waltz()).await.unwrap();
    assert!(task.fetch().await.unwrap().is_none());
    assert_eq!(task.report().await.unwrap().outcome, Outcome::NotFound);
    assert_eq!(task.wait().await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_stays_unknown_ends_as_not_found() {
    let (_sandbox, client) = live();
    let task = client.task::<Music>("0123456789abcdef0123456789abcdef");
    let begin = Instant::now();
    let error = task.wait().await.unwrap_err();
    assert!(matches!(&error, Error::Api(refused) if refused.kind() == RefusalKind::NotFound), "{error:?}");
    assert_eq!(error.task_id(), Some("0123456789abcdef0123456789abcdef"));
    assert!((90..120).contains(&begin.elapsed().as_secs()));
}

#[tokio::test(start_paused = true)]
async fn the_time_in_which_a_task_may_be_unknown_begins_again_after_each_record() {
    let begin = Instant::now();
    let service = move |_: Request<Body>| {
        let data = match begin.elapsed().as_secs() {
            0..60 | 90..150 => "null",
            60..90 => r#"{"status":"PENDING"}"#,
            _ => r#"{"status":"SUCCESS","response":{"sunoData":[{"id":"a","audioUrl":"http://localhost/a.mp3"}]}}"#,
        };
        let body = format!(r#"{{"code":200,"msg":"success","data":{data}}}"#);
        async move { Ok(Response::new(Body::from(body.into_bytes()))) }
    };
    let client = Client::builder().api_key("key").http(service).build().unwrap();
    let polling = Polling::default().max_pause(Duration::from_secs(5)).not_found_grace(Duration::from_secs(80));
    assert_eq!(client.task::<Music>("abc").wait().polling(polling).await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_wait_without_any_grace_ends_at_the_first_answer_that_the_task_is_unknown() {
    let (sandbox, client) = live();
    let polling = Polling::default().not_found_grace(Duration::ZERO);
    let error = client.task::<Music>("abc").wait().polling(polling).await.unwrap_err();
    assert!(matches!(&error, Error::Api(refused) if refused.kind() == RefusalKind::NotFound), "{error:?}");
    assert_eq!(sandbox.requests("get-music-details").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_task_without_an_id_is_not_polled() {
    let (sandbox, client) = live();
    let error = client.task::<Music>("").wait().await.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error:?}");
    assert!(sandbox.requests("get-music-details").is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_unknown_status_is_running() {
    let (sandbox, client) = live();
    sandbox.script_task(TaskScript::UnknownStatus("MASTERING".into()));
    let task = client.start(waltz()).await.unwrap();
    assert_eq!(task.fetch().await.unwrap().unwrap().status.unwrap().as_str(), "MASTERING");
    assert_eq!(task.wait().await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_error_page_of_a_proxy_does_not_end_the_task() {
    let (sandbox, client) = live();
    let task = client.start(waltz()).await.unwrap();
    for http_status in [408, 501, 403, 404] {
        sandbox.fault("get-music-details", Fault::ErrorPage { http_status });
    }
    assert_eq!(task.wait().await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn every_wait_polls_at_least_once_and_no_duration_overflows() {
    let (_sandbox, client) = instant();
    let task = client.start(waltz()).await.unwrap();
    assert_eq!(task.wait().timeout(Duration::ZERO).await.unwrap().len(), 2);
    assert_eq!(task.wait().timeout(Duration::MAX).await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn polls_are_never_closer_than_the_service_asks() {
    let (sandbox, client) = live();
    let task = client.start(waltz()).await.unwrap();
    let polling = Polling::default().first_poll(Duration::ZERO).max_pause(Duration::ZERO).growth(0.0);
    let error = task.wait().polling(polling.timeout(Duration::from_secs(10))).await.unwrap_err();
    assert!(matches!(error, Error::TimedOut(_)));
    assert!(sandbox.requests("get-music-details").len() <= 31);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_keeps_the_id_and_the_last_result() {
    let (_sandbox, client) = live();
    let task = client.start(waltz()).await.unwrap();
    let begin = Instant::now();
    let error = task.wait().timeout(Duration::from_secs(65)).await.unwrap_err();
    let Error::TimedOut(late) = &error else { panic!("{error:?}") };
    assert_eq!(begin.elapsed().as_secs(), 65);
    assert_eq!(error.task_id(), Some(task.id().as_str()));
    assert_eq!(late.last().unwrap().outcome, Outcome::Running);
    let only_poll = Polling::default().first_poll(Duration::from_secs(100)).timeout(Duration::from_secs(61));
    let error = client.start(waltz()).await.unwrap().wait().polling(only_poll).await.unwrap_err();
    let Error::TimedOut(late) = &error else { panic!("{error:?}") };
    assert!(late.last().unwrap().stage == Some(Stage::Text), "{late:?}");

    let again: kie_suno::Task<Music> = client.task(task.id().as_str());
    assert_eq!(again.wait().await.unwrap().len(), 2, "another process continues with the saved id");
}

/// Returns a client that sends each request only after a delay of `seconds` seconds.
fn with_answers_after(sandbox: &Sandbox, seconds: u64) -> Client {
    let sandbox = sandbox.clone();
    let pipe = Arc::new(Pipe::new(move || sandbox.connect()));
    let service = move |request: Request<Body>| {
        let pipe = pipe.clone();
        async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            pipe.call(request).await
        }
    };
    Client::builder().api_key("key").base_url("http://localhost").http(service).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_poll_that_begins_just_before_the_end_is_allowed_to_end() {
    const LOOKUP: &str = "get-music-details";
    // The first poll begins after 2 seconds. The time limit of `wait` is 3 seconds, so there is no second poll.
    let song = |seconds, speed| async move {
        let sandbox = Sandbox::builder().speed(speed).build();
        let task = with_answers_after(&sandbox, seconds).start(waltz()).await.unwrap();
        let begin = Instant::now();
        let ended = task.wait().timeout(Duration::from_secs(3)).await;
        (ended, begin.elapsed().as_secs(), sandbox.requests(LOOKUP).len())
    };
    let (ended, seconds, polls) = song(4, Speed::Instant).await;
    assert_eq!((ended.unwrap().len(), seconds, polls), (2, 6, 1));
    // The poll ends after the time limit of `wait`. The task is still running, but `wait` does not poll again.
    let (ended, seconds, polls) = song(4, Speed::Live).await;
    let Err(Error::TimedOut(late)) = ended else { panic!("{ended:?}") };
    assert_eq!((late.waited().as_secs(), seconds, polls), (6, 6, 1));
    assert_eq!(late.last().unwrap().outcome, Outcome::Running);
    // The last poll has a time limit of its own: it may end up to 10 seconds after the time limit of `wait`.
    let (ended, seconds, polls) = song(20, Speed::Instant).await;
    assert!(matches!(ended, Err(Error::TimedOut(_))), "{ended:?}");
    assert_eq!((seconds, polls), (13, 0));
}

#[tokio::test(start_paused = true)]
async fn dropping_a_half_awaited_event_loses_nothing() {
    let (_sandbox, client) = live();
    let task = client.start(waltz()).await.unwrap();
    let mut events = task.events();
    let mut stages = Vec::new();
    loop {
        match tokio::time::timeout(Duration::from_millis(700), events.next()).await {
            Err(_) => {}
            Ok(None) => break,
            Ok(Some(event)) => stages.push(event.unwrap().stage),
        }
    }
    assert_eq!(stages.last(), Some(&Some(Stage::Complete)));
}
