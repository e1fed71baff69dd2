//! Ledgers with one error each. The conformance tests must find every error.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use kie_ledger::{LedgerError, MemoryLedger, conformance};
use kie_suno::receipts::{
    CallbackFeed, CallbackRecord, Ledger, LedgerFuture, Receipt, ReceiptId, ReceiptKey, ReceiptState, ReceiptUpdate,
    ReceivedCallback, SendId, SendPermit,
};

use crate::setup::ledgers::same_as_inner;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Flaw {
    ForgetsNames,
    LetsReceiptsLeaveTwice,
    BelievesOldRefusals,
    GrantsWithdrawnSends,
    KeepsLostCallsInFlight,
    HasNoWindow,
    LetsOneTooManyLeave,
    CountsNobodyWithoutALimit,
    LosesNews,
    ForgetsNothing,
    ForgetsWhatHasComeFurther,
    TakesEveryCallbackForNew,
    TakesKindsForTheSame,
    LosesTheTaskOfACallback,
    IgnoresTheReceiptOfAKnownCallback,
    ListsNothingThatIsComplete,
    ListsTheNewestFirst,
    RepeatsTheFirstPage,
    ListsMoreThanAPage,
    CountsFinishedReceiptsInAPage,
    StartsAgainAfterAFinishedReceipt,
    TakesUnknownReceiptsForTheFirst,
    FindsTasksByNameOnly,
    GivesAClaimToEverybody,
    NeverEndsALease,
    ReleasesTheClaimsOfOthers,
    ReturnsOldReceiptsToClaims,
    ListsRecentReceiptsFromTheOldest,
    TellsKnownCallbacks,
    LosesCallbacksOfAFeed,
    TellsTheNewestCallbackFirst,
    BeginsAFeedWithNothing,
    TellsTheTimeOfAnotherClock,
}

const FLAWS: [Flaw; 33] = [
    Flaw::ForgetsNames,
    Flaw::LetsReceiptsLeaveTwice,
    Flaw::BelievesOldRefusals,
    Flaw::GrantsWithdrawnSends,
    Flaw::KeepsLostCallsInFlight,
    Flaw::HasNoWindow,
    Flaw::LetsOneTooManyLeave,
    Flaw::CountsNobodyWithoutALimit,
    Flaw::LosesNews,
    Flaw::ForgetsNothing,
    Flaw::ForgetsWhatHasComeFurther,
    Flaw::TakesEveryCallbackForNew,
    Flaw::TakesKindsForTheSame,
    Flaw::LosesTheTaskOfACallback,
    Flaw::IgnoresTheReceiptOfAKnownCallback,
    Flaw::ListsNothingThatIsComplete,
    Flaw::ListsTheNewestFirst,
    Flaw::RepeatsTheFirstPage,
    Flaw::ListsMoreThanAPage,
    Flaw::CountsFinishedReceiptsInAPage,
    Flaw::StartsAgainAfterAFinishedReceipt,
    Flaw::TakesUnknownReceiptsForTheFirst,
    Flaw::FindsTasksByNameOnly,
    Flaw::GivesAClaimToEverybody,
    Flaw::NeverEndsALease,
    Flaw::ReleasesTheClaimsOfOthers,
    Flaw::ReturnsOldReceiptsToClaims,
    Flaw::ListsRecentReceiptsFromTheOldest,
    Flaw::TellsKnownCallbacks,
    Flaw::LosesCallbacksOfAFeed,
    Flaw::TellsTheNewestCallbackFirst,
    Flaw::BeginsAFeedWithNothing,
    Flaw::TellsTheTimeOfAnotherClock,
];

#[derive(Debug)]
struct Flawed {
    ledger: MemoryLedger,
    flaw: Flaw,
    /// Ids of all receipts in the order in which they were written.
    written: Mutex<Vec<ReceiptId>>,
}

