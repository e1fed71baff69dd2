//! Measures many futures that wait for a task (`task.wait()`) at the same time.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Waker},
    time::Duration,
};

use anyhow::{Context as _, ensure};
use kie_suno::{
    Client, HttpService, Polling,
    records::Music,
    requests::{Endpoint as _, GetMusicDetails},
    transport::{Body, HttpFuture},
};
use tokio::sync::Notify;

use crate::{Counter, calls, canned, collected::collected, contenders, print_number, runtime, server::ENDLESS};

/// A test double of the service in this process. It reports every task as running.
#[derive(Debug)]
struct Unfinished {
    record: Vec<u8>,
    /// Positions of the task id in the record.
    ids: Vec<usize>,
    polls: Arc<PollCount>,
}

#[derive(Debug, Default)]
struct PollCount {
    count: AtomicUsize,
    enough: AtomicUsize,
    reached: Notify,
}

impl HttpService for Unfinished {
    fn call(&self, request: http::Request<Body>) -> HttpFuture<'_> {
        let count = self.polls.count.fetch_add(1, Ordering::Relaxed) + 1;
        if count == self.polls.enough.load(Ordering::Relaxed) {
            self.polls.reached.notify_one();
        }
        let mut record = self.record.clone();
        let task = request.uri().query().and_then(|query| query.strip_prefix("taskId=")).unwrap_or_default();
        for at in &self.ids {
            record[*at..][..task.len()].copy_from_slice(task.as_bytes());
        }
        let answer = http::Response::new(Body::from(record));
        Box::pin(async { Ok(answer) })
    }
}

fn unfinished() -> anyhow::Result<(Client, Arc<PollCount>)> {
    let (record, polls) = (canned::record("PENDING"), Arc::<PollCount>::default());
    let ids = record.match_indices(canned::TASK).map(|(at, _)| at).collect();
    let service = Unfinished { record: record.into(), ids, polls: polls.clone() };
    Ok((Client::builder().api_key("not-a-key").http(service).build()?, polls))
}

/// Prints two numbers of bytes: the memory of each future that waits between two polls (`each`), and this memory
/// without the task record that the future has read (`beyond`).
pub(crate) fn memory(waits: usize, counter: Counter) -> anyhow::Result<()> {
    let count = counter.context("this binary does not count allocations")?;
    let before = count().live;
    let record = GetMusicDetails::read(200, canned::record("PENDING").as_bytes())?;
    let of_record = count().live - before;
    let in_place = record.as_ref().map_or(0, std::mem::size_of_val);

    let runtime = runtime()?;
    let _guard = runtime.enter();
    let (client, polls) = unfinished()?;
    let mut sleeping: Vec<Pin<Box<dyn Future<Output = _> + Send>>> = Vec::with_capacity(waits);
    let mut cx = Context::from_waker(Waker::noop());
    let before = count().live;
    for index in 0..waits {
        let mut wait = client.task::<Music>(format!("{ENDLESS}{index:024}")).wait().into_future();
        ensure!(wait.as_mut().poll(&mut cx).is_pending(), "a wait ended");
        sleeping.push(wait);
    }
    // Each future makes its first poll during this sleep, and then sleeps until its second poll.
    runtime.block_on(tokio::time::sleep(Duration::from_millis(20)));
    for wait in &mut sleeping {
        ensure!(wait.as_mut().poll(&mut cx).is_pending(), "a wait ended");
    }
    let each = (count().live - before) as f64 / waits as f64;
    let polls = polls.count.load(Ordering::Relaxed);
    ensure!(polls == waits, "{waits} tasks were polled {polls} times");
    print_number("each", each);
    // The struct of the record is inside the future that waits, so its size is subtracted too.
    print_number("beyond", each - (of_record + in_place) as f64);
    Ok(())
}

/// Pause between two polls of one task. The service permits 3 polls per second.
const PAUSE: Duration = Duration::from_millis(340);

/// Starts as many futures as `waits` says. Each future waits for a task. After each has polled once, callgrind counts
/// the instructions of the next polls. Prints the number of these polls.
pub(crate) fn polls(waits: usize) -> anyhow::Result<()> {
    // At least 200 polls are measured, and on average each task is polled at least once.
    let polls = waits.max(200);
    let runtime = runtime()?;
    let (client, polled) = unfinished()?;
    let until = |count| {
        polled.enough.store(count, Ordering::Relaxed);
        polled.reached.notified()
    };
    let warm = until(waits);
    runtime.block_on(async {
        begin(&client, waits, PAUSE);
        warm.await;
    });
    let measured = until(waits + polls);
    let mut measured = Some(measured);
    collected(&mut || {
        if let Some(reached) = measured.take() {
            runtime.block_on(reached);
        }
    });
    print_number("polls", (polled.count.load(Ordering::Relaxed) - waits) as f64);
    // The program does not wait for the runtime to end. Dropping the futures in it takes time and is not measured.
    runtime.shutdown_background();
    Ok(())
}

/// Waits for `waits` tasks at the same time, over real connections and with two worker threads. Prints the longest time
/// between two successive polls of the same task, in milliseconds. Each task should be polled once every `seconds`
/// seconds.
pub(crate) fn gap(waits: usize, seconds: u64, address: &str) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let client = contenders::facade(address)?;
    let pause = Duration::from_secs(seconds);
    runtime.block_on(async {
        begin(&client, waits, pause);
        tokio::time::sleep(pause * 4).await;
    });
    let [_, tasks, gap, _] = calls::stats(address)?;
    ensure!(tasks == waits as f64, "{tasks} of {waits} tasks were polled");
    print_number("gap", gap);
    runtime.shutdown_background();
    Ok(())
}

fn begin(client: &Client, waits: usize, pause: Duration) {
    let polling = Polling::default().growth(1.0).first_poll(pause).max_pause(pause);
    for index in 0..waits {
        tokio::spawn(client.task::<Music>(format!("{ENDLESS}{index:024}")).wait().polling(polling).into_future());
    }
}
