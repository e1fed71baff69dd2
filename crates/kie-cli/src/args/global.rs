//! Options of every command: service, key, route, ledger and output format.

use clap::{
    Args, ValueEnum, ValueHint,
    builder::{OsStringValueParser, TypedValueParser as _},
};
use kie_suno::Route;

use crate::{
    args::MoneyArgs,
    output::ProgressMode,
    settings::{LedgerPlace, Settings},
};

/// Heading of the options about the service, in the help of every verb.
pub(crate) const SERVICE: &str = "Service";
/// Heading of the options about the output, in the help of every verb.
const OUTPUT: &str = "Output";

#[derive(Debug, Args)]
pub(crate) struct GlobalArgs {
    /// Use a simulator inside this command: nothing is sent to the service, and nothing is paid for. The simulator, its
    /// tasks and its links end with the command
    #[arg(long, global = true, help_heading = SERVICE, conflicts_with = "base_url")]
    pub(crate) sandbox: bool,
    /// Address that replaces both hosts of the service: https, or a loopback address [env: KIE_BASE_URL; KIE_UPLOAD_URL
    /// replaces only the upload host]
    #[arg(long, global = true, help_heading = SERVICE, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// API key. Other users of the machine can see arguments, so kie login and the environment are safer
    /// [env: KIE_API_KEY]
    #[arg(long, global = true, help_heading = SERVICE, value_name = "KEY")]
    pub(crate) api_key: Option<String>,
    /// Route of requests, and of tasks that are read by their ids. A task of the ledger is always read on the route that
    /// made it. kie never changes the route by itself [env: KIE_ROUTE] [default: classic]
    #[arg(long, global = true, help_heading = SERVICE, value_enum)]
    pub(crate) route: Option<RouteArg>,
    /// File in which paid calls are recorded, or the word none for no ledger. With the feature postgres, also a database of
    /// several machines, such as postgres://user@host/name. Other users of the machine can see arguments, so give an address
    /// with a password in KIE_LEDGER. With --sandbox or a loopback address, no ledger is used unless you name one here, so
    /// that test tasks do not mix with paid ones [env: KIE_LEDGER, not used with a simulator] [default: kie/ledger.db in the
    /// user's data directory]
    #[arg(long, global = true, help_heading = SERVICE, value_name = "FILE|URL|none")]
    #[arg(value_parser = OsStringValueParser::new().map(LedgerPlace::of), value_hint = ValueHint::AnyPath)]
    pub(crate) ledger: Option<LedgerPlace>,
    /// Format of results on standard output [env: KIE_FORMAT]
    #[arg(long, global = true, help_heading = OUTPUT, value_enum, default_value_t = OutputFormat::Text)]
    pub(crate) format: OutputFormat,
    /// Form of progress on standard error
    #[arg(long, global = true, help_heading = OUTPUT, value_enum, value_name = "FORM", default_value_t = ProgressMode::Auto)]
    pub(crate) progress: ProgressMode,
    /// Settings for options that are not given.
    #[arg(skip)]
    pub(crate) settings: Settings,
    /// The options about money, if the verb has them.
    #[arg(skip)]
    pub(crate) money: MoneyArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RouteArg {
    /// One path for each operation. It is the default, because more of its responses and callbacks are known from real
    /// traffic. The newest model that is documented here is V5_5
    Classic,
    /// One path for all operations, /api/v1/jobs/createTask. KIE's newest documentation describes this route. The newest
    /// model is V6
    Market,
}

impl OutputFormat {
    /// Word for JSON.
    pub(crate) const JSON: &'static str = "json";
}

impl From<RouteArg> for Route {
    fn from(argument: RouteArg) -> Self {
        match argument {
            RouteArg::Classic => Self::Classic,
            RouteArg::Market => Self::Market,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// Text for people
    Text,
    /// One JSON document
    Json,
}
