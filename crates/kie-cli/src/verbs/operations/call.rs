//! `kie call`: calls any operation with a JSON document.

use std::path::{Path, PathBuf};

use clap::Args;
use kie_suno::requests::{
    Effect,
    catalog::{self, Operation},
};
use serde_json::Value;

use crate::{
    args::{FollowArgs, MoneyArgs, OutputFormat},
    exit::ExitError,
    follow::{self, Cost, try_folder},
    output::{advise, note, print, print_json, relevant},
    session::Session,
    sources::{self, check_ids, operation_named, read_json},
    spend::consent,
    verbs::operations::documents::Called,
};

#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct CallArgs {
    /// Name of the operation, as listed by kie operations
    pub(crate) operation: String,
    /// File with the request as JSON, or - for standard input. Without this option, the request is an empty object. In
    /// fields that take the address of a file, paths of local files below the folder of --allow-files are replaced by
    /// links to their uploads. A missing callback address is filled in. With a ledger, the callback address gets the id
    /// of the receipt. Everything else is sent unchanged. The names of the fields are the same on both routes. The market
    /// route sends them in snake_case
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Upload local files below this folder whose paths are in the request. Without this option, a request with a path
    /// of a local file is refused, because the request may be written by another person
    #[arg(long, value_name = "DIR")]
    pub(crate) allow_files: Option<PathBuf>,
    /// Send the request even if it breaks documented rules
    #[arg(long)]
    pub(crate) unchecked: bool,
    /// Your own name for the call, such as an order number. A second call with the same name sends nothing and returns
    /// the first result. With another request, it fails
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Do not wait for the task: print only its id on standard output
    #[arg(long, conflicts_with_all = ["save", "wait"])]
    pub(crate) no_wait: bool,
    /// Wait until the task is finished. This is the default
    #[arg(long, hide = true)]
    pub(crate) wait: bool,
    #[command(flatten)]
    pub(crate) money: MoneyArgs,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
}

const EXAMPLES: &str = "\
kie operations NAME tells the fields of a request, with an example.

Examples:
  kie call generate-music --json request.json --save songs
  kie call get-account-credits";

/// `kie call`.
pub(crate) async fn run(session: &Session, args: CallArgs) -> Result<(), ExitError> {
    let operation = operation_named(&args.operation)?;
    let request = match &args.json {
        Some(file) => read_json(file, &session.interrupt).await?,
        None => Value::Object(serde_json::Map::new()),
    };
    let calling = Calling { session, operation, request, args: &args };
    if operation.job.is_some() { calling.start().await } else { calling.ask().await }
}

struct Calling<'a> {
    session: &'a Session,
    operation: &'static Operation,
    request: Value,
    args: &'a CallArgs,
}

impl Calling<'_> {
    /// Checks the request: prints warnings about probable mistakes, and refuses an invalid request. With `--unchecked`,
    /// broken rules are only warnings. Then uploads the local files of the request, if they are in the allowed folder.
    /// The request is checked before anything is sent, also before the balance is requested.
    ///
    /// `folder` is the folder for the files of the task, which is checked too. Returns the cost of the call, or `None` if
    /// an earlier call with the same name has started a task, so that nothing is sent.
    async fn prepare(&mut self, folder: Option<&Path>) -> Result<Option<Cost>, ExitError> {
        let name = self.args.name.as_deref();
        let is_repeated = self.session.check_name(name).await?;
        // A call with a name cannot upload files. A name belongs to one request. Each upload gets a new link, and the
        // link is part of the request. So a second call with the same name would contain a different request, and would
        // be refused.
        if name.is_some() && sources::has_paths(&mut self.request) {
            let what = "a call with --name cannot upload files, because each upload changes the request: run kie upload \
                        first, and use its link in the request";
            return Err(ExitError::Usage(what.to_owned()));
        }
        sources::check_paths(&mut self.request, self.args.allow_files.as_deref())?;
        let operation = self.operation.name;
        let route = self.operation.route_on(self.session.route);
        let as_sent = sources::as_if_uploaded(&self.request);
        let checked = catalog::check_named_on(operation, &as_sent, route).map_err(anyhow::Error::from)?;
        advise(operation, &relevant(checked.warnings, self.session.global.is_local()));
        match checked.result {
            Err(invalid) if self.args.unchecked => {
                for violation in invalid.violations() {
                    note!("warning: {violation}; sent unchecked");
                }
            }
            Err(invalid) => return Err(ExitError::invalid(invalid)),
            Ok(_) if self.args.unchecked || self.operation.effect == Effect::Reads => {}
            Ok(_) => check_ids(&self.request)?,
        }
        let cost = (!is_repeated).then(|| Cost::of(operation, &self.request));
        if as_sent != self.request && self.session.global.money.dry_run {
            note!("https://upload.invalid/ stands for the link of an upload");
        }
        consent(self.session, operation, route, &as_sent, cost.as_ref()).await?;
        if let Some(folder) = folder {
            try_folder(folder, &self.session.interrupt).await?;
        }
        sources::upload_paths(self.session, &mut self.request).await?;
        Ok(cost)
    }

    /// Makes the call of an operation that starts no task, and prints its response.
    async fn ask(mut self) -> Result<(), ExitError> {
        let Self { session, operation: &Operation { name: operation, effect, .. }, args, .. } = self;
        if args.wait || args.no_wait || args.follow.save.is_some() {
            let what = format!("{operation} starts no task: leave out --wait, --no-wait and --save");
            return Err(ExitError::Usage(what));
        }
        if args.name.is_some() && !self.operation.can_cost() {
            let what = format!("{operation} costs nothing, so --name has no effect: leave it out");
            return Err(ExitError::Usage(what));
        }
        let cost = self.prepare(None).await?;
        cost.iter().filter(|_| self.operation.can_cost()).for_each(Cost::tell);
        let call = session.client.call_any(operation, self.request.take());
        let mut call = call.ok_or_else(|| ExitError::unknown_operation(operation))?;
        if args.unchecked {
            call = call.unchecked();
        }
        if let Some(name) = &args.name {
            call = call.named(name);
        }
        let response = match effect {
            Effect::Reads => call.await?,
            _ => session.submit(operation, session.route, None, call).await?,
        };
        self.print(&response)
    }

    /// Prints the response of an operation that starts no task. Its form is that of the operation, and always JSON.
    fn print(&self, response: &Value) -> Result<(), ExitError> {
        if self.session.format == OutputFormat::Text {
            print(&format!("{response:#}"));
            return Ok(());
        }
        let route = self.operation.route_on(self.session.route);
        Ok(print_json(&Called::new(self.operation.name, route, response))?)
    }

    /// Starts a task and follows it.
    async fn start(mut self) -> Result<(), ExitError> {
        let Self { session, operation: &Operation { name: operation, .. }, args, .. } = self;
        let mut files = session.follow(&args.follow)?;
        let cost = self.prepare(files.save.as_deref().filter(|_| !args.no_wait)).await?;
        if !args.no_wait {
            follow::find_song(session, operation, session.route, &self.request, &mut files).await?;
        }
        let call = session.client.start_any(operation, self.request);
        let mut call = call.ok_or_else(|| ExitError::unknown_operation(operation))?;
        if args.unchecked {
            call = call.unchecked();
        }
        if let Some(name) = &args.name {
            call = call.named(name);
        }
        let follow = Some(&files).filter(|_| !args.no_wait);
        follow::start(session, operation, session.route, call, cost, follow).await
    }
}
