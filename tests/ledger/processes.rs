//! Several processes on one file, real ones, and what is left when they are killed.
//!
//! A child is this test binary again, asked for one of the tests that are ignored otherwise.

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use kie_ledger::SqliteLedger;
use kie_suno::{Departure, Key, Ledger as _, News, Receipt, ReceiptId, ReceiptState, Stage};

const FILE: &str = "KIE_TESTS_LEDGER";

const PROCESSES: usize = 4;
const MOST: usize = 5;
const SPAN: Duration = Duration::from_millis(300);
const DEPARTURES: usize = 10;

/// Longer than any test takes.
const LONG: Duration = Duration::from_secs(3600);

fn child(test: &str, path: &Path) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", &format!("ledger::processes::{test}"), "--ignored", "--nocapture", "--test-threads=1"]);
    command.env(FILE, path).stdout(Stdio::piped()).spawn().unwrap()
}

/// The file that the parent named. A child that nobody started has none, and fails.
fn path() -> PathBuf {
    env::var_os(FILE).expect("only the tests above start this one").into()
}

/// Tells the parent something, in a line of its own.
fn tell(word: &str, id: ReceiptId) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n@{word} {id}").and_then(|()| out.flush()).expect("the parent listens");
}

/// What a child tells, up to its end or the middle of a word.
fn told(child: &mut Child) -> impl Iterator<Item = (String, ReceiptId)> + use<> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    lines.filter_map(|line| {
        let (word, id) = line.strip_prefix('@')?.split_once(' ')?;
        Some((word.to_owned(), id.parse().ok()?))
    })
}

#[tokio::test]
async fn four_share_the_window_and_the_claims() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let mut children: Vec<Child> = (0..PROCESSES).map(|_| child("departs_and_claims", &path)).collect();
    let told: Vec<Vec<_>> = children.iter_mut().map(|child| told(child).collect()).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }

    let ledger = SqliteLedger::open(&path).await.unwrap();
    let receipts = ledger.unfinished().await.unwrap();
    let sent: Vec<_> = receipts.iter().filter(|receipt| receipt.state == ReceiptState::Sent).collect();
    assert_eq!(sent.len(), PROCESSES * DEPARTURES);
    assert!(sent.iter().all(|receipt| receipt.departures == 1));
    // Nothing changed them after they left.
    let mut left: Vec<_> = sent.iter().map(|receipt| receipt.changed).collect();
    left.sort();
    for window in left.windows(MOST + 1) {
        let width = window[MOST].duration_since(window[0]).unwrap();
        assert!(width >= SPAN, "{} departures within {width:?}", MOST + 1);
    }

    let mut claimed: Vec<_> = told.iter().flatten().filter(|(word, _)| word == "claimed").map(|(_, id)| *id).collect();
    claimed.sort();
    let mut shared: Vec<_> = receipts.iter().filter(|it| it.name.is_some()).map(|receipt| receipt.id).collect();
    shared.sort();
    assert_eq!(shared.len(), DEPARTURES, "of each name there is one receipt");
    assert_eq!(claimed, shared, "each is claimed, and by one process");
    let shares: Vec<_> = told.iter().map(|lines| lines.iter().filter(|(word, _)| word == "claimed").count()).collect();
    println!("{} departures of {PROCESSES} processes; claims of each: {shares:?}", sent.len());
}

/// A child: departs as fast as it may, and claims of the common receipts what it can get.
#[tokio::test]
#[ignore = "a process of its own, started by the tests above"]
async fn departs_and_claims() {
    let ledger = SqliteLedger::open(path()).await.unwrap();
    let me = std::process::id() as usize;
    let holder = me.to_string();
    for number in (0..DEPARTURES).map(|number| (number + 3 * me) % DEPARTURES) {
        let mut common = Receipt::new("generate-music", "{}").unwrap();
        common.name = Some(format!("common {number}"));
        let known = ledger.write(&common).await.unwrap();
        let common = known.map_or(common.id, |known| known.id);
        if ledger.claim(common, &holder, LONG).await.unwrap().is_some() {
            tell("claimed", common);
        }

        let own = Receipt::new("generate-music", "{}").unwrap();
        assert_eq!(ledger.write(&own).await.unwrap(), None);
        let mut departure = ledger.depart(own.id, MOST, SPAN).await.unwrap();
        for _ in 0..1000 {
            let Departure::In(wait) = departure else { break };
            tokio::time::sleep(wait).await;
            departure = ledger.depart(own.id, MOST, SPAN).await.unwrap();
        }
        assert_eq!(departure, Departure::Now(1));
    }
}

#[tokio::test]
async fn killed_ones_leave_what_they_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut kept = 0;
    for round in 0..30 {
        // Every third one has to make its file first, and is killed somewhere on the way.
        let is_fresh = round % 3 == 0;
        let path = folder.path().join(if is_fresh { format!("{round}.db") } else { "ledger.db".into() });
        let mut child = child("writes_until_it_is_killed", &path);
        let mut words = told(&mut child);
        let mut told: Vec<_> = words.by_ref().take(if is_fresh { 0 } else { round }).collect();
        tokio::time::sleep(chance(Duration::from_millis(if is_fresh { 60 } else { 8 }))).await;
        child.kill().unwrap();
        told.extend(words);
        child.wait().unwrap();

        let ledger = SqliteLedger::open(&path).await.unwrap();
        for (word, id) in &told {
            let receipt = ledger.find(Key::Id(*id)).await.unwrap().expect("what was told is there");
            let least = match word.as_str() {
                "written" => ReceiptState::Prepared,
                "sent" => ReceiptState::Sent,
                "running" => ReceiptState::Running,
                _ => ReceiptState::Saved,
            };
            assert!(receipt.state >= least, "{id} was told to be {word}, and is {:?}", receipt.state);
        }
        kept += told.len();
        // The ledger goes on: one can write, and everything in it can be read.
        ledger.unfinished().await.unwrap();
        let next = Receipt::new("generate-music", "{}").unwrap();
        assert_eq!(ledger.write(&next).await.unwrap(), None);
        assert_eq!(ledger.depart(next.id, 0, SPAN).await.unwrap(), Departure::Now(1));
    }
    println!("30 processes were killed; all of {kept} things that they told are there");
}

/// Some time below the most.
fn chance(most: Duration) -> Duration {
    use std::hash::{BuildHasher as _, RandomState};
    let random = RandomState::new().hash_one(()) >> 32;
    most.mul_f64(random as f64 / f64::from(u32::MAX))
}

/// A child: writes and tells, one after the other.
#[tokio::test]
#[ignore = "a process of its own, started by the tests above"]
async fn writes_until_it_is_killed() {
    let ledger = SqliteLedger::open(path()).await.unwrap();
    // More than fits into the time until it is killed.
    for _ in 0..10_000 {
        let receipt = Receipt::new("generate-music", format!("{:2000}", "")).unwrap();
        let id = receipt.id;
        ledger.write(&receipt).await.unwrap();
        tell("written", id);
        ledger.depart(id, 0, SPAN).await.unwrap();
        tell("sent", id);
        ledger.note(id, &News::Answered { task_id: Some(id.to_string()), response: "{}".into() }).await.unwrap();
        tell("running", id);
        ledger.note(id, &News::Reached { stage: Stage::Complete }).await.unwrap();
        ledger.note(id, &News::Saved { files: vec!["a.mp3".into()] }).await.unwrap();
        tell("saved", id);
    }
}