impl Flawed {
    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    /// Takes the first `most` receipts that were written after the receipt `after`. Returns those that are unfinished.
    async fn page_with_finished(&self, after: Option<ReceiptId>, most: usize) -> Result<Vec<Receipt>, LedgerError> {
        let written = self.written.lock().unwrap().clone();
        let start = written.iter().position(|id| Some(*id) == after).map_or(0, |position| position + 1);
        let mut page = Vec::new();
        for id in written.into_iter().skip(start).take(most) {
            page.extend(self.ledger.find(ReceiptKey::Id(id)).await?.filter(|receipt| !receipt.state.is_finished()));
        }
        Ok(page)
    }
}

impl Ledger for Flawed {
    fn now(&self) -> SystemTime {
        let hour = Duration::from_secs(if self.has(Flaw::TellsTheTimeOfAnotherClock) { 3_600 } else { 0 });
        self.ledger.now() + hour
    }

    fn write<'a>(&'a self, receipt: &'a Receipt) -> LedgerFuture<'a, Option<Receipt>> {
        self.written.lock().unwrap().push(receipt.id);
        if !self.has(Flaw::ForgetsNames) {
            return self.ledger.write(receipt);
        }
        let mut nameless = receipt.clone();
        nameless.name = None;
        Box::pin(async move { self.ledger.write(&nameless).await })
    }

