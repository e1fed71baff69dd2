//! Options of `cargo xtask probe`.

use std::{net::SocketAddr, path::PathBuf, time::SystemTime};

use kie_suno::Credits;
use kie_types::Timestamp;

const VARIABLES: &str = "KIE_API_KEY is the key of the account that pays. KIE_WEBHOOK_KEY verifies callbacks.";

/// Ask the service what its documentation leaves open
#[derive(Debug, clap::Parser)]
#[command(name = "cargo xtask probe", bin_name = "cargo xtask probe", after_help = VARIABLES)]
pub(crate) struct Probe {
    /// Print the open questions with their prices, and ask nothing
    #[arg(long)]
    pub(crate) list: bool,
    /// Also make calls that create something, one for each question, for at most this many credits. Without this option,
    /// only free lookups are made
    #[arg(long, value_name = "CREDITS")]
    pub(crate) spend: Option<Credits>,
    /// Spend without asking first
    #[arg(long, requires = "spend")]
    pub(crate) yes: bool,
    /// Ask only the question with this id. Can be given several times
    #[arg(long, value_name = "ID")]
    pub(crate) only: Vec<String>,
    /// Public address of a tunnel to `--listen`, for questions about callbacks
    #[arg(long, value_name = "URL")]
    pub(crate) callback_url: Option<String>,
    /// Address on which callbacks are received
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787")]
    pub(crate) listen: SocketAddr,
    /// Address of the service, such as that of a simulator
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// Folder for the recorded exchanges and the report. The default is a folder with the date, in tests/fixtures/captured
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Ledger with the receipts of all runs. Keep it: without it, a call is paid for again
    #[arg(long, value_name = "FILE", default_value = "xtask/probe/ledger.db")]
    pub(crate) ledger: PathBuf,
    /// Seconds until the first poll of a task
    #[arg(long, value_name = "SECONDS", default_value_t = 2.0, hide = true)]
    pub(crate) first_poll: f64,
}

impl Probe {
    /// Returns the folder for the results.
    pub(crate) fn out(&self) -> PathBuf {
        self.out.clone().unwrap_or_else(|| PathBuf::from("tests/fixtures/captured").join(today()))
    }
}

/// Returns the date in UTC, such as `2026-11-27`.
pub(crate) fn today() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let now = Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or_default());
    now.to_utc().unwrap_or_default().chars().take(10).collect()
}
