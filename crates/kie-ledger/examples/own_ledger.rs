//! Shows how to write your own ledger. This ledger is one JSON document in a file, for one process. It needs neither
//! a client nor SQLite:
//! `cargo run -p kie-ledger --no-default-features --features conformance --example own_ledger`

#![allow(clippy::panic, clippy::print_stdout)]

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use kie_ledger::{
    CallbackRecord, Ledger, LedgerError, LedgerFuture, Receipt, ReceiptId, ReceiptKey, ReceiptUpdate, SendId,
    SendPermit, conformance,
};
use serde::{Deserialize, Serialize};

/// Content of the ledger's file.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Document {
    /// Receipts in the order in which they were written.
    receipts: Vec<Receipt>,
    sends: Vec<SystemTime>,
    callbacks: Vec<(String, String, [u8; 32])>,
    claims: Vec<Claim>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Claim {
    receipt: ReceiptId,
    holder: String,
    end: SystemTime,
}

impl Document {
    fn find(&self, key: ReceiptKey<'_>) -> Option<&Receipt> {
        self.receipts.iter().find(|receipt| match key {
            ReceiptKey::Id(id) => receipt.id == id,
            ReceiptKey::Name(name) => receipt.name.as_deref() == Some(name),
            ReceiptKey::Task(task) => receipt.task_id.as_deref() == Some(task),
        })
    }

    fn position(&self, id: ReceiptId) -> Result<usize, LedgerError> {
        let position = self.receipts.iter().position(|receipt| receipt.id == id);
        position.ok_or_else(|| LedgerError::new(format!("there is no receipt {id}")))
    }

    fn receipt(&mut self, id: ReceiptId) -> Result<&mut Receipt, LedgerError> {
        let position = self.position(id)?;
        Ok(&mut self.receipts[position])
    }
}

/// A ledger in a JSON file. A transaction changes a copy of the document. The change takes effect after the copy is
/// written to the disk.
struct JsonLedger {
    path: PathBuf,
    document: Mutex<Document>,
}

impl JsonLedger {
    fn open(path: impl Into<PathBuf>) -> Result<Self, LedgerError> {
        let path = path.into();
        let document = match fs::read(&path) {
            Ok(json) => serde_json::from_slice(&json).map_err(|error| failed(error.into()))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Document::default(),
            Err(error) => return Err(failed(error)),
        };
        Ok(Self { path, document: Mutex::new(document) })
    }

    fn transact<'a, T: Send + 'a>(
        &'a self,
        work: impl FnOnce(&mut Document) -> Result<T, LedgerError> + Send + 'a,
    ) -> LedgerFuture<'a, T> {
        Box::pin(async move {
            let mut document = self.document.lock().unwrap_or_else(PoisonError::into_inner);
            let mut changed = document.clone();
            let result = work(&mut changed)?;
            save(&self.path, &changed).map_err(failed)?;
            *document = changed;
            Ok(result)
        })
    }
}

/// Writes a new file and renames it to the name of the old file. After a crash, the file has either the old or the
/// new document, complete.
fn save(path: &Path, document: &Document) -> io::Result<()> {
    let new = path.with_extension("new");
    let file = fs::File::create(&new)?;
    serde_json::to_writer(&file, document)?;
    file.sync_all()?;
    fs::rename(new, path)
}

fn failed(error: io::Error) -> LedgerError {
    LedgerError::new("the JSON file cannot be read or written").with_source(error)
}

impl fmt::Debug for JsonLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonLedger").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Ledger for JsonLedger {
    fn write<'a>(&'a self, receipt: &'a Receipt) -> LedgerFuture<'a, Option<Receipt>> {
        self.transact(move |document| {
            let named = receipt.name.as_deref().and_then(|name| document.find(ReceiptKey::Name(name)));
            let known = named.or_else(|| document.find(ReceiptKey::Id(receipt.id))).cloned();
            if known.is_none() {
                document.receipts.push(receipt.clone());
            }
            Ok(known)
        })
    }

    fn acquire_send(&self, id: ReceiptId, send: SendId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        self.transact(move |document| {
            let now = SystemTime::now();
            let mut receipt = document.receipt(id)?.clone();
            if !receipt.acquire_send(send, now) {
                return Ok(SendPermit::Denied);
            }
            document.sends.retain(|at| now.duration_since(*at).unwrap_or_default() < span);
            if most > 0 && document.sends.len() >= most {
                let first = document.sends[document.sends.len() - most];
                return Ok(SendPermit::RetryIn(span.saturating_sub(now.duration_since(first).unwrap_or_default())));
            }
            document.sends.push(now);
            *document.receipt(id)? = receipt;
            Ok(SendPermit::Granted)
        })
    }

    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
        self.transact(move |document| {
            document.receipt(id)?.apply(update, SystemTime::now());
            Ok(())
        })
    }

    fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool> {
        self.transact(move |document| {
            let written = (callback.task_id.clone(), callback.kind.clone(), callback.digest);
            let is_new = !document.callbacks.contains(&written);
            if is_new {
                document.callbacks.push(written);
            }
            // A copy of a known callback may be the first one whose address has the receipt.
            if let Some(Ok(receipt)) = callback.receipt.map(|id| document.receipt(id)) {
                receipt.apply(&ReceiptUpdate::Named { task_id: callback.task_id.clone() }, SystemTime::now());
            }
            Ok(is_new)
        })
    }

    fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>> {
        self.transact(move |document| Ok(document.find(key).cloned()))
    }

    fn unfinished(&self, after: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        self.transact(move |document| {
            let start = after.map_or(Ok(0), |id| document.position(id).map(|position| position + 1))?;
            let unfinished = document.receipts[start..].iter().filter(|receipt| !receipt.state.is_finished());
            Ok(unfinished.take(most).cloned().collect())
        })
    }

    fn recent(&self, before: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        self.transact(move |document| {
            let end = before.map_or(Ok(document.receipts.len()), |id| document.position(id))?;
            Ok(document.receipts[..end].iter().rev().take(most).cloned().collect())
        })
    }

    fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> LedgerFuture<'a, Option<Receipt>> {
        self.transact(move |document| {
            let now = SystemTime::now();
            let receipt = document.receipt(id)?.clone();
            if document.claims.iter().any(|claim| claim.receipt == id && claim.holder != holder && claim.end > now) {
                return Ok(None);
            }
            document.claims.retain(|claim| claim.receipt != id);
            // A very long lease can end later than the latest `SystemTime`. Such a lease expires after one year.
            let end = now.checked_add(lease).unwrap_or_else(|| now + Duration::from_secs(365 * 24 * 60 * 60));
            document.claims.push(Claim { receipt: id, holder: holder.to_owned(), end });
            Ok(Some(receipt))
        })
    }

    fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> LedgerFuture<'a, ()> {
        self.transact(move |document| {
            document.claims.retain(|claim| claim.receipt != id || claim.holder != holder);
            Ok(())
        })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("kie-own-ledger-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let number = std::sync::atomic::AtomicU32::new(0);
    conformance::run(|| {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let ledger = JsonLedger::open(folder.join(format!("{number}.json")));
        async { ledger.unwrap_or_else(|error| panic!("{error}")) }
    })
    .await;
    fs::remove_dir_all(&folder)?;
    println!("the ledger in a JSON file passes all conformance tests");
    Ok(())
}
