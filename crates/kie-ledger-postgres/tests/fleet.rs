//! Machines that share one account and one ledger. Each machine is a runtime with connections of its own.
//!
//! With `KIE_SOAK`, the test has the size of a day: 10,000 songs at 2,000 calls in 10 seconds.

use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use kie_ledger::{Ledger, Receipt, ReceiptState};
use kie_ledger_postgres::PostgresLedgerBuilder;
use kie_sandbox::{Sandbox, Speed};
use kie_suno::{
    Charged, Client, Credits, Error,
    callbacks::Receiver,
    files::{NameTemplate, SaveOutcome},
    requests::{GenerateMusic, Model},
    transport::http::HeaderMap,
};
use tokio::{
    runtime,
    sync::{Semaphore, oneshot},
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::setup::{Cluster, fresh_schema};

const MACHINES: usize = 3;
/// Number of calls that a machine makes at the same time.
const AT_ONCE: usize = 16;

/// Size of the test: songs, and the rate limit.
struct Size {
    songs: usize,
    most: usize,
    span: Duration,
}

fn size() -> Size {
    if env::var_os("KIE_SOAK").is_some() {
        Size { songs: 10_000, most: 2_000, span: Duration::from_secs(10) }
    } else {
        Size { songs: 240, most: 60, span: Duration::from_secs(1) }
    }
}

/// What each machine does.
#[derive(Clone)]
struct Work {
    builder: PostgresLedgerBuilder,
    /// Address of the service.
    service: String,
    folder: PathBuf,
    rate: (usize, Duration),
}

/// A machine that works until it is stopped or has died.
struct Machine {
    stop: Option<oneshot::Sender<Stop>>,
    running: Option<JoinHandle<()>>,
}

enum Stop {
    /// The machine ends its work.
    Ends,
    /// The machine dies: its tasks end at once, wherever they are.
    Dies,
}

impl Machine {
    fn start(work: Work, orders: Vec<usize>) -> Self {
        let (stop, stopped) = oneshot::channel();
        let running = thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let how = runtime.block_on(async {
                let working = tokio::spawn(run(work, orders));
                let how = stopped.await.unwrap();
                if matches!(how, Stop::Ends) {
                    working.abort();
                    assert!(working.await.is_err_and(|error| error.is_cancelled()), "the machine has worked until now");
                }
                how
            });
            if matches!(how, Stop::Dies) {
                runtime.shutdown_background();
            }
        });
        Self { stop: Some(stop), running: Some(running) }
    }

    fn stop(&mut self, how: Stop) {
        self.stop.take().unwrap().send(how).ok().unwrap();
        self.running.take().unwrap().join().unwrap();
    }
}

/// Orders songs, and saves all songs of all machines.
async fn run(work: Work, orders: Vec<usize>) {
    let client = Client::builder()
        .api_key("key")
        .base_url(&work.service)
        .ledger(work.builder.connect().await.unwrap())
        .call_back_url("https://callback.invalid/kie")
        .task_rate(work.rate.0, work.rate.1)
        .build()
        .unwrap();
    let mut ordering = JoinSet::new();
    let places = Arc::new(Semaphore::new(AT_ONCE));
    for number in orders {
        let (client, place) = (client.clone(), Arc::clone(&places).acquire_owned().await.unwrap());
        ordering.spawn(async move {
            order(&client, number).await;
            drop(place);
        });
    }
    let saving = async {
        loop {
            match client.save_all(&work.folder).names("{id}".parse::<NameTemplate>().unwrap()).await {
                Ok(saved) => {
                    for collected in saved {
                        assert!(!matches!(collected.outcome, SaveOutcome::Failed { .. }), "{:?}", collected.outcome);
                    }
                }
                Err(error) => assert!(matches!(error, Error::Ledger(_)), "{error:?}"),
            }
            sleep(Duration::from_millis(200)).await;
        }
    };
    let ordered = async {
        ordering.join_all().await;
        std::future::pending::<()>().await;
    };
    tokio::join!(saving, ordered);
}

