//! Tests of `wait` and `events` when callbacks wake them. Waits must end immediately, miss no callback, and need few
//! polls.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, StatusCode};
use kie_sandbox::{Fault, Sandbox, SentCallback, Speed};
use kie_suno::{
    Client, Credits, Error, Stage, Task,
    callbacks::{Receiver, WebhookKey},
    records::Music,
};
use tokio::{task::JoinSet, time::Instant};

use crate::setup::{
    clocks::asleep,
    stack::{client_of, waltz},
};

pub(super) const LOOKUP: &str = "get-music-details";

/// Returns three things: a sandbox account, a client of the account, and a receiver of its callbacks. The account signs
/// its callbacks. The receiver uses tokio's clock. The sandbox sends no callbacks to `music.example`: it records the
/// callbacks in its journal, and the test delivers them.
fn account(speed: Speed) -> (Sandbox, Client, Receiver) {
    let (opened, wall) = (Instant::now(), SystemTime::now());
    let sandbox = Sandbox::builder().speed(speed).webhook_key("whk").credits(Credits::new(1e9)).build();
    let receiver = Receiver::new(WebhookKey::new("whk")).clock(move || wall + opened.elapsed());
    let client = client_of(&sandbox)
        .callbacks("https://music.example/kie", &receiver)
        .task_rate(10_000, Duration::from_secs(1))
        .build()
        .unwrap();
    (sandbox, client, receiver)
}

/// Delivers one callback from the sandbox's journal to the receiver.
async fn hand_over(receiver: &Receiver, callback: &SentCallback) {
    let header = |(name, value): &(String, String)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
    let headers: HeaderMap = callback.headers.iter().map(header).collect();
    let status = receiver.receive(None, &headers, callback.body.to_string().as_bytes()).await;
    assert_eq!(status, StatusCode::OK);
}

/// Delivers the new callbacks in the sandbox's journal to the receiver, in intervals of `every`. Skips a callback if
/// `lets_through` returns `false` for its index in the journal. Never returns.
async fn post(sandbox: &Sandbox, receiver: &Receiver, every: Duration, lets_through: impl Fn(usize) -> bool) {
    let mut known = 0;
    loop {
        let callbacks = sandbox.callbacks();
        for (number, callback) in callbacks.iter().enumerate().skip(known) {
            if lets_through(number) {
                hand_over(receiver, callback).await;
            }
        }
        known = callbacks.len();
        tokio::time::sleep(every).await;
    }
}

/// Runs `waiting` and `post` at the same time, until `waiting` returns. Returns the result of `waiting`.
async fn beside<T>(waiting: impl IntoFuture<Output = T>, post: impl Future<Output = ()>) -> T {
    tokio::select! {
        result = waiting.into_future() => result,
        () = post => unreachable!("the delivery never ends"),
    }
}

#[tokio::test(start_paused = true)]
async fn callbacks_end_a_wait_at_once_and_with_fewer_polls() {
    let (sandbox, client, receiver) = account(Speed::Live);
    let begin = Instant::now();
    let task = client.start(waltz()).await.unwrap();
    let every = Duration::from_millis(100);
    let mut events = task.events();
    let stages = beside(
        async {
            let mut stages = Vec::new();
            while let Some(event) = events.next().await {
                stages.push((event.unwrap().stage, begin.elapsed().as_secs()));
            }
            stages
        },
        post(&sandbox, &receiver, every, |_| true),
    )
    .await;
    assert_eq!(stages, [(Some(Stage::Text), 60), (Some(Stage::First), 68), (Some(Stage::Complete), 75)]);
    let woken = sandbox.requests(LOOKUP).len();
    // One poll is due after 30 seconds without a callback, and each of the three callbacks causes one more. Without
    // callbacks, 9 polls are needed, and the song is found after 86 seconds.
    assert_eq!(woken, 4);

    // Without callbacks, `wait` needs 9 polls, the same number as `events`.
    let (sandbox, polling) = crate::setup::stack::live();
    polling.start(waltz()).await.unwrap().wait().await.unwrap();
    let polled = sandbox.requests(LOOKUP).len();
    println!("polls for one song: {woken} with callbacks, {polled} without");
    assert!(woken * 2 < polled);
}

