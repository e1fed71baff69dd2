//! Options about money, for verbs that can cost money.

use clap::Args;
use kie_suno::Credits;

use crate::{args::GlobalArgs, settings::credits};

/// Options about money. Each verb that can cost money has them, directly or in [`StartArgs`](crate::args::StartArgs).
/// The values are in [`GlobalArgs::money`].
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct MoneyArgs {
    /// Print the request as it would be sent, with its warnings and its price, and send nothing. No API key is needed
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Send nothing if the call may cost more credits than this. A price that is not listed counts as 0
    /// [env: KIE_BUDGET]
    #[arg(long, value_name = "CREDITS", value_parser = credits, allow_negative_numbers = true)]
    pub(crate) budget: Option<Credits>,
    /// Do not ask before a call that costs more than the setting confirm-above, 20 credits by default
    #[arg(long)]
    pub(crate) yes: bool,
}

impl GlobalArgs {
    /// Returns the maximum number of credits that this command may spend. The error is the rule that the setting breaks.
    pub(crate) fn budget(&self) -> Result<Option<Credits>, String> {
        match self.money.budget {
            Some(budget) => Ok(Some(budget)),
            None => self.settings.budget(),
        }
    }
}
