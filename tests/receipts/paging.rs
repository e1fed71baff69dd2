//! Tests of `unfinished` and `save_all`, which are streams over all unfinished receipts. They read the ledger in pages,
//! and hold only the receipts that they work on.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, SystemTime},
};

use kie_ledger::MemoryLedger;
use kie_suno::{
    Client, Error,
    errors::LedgerError,
    files::SaveOutcome,
    receipts::{
        CallbackRecord, Ledger, LedgerFuture, Receipt, ReceiptId, ReceiptKey, ReceiptUpdate, SendId, SendPermit,
    },
};
use tempfile::tempdir;

use super::MUSIC;
use crate::setup::{canned::Canned, ledgers::same_as_inner};

/// Maximum number of receipts that a stream may hold: a page, and one receipt for each of the 4 workers.
const MOST_HELD: usize = 64 + 4;

/// A ledger that counts the receipts in the pages that it returns. It fails when it has returned `pages_left` pages.
#[derive(Debug)]
struct Counting {
    ledger: MemoryLedger,
    handed_out: AtomicUsize,
    pages_left: AtomicUsize,
}

impl Counting {
    /// Returns a ledger with `count` receipts of running tasks, and its client. `age` returns the age of a receipt.
    async fn new(count: usize, age: impl Fn(usize) -> Duration) -> (Arc<Self>, Client) {
        let ledger = Arc::new(Self {
            ledger: MemoryLedger::new(),
            handed_out: AtomicUsize::new(0),
            pages_left: AtomicUsize::new(usize::MAX),
        });
        for number in 0..count {
            ledger.write_running(age(number)).await;
        }
        let running = r#"{"code":200,"msg":"success","data":{"status":"PENDING"}}"#;
        let client = Client::builder().api_key("key").ledger(Arc::clone(&ledger)).http(Canned::new(200, running));
        (ledger, client.build().unwrap())
    }

    async fn write_running(&self, age: Duration) {
        let mut receipt = Receipt::new(MUSIC, "{}").unwrap();
        receipt.created = SystemTime::now() - age;
        self.ledger.write(&receipt).await.unwrap();
        let task_id = receipt.id.to_string();
        self.ledger.update(receipt.id, &ReceiptUpdate::Named { task_id }).await.unwrap();
    }

    async fn all(&self) -> Vec<Receipt> {
        self.ledger.unfinished(None, usize::MAX).await.unwrap()
    }
}

impl Ledger for Counting {
    same_as_inner!(write, acquire_send, update, receive, find, claim, release);

    fn unfinished(&self, after: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        Box::pin(async move {
            // The future is ready only when it is polled again, as if the page came from a disk.
            tokio::task::yield_now().await;
            if self.pages_left.fetch_sub(1, SeqCst) == 0 {
                return Err(LedgerError::new("the disk is gone"));
            }
            let page = self.ledger.unfinished(after, most).await?;
            self.handed_out.fetch_add(page.len(), SeqCst);
            Ok(page)
        })
    }
}

#[tokio::test(start_paused = true)]
async fn the_unfinished_receipts_are_read_in_pages_while_they_are_finished() {
    for count in [0, 1, 64, 65, 300] {
        let (ledger, client) = Counting::new(count, |_| Duration::ZERO).await;
        let all = ledger.all().await;
        assert_eq!(client.unfinished().await.unwrap(), all, "{count} receipts in one list");
        ledger.handed_out.store(0, SeqCst);
        let (mut unfinished, mut read) = (client.unfinished(), Vec::new());
        while let Some(receipt) = unfinished.next().await {
            let receipt = receipt.unwrap();
            assert!(ledger.handed_out.load(SeqCst) - read.len() <= 64, "more than one page is held");
            ledger.update(receipt.id, &ReceiptUpdate::Saved { files: Vec::new() }).await.unwrap();
            read.push(receipt);
        }
        assert_eq!(read, all, "{count} receipts one by one");
        assert!(unfinished.next().await.is_none() && client.unfinished().await.unwrap().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn saving_all_holds_only_the_receipts_that_it_works_on() {
    let (ledger, client) = Counting::new(500, |_| Duration::ZERO).await;
    let folder = tempdir().unwrap();
    let (mut saving, mut reported) = (client.save_all(folder.path()), HashSet::new());
    while let Some(report) = saving.next().await {
        let held = ledger.handed_out.load(SeqCst) - reported.len();
        assert!((1..=MOST_HELD).contains(&held), "{held} receipts are held after {} reports", reported.len());
        let report = report.unwrap();
        assert!(matches!(report.outcome, SaveOutcome::Running), "{report:?}");
        assert!(reported.insert(report.receipt.id), "a receipt was reported twice");
    }
    assert_eq!(reported.len(), 500);
    assert!(saving.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn receipts_that_are_written_while_all_are_saved_are_left_to_the_next_call() {
    let (ledger, client) = Counting::new(100, |_| Duration::ZERO).await;
    let folder = tempdir().unwrap();
    let (mut saving, mut reported) = (client.save_all(folder.path()), 0);
    while let Some(report) = saving.next().await {
        report.unwrap();
        reported += 1;
        ledger.write_running(Duration::ZERO).await;
        assert!(reported <= 100, "the stream does not end while receipts are written");
    }
    assert_eq!((reported, ledger.all().await.len()), (100, 200));
    assert_eq!(client.save_all(folder.path()).await.unwrap().len(), 200);
}

#[tokio::test(start_paused = true)]
async fn old_receipts_come_last_however_many_pages_there_are() {
    let day = Duration::from_secs(24 * 60 * 60);
    let is_old = |number: usize| number % 3 != 1;
    let (ledger, client) = Counting::new(200, |number| if is_old(number) { 15 * day } else { 13 * day }).await;
    let all = ledger.all().await;
    let of = |old: bool| (0..200).filter(move |number| is_old(*number) == old).map(|number| all[number].id);
    let expected: Vec<ReceiptId> = of(false).chain(of(true)).collect();
    let reports = client.save_all(tempdir().unwrap().path()).await.unwrap();
    assert_eq!(reports.iter().map(|report| report.receipt.id).collect::<Vec<_>>(), expected);
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_ledger_comes_after_the_reports_that_are_due() {
    let (ledger, client) = Counting::new(300, |_| Duration::ZERO).await;
    let folder = tempdir().unwrap();
    ledger.pages_left.store(2, SeqCst);
    let (mut saving, mut reported) = (client.save_all(folder.path()), 0);
    let error = loop {
        match saving.next().await.expect("the error comes before the end") {
            Ok(_) => reported += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Ledger(_)), "{error:?}");
    assert_eq!(reported, 2 * 64);
    assert!(saving.next().await.is_none(), "the error ends the stream");
    ledger.pages_left.store(2, SeqCst);
    assert!(matches!(client.save_all(folder.path()).await.unwrap_err(), Error::Ledger(_)));
    ledger.pages_left.store(2, SeqCst);
    assert!(matches!(client.unfinished().await.unwrap_err(), Error::Ledger(_)));
}