    fn acquire_send(&self, id: ReceiptId, send: SendId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        Box::pin(async move {
            let (most, span) = match self.flaw {
                Flaw::HasNoWindow => (0, span),
                Flaw::LetsOneTooManyLeave if most > 0 => (most + 1, span),
                _ => (most, span),
            };
            if self.has(Flaw::CountsNobodyWithoutALimit) && most == 0 {
                return Ok(SendPermit::Granted);
            }
            match self.ledger.acquire_send(id, send, most, span).await? {
                SendPermit::Denied if self.has(Flaw::LetsReceiptsLeaveTwice) => Ok(SendPermit::Granted),
                SendPermit::Denied if self.has(Flaw::GrantsWithdrawnSends) => {
                    self.ledger.acquire_send(id, SendId::random()?, most, span).await
                }
                send => Ok(send),
            }
        })
    }

    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
        Box::pin(async move {
            match update {
                ReceiptUpdate::Failed { .. } if self.has(Flaw::LosesNews) => Ok(()),
                ReceiptUpdate::Refused { send, reason } if self.has(Flaw::BelievesOldRefusals) => {
                    let last = self.ledger.find(ReceiptKey::Id(id)).await?.and_then(|receipt| receipt.last_send);
                    let send = last.unwrap_or(*send);
                    self.ledger.update(id, &ReceiptUpdate::Refused { send, reason: reason.clone() }).await
                }
                ReceiptUpdate::Lost { .. } if self.has(Flaw::KeepsLostCallsInFlight) => Ok(()),
                ReceiptUpdate::Forgotten { .. } if self.has(Flaw::ForgetsNothing) => Ok(()),
                ReceiptUpdate::Forgotten { sends, .. } if self.has(Flaw::ForgetsWhatHasComeFurther) => {
                    let state = self.ledger.find(ReceiptKey::Id(id)).await?.map_or(ReceiptState::Sent, |it| it.state);
                    self.ledger.update(id, &ReceiptUpdate::Forgotten { state, sends: *sends }).await
                }
                update => self.ledger.update(id, update).await,
            }
        })
    }

    fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool> {
        let mut callback = callback.clone();
        match self.flaw {
            Flaw::TakesKindsForTheSame => callback.kind.clear(),
            Flaw::LosesTheTaskOfACallback => callback.receipt = None,
            _ => {}
        }
        Box::pin(async move {
            if self.has(Flaw::IgnoresTheReceiptOfAKnownCallback) {
                let mut without = callback.clone();
                without.receipt = None;
                let is_new = self.ledger.receive(&without).await?;
                if is_new {
                    self.ledger.receive(&callback).await?;
                }
                return Ok(is_new);
            }
            Ok(self.ledger.receive(&callback).await? || self.has(Flaw::TakesEveryCallbackForNew))
        })
    }

    fn callback_feed(&self) -> Option<Box<dyn CallbackFeed>> {
        let feed = self.ledger.callback_feed()?;
        Some(Box::new(FlawedFeed { feed, flaw: self.flaw, told: Vec::new(), is_first: true }))
    }

    fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>> {
        match key {
            ReceiptKey::Task(task) if self.has(Flaw::FindsTasksByNameOnly) => self.ledger.find(ReceiptKey::Name(task)),
            key => self.ledger.find(key),
        }
    }

    fn recent(&self, before: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        Box::pin(async move {
            let mut receipts = self.ledger.recent(before, most).await?;
            if self.flaw == Flaw::ListsRecentReceiptsFromTheOldest {
                receipts.reverse();
            }
            Ok(receipts)
        })
    }

    fn unfinished(&self, after: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        Box::pin(async move {
            let mut receipts = match (self.flaw, after) {
                (Flaw::RepeatsTheFirstPage, _) => self.ledger.unfinished(None, most).await?,
                (Flaw::ListsMoreThanAPage, _) => self.ledger.unfinished(after, most.saturating_add(1)).await?,
                (Flaw::CountsFinishedReceiptsInAPage, _) => self.page_with_finished(after, most).await?,
                (Flaw::StartsAgainAfterAFinishedReceipt, Some(id)) => {
                    let listed = self.ledger.unfinished(None, usize::MAX).await?;
                    let after = after.filter(|_| listed.iter().any(|receipt| receipt.id == id));
                    self.ledger.unfinished(after, most).await?
                }
                (Flaw::TakesUnknownReceiptsForTheFirst, Some(id)) => {
                    let known = self.ledger.find(ReceiptKey::Id(id)).await?;
                    self.ledger.unfinished(known.map(|receipt| receipt.id), most).await?
                }
                _ => self.ledger.unfinished(after, most).await?,
            };
            if self.has(Flaw::ListsNothingThatIsComplete) {
                receipts.retain(|receipt| receipt.stage.is_none());
            }
            if self.has(Flaw::ListsTheNewestFirst) {
                receipts.reverse();
            }
            Ok(receipts)
        })
    }

    fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> LedgerFuture<'a, Option<Receipt>> {
        Box::pin(async move {
            let lease = if self.has(Flaw::NeverEndsALease) { lease * 1_000_000 } else { lease };
            let mut claimed = self.ledger.claim(id, holder, lease).await?;
            if self.has(Flaw::GivesAClaimToEverybody) {
                claimed = self.ledger.find(ReceiptKey::Id(id)).await?;
            }
            if self.has(Flaw::ReturnsOldReceiptsToClaims) {
                claimed = claimed.map(|receipt| Receipt::new(receipt.operation, receipt.request)).transpose()?;
            }
            Ok(claimed)
        })
    }

    fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> LedgerFuture<'a, ()> {
        Box::pin(async move {
            if self.has(Flaw::ReleasesTheClaimsOfOthers) {
                for other in ["ann", "ben"] {
                    self.ledger.release(id, other).await?;
                }
            }
            self.ledger.release(id, holder).await
        })
    }
}

/// Feed with an error. `told` has all callbacks that it has returned.
#[derive(Debug)]
struct FlawedFeed {
    feed: Box<dyn CallbackFeed>,
    flaw: Flaw,
    told: Vec<ReceivedCallback>,
    is_first: bool,
}

impl CallbackFeed for FlawedFeed {
    fn next(&mut self) -> LedgerFuture<'_, Vec<ReceivedCallback>> {
        Box::pin(async move {
            let is_first = std::mem::take(&mut self.is_first);
            if self.flaw == Flaw::TellsKnownCallbacks && !self.told.is_empty() {
                return Ok(self.told.clone());
            }
            let mut told = self.feed.next().await?;
            match self.flaw {
                Flaw::LosesCallbacksOfAFeed if !is_first => drop(told.pop()),
                Flaw::TellsTheNewestCallbackFirst => told.reverse(),
                Flaw::BeginsAFeedWithNothing if is_first => told.clear(),
                _ => {}
            }
            self.told.clone_from(&told);
            Ok(told)
        })
    }
}