/// Orders a song. Orders it again if the ledger failed before the call was sent.
async fn order(client: &Client, number: usize) {
    for _ in 0..100 {
        let request = GenerateMusic::simple(Model::V5, format!("waltz number {number}"));
        match client.start(request).named(format!("order {number}")).within(Duration::from_secs(60)).await {
            // The machine that has died may have sent the call. Then its callback names the task.
            Ok(_) | Err(Error::OutcomeUnknown(_)) => return,
            Err(error) => assert!(error.charged() == Charged::No, "{error:?}"),
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("order {number} was never sent");
}

/// Delivers all callbacks of the service to a receiver that has no client. Some are sent again after a failure, as the
/// service does.
async fn deliver(sandbox: Sandbox, receiver: Receiver) {
    let mut known = 0;
    loop {
        let callbacks = sandbox.callbacks();
        for callback in callbacks.iter().skip(known) {
            let query = callback.url.split_once('?').map(|(_, query)| query);
            let body = callback.body.to_string();
            while receiver.receive(query, &HeaderMap::new(), body.as_bytes()).await != 200 {
                sleep(Duration::from_millis(100)).await;
            }
        }
        known = callbacks.len();
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_machines_keep_to_one_rate_and_save_each_song_once() {
    let Some(mut cluster) = Cluster::start(&[]) else { return };
    let Size { songs, most, span } = size();
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::builder().speed(Speed::Instant).rate_limits(false).credits(Credits::new(1e9)).build();
    let builder = cluster.fresh().schema(fresh_schema());
    let ledger = builder.clone().connect().await.unwrap();
    let receiver = Receiver::unsigned().ledger(builder.clone().connect().await.unwrap());
    let delivering = tokio::spawn(deliver(sandbox.clone(), receiver));
    let service = sandbox.listen(([127, 0, 0, 1], 0)).await.unwrap();
    let work = Work { builder, service: service.base_url(), folder: folder.path().to_owned(), rate: (most, span) };

    let begin = Instant::now();
    let orders = |machine| (machine..songs).step_by(MACHINES).collect::<Vec<_>>();
    let mut machines: Vec<Machine> = (0..MACHINES).map(|number| Machine::start(work.clone(), orders(number))).collect();
    until(&sandbox, songs / 3).await;
    // A machine dies, and the next one does its orders, also those that are sent already.
    machines[0].stop(Stop::Dies);
    machines[0] = Machine::start(work, orders(0));
    until(&sandbox, songs / 2).await;
    cluster.crash();
    sleep(Duration::from_millis(500)).await;
    cluster.restart();
    let unknown = until_finished(&ledger, &sandbox, songs).await;
    let took = begin.elapsed();
    for mut machine in machines {
        machine.stop(Stop::Ends);
    }
    delivering.abort();
    service.stop().await;

    let requests = sandbox.requests("generate-music");
    let paid = songs - unknown;
    assert_eq!((requests.len(), sandbox.tasks().len()), (paid, paid), "each order is paid for once");
    assert!(unknown <= AT_ONCE, "only what the dead machine was about to send is not known");
    let mut narrowest = Duration::MAX;
    for window in requests.windows(most + 1) {
        let width = window[most].at.saturating_sub(window[0].at);
        assert!(width >= span, "{} calls came within {width:?}", most + 1);
        narrowest = narrowest.min(width);
    }
    let saved = files(folder.path());
    assert_eq!(saved.len(), 2 * paid, "each song has two tracks, and each is saved once: {saved:?}");
    println!(
        "{paid} songs of {MACHINES} machines in {took:.1?}, of which one died with {unknown} permits, and a crash of the database; \
         any {} calls at least {narrowest:?} apart at {most} in {span:?}",
        most + 1
    );
}

/// Returns the time limit of a step. The claims of the dead machine end after 60 seconds.
fn limit(songs: usize) -> Duration {
    Duration::from_secs(180) + songs as u32 * Duration::from_millis(120)
}

/// Waits until the service has this number of tasks.
async fn until(sandbox: &Sandbox, tasks: usize) {
    let begin = Instant::now();
    while sandbox.tasks().len() < tasks {
        assert!(begin.elapsed() < limit(tasks), "{} tasks", sandbox.tasks().len());
        sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until all songs are saved. Returns the number of the orders that the dead machine was about to send: it had the
/// permission, so they may be paid for, and nobody sends them again.
async fn until_finished(ledger: &impl Ledger, sandbox: &Sandbox, songs: usize) -> usize {
    let begin = Instant::now();
    loop {
        let unfinished = ledger.unfinished(None, usize::MAX).await.unwrap();
        let is_sent = |receipt: &Receipt| receipt.state == ReceiptState::Sent;
        if unfinished.iter().all(is_sent) && sandbox.tasks().len() + unfinished.len() == songs {
            return unfinished.len();
        }
        assert!(begin.elapsed() < limit(songs), "{} tasks, {unfinished:?}", sandbox.tasks().len());
        sleep(Duration::from_millis(100)).await;
    }
}

/// Returns the names of the saved files, with their sizes.
fn files(folder: &Path) -> HashMap<String, u64> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "mp3"))
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().len()))
        .collect()
}
