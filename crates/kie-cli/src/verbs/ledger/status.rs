//! `kie ledger status`: tells where the ledger is, and what is in it.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use clap::Args;
use kie_suno::{
    Error,
    receipts::{Receipt, ReceiptId, ReceiptKey},
    records::Timestamp,
};
use serde::Serialize;
use tokio::time::Instant;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::{ExitError, Interrupt},
    output::{long_line, out, print_json, short_id, with_causes},
    session::{OpenLedger, ledger},
    settings::LedgerPlace,
    sources::History,
    verbs::ledger::words::{State, kind, when},
};

/// Number of reads that are measured. The fastest one counts, because the first ones also prepare their statement.
const READS: usize = 5;

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct StatusArgs {
    /// Also count the finished calls. All receipts are read for this
    #[arg(long)]
    all: bool,
}

const EXAMPLES: &str = "\
Examples:
  kie ledger status
  kie ledger status --all --format json";

/// Where the ledger is, and what is in it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct LedgerStatus {
    /// Place of the ledger: a path, or the address of a database without its password.
    #[cfg_attr(test, schemars(with = "String"))]
    ledger: LedgerPlace,
    engine: Engine,
    /// Schema of the database. `None` for a file.
    schema: Option<String>,
    state: LedgerState,
    /// Reason why the ledger cannot be read. `None` if it can be read.
    message: Option<String>,
    /// Time of a read, in milliseconds. `None` if the ledger cannot be read.
    read_ms: Option<f64>,
    /// Numbers of calls by their states, as `kie list` names the states. Without `--all`, only the unfinished ones. A state
    /// without calls is missing.
    calls: BTreeMap<&'static str, u64>,
    /// Ids of unfinished receipts that a newer version of kie wrote; with `--all`, also of finished ones.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    unreadable: Vec<ReceiptId>,
    /// The unfinished call that was created first. `None` if there is none.
    oldest: Option<OldestCall>,
}

/// Program that stores the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum Engine {
    /// SQLite, in a file.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// Tells if a ledger can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum LedgerState {
    /// The ledger was read.
    Readable,
    /// The file is not there yet. The first paid call creates it.
    Missing,
    /// The ledger cannot be read.
    Unreadable,
}

/// An unfinished call.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct OldestCall {
    /// Id of the receipt.
    #[cfg_attr(test, schemars(with = "String"))]
    receipt: ReceiptId,
    /// Operation that was called, such as `generate-music`.
    operation: String,
    /// Creation time of the receipt, in milliseconds since 1970.
    created: Timestamp,
}

pub(crate) async fn run(global: &GlobalArgs, args: &StatusArgs, interrupt: &Interrupt) -> Result<(), ExitError> {
    let place = ledger::place(global)?;
    if place == LedgerPlace::None {
        return Err(ledger::missing(global));
    }
    let mut status = LedgerStatus::of(place.clone());
    if !place.is_missing() {
        match OpenLedger::at(place, 1, interrupt).await {
            Ok(ledger) => {
                let read = interrupt.during("reading the ledger", status.read(&ledger, args.all)).await?;
                status.told(read)?;
            }
            Err(error) => status.told(Err(error))?,
        }
    }
    let is_failure = status.state == LedgerState::Unreadable;
    if global.format == OutputFormat::Json {
        print_json(&status)?;
    } else {
        status.print();
    }
    if is_failure { Err(ExitError::Reported(1)) } else { Ok(()) }
}

impl LedgerStatus {
    /// Returns the status of a ledger that was not read yet.
    fn of(ledger: LedgerPlace) -> Self {
        let schema = match &ledger {
            LedgerPlace::Database(address) => Some(address.schema().to_owned()),
            _ => None,
        };
        let engine = if schema.is_some() { Engine::Postgres } else { Engine::Sqlite };
        Self {
            ledger,
            engine,
            schema,
            state: LedgerState::Missing,
            message: None,
            read_ms: None,
            calls: BTreeMap::new(),
            unreadable: Vec::new(),
            oldest: None,
        }
    }

