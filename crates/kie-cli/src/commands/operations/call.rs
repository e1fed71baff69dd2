//! The commands that work with any operation by its name.

use std::pin::Pin;

use kie_suno::{
    Client, Effect, Endpoint, Host, TaskEndpoint,
    catalog::{self, OPERATIONS, Visitor},
    check,
};
use serde_json::Value;

use crate::{
    args::{self, Command, Follow, Format},
    commands::upload,
    exit::Stop,
    follow::{self, print_json, read_json},
    output::out,
    session::Caller,
};

type Done<'a> = Pin<Box<dyn Future<Output = Result<(), Stop>> + 'a>>;

impl Command {
    /// Whether it is of use to the command to have a ledger: what costs nothing needs none.
    pub(crate) fn keeps_receipts(&self) -> bool {
        match self {
            Self::Upload(_) | Self::Credits => false,
            Self::Call(args) => {
                OPERATIONS.iter().any(|it| it.name == args.operation && has_receipt(it.effect, it.host))
            }
            _ => true,
        }
    }
}

/// Whether calls of this kind have receipts. Uploads cost nothing.
fn has_receipt(effect: Effect, host: Host) -> bool {
    effect == Effect::Creates && host != Host::Upload
}

/// `kie call`.
pub(crate) async fn call(caller: &Caller, args: args::Call) -> Result<(), Stop> {
    Stop::unless_known(&args.operation)?;
    let request = match &args.json {
        Some(file) => read_json(file)?,
        None => Value::Object(serde_json::Map::new()),
    };
    let calling = Calling { caller, request, args: &args };
    catalog::visit(&args.operation, calling).ok_or_else(|| Stop::unknown_operation(&args.operation))?.await
}

struct Calling<'a> {
    caller: &'a Caller,
    request: Value,
    args: &'a args::Call,
}

impl Calling<'_> {
    /// The client for the call, once the request is complete. Refuses an invalid one before anything is sent, the question
    /// for the balance included.
    async fn prepared<E: Endpoint>(&mut self) -> Result<Client, Stop> {
        let name = self.args.name.as_deref();
        let client = self.caller.client(name)?;
        if !self.args.unchecked {
            check::<E>(&upload::as_if_uploaded(&self.request)).result.map(drop).map_err(Stop::invalid)?;
        }
        // Each upload has a link of its own, and another link is another request.
        if name.is_some() && upload::has_paths(&mut self.request) {
            let what = "a call with a name cannot upload, since its request has to stay the same: `kie upload` first";
            return Err(Stop::Usage(what.to_owned()));
        }
        upload::upload_paths(self.caller, &mut self.request).await?;
        Ok(if self.args.unchecked { client.unchecked() } else { client })
    }
}

impl<'a> Visitor for Calling<'a> {
    type Output = Done<'a>;

    fn call<E: Endpoint>(mut self) -> Done<'a> {
        Box::pin(async move {
            if self.args.wait || self.args.follow.save.is_some() {
                return Err(Stop::Usage(format!("{} starts no task, so there is nothing to wait for", E::NAME)));
            }
            if self.args.name.is_some() && !has_receipt(E::EFFECT, E::HOST) {
                return Err(Stop::Usage(format!("{} costs nothing, so a name means nothing to it", E::NAME)));
            }
            let client = self.prepared::<E>().await?;
            let call = client.call_json::<E>(self.request);
            let answer =
                if E::EFFECT == Effect::Reads { call.await? } else { self.caller.submit(E::NAME, call).await? };
            Ok(print_json(&answer)?)
        })
    }

    fn start<E: TaskEndpoint>(mut self) -> Done<'a> {
        Box::pin(async move {
            let client = self.prepared::<E>().await?;
            let follow = followed(self.args.wait, &self.args.follow);
            follow::start::<E>(self.caller, &client, self.request, follow).await
        })
    }
}

/// `kie task`.
pub(crate) async fn task(caller: &Caller, args: args::Task) -> Result<(), Stop> {
    let looking = Looking { caller, args: &args };
    catalog::visit(&args.operation, looking).ok_or_else(|| Stop::unknown_operation(&args.operation))?.await
}

struct Looking<'a> {
    caller: &'a Caller,
    args: &'a args::Task,
}

impl<'a> Visitor for Looking<'a> {
    type Output = Done<'a>;

    fn call<E: Endpoint>(self) -> Done<'a> {
        Box::pin(async { Err(Stop::Usage(format!("{} starts no task", E::NAME))) })
    }

    fn start<E: TaskEndpoint>(self) -> Done<'a> {
        Box::pin(async move {
            let task = self.caller.client.task::<E::Job>(self.args.id.as_str());
            let follow = followed(self.args.wait, &self.args.follow);
            follow::run::<E>(self.caller, &task, None, follow).await
        })
    }
}

fn followed(wait: bool, follow: &Follow) -> Option<&Follow> {
    Some(follow).filter(|follow| wait || follow.save.is_some())
}

/// `kie credits`.
pub(crate) async fn credits(caller: &Caller) -> Result<(), Stop> {
    let credits = caller.client.credits().await?;
    match caller.format {
        Format::Json => print_json(&serde_json::json!({ "creditsLeft": credits }))?,
        Format::Text => out!("{credits} credits left"),
    }
    Ok(())
}

/// `kie operations`.
pub(crate) fn operations(format: Format) -> Result<(), Stop> {
    if format == Format::Json {
        return Ok(print_json(&OPERATIONS)?);
    }
    for operation in OPERATIONS {
        let starts = operation.job.map(|job| format!("starts a {job} task")).unwrap_or_default();
        out!("{:<29} {:<4} {:<41} {starts}", operation.name, operation.method.as_str(), operation.path);
    }
    Ok(())
}
