//! Tests in which a process that makes songs is killed many times. After each kill, a new process continues the work.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs,
    path::Path,
    sync::Arc,
    time::Duration,
};

use kie_ledger::SqliteLedger;
use kie_sandbox::{CallbackFault, Fault, Sandbox, SeededRng, SentCallback, Speed};
use kie_suno::{
    Client, Credits,
    callbacks::{Receiver, WebhookKey},
    receipts::{Ledger as _, Receipt, ReceiptId, ReceiptKey, ReceiptState},
    records::Music,
};

use super::{seed, size};
use crate::setup::{
    children::Child,
    stack::{client_of, mount},
};

const START: &str = "generate-music";

/// Number of kills, by the first word of the last line that the killed process had printed.
type Instants = BTreeMap<String, usize>;

/// Starts `times` processes, one after the other, and kills each at a random time. Returns the lines that all these
/// processes printed, and the number of kills by the first word of the last line.
async fn kill(times: usize, rng: &mut SeededRng, words: &[&str]) -> (Vec<(String, String)>, Instants) {
    let (mut all, mut instants) = (Vec::new(), Instants::new());
    for _ in 0..times {
        let mut child = Child::start(words);
        let mut lines = Vec::new();
        // A process that waits for a lost response prints nothing more. So the lines of a process are read with a time
        // limit.
        let listening = async {
            for _ in 0..rng.below(16) {
                lines.extend(child.next_line().await);
            }
        };
        drop(tokio::time::timeout(Duration::from_millis(400), listening).await);
        tokio::time::sleep(Duration::from_micros(rng.below(12_000))).await;
        child.kill().await;
        lines.extend(child.rest().await);
        let last = lines.last().map_or("nothing", |(word, _)| word);
        *instants.entry(last.to_owned()).or_default() += 1;
        all.append(&mut lines);
    }
    (all, instants)
}

/// Returns the content of each file in the folder, by the file's name. Leaves out temporary files, whose names begin
/// with a dot.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    let named = files.filter(|file| !file.file_name().to_str().unwrap().starts_with('.'));
    named.map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap())).collect()
}