#[tokio::test(start_paused = true)]
async fn a_lost_callback_is_found_by_a_regular_poll() {
    let (sandbox, client, _receiver) = account(Speed::Live);
    let begin = Instant::now();
    let tracks = client.start(waltz()).await.unwrap().wait().await.unwrap();
    assert_eq!((tracks.len(), begin.elapsed().as_secs()), (2, 75));
    assert_eq!(sandbox.requests(LOOKUP).len(), 2, "30 and 75 seconds after the start");
}

#[tokio::test(start_paused = true)]
async fn a_few_failed_polls_do_not_end_a_wait_that_polls_seldom() {
    let (sandbox, client, _receiver) = account(Speed::Live);
    let begin = Instant::now();
    for _ in 0..4 {
        sandbox.fault(LOOKUP, Fault::HalfBody);
    }
    let tracks = client.start(waltz()).await.unwrap().wait().await.unwrap();
    // The first poll is due after 30 seconds and fails. More polls fail, so the next pauses are 2, 2, 4 and 8 seconds.
    // After a successful poll, the pauses are long again.
    assert_eq!((tracks.len(), begin.elapsed().as_secs()), (2, 106));
    assert_eq!(sandbox.requests(LOOKUP).len(), 6);
}

#[tokio::test(start_paused = true)]
async fn no_wake_up_is_lost_whether_it_comes_before_or_after_the_wait() {
    let (sandbox, client, receiver) = account(Speed::Instant);
    let mut tasks = Vec::new();
    for _ in 0..1_000 {
        tasks.push(client.start(waltz()).await.unwrap());
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    // Each task has three callbacks, and only the last of them is delivered. For every second task, this callback is
    // delivered before `wait` begins.
    let callbacks: Vec<_> = sandbox
        .callbacks()
        .into_iter()
        .filter(|callback| callback.body["data"]["callbackType"] == "complete")
        .collect();
    assert_eq!(callbacks.len(), tasks.len());
    let (early, late): (Vec<_>, Vec<_>) = callbacks.iter().enumerate().partition(|(number, _)| number % 2 == 0);
    for (_, callback) in &early {
        hand_over(&receiver, callback).await;
    }
    let begin = Instant::now();
    let mut waits = JoinSet::new();
    for task in tasks {
        waits.spawn(async move { task.wait().polling(asleep()).await.map(|tracks| tracks.len()) });
    }
    for _ in 0..early.len() {
        assert_eq!(waits.join_next().await.unwrap().unwrap().unwrap(), 2);
    }
    assert!(begin.elapsed() < Duration::from_millis(100), "waits with an early callback end at once");
    assert!(format!("{receiver:?}").contains("Waiters(500)"), "{receiver:?}");
    for (_, callback) in &late {
        hand_over(&receiver, callback).await;
    }
    while let Some(wait) = waits.join_next().await {
        assert_eq!(wait.unwrap().unwrap(), 2);
    }
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    assert_eq!(sandbox.requests(LOOKUP).len(), 1_000, "one poll for each");
    assert!(format!("{receiver:?}").contains("Waiters(0)"), "{receiver:?}");
}

#[tokio::test(start_paused = true)]
async fn songs_end_whichever_of_their_callbacks_get_lost() {
    let (sandbox, client, receiver) = account(Speed::Live);
    let mut tasks = Vec::new();
    for _ in 0..100 {
        tasks.push(client.start(waltz()).await.unwrap());
    }
    let begin = Instant::now();
    let mut waits = JoinSet::new();
    for task in tasks {
        waits.spawn(async move {
            let mut events = task.events();
            let mut completes = 0;
            while let Some(event) = events.next().await {
                completes += usize::from(event.unwrap().stage == Some(Stage::Complete));
            }
            completes
        });
    }
    let all = async {
        let mut completes = Vec::new();
        while let Some(wait) = waits.join_next().await {
            completes.push(wait.unwrap());
        }
        completes
    };
    let some = |number: usize| number.wrapping_mul(2_654_435_761) >> 7 & 3 != 0;
    let completes = beside(all, post(&sandbox, &receiver, Duration::from_secs(1), some)).await;
    assert_eq!(completes, [1; 100], "every task is complete once");
    // If the last callback of a task is lost, the task is polled at most 60 seconds after its previous poll.
    assert!(begin.elapsed() <= Duration::from_secs(75 + 61), "{:?}", begin.elapsed());
    assert!(format!("{receiver:?}").contains("Waiters(0)"), "{receiver:?}");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_wait_is_unregistered() {
    let (_sandbox, client, receiver) = account(Speed::Live);
    let task = client.start(waltz()).await.unwrap();
    let (one, mut other) = (task.events(), task.events());
    let waiting = tokio::time::timeout(Duration::from_secs(1), task.wait()).await;
    assert!(waiting.is_err());
    assert!(tokio::time::timeout(Duration::from_secs(1), other.next()).await.is_err());
    assert!(format!("{receiver:?}").contains("Waiters(1)"), "{receiver:?}");
    drop((one, other));
    assert!(format!("{receiver:?}").contains("Waiters(0)"), "{receiver:?}");
}

#[tokio::test(start_paused = true)]
async fn a_failed_poll_after_a_callback_is_soon_repeated() {
    let (sandbox, client, receiver) = account(Speed::Instant);
    let task = client.start(waltz()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    for _ in 0..8 {
        sandbox.fault(LOOKUP, Fault::ErrorPage { http_status: 502 });
    }
    hand_over(&receiver, &sandbox.callbacks()[2]).await;
    let begin = Instant::now();
    assert_eq!(task.wait().polling(asleep()).await.unwrap().len(), 2);
    assert!(begin.elapsed() < Duration::from_secs(120), "{:?}", begin.elapsed());
}

#[tokio::test(start_paused = true)]
async fn polls_keep_to_the_rate_with_any_number_of_callbacks() {
    let (sandbox, client, receiver) = account(Speed::Live);
    let task = client.start(waltz()).await.unwrap();
    let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let send = async |time: u64, number: u64| {
        let mut headers = HeaderMap::new();
        let signature = WebhookKey::new("whk").sign(task.id().as_str(), &time.to_string());
        headers.insert("x-webhook-timestamp", time.to_string().parse().unwrap());
        headers.insert("x-webhook-signature", signature.parse().unwrap());
        let body = format!(r#"{{"data":{{"task_id":"{}","number":{number}}}}}"#, task.id());
        assert_eq!(receiver.receive(None, &headers, body.as_bytes()).await, StatusCode::OK);
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let mut waits = JoinSet::new();
    let wait = task.clone();
    waits.spawn(async move { wait.wait().polling(asleep()).await });
    // An attacker knows two signatures of this task, a new one and an old one. The attacker sends callbacks with both
    // of them for 40 seconds, each callback with another body.
    for number in 0..400 {
        send(time, number).await;
        send(time - 1_000, number).await;
    }
    let polls = sandbox.requests(LOOKUP).len();
    assert!(
        (2..=24).contains(&polls),
        "at most 8 for each signature, and the polls that follow without a change: {polls}"
    );

    // Even if every callback has a new signature, a task is polled at most three times per second.
    let begin = Instant::now();
    for _ in 0..2 {
        let task = task.clone();
        waits.spawn(async move { task.wait().polling(asleep()).await });
    }
    for number in 0..200 {
        send(time - number, number).await;
    }
    let (polls, seconds) = (sandbox.requests(LOOKUP).len() - polls, begin.elapsed().as_secs_f64());
    assert!(polls as f64 <= seconds * 3.0 + 1.0, "{polls} polls in {seconds} s");
    assert!(polls >= 20, "the callbacks woke the wait: {polls}");
    waits.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_callback_just_after_a_poll_causes_the_next_poll_a_third_of_a_second_later() {
    let (sandbox, client, receiver) = account(Speed::Instant);
    sandbox.script_task(kie_sandbox::TaskScript::HiddenFor(Duration::from_secs(60)));
    let task = client.start(waltz()).await.unwrap();
    let callback = async {
        tokio::time::sleep(Duration::from_millis(2_100)).await;
        hand_over(&receiver, &sandbox.callbacks()[0]).await;
        let mut polls = Vec::new();
        for pause in [200, 100] {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            polls.push(sandbox.requests(LOOKUP).len());
        }
        polls
    };
    let waiting = task.wait().polling(asleep().first_poll(Duration::from_secs(2)));
    let (tracks, polls) = tokio::join!(waiting.into_future(), callback);
    assert_eq!((tracks.unwrap().len(), polls), (2, vec![1, 2]));
}

#[tokio::test(start_paused = true)]
async fn a_poll_that_shows_no_change_after_a_callback_is_soon_repeated() {
    let (sandbox, client, receiver) = account(Speed::Live);
    let task = client.start(waltz()).await.unwrap();
    let begin = Instant::now();
    // The callbacks of the first two stages arrive late. After the second, the record shows no change, and the song is
    // finished one second later.
    let late = async {
        for (number, second) in [70, 74].into_iter().enumerate() {
            tokio::time::sleep_until(begin + Duration::from_secs(second)).await;
            hand_over(&receiver, &sandbox.callbacks()[number]).await;
        }
    };
    let (tracks, ()) = tokio::join!(task.wait().polling(asleep()).into_future(), late);
    assert_eq!((tracks.unwrap().len(), begin.elapsed().as_secs()), (2, 76));
}

#[tokio::test(start_paused = true)]
async fn the_body_of_a_callback_does_not_end_a_wait() {
    let (_sandbox, client, _) = account(Speed::Live);
    let task = client.start(waltz()).await.unwrap();
    let receiver = Receiver::unsigned();
    let trusting = client_of(&_sandbox).callbacks("https://music.example/kie", &receiver).build().unwrap();
    let task: Task<Music> = trusting.task(task.id().as_str());
    let lie = |kind: &str, code: u16| {
        format!(
            r#"{{"code":{code},"msg":"","data":{{"callbackType":"{kind}","task_id":"{}","data":[{{"id":"x","audio_url":"https://evil.example/x.mp3"}}]}}}}"#,
            task.id()
        )
    };
    let lies = async {
        for text in [lie("complete", 200), lie("error", 531), lie("complete", 500)] {
            tokio::time::sleep(Duration::from_secs(5)).await;
            assert_eq!(receiver.receive(None, &HeaderMap::new(), text.as_bytes()).await, StatusCode::OK);
        }
        std::future::pending::<()>().await;
    };
    let tracks = beside(task.wait(), lies).await.unwrap();
    assert!(tracks.iter().all(|track| !track.url().unwrap().contains("evil")), "{tracks:?}");
}

#[tokio::test(start_paused = true)]
async fn a_failure_ends_a_wait_at_once_too() {
    let (sandbox, client, receiver) = account(Speed::Live);
    sandbox.script_task(kie_sandbox::TaskScript::Fails {
        status: "SENSITIVE_WORD_ERROR".into(),
        code: 413,
        message: "no".into(),
        after: None,
    });
    let begin = Instant::now();
    let task = client.start(waltz()).await.unwrap();
    let wait = beside(task.wait(), post(&sandbox, &receiver, Duration::from_millis(100), |_| true)).await;
    assert!(matches!(wait.unwrap_err(), Error::Failed(_)));
    assert_eq!(begin.elapsed().as_secs(), 60);
}

#[tokio::test(start_paused = true)]
async fn a_callback_does_not_shorten_the_pause_that_the_service_asks_for() {
    let (sandbox, client, receiver) = account(Speed::Live);
    let task = client.start(waltz()).await.unwrap();
    sandbox.fault(LOOKUP, Fault::refuse(429).with_retry_after(Duration::from_secs(400)));
    // The callbacks come after 60, 68 and 75 seconds, during the pause.
    let tracks = beside(task.wait(), post(&sandbox, &receiver, Duration::from_millis(100), |_| true)).await;
    assert_eq!(tracks.unwrap().len(), 2);
    let polls: Vec<_> = sandbox.requests(LOOKUP).iter().map(|poll| poll.at.as_secs()).collect();
    assert_eq!(polls, [30, 430]);
}
