//! `kie mcp`: serves the operations as tools to an agent.

use std::path::PathBuf;

use clap::Args;
use kie_suno::Credits;

use crate::{
    args::GlobalArgs,
    exit::{ExitError, Interrupt},
    settings::credits,
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct McpArgs {
    /// Folder for saved files. Files are saved only below it, and uploads come only from below it
    #[arg(long, value_name = "DIR")]
    pub(crate) root: PathBuf,
    /// Maximum number of credits that this server may spend. It is required, unless the service is a simulator
    /// [env: KIE_BUDGET]
    #[arg(long, value_name = "CREDITS", value_parser = credits, allow_negative_numbers = true)]
    pub(crate) budget: Option<Credits>,
    /// Maximum number of credits that the calls of 24 hours may cost. The calls in the ledger count, also those of other
    /// servers and commands
    #[arg(long, value_name = "CREDITS", value_parser = credits, allow_negative_numbers = true)]
    pub(crate) budget_per_day: Option<Credits>,
}

const EXAMPLES: &str = "\
A client starts this command and speaks with it over standard input and output:

  {\"mcpServers\": {\"kie\": {\"command\": \"kie\",
    \"args\": [\"mcp\", \"--root\", \"/home/me/songs\", \"--budget\", \"100\"]}}}

Examples:
  kie mcp --root songs --budget 100
  kie mcp --root songs --budget 100 --budget-per-day 200";

#[cfg(feature = "mcp")]
pub(crate) async fn run(args: McpArgs, mut global: GlobalArgs, interrupt: Interrupt) -> Result<(), ExitError> {
    use crate::{
        mcp::{DayBudget, Root, serve},
        session::Session,
    };

    global.money.budget = args.budget;
    global.money.budget = global.budget().map_err(ExitError::Usage)?;
    if global.money.budget.is_none() && !global.is_local() {
        let what = "an agent can call tools many times: add --budget CREDITS, or the setting budget";
        return Err(ExitError::Usage(what.to_owned()));
    }
    let root = Root::of(&args.root)?;
    let session = Session::open(global, true, interrupt).await?;
    serve(session, root, DayBudget::new(args.budget_per_day)).await
}

#[cfg(not(feature = "mcp"))]
pub(crate) async fn run(_: McpArgs, _: GlobalArgs, _: Interrupt) -> Result<(), ExitError> {
    let what = "this kie was built without the feature mcp: install it with cargo install kie-cli --features mcp";
    Err(ExitError::Usage(what.to_owned()))
}
