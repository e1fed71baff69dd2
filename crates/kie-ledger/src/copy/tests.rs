//! Tests of copies between ledgers in memory and in files, and with ledgers that have an error.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, SystemTime},
};

use super::*;
use crate::{
    CallbackRecord, Ledger, LedgerError, LedgerFuture, MemoryLedger, Receipt, ReceiptId, ReceiptKey, ReceiptState,
    ReceiptUpdate, SendId, SendPermit,
};

/// Number of receipts: some pages, and a last page that is not full.
const COUNT: usize = 700;

/// Fills a ledger with receipts in all states. Every third has a name, and every seventh has a body.
async fn fill(ledger: &dyn Ledger) -> Vec<Receipt> {
    for number in 0..COUNT {
        let mut receipt = Receipt::new("generate-music", format!(r#"{{"prompt":"waltz {number}"}}"#)).unwrap();
        receipt.name = (number % 3 == 0).then(|| format!("order {number}"));
        let send = SendId::new(1);
        if number % 5 > 0 {
            receipt.acquire_send(send, SystemTime::now());
        }
        let task_id = Some(format!("task {number}"));
        let update = match number % 5 {
            0 | 1 => None,
            2 => Some(ReceiptUpdate::Refused { send, reason: "too long".into() }),
            _ => Some(ReceiptUpdate::Answered { task_id, response: "{}".into() }),
        };
        if let Some(update) = update {
            receipt.apply(&update, SystemTime::now());
        }
        if number % 10 == 3 {
            receipt.apply(&ReceiptUpdate::Saved { files: vec![format!("{number}.mp3")] }, SystemTime::now());
        }
        assert_eq!(ledger.write(&receipt).await.unwrap(), None);
        if let Some(task) = receipt.task_id.as_ref().filter(|_| number % 7 == 0) {
            let mut callback = CallbackRecord::new(task.clone(), [7; 32]);
            callback.digest[..8].copy_from_slice(&number.to_le_bytes());
            callback.body = Some(format!("notes {number}").into_bytes());
            assert!(ledger.receive(&callback).await.unwrap());
        }
    }
    all(ledger).await
}

/// Returns all receipts, the oldest first.
async fn all(ledger: &dyn Ledger) -> Vec<Receipt> {
    let mut receipts = ledger.recent(None, usize::MAX).await.unwrap();
    receipts.reverse();
    receipts
}

/// Checks that a ledger has these receipts, that it finds them by each key, and that it has their bodies.
async fn is_whole(ledger: &dyn Ledger, receipts: &[Receipt]) {
    assert_eq!(all(ledger).await, receipts);
    let unfinished: Vec<_> = receipts.iter().filter(|receipt| !receipt.state.is_finished()).cloned().collect();
    assert_eq!(ledger.unfinished(None, usize::MAX).await.unwrap(), unfinished);
    let mut bodies = 0;
    for receipt in receipts {
        if let Some(name) = &receipt.name {
            assert_eq!(ledger.find(ReceiptKey::Name(name)).await.unwrap().as_ref(), Some(receipt));
        }
        let Some(task) = &receipt.task_id else { continue };
        assert_eq!(ledger.find(ReceiptKey::Task(task)).await.unwrap().as_ref(), Some(receipt));
        let number = task.strip_prefix("task ").unwrap();
        let body = ledger.callback_body(task).await.unwrap();
        let is_kept = number.parse::<usize>().unwrap() % 7 == 0;
        assert_eq!(body, is_kept.then(|| format!("notes {number}").into_bytes()));
        bodies += u64::from(is_kept);
    }
    assert!(bodies > 30);
}

#[tokio::test]
async fn every_receipt_and_every_body_is_copied_once() {
    let (from, to) = (MemoryLedger::new(), MemoryLedger::new());
    let receipts = fill(&from).await;
    let mut told = Vec::new();
    let copied = copy(&from, &to, |progress| told.push(progress.compared)).await.unwrap();
    assert_eq!((copied.compared, copied.written), (COUNT as u64, COUNT as u64));
    assert!(told.len() > 20 && told.is_sorted() && told.last() == Some(&(COUNT as u64)), "{told:?}");
    is_whole(&to, &receipts).await;
    let again = copy(&from, &to, |_| {}).await.unwrap();
    assert_eq!(again, Copied { written: 0, ..copied }, "nothing is written twice");
    is_whole(&to, &receipts).await;
    is_whole(&from, &receipts).await;
    assert_eq!(copy(&MemoryLedger::new(), &to, |_| {}).await.unwrap(), Copied::default());
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn receipts_in_files_are_copied_in_their_order_and_are_kept() {
    use crate::SqliteLedger;

    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str| SqliteLedger::builder().keep_finished(Duration::MAX).open(folder.path().join(name));
    let (from, first, second) = (MemoryLedger::new(), open("1.db").await.unwrap(), open("2.db").await.unwrap());
    let receipts = fill(&from).await;
    copy(&from, &first, |_| {}).await.unwrap();
    copy(&first, &second, |_| {}).await.unwrap();
    let back = MemoryLedger::new();
    copy(&second, &back, |_| {}).await.unwrap();
    for ledger in [&first as &dyn Ledger, &second, &back] {
        is_whole(ledger, &receipts).await;
    }
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_receipt_of_a_later_version_stops_the_copy_also_if_it_is_finished() {
    use crate::SqliteLedger;

    let folder = tempfile::tempdir().unwrap();
    let from = SqliteLedger::open(folder.path().join("ledger.db")).await.unwrap();
    let receipts = fill(&from).await;
    let saved = receipts.iter().find(|receipt| receipt.state == ReceiptState::Saved).unwrap().id;
    let sql = rusqlite::Connection::open(from.path()).unwrap();
    let set = "UPDATE receipts SET receipt = json_set(receipt, '$.route', 'orbital') WHERE id = ?1";
    assert_eq!(sql.execute(set, [saved.to_string()]).unwrap(), 1);
    assert_eq!(from.unreadable().await.unwrap(), [], "it is finished");
    let to = MemoryLedger::new();
    let error = copy(&from, &to, |_| {}).await.unwrap_err();
    assert!(error.to_string().contains(&saved.to_string()), "{error}");
    assert!(matches!(error, CopyError::Unreadable(ids) if ids == [saved]));
    assert_eq!(all(&to).await, [], "nothing was copied");
}

#[tokio::test]
async fn other_receipts_in_the_destination_are_named_and_stay() {
    let (from, to) = (MemoryLedger::new(), MemoryLedger::new());
    let receipts = fill(&from).await;
    let mut own = Receipt::new("generate-music", "{}").unwrap();
    own.name = receipts[3].name.clone();
    let mut moved = receipts[11].clone();
    assert!(moved.apply(&ReceiptUpdate::Failed { reason: "too late".into() }, SystemTime::now()));
    for receipt in [&own, &moved] {
        to.write(receipt).await.unwrap();
    }
    let with_body = receipts.iter().rev().find(|receipt| receipt.task_id.as_deref() == Some("task 14")).unwrap();
    let mut callback = CallbackRecord::new("task 14", [9; 32]);
    callback.body = Some(b"other notes".to_vec());
    to.receive(&callback).await.unwrap();
    let CopyError::Different(differences) = copy(&from, &to, |_| {}).await.unwrap_err() else { panic!() };
    let told: Vec<_> = differences.iter().map(|it| (it.receipt, it.kind)).collect();
    let expected = [
        (receipts[3].id, DifferenceKind::Name { taken_by: own.id }),
        (moved.id, DifferenceKind::Content),
        (with_body.id, DifferenceKind::Body),
    ];
    assert_eq!(told, expected);
    for receipt in [&own, &moved] {
        assert_eq!(to.find(ReceiptKey::Id(receipt.id)).await.unwrap().as_ref(), Some(receipt));
    }
    assert_eq!(all(&to).await.len(), COUNT, "all but the first were copied");
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Flaw {
    /// Fails after so many writes.
    Breaks(usize),
    LosesAWrite,
    ChangesAReason,
    LosesAName,
    LosesATask,
    LosesBodies,
}

const FLAWS: [Flaw; 6] =
    [Flaw::Breaks(300), Flaw::LosesAWrite, Flaw::ChangesAReason, Flaw::LosesAName, Flaw::LosesATask, Flaw::LosesBodies];

/// A ledger with one error.
#[derive(Debug)]
struct Flawed {
    ledger: MemoryLedger,
    flaw: Flaw,
    writes: AtomicUsize,
}

impl Flawed {
    fn of(flaw: Flaw) -> Self {
        Self { ledger: MemoryLedger::new(), flaw, writes: AtomicUsize::new(0) }
    }
}

impl Ledger for Flawed {
    fn write<'a>(&'a self, receipt: &'a Receipt) -> LedgerFuture<'a, Option<Receipt>> {
        Box::pin(async move {
            let number = self.writes.fetch_add(1, Ordering::Relaxed);
            let mut written = receipt.clone();
            match self.flaw {
                Flaw::Breaks(at) if number >= at => return Err(LedgerError::new("the connection is lost")),
                Flaw::LosesAWrite if number == 412 => return Ok(None),
                Flaw::ChangesAReason if number == 412 => written.reason = Some("refused".into()),
                Flaw::LosesAName if number == 600 => written.name = None,
                Flaw::LosesATask if number == 599 => written.task_id = None,
                _ => {}
            }
            self.ledger.write(&written).await
        })
    }

    fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool> {
        if self.flaw == Flaw::LosesBodies { Box::pin(async { Ok(true) }) } else { self.ledger.receive(callback) }
    }

    fn callback_body<'a>(&'a self, task_id: &'a str) -> LedgerFuture<'a, Option<Vec<u8>>> {
        self.ledger.callback_body(task_id)
    }

    fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>> {
        self.ledger.find(key)
    }

    fn recent(&self, before: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        self.ledger.recent(before, most)
    }

    fn unfinished(&self, after: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        self.ledger.unfinished(after, most)
    }

    fn acquire_send(&self, id: ReceiptId, send: SendId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        self.ledger.acquire_send(id, send, most, span)
    }

    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
        self.ledger.update(id, update)
    }

    fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> LedgerFuture<'a, Option<Receipt>> {
        self.ledger.claim(id, holder, lease)
    }

    fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> LedgerFuture<'a, ()> {
        self.ledger.release(id, holder)
    }
}

#[tokio::test]
async fn a_ledger_that_loses_or_changes_something_is_found() {
    let from = MemoryLedger::new();
    let receipts = fill(&from).await;
    for flaw in FLAWS {
        let to = Flawed::of(flaw);
        let error = copy(&from, &to, |_| {}).await.unwrap_err();
        let at = |number: usize, kind| vec![Difference { receipt: receipts[number].id, kind }];
        let expected = match (flaw, error) {
            (Flaw::Breaks(at), CopyError::To(error)) => {
                assert_eq!(error.to_string(), "the connection is lost");
                assert_eq!(all(&to).await, receipts[..at]);
                let rest = copy(&from, &to.ledger, |_| {}).await.unwrap();
                assert_eq!((rest.compared, rest.written), (COUNT as u64, (COUNT - at) as u64), "it continues");
                is_whole(&to, &receipts).await;
                continue;
            }
            (Flaw::LosesAWrite, CopyError::Different(found)) => (found, at(412, DifferenceKind::Missing)),
            (Flaw::ChangesAReason, CopyError::Different(found)) => (found, at(412, DifferenceKind::Content)),
            (Flaw::LosesAName, CopyError::Different(found)) => (found, at(600, DifferenceKind::Content)),
            (Flaw::LosesATask, CopyError::Different(found)) => (found, at(599, DifferenceKind::Content)),
            (Flaw::LosesBodies, CopyError::Different(found)) => {
                assert!(found.len() > 30 && found.iter().all(|it| it.kind == DifferenceKind::Body));
                continue;
            }
            (flaw, error) => panic!("{flaw:?}: {error}"),
        };
        assert_eq!(expected.0, expected.1, "{flaw:?}");
    }
}

#[tokio::test]
async fn receipts_that_are_written_during_the_copy_are_copied_too() {
    let (from, to) = (MemoryLedger::new(), MemoryLedger::new());
    fill(&from).await;
    let late: Vec<Receipt> = (0..300).map(|_| Receipt::new("generate-music", "{}").unwrap()).collect();
    let mut waiting = late.iter();
    let copied = copy(&from, &to, |progress| {
        if progress.compared > 0
            && let Some(receipt) = waiting.next()
        {
            // A ledger in memory writes at once.
            let mut write = from.write(receipt);
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            assert!(write.as_mut().poll(&mut context).is_ready());
        }
    })
    .await
    .unwrap();
    assert!(copied.compared > COUNT as u64);
    let copies = all(&to).await;
    assert_eq!(copies.len() as u64, copied.compared);
    copy(&from, &to, |_| {}).await.unwrap();
    let ids =
        |receipts: Vec<Receipt>| receipts.into_iter().map(|receipt| receipt.id.to_string()).collect::<BTreeSet<_>>();
    assert_eq!(ids(all(&to).await), ids(all(&from).await), "the next copy has those that came last");
}
