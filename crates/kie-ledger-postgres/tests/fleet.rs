//! Machines that share one account and one ledger. Each machine is a process of the example `fleet`, one process is killed in
//! the middle, and the database crashes. The service is the simulator, and its books are counted.
//!
//! With `KIE_SOAK`, the tests have the size of a day: 10,000 songs at 2,000 calls in 10 seconds.

#[path = "../examples/fleet/balancer.rs"]
mod balancer;
#[path = "../examples/fleet/fleet.rs"]
mod processes;

use std::{env, fs, path::PathBuf, process::Command, time::Duration};

use kie_ledger::Ledger;
use kie_ledger_postgres::PostgresLedger;
use kie_sandbox::{FILES, Sandbox, Speed};
use kie_suno::Credits;
use tokio::time::{Instant, sleep};

pub(crate) use self::{balancer::Balancer, processes::Fleet};
use crate::setup::Cluster;

const MACHINES: usize = 3;
/// Maximum number of files that a machine fetches at the same time: 4 songs with two files.
const FETCHING: usize = 8;
/// Maximum number of calls that a machine makes at the same time.
const AT_ONCE: usize = 16;

/// Size of a test: the songs, and the rate limit.
#[derive(Clone, Copy)]
struct Size {
    songs: usize,
    most: usize,
    span: Duration,
}

impl Size {
    const fn new(songs: usize, most: usize, seconds: u64) -> Self {
        Self { songs, most, span: Duration::from_secs(seconds) }
    }

    /// Returns the first size, or the second one in a soak test.
    fn of(small: Self, full: Self) -> Self {
        if env::var_os("KIE_SOAK").is_some() { full } else { small }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Trouble {
    None,
    /// A process is killed, and the database crashes.
    Crashes,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_machines_keep_to_one_rate_and_save_each_song_once() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    work(cluster, Size::of(Size::new(240, 60, 1), Size::new(10_000, 2_000, 10)), Trouble::Crashes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_machines_share_a_low_rate() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    work(cluster, Size::of(Size::new(60, 20, 1), Size::new(100, 20, 10)), Trouble::None).await;
}

#[test]
fn the_example_runs() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let ended = Command::new(example()).env("KIE_LEDGER", cluster.url()).output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

/// Returns the program of the example, which `cargo test` builds.
pub(crate) fn example() -> PathBuf {
    let tests = env::current_exe().unwrap();
    let program = tests.ancestors().nth(2).unwrap().join("examples/fleet").with_extension(env::consts::EXE_EXTENSION);
    assert!(program.exists(), "run `cargo build -p kie-ledger-postgres --example fleet` first");
    program
}

async fn work(mut cluster: Cluster, size: Size, trouble: Trouble) {
    let Size { songs, most, span } = size;
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::builder().speed(Speed::Instant).rate_limits(false).credits(Credits::new(1e9)).build();
    let service = sandbox.listen(([127, 0, 0, 1], 0)).await.unwrap();
    let balancer = Balancer::start().await.unwrap();
    let database = cluster.url().to_owned();
    // A call waits for the rate limit for as long, and a machine waits as long for the callback of a call that may be lost.
    let patience = if trouble == Trouble::Crashes { 10_000 + 2 * span.as_millis() } else { 120_000 };
    let settings = vec![
        ("KIE_LEDGER", database.clone().into()),
        ("KIE_API_KEY", "any".into()),
        ("KIE_BASE_URL", service.base_url().into()),
        ("FLEET_CALLBACKS", balancer.url().into()),
        ("FLEET_FOLDER", folder.path().into()),
        ("FLEET_RATE", most.to_string().into()),
        ("FLEET_RATE_MS", span.as_millis().to_string().into()),
        ("FLEET_PATIENCE_MS", patience.to_string().into()),
        ("FLEET_PAUSE_MS", "200".into()),
    ];

    let begin = Instant::now();
    let mut fleet = Fleet::start(example(), MACHINES, settings, &balancer).await.unwrap();
    for number in 0..songs {
        fleet.order(number % MACHINES, format!("order {number}")).await.unwrap();
    }
    if trouble == Trouble::Crashes {
        until(songs, || sandbox.tasks().len() >= songs / 3).await;
        fleet.replace(0).await.unwrap();
        until(songs, || sandbox.tasks().len() >= songs / 2).await;
        cluster.crash();
        sleep(Duration::from_millis(500)).await;
        cluster.restart();
    }
    until(songs, || fleet.complete().len() == songs).await;
    let completed = begin.elapsed();
    let ledger = PostgresLedger::connect(database).await.unwrap();
    while !ledger.unfinished(None, 1).await.unwrap().is_empty() {
        assert!(begin.elapsed() < limit(songs), "{:?}", ledger.unfinished(None, 3).await.unwrap());
        sleep(Duration::from_millis(200)).await;
    }
    let saved = begin.elapsed();
    fleet.stop().await.unwrap();

    let requests = sandbox.requests("generate-music");
    assert_eq!((requests.len(), sandbox.tasks().len()), (songs, songs), "each order is paid for once");
    let given_up = cluster.number("SELECT count(*) FROM kie_ledger.receipts").await as usize - songs;
    let dead = if trouble == Trouble::Crashes { 1 } else { 0 };
    assert!(given_up <= dead * AT_ONCE, "only a call for which the dead machine had a permission is given up");
    let mut narrowest = Duration::MAX;
    for window in requests.windows(most + 1) {
        let width = window[most].at.saturating_sub(window[0].at);
        assert!(width >= span, "{} calls came within {width:?}", most + 1);
        narrowest = narrowest.min(width);
    }
    let files = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "mp3")).count();
    assert_eq!(files, 2 * songs, "each song has two files");
    let fetched = sandbox.requests(FILES).iter().filter(|request| request.method == "GET").count();
    assert!(fetched <= files + dead * FETCHING, "{fetched} fetched: each file is fetched and saved once");
    println!(
        "{songs} songs of {MACHINES} processes, complete after {completed:.1?} and saved after {saved:.1?}, with {dead} killed \
         process and crash of the database: {} calls paid, {fetched} files fetched, {files} saved, {given_up} calls given up; \
         any {} calls at least {narrowest:.3?} apart at {most} in {span:?}",
        requests.len(),
        most + 1
    );
}

/// Returns the time limit of a test. The claims of a dead machine end after 60 seconds.
fn limit(songs: usize) -> Duration {
    Duration::from_secs(180) + songs as u32 * Duration::from_millis(120)
}

/// Waits until the condition is met.
async fn until(songs: usize, is_met: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_met() {
        assert!(begin.elapsed() < limit(songs));
        sleep(Duration::from_millis(50)).await;
    }
}
