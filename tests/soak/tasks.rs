//! Tests with many tasks at the same time. Callbacks are lost, repeated, late, in the wrong order, old, forged or
//! false, and some polls fail.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::{Duration, SystemTime},
};

use kie_ledger::MemoryLedger;
use kie_sandbox::{CallbackFault, Fault, Sandbox, SeededRng, SentCallback, Speed, TaskScript};
use kie_suno::{
    Credits, Error, Stage, Task,
    callbacks::{Receiver, WebhookKey},
    receipts::{Ledger as _, Receipt, ReceiptState},
    records::Music,
};
use serde_json::json;
use tokio::{task::JoinSet, time::Instant};

use super::{seed, size};
use crate::setup::stack::{client_of, connect, waltz};

const LOOKUP: &str = "get-music-details";

fn callback_fault(rng: &mut SeededRng, callback: &SentCallback) -> Option<CallbackFault> {
    Some(match rng.below(10) {
        0 | 1 => CallbackFault::Lost,
        2 => CallbackFault::Doubled,
        3 => CallbackFault::Reordered,
        4 => CallbackFault::Late(Duration::from_secs(rng.below(500))),
        5 => CallbackFault::Stale(Duration::from_secs(400)),
        6 => CallbackFault::Forged,
        // Each of these bodies is different, so that the receiver does not ignore it as a redelivery of another one.
        7 => CallbackFault::Altered(json!({
            "code": 200,
            "msg": rng.below(u64::MAX),
            "data": { "callbackType": "complete", "task_id": callback.task_id, "data": [{ "id": "made up" }] },
        })),
        _ => return None,
    })
}

fn fault(rng: &mut SeededRng) -> Option<Fault> {
    let refuse = |code| Fault::Refuse { http_status: 200, code, msg: "not now".into() };
    Some(match rng.below(30) {
        0 => Fault::DropResponse,
        1 => Fault::HalfBody,
        2 => Fault::ErrorPage { http_status: 503 },
        3 => refuse(455),
        4 => refuse(429),
        5 if rng.one_in(10) => Fault::Hang,
        _ => return None,
    })
}

fn script_task(rng: &mut SeededRng) -> Option<TaskScript> {
    Some(match rng.below(20) {
        0 => TaskScript::Fails {
            status: "GENERATE_AUDIO_FAILED".into(),
            code: 531,
            message: "malformed".into(),
            after: None,
        },
        1 => TaskScript::Undelivered { with_tracks: true },
        2 => TaskScript::Undelivered { with_tracks: false },
        3 => TaskScript::HiddenFor(Duration::from_secs(rng.below(60))),
        4 => TaskScript::UnknownStatus("DREAMING".into()),
        _ => return None,
    })
}

/// Waits for the end of a task. Returns two lists in the order of the events: the stages and the ids of the tracks.
/// Returns the error if the task fails.
async fn follow(task: Task<Music>) -> Result<(Vec<Option<Stage>>, Vec<String>), Error> {
    let (mut stages, mut tracks) = (Vec::new(), Vec::new());
    let mut events = task.events();
    while let Some(event) = events.next().await {
        let event = event?;
        stages.push(event.stage);
        tracks.extend(event.items.into_iter().filter_map(|track| track.id));
    }
    Ok((stages, tracks))
}

