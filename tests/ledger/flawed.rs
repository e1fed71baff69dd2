//! Ledgers with one error each. The conformance tests must find every error.

use std::time::Duration;

use kie_ledger::{MemoryLedger, conformance};
use kie_suno::receipts::{
    CallbackRecord, Ledger, LedgerFuture, Receipt, ReceiptId, ReceiptKey, ReceiptState, ReceiptUpdate, SendPermit,
};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Flaw {
    ForgetsNames,
    LetsReceiptsLeaveTwice,
    BelievesOldRefusals,
    HasNoWindow,
    LetsOneTooManyLeave,
    CountsNobodyWithoutALimit,
    LosesNews,
    ForgetsNothing,
    ForgetsWhatHasComeFurther,
    TakesEveryCallbackForNew,
    TakesKindsForTheSame,
    LosesTheTaskOfACallback,
    ListsNothingThatIsComplete,
    ListsTheNewestFirst,
    FindsTasksByNameOnly,
    GivesAClaimToEverybody,
    NeverEndsALease,
    ReleasesTheClaimsOfOthers,
    ReturnsOldReceiptsToClaims,
}

const FLAWS: [Flaw; 19] = [
    Flaw::ForgetsNames,
    Flaw::LetsReceiptsLeaveTwice,
    Flaw::BelievesOldRefusals,
    Flaw::HasNoWindow,
    Flaw::LetsOneTooManyLeave,
    Flaw::CountsNobodyWithoutALimit,
    Flaw::LosesNews,
    Flaw::ForgetsNothing,
    Flaw::ForgetsWhatHasComeFurther,
    Flaw::TakesEveryCallbackForNew,
    Flaw::TakesKindsForTheSame,
    Flaw::LosesTheTaskOfACallback,
    Flaw::ListsNothingThatIsComplete,
    Flaw::ListsTheNewestFirst,
    Flaw::FindsTasksByNameOnly,
    Flaw::GivesAClaimToEverybody,
    Flaw::NeverEndsALease,
    Flaw::ReleasesTheClaimsOfOthers,
    Flaw::ReturnsOldReceiptsToClaims,
];

#[derive(Debug)]
struct Flawed {
    ledger: MemoryLedger,
    flaw: Flaw,
}

impl Flawed {
    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }
}

impl Ledger for Flawed {
    fn write<'a>(&'a self, receipt: &'a Receipt) -> LedgerFuture<'a, Option<Receipt>> {
        if !self.has(Flaw::ForgetsNames) {
            return self.ledger.write(receipt);
        }
        let mut nameless = receipt.clone();
        nameless.name = None;
        Box::pin(async move { self.ledger.write(&nameless).await })
    }

    fn acquire_send(&self, id: ReceiptId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        Box::pin(async move {
            let (most, span) = match self.flaw {
                Flaw::HasNoWindow => (0, span),
                Flaw::LetsOneTooManyLeave if most > 0 => (most + 1, span),
                _ => (most, span),
            };
            if self.has(Flaw::CountsNobodyWithoutALimit) && most == 0 {
                return Ok(SendPermit::Granted(1));
            }
            match self.ledger.acquire_send(id, most, span).await? {
                SendPermit::Denied if self.has(Flaw::LetsReceiptsLeaveTwice) => Ok(SendPermit::Granted(1)),
                send => Ok(send),
            }
        })
    }

    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
        Box::pin(async move {
            match update {
                ReceiptUpdate::Failed { .. } if self.has(Flaw::LosesNews) => Ok(()),
                ReceiptUpdate::Refused { send: 1, reason } if self.has(Flaw::BelievesOldRefusals) => {
                    let last = self.ledger.find(ReceiptKey::Id(id)).await?.map_or(1, |receipt| receipt.sends);
                    self.ledger.update(id, &ReceiptUpdate::Refused { send: last, reason: reason.clone() }).await
                }
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
        Box::pin(async move { Ok(self.ledger.receive(&callback).await? || self.has(Flaw::TakesEveryCallbackForNew)) })
    }

    fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>> {
        match key {
            ReceiptKey::Task(task) if self.has(Flaw::FindsTasksByNameOnly) => self.ledger.find(ReceiptKey::Name(task)),
            key => self.ledger.find(key),
        }
    }

    fn unfinished(&self) -> LedgerFuture<'_, Vec<Receipt>> {
        Box::pin(async move {
            let mut receipts = self.ledger.unfinished().await?;
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

#[tokio::test(start_paused = true)]
async fn every_flaw_is_found() {
    for flaw in FLAWS {
        let run = conformance::run(move || async move { Flawed { ledger: MemoryLedger::new(), flaw } });
        let found = tokio::spawn(run).await.is_err_and(|error| error.is_panic());
        assert!(found, "a ledger that {flaw:?} passes");
    }
    println!("{} flawed ledgers were detected", FLAWS.len());
}