/// Errors that only show if several openers share a ledger.
#[derive(Debug, Clone, Copy, PartialEq)]
enum SharedFlaw {
    CountsOnlyItsOwnSends,
    GivesAClaimToEachOpener,
    TellsOnlyItsOwnCallbacks,
    KnowsOnlyItsOwnCallbacks,
}

/// An opener of a ledger that keeps something for itself, in its `own` ledger.
#[derive(Debug)]
struct Opener {
    ledger: Arc<MemoryLedger>,
    own: MemoryLedger,
    flaw: SharedFlaw,
}

impl Ledger for Opener {
    same_as_inner!(write, update, find, unfinished, release);

    fn acquire_send(&self, id: ReceiptId, send: SendId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        Box::pin(async move {
            if self.flaw != SharedFlaw::CountsOnlyItsOwnSends {
                return self.ledger.acquire_send(id, send, most, span).await;
            }
            let counted = Receipt::new("generate-music", "{}")?;
            self.own.write(&counted).await?;
            match self.own.acquire_send(counted.id, send, most, span).await? {
                SendPermit::Granted => self.ledger.acquire_send(id, send, 0, span).await,
                other => Ok(other),
            }
        })
    }

    fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool> {
        Box::pin(async move {
            let is_new = self.ledger.receive(callback).await?;
            let is_new_here = self.own.receive(callback).await?;
            Ok(if self.flaw == SharedFlaw::KnowsOnlyItsOwnCallbacks { is_new_here } else { is_new })
        })
    }

    fn callback_feed(&self) -> Option<Box<dyn CallbackFeed>> {
        let is_alone = self.flaw == SharedFlaw::TellsOnlyItsOwnCallbacks;
        if is_alone { self.own.callback_feed() } else { self.ledger.callback_feed() }
    }

    fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> LedgerFuture<'a, Option<Receipt>> {
        Box::pin(async move {
            if self.flaw != SharedFlaw::GivesAClaimToEachOpener {
                return self.ledger.claim(id, holder, lease).await;
            }
            if let Some(receipt) = self.ledger.find(ReceiptKey::Id(id)).await? {
                self.own.write(&receipt).await?;
            }
            self.own.claim(id, holder, lease).await
        })
    }
}

#[tokio::test(start_paused = true)]
async fn every_flaw_of_a_shared_ledger_is_found() {
    use SharedFlaw::{
        CountsOnlyItsOwnSends, GivesAClaimToEachOpener, KnowsOnlyItsOwnCallbacks, TellsOnlyItsOwnCallbacks,
    };
    let flaws = [CountsOnlyItsOwnSends, GivesAClaimToEachOpener, TellsOnlyItsOwnCallbacks, KnowsOnlyItsOwnCallbacks];
    for flaw in flaws {
        let ledger = Arc::new(MemoryLedger::new());
        let run = conformance::is_shared(move || {
            let ledger = Arc::clone(&ledger);
            async move { Opener { ledger, own: MemoryLedger::new(), flaw } }
        });
        let found = tokio::spawn(run).await.is_err_and(|error| error.is_panic());
        assert!(found, "a shared ledger that {flaw:?} passes");
    }
}

#[tokio::test(start_paused = true)]
async fn every_flaw_is_found() {
    for flaw in FLAWS {
        let run =
            conformance::run(
                move || async move { Flawed { ledger: MemoryLedger::new(), flaw, written: Mutex::default() } },
            );
        let found = tokio::spawn(run).await.is_err_and(|error| error.is_panic());
        assert!(found, "a ledger that {flaw:?} passes");
    }
    println!("{} flawed ledgers were detected", FLAWS.len());
}