#[tokio::test(start_paused = true)]
async fn every_task_ends_once_with_faulty_callbacks_and_failed_polls() {
    let (count, seed) = (size(500, 10_000), seed("tasks"));
    let (opened, wall) = (Instant::now(), SystemTime::now());
    let ledger = Arc::new(MemoryLedger::new());
    let receiver =
        Receiver::new(WebhookKey::new("whk")).clock(move || wall + opened.elapsed()).ledger(Arc::clone(&ledger));
    let target = receiver.clone();
    let sandbox = Sandbox::builder()
        .speed(Speed::Live)
        .webhook_key("whk")
        .credits(Credits::new(1e9))
        .receiver(move || connect(&target))
        .build();
    let client = client_of(&sandbox)
        .callbacks("https://music.example/kie", &receiver)
        .ledger(Arc::clone(&ledger))
        .task_rate(1_000, Duration::from_secs(1))
        .build()
        .unwrap();
    let mut deliveries = receiver.deliveries();
    let reading = tokio::spawn(async move {
        let mut all = Vec::new();
        while let Ok(Some(delivery)) = tokio::time::timeout(Duration::from_secs(3_600), deliveries.next()).await {
            all.push(delivery.unwrap());
        }
        all
    });

    let mut rng = SeededRng::new(seed);
    sandbox.callback_faults(move |callback| callback_fault(&mut rng, callback));
    let mut rng = SeededRng::new(seed + 1);
    sandbox.faults(move |request| fault(&mut rng).filter(|_| request.operation == LOOKUP));
    let mut rng = SeededRng::new(seed + 2);
    let mut waits = JoinSet::new();
    for _ in 0..count {
        tokio::time::sleep(Duration::from_millis(rng.below(100))).await;
        let script = script_task(&mut rng);
        script.iter().for_each(|script| sandbox.script_task(script.clone()));
        let task = client.start(waltz()).await.unwrap();
        waits.spawn(async move { (task.receipt().unwrap(), task.id().clone(), script, follow(task).await) });
    }

    let (mut left, mut failed) = (BTreeMap::new(), 0);
    let mut ids = HashSet::new();
    while let Some(end) = waits.join_next().await {
        let (receipt, id, script, end) = end.unwrap();
        assert!(ids.insert(id.as_str().to_owned()), "{id} ended twice");
        let is_lost = matches!(script, Some(TaskScript::Undelivered { with_tracks: false }));
        let fails = is_lost || matches!(script, Some(TaskScript::Fails { .. }));
        match end {
            Ok((stages, tracks)) => {
                assert!(!fails, "{id} has the script {script:?}");
                assert!(stages.is_sorted() && stages.last() == Some(&Some(Stage::Complete)), "{id}: {stages:?}");
                assert_eq!(stages.iter().filter(|stage| **stage == Some(Stage::Complete)).count(), 1);
                assert_eq!((tracks.len(), tracks.iter().collect::<HashSet<_>>().len()), (2, 2), "{id}: {tracks:?}");
            }
            Err(error) => {
                assert!(fails && matches!(error, Error::Failed(_)), "{id} has the script {script:?}: {error:?}");
            }
        }
        // The receipt of a complete task is unfinished, because this test saves no files. If the last callback of a
        // task was not delivered, the receipt is unfinished too, because the task may still get its missing tracks.
        if is_lost || !fails {
            left.insert(receipt, if is_lost { ReceiptState::Running } else { ReceiptState::Complete });
        }
        failed += usize::from(fails);
    }

    // The sandbox's journal shows that each task was made once and has ended.
    assert_eq!(sandbox.requests("generate-music").len(), count);
    let made: HashSet<_> = sandbox.tasks().into_iter().map(|task| task.id).collect();
    assert!(made.len() == count && made == ids);
    // The ledger has the result of each task.
    let unfinished: Vec<Receipt> = ledger.unfinished(None, usize::MAX).await.unwrap();
    let unfinished: BTreeMap<_, _> = unfinished.iter().map(|receipt| (receipt.id, receipt.state)).collect();
    assert_eq!(unfinished, left);

    // Every callback that was sent with a right signature must have been delivered once.
    let delivered = reading.await.unwrap();
    let callbacks = sandbox.callbacks();
    let came = |callback: &&SentCallback| callback.sent() && callback.callback_fault != Some(CallbackFault::Forged);
    assert_eq!(delivered.len(), callbacks.iter().filter(came).count());
    let mut callback_faults = BTreeMap::<_, usize>::new();
    for callback in &callbacks {
        let name = format!("{:?}", callback.callback_fault);
        let name = name.split_inclusive(|c: char| !c.is_alphabetic()).nth(1).unwrap_or("None");
        *callback_faults.entry(name.trim_matches(|c: char| !c.is_alphabetic()).to_owned()).or_default() += 1;
        let forged = callback.callback_fault == Some(CallbackFault::Forged);
        assert!(!callback.sent() || callback.status == Some(if forged { 401 } else { 200 }), "{callback:?}");
    }
    println!(
        "tasks: {count} ended, {} of them without a result, in {} s; {} polls; {} callbacks: {callback_faults:?}",
        failed,
        opened.elapsed().as_secs() - 3_600,
        sandbox.requests(LOOKUP).len(),
        callbacks.len(),
    );
}