    /// Reads the ledger.
    async fn read(&mut self, ledger: &OpenLedger, is_all: bool) -> Result<(), ExitError> {
        self.ledger = ledger.place().clone();
        self.read_ms = Some(time_of_a_read(ledger).await?.as_micros() as f64 / 1_000.0);
        if is_all {
            let mut history = History::in_ledger(Some(ledger));
            while let Some(receipt) = history.next().await? {
                self.count(&receipt);
            }
        } else {
            ledger.each_unfinished(|receipt| self.count(&receipt)).await?;
        }
        let unreadable = if is_all { ledger.all_unreadable() } else { ledger.unreadable() };
        self.unreadable = unreadable.await.map_err(Error::Ledger)?;
        self.state = LedgerState::Readable;
        Ok(())
    }

    fn count(&mut self, receipt: &Receipt) {
        *self.calls.entry(State::of(receipt).word()).or_default() += 1;
        let is_older = self.oldest.as_ref().is_none_or(|oldest| receipt.created < oldest.time());
        if !receipt.state.is_finished() && is_older {
            let (operation, created) = (receipt.operation.clone(), receipt.created.into());
            self.oldest = Some(OldestCall { receipt: receipt.id, operation, created });
        }
    }

    /// Notes why the ledger could not be read. Errors of the command line are returned.
    fn told(&mut self, read: Result<(), ExitError>) -> Result<(), ExitError> {
        match read {
            Err(ExitError::Client { error, .. }) => {
                self.state = LedgerState::Unreadable;
                self.message = Some(with_causes(&error));
                Ok(())
            }
            other => other,
        }
    }

    fn print(&self) {
        let engine = match (self.engine, &self.schema) {
            (Engine::Postgres, Some(schema)) => format!("PostgreSQL, schema {}", long_line(schema)),
            _ => "SQLite, in a file".to_owned(),
        };
        let state = match self.state {
            LedgerState::Readable => format!("can be read, in {:.1} ms", self.read_ms.unwrap_or_default()),
            LedgerState::Missing => "not there yet; the first paid call creates it".to_owned(),
            LedgerState::Unreadable => {
                format!("cannot be read: {}", long_line(self.message.as_deref().unwrap_or_default()))
            }
        };
        let calls: Vec<String> = self.calls.iter().map(|(state, count)| format!("{count} {state}")).collect();
        let calls = if calls.is_empty() { "none".to_owned() } else { calls.join(", ") };
        let oldest = self.oldest.as_ref().map(|oldest| {
            let id = short_id(&oldest.receipt.to_string());
            format!("{} {id}, {} ago", kind(&oldest.operation), when(oldest.time(), SystemTime::now()))
        });
        let newer = self.unreadable.len();
        let is_readable = self.state == LedgerState::Readable;
        let facts = [
            ("ledger", Some(self.ledger.to_string())),
            ("engine", Some(engine)),
            ("state", Some(state)),
            ("calls", is_readable.then_some(calls)),
            ("oldest", oldest),
            ("newer", (newer > 0).then(|| format!("{newer} were written by a newer version of kie"))),
        ];
        for (fact, value) in facts {
            if let Some(value) = value {
                out!("{fact:<8}  {value}");
            }
        }
    }
}

impl OldestCall {
    fn time(&self) -> SystemTime {
        self.created.system_time().unwrap_or(SystemTime::UNIX_EPOCH)
    }
}

/// Returns the time of a read.
async fn time_of_a_read(ledger: &OpenLedger) -> Result<Duration, ExitError> {
    let (any, mut fastest) = (ReceiptId::random().map_err(Error::Ledger)?, Duration::MAX);
    for _ in 0..READS {
        let begin = Instant::now();
        ledger.find(ReceiptKey::Id(any)).await.map_err(Error::Ledger)?;
        fastest = fastest.min(begin.elapsed());
    }
    Ok(fastest)
}
