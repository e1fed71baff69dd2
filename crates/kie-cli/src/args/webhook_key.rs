//! The webhook keys of a command.

use clap::Args;

use crate::settings::variable;

/// Environment variable with webhook keys.
pub(crate) const WEBHOOK_KEY: &str = "KIE_WEBHOOK_KEY";

/// Option for the keys of the signatures of callbacks.
#[derive(Debug, Args)]
pub(crate) struct WebhookKeyArgs {
    /// Webhook key (webhookHmacKey) of the account. Can be given several times, the newest key first. Other users of the
    /// machine can see arguments, so the environment is safer [env: KIE_WEBHOOK_KEY, with a space between two keys]
    #[arg(long, value_name = "KEY")]
    webhook_key: Vec<String>,
}

impl WebhookKeyArgs {
    /// Returns the keys of the option, or else those of the environment, the newest first.
    pub(crate) fn all(&self) -> Vec<String> {
        if self.webhook_key.is_empty() { webhook_keys() } else { self.webhook_key.clone() }
    }
}

/// Returns the keys of the environment, the newest first.
pub(crate) fn webhook_keys() -> Vec<String> {
    variable(WEBHOOK_KEY).unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}
