//! `kie call`: calls any operation with a JSON document.

use std::{path::PathBuf, pin::Pin};

use clap::Args;
use kie_suno::{
    Call,
    requests::{
        Effect, Endpoint, Host, PaidEndpoint, TaskEndpoint,
        catalog::{self, Visitor},
    },
    types::check_on,
};
use serde::Serialize;
use serde_json::Value;

use crate::{
    args::{FollowArgs, MoneyArgs, OutputFormat},
    exit::ExitError,
    follow::{self, Cost},
    output::{advise, note, print, print_json, relevant},
    session::Session,
    sources::{self, check_ids, read_json},
    spend::consent,
    verbs::operations::{documents::Called, market::route_of},
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

/// Future of a command, as the visitors of the catalog of operations return it.
pub(crate) type Done<'a> = Pin<Box<dyn Future<Output = Result<(), ExitError>> + 'a>>;

/// `kie call`.
pub(crate) async fn run(session: &Session, args: CallArgs) -> Result<(), ExitError> {
    ExitError::unless_known(&args.operation)?;
    let request = match &args.json {
        Some(file) => read_json(file, &session.interrupt).await?,
        None => Value::Object(serde_json::Map::new()),
    };
    let calling = Calling { session, request, args: &args };
    catalog::visit(&args.operation, calling).ok_or_else(|| ExitError::unknown_operation(&args.operation))?.await
}

struct Calling<'a> {
    session: &'a Session,
    request: Value,
    args: &'a CallArgs,
}

impl Calling<'_> {
    /// Checks the request: prints warnings about probable mistakes, and refuses an invalid request. With `--unchecked`,
    /// broken rules are only warnings. Then uploads the local files of the request, if they are in the allowed folder.
    /// The request is checked before anything is sent, also before the balance is requested.
    ///
    /// Returns the cost of the call, or `None` if an earlier call with the same name has started a task, so that nothing
    /// is sent.
    async fn prepare<E: Endpoint>(&mut self) -> Result<Option<Cost>, ExitError> {
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
        let route = route_of::<E>(self.session.route);
        let checked = check_on::<E>(&sources::as_if_uploaded(&self.request), route);
        advise(E::NAME, &relevant(checked.warnings, self.session.global.is_local()));
        match checked.result {
            Err(invalid) if self.args.unchecked => {
                for violation in invalid.violations() {
                    note!("warning: {violation}; sent unchecked");
                }
            }
            Err(invalid) => return Err(ExitError::invalid(invalid)),
            Ok(_) if self.args.unchecked || E::EFFECT == Effect::Reads => {}
            Ok(_) => check_ids(&self.request)?,
        }
        let cost = (!is_repeated).then(|| Cost::of(E::NAME, &self.request));
        let as_sent = sources::as_if_uploaded(&self.request);
        if as_sent != self.request && self.session.global.money.dry_run {
            note!("https://upload.invalid/ stands for the link of an upload");
        }
        consent::<E>(self.session, route, &as_sent, cost.as_ref()).await?;
        sources::upload_paths(self.session, &mut self.request).await?;
        Ok(cost)
    }

    /// Builds the call with the options from the arguments.
    fn call_json<E: Endpoint>(&mut self) -> Call<E, Value> {
        let call = self.session.client.call_json::<E>(self.request.take());
        if self.args.unchecked { call.unchecked() } else { call }
    }

    /// Prints the response of an operation that starts no task. Its form is that of the operation, and always JSON.
    fn print<E: Endpoint>(&self, response: &impl Serialize) -> Result<(), ExitError> {
        if self.session.format == OutputFormat::Text {
            print(&serde_json::to_string_pretty(response).map_err(anyhow::Error::from)?);
            return Ok(());
        }
        let route = route_of::<E>(self.session.route);
        Ok(print_json(&Called::new(E::NAME, route, response))?)
    }

    fn refuse_following<E: Endpoint>(&self) -> Result<(), ExitError> {
        if self.args.wait || self.args.no_wait || self.args.follow.save.is_some() {
            return Err(ExitError::Usage(format!(
                "{} starts no task: leave out --wait, --no-wait and --save",
                E::NAME
            )));
        }
        Ok(())
    }
}

impl<'a> Visitor for Calling<'a> {
    type Output = Done<'a>;

    fn call<E: Endpoint>(mut self) -> Done<'a> {
        Box::pin(async move {
            self.refuse_following::<E>()?;
            if self.args.name.is_some() {
                return Err(ExitError::Usage(format!(
                    "{} costs nothing, so --name has no effect: leave it out",
                    E::NAME
                )));
            }
            self.prepare::<E>().await?;
            let call = self.call_json::<E>();
            let answer = if E::EFFECT == Effect::Reads {
                call.await?
            } else {
                self.session.submit(E::NAME, self.session.route, None, call).await?
            };
            self.print::<E>(&answer)
        })
    }

    fn pay<E: PaidEndpoint>(mut self) -> Done<'a> {
        Box::pin(async move {
            self.refuse_following::<E>()?;
            self.prepare::<E>().await?.iter().for_each(Cost::tell);
            let mut call = self.call_json::<E>();
            if let Some(name) = &self.args.name {
                call = call.named(name);
            }
            let answer = self.session.submit(E::NAME, self.session.route, None, call).await?;
            self.print::<E>(&answer)
        })
    }

    fn start<E: TaskEndpoint>(mut self) -> Done<'a> {
        Box::pin(async move {
            let mut files = self.session.follow(&self.args.follow)?;
            let cost = self.prepare::<E>().await?;
            follow::find_song(self.session, &self.request, &mut files).await?;
            let mut call = self.session.client.start_json::<E>(self.request.take());
            if self.args.unchecked {
                call = call.unchecked();
            }
            if let Some(name) = &self.args.name {
                call = call.named(name);
            }
            let follow = Some(&files).filter(|_| !self.args.no_wait);
            follow::start::<E>(self.session, self.session.route, call, cost, follow).await
        })
    }
}

/// Returns `true` if calls of this kind have receipts. Uploads cost nothing and have no receipts.
pub(crate) fn has_receipt(effect: Effect, host: Host) -> bool {
    effect == Effect::Creates && host != Host::Upload
}
