//! A process that makes songs is killed again and again, and each time another one goes on.

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

/// Where a process was killed: behind the last thing that it told.
type Instants = BTreeMap<String, usize>;

/// Lets processes work and kills them, each at some instant, and returns all that they told.
async fn kill(times: usize, luck: &mut SeededRng, words: &[&str]) -> (Vec<(String, String)>, Instants) {
    let (mut all, mut instants) = (Vec::new(), Instants::new());
    for _ in 0..times {
        let mut child = Child::start(words);
        let mut told = Vec::new();
        // One that waits for an answer that never comes tells nothing more.
        let listening = async {
            for _ in 0..luck.below(16) {
                told.extend(child.next_line().await);
            }
        };
        drop(tokio::time::timeout(Duration::from_millis(400), listening).await);
        tokio::time::sleep(Duration::from_micros(luck.below(12_000))).await;
        child.kill().await;
        told.extend(child.rest().await);
        let last = told.last().map_or("nothing", |(word, _)| word);
        *instants.entry(last.to_owned()).or_default() += 1;
        all.append(&mut told);
    }
    (all, instants)
}

/// The files of a folder that have a name of their own, and what is in them.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    let named = files.filter(|file| !file.file_name().to_str().unwrap().starts_with('.'));
    named.map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap())).collect()
}

/// Waits until every callback has come, or is lost.
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

/// The receipt that the callback address of a request names.
fn named(request: &kie_sandbox::Received) -> ReceiptId {
    let address = request.body["callBackUrl"].as_str().unwrap();
    address.split_once("kie_receipt=").unwrap().1.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_heard_of_is_saved_and_nothing_is_sent_twice() {
    let (deaths, seed) = (size(60, 500), seed("deaths"));
    let folder = tempfile::tempdir().unwrap();
    let (path, songs) = (folder.path().join("ledger.db"), folder.path().join("songs"));
    let ledger = Arc::new(SqliteLedger::open(&path).await.unwrap());
    let receiver = Receiver::new(WebhookKey::new("whk")).ledger(Arc::clone(&ledger));
    let (call_back, receiving) = mount(&receiver).await;
    let sandbox = Sandbox::builder().speed(Speed::Instant).webhook_key("whk").credits(Credits::new(1e9)).build();
    let service = sandbox.listen(([127, 0, 0, 1], 0)).await.unwrap();

    // Of every third task no callback comes, and every sixth call is not answered.
    let (mut luck, mut silent) = (SeededRng::new(seed), HashMap::new());
    sandbox.callback_faults(move |callback| {
        let silent = *silent.entry(callback.task_id.clone()).or_insert_with(|| luck.one_in(3));
        silent.then_some(CallbackFault::Lost)
    });
    let mut luck = SeededRng::new(seed + 1);
    sandbox.faults(move |request| match luck.below(12) {
        _ if request.operation != START => None,
        0 => Some(Fault::DropAnswer),
        1 => Some(Fault::Hang),
        _ => None,
    });
    let words = ["sings", path.to_str().unwrap(), &service.base_url(), &call_back, songs.to_str().unwrap()];
    let mut luck = SeededRng::new(seed + 2);
    let (mut told, instants) = kill(deaths, &mut luck, &[&words[..], &["1000000"]].concat()).await;

    assert!(["asks", "started", "finished"].iter().all(|step| instants.contains_key(*step)), "{instants:?}");

    // The last one goes on from there, and is let be.
    sandbox.faults(|_| None);
    all_called_back(&sandbox).await;
    let asked = told.iter().filter(|(word, _)| word == "asks").map(|(_, name)| name.as_str());
    let orders = asked.collect::<HashSet<_>>().len() + 1;
    let mut last = Child::start([&words[..], &[&orders.to_string()]].concat());
    told.extend(last.rest().await);
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
    assert_eq!(ledger.unfinished().await.unwrap(), unknown, "what is unknown is listed, and nothing else");

    let started = told.iter().filter(|(word, _)| word == "started").map(|(_, id)| id);
    let called = callbacks.iter().filter(|callback| callback.status == Some(200)).map(|callback| &callback.task_id);
    let heard: HashSet<_> = started.chain(called).collect();
    assert!(heard.iter().all(|task| saved.contains_key(*task)), "of every task that was heard of there is a file");
    assert_eq!(heard.len(), saved.len());

    // The books: each receipt was sent once at most.
    let requests = sandbox.requests(START);
    let sent: HashSet<_> = requests.iter().map(named).collect();
    assert_eq!(sent.len(), requests.len(), "no receipt was sent again");
    let made = sandbox.tasks().len();
    assert!(requests.len() <= orders && made <= requests.len());
    compare(&sandbox, &saved, &songs).await;
    println!(
        "deaths: {deaths} processes killed after {instants:?}; {orders} receipts, {} calls received, {made} songs made, \
         {} saved, {} of receipts unknown",
        requests.len(),
        saved.len(),
        unknown.len()
    );
    service.stop().await;
    receiving.abort();
}

/// Saves all of it again, elsewhere, and looks whether the files are the same ones.
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
    // Those of a song that was saved, but whose receipt does not know it yet, would be here too.
    assert!(files.keys().eq(copies.keys()), "{:?} {:?}", files.keys(), copies.keys());
    assert!(files == copies, "a file is not what the service has");
}
