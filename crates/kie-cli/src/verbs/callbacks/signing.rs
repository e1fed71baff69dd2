//! The signature of a callback that is sent.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use clap::Args;
use kie_suno::callbacks::{
    WebhookKey,
    signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER},
};

use crate::args::WebhookKeyArgs;

/// Age of the signature with `--stale`.
const STALE: Duration = Duration::from_secs(600);

/// Key of the signature with `--forged`.
const OTHER_KEY: &str = "another key";

#[derive(Debug, Args)]
pub(super) struct SigningArgs {
    #[command(flatten)]
    keys: WebhookKeyArgs,
    /// Send no signature, although there is a webhook key. The receiver should refuse it
    #[arg(long, conflicts_with_all = ["forged", "stale"])]
    unsigned: bool,
    /// Sign with another key. The receiver should refuse it
    #[arg(long)]
    forged: bool,
    /// Sign with a time of 10 minutes ago
    #[arg(long)]
    stale: bool,
}

impl SigningArgs {
    /// Returns the headers of a callback about this task that is sent now. With several keys, the newest one signs.
    /// Without a key, there is no signature.
    pub(super) fn headers(&self, task_id: &str) -> BTreeMap<String, String> {
        let mut headers = BTreeMap::from([("Content-Type".to_owned(), "application/json".to_owned())]);
        if let Some(key) = self.key() {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let time = if self.stale { now.saturating_sub(STALE) } else { now }.as_secs().to_string();
            let signature = WebhookKey::new(key).sign(task_id, &time);
            headers.extend([(TIMESTAMP_HEADER.to_owned(), time), (SIGNATURE_HEADER.to_owned(), signature)]);
        }
        headers
    }

    /// Returns `true` if there is no signature, and this was not asked for.
    pub(super) fn lacks_key(&self) -> bool {
        !self.unsigned && self.key().is_none()
    }

    fn key(&self) -> Option<String> {
        match (self.unsigned, self.forged) {
            (true, _) => None,
            (_, true) => Some(OTHER_KEY.to_owned()),
            _ => self.keys.all().into_iter().next(),
        }
    }
}