/// Waits until every task has three callbacks, and each callback was delivered or lost. Returns the callbacks.
async fn all_called_back(sandbox: &Sandbox) -> Vec<SentCallback> {
    for _ in 0..1_000 {
        let callbacks = sandbox.callbacks();
        let is_over = |callback: &SentCallback| {
            callback.status == Some(200) || callback.callback_fault == Some(CallbackFault::Lost)
        };
        if callbacks.len() == 3 * sandbox.tasks().len() && callbacks.iter().all(is_over) {
            return callbacks;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("callbacks do not arrive");
}

/// Returns the id of the receipt in the callback address of a request.
fn named(request: &kie_sandbox::Received) -> ReceiptId {
    let address = request.body["callBackUrl"].as_str().unwrap();
    address.split_once("kie_receipt=").unwrap().1.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_known_task_is_saved_and_nothing_is_sent_twice() {
    let (kills, seed) = (size(60, 500), seed("kills"));
    let folder = tempfile::tempdir().unwrap();
    let (path, songs) = (folder.path().join("ledger.db"), folder.path().join("songs"));
    let ledger = Arc::new(SqliteLedger::open(&path).await.unwrap());
    let receiver = Receiver::new(WebhookKey::new("whk")).ledger(Arc::clone(&ledger));
    let (call_back, receiving) = mount(&receiver).await;
    let sandbox = Sandbox::builder().speed(Speed::Instant).webhook_key("whk").credits(Credits::new(1e9)).build();
    let service = sandbox.listen(([127, 0, 0, 1], 0)).await.unwrap();

    // On average, every third task has no callback, and every sixth start gets no response.
    let (mut rng, mut silent) = (SeededRng::new(seed), HashMap::new());
    sandbox.callback_faults(move |callback| {
        let silent = *silent.entry(callback.task_id.clone()).or_insert_with(|| rng.one_in(3));
        silent.then_some(CallbackFault::Lost)
    });
    let mut rng = SeededRng::new(seed + 1);
    sandbox.faults(move |request| match rng.below(12) {
        _ if request.operation != START => None,
        0 => Some(Fault::DropResponse),
        1 => Some(Fault::Hang),
        _ => None,
    });
    let words = ["sings", path.to_str().unwrap(), &service.base_url(), &call_back, songs.to_str().unwrap()];
    let mut rng = SeededRng::new(seed + 2);
    let (mut lines, instants) = kill(kills, &mut rng, &[&words[..], &["1000000"]].concat()).await;

    assert!(["asks", "started", "finished"].iter().all(|step| instants.contains_key(*step)), "{instants:?}");

    // The last process finishes all orders and is not killed.
    sandbox.faults(|_| None);
    all_called_back(&sandbox).await;
    let asked = lines.iter().filter(|(word, _)| word == "asks").map(|(_, name)| name.as_str());
    let orders = asked.collect::<HashSet<_>>().len() + 1;
    let mut last = Child::start([&words[..], &[&orders.to_string()]].concat());
    lines.extend(last.rest().await);
    assert!(last.succeeds().await);
    let callbacks = all_called_back(&sandbox).await;

    let mut saved = HashMap::new();
    let mut unknown = Vec::new();
    for order in 0..orders {
        let name = format!("order {order}");
        let receipt = ledger.find(ReceiptKey::Name(&name)).await.unwrap().expect("every order has a receipt");
        match (receipt.state, &receipt.task_id) {
            (ReceiptState::Saved, Some(task)) => drop(saved.insert(task.clone(), receipt)),
            (ReceiptState::Sent, None) => unknown.push(receipt),
            _ => panic!("{receipt:?} is neither saved nor unknown"),
        }
    }
    assert_eq!(ledger.unfinished(None, usize::MAX).await.unwrap(), unknown, "only the unknown receipts are listed");

    let started = lines.iter().filter(|(word, _)| word == "started").map(|(_, id)| id);
    let called = callbacks.iter().filter(|callback| callback.status == Some(200)).map(|callback| &callback.task_id);
    let known: HashSet<_> = started.chain(called).collect();
    assert!(known.iter().all(|task| saved.contains_key(*task)), "every known task has a file");
    assert_eq!(known.len(), saved.len());

    // The sandbox's journal shows that each receipt was sent at most once.
    let requests = sandbox.requests(START);
    let sent: HashSet<_> = requests.iter().map(named).collect();
    assert_eq!(sent.len(), requests.len(), "no receipt was sent twice");
    let made = sandbox.tasks().len();
    assert!(requests.len() <= orders && made <= requests.len());
    compare(&sandbox, &saved, &songs).await;
    println!(
        "kills: {kills} processes killed after {instants:?}; {orders} receipts, {} calls received, {made} songs made, \
         {} saved, {} of receipts unknown",
        requests.len(),
        saved.len(),
        unknown.len()
    );
    service.stop().await;
    receiving.abort();
}

/// Saves all songs again into another folder, and checks that both folders have the same files.
async fn compare(sandbox: &Sandbox, saved: &HashMap<String, Receipt>, songs: &Path) {
    let elsewhere = tempfile::tempdir().unwrap();
    let client: Client = client_of(sandbox).build().unwrap();
    for (id, receipt) in saved {
        let task = client.task::<Music>(id.as_str());
        let copies = task.save(&task.wait().await.unwrap(), elsewhere.path()).await.unwrap();
        let name = |path: &Path| path.file_name().unwrap().to_owned();
        let names: Vec<_> = copies.iter().map(|copy| name(&copy.path)).collect();
        assert_eq!(receipt.files.iter().map(|file| name(Path::new(file))).collect::<Vec<_>>(), names);
    }
    let (files, copies) = (files(songs), files(elsewhere.path()));
    // This comparison would find a song that was saved twice because the process was killed before it updated the
    // receipt.
    assert!(files.keys().eq(copies.keys()), "{:?} {:?}", files.keys(), copies.keys());
    assert!(files == copies, "a file differs from the service's file");
}
