//! The commands that work with any operation by its name.

use std::pin::Pin;

use kie_suno::{
    Endpoint, TaskEndpoint,
    catalog::{self, OPERATIONS, Visitor},
    check,
};
use serde_json::Value;

use crate::{
    args::{self, Follow, Format},
    caller::Caller,
    document::{print_json, read_json},
    follow,
    stop::Stop,
    terminal::out,
    upload,
};

type Done<'a> = Pin<Box<dyn Future<Output = Result<(), Stop>> + 'a>>;

/// `kie call`.
pub(crate) async fn call(caller: &Caller, args: args::Call) -> Result<(), Stop> {
    Stop::unless_known(&args.name)?;
    let request = match &args.json {
        Some(file) => read_json(file)?,
        None => Value::Object(serde_json::Map::new()),
    };
    let calling = Calling { caller, request, args: &args };
    catalog::visit(&args.name, calling).ok_or_else(|| Stop::unknown_operation(&args.name))?.await
}

struct Calling<'a> {
    caller: &'a Caller,
    request: Value,
    args: &'a args::Call,
}

impl Calling<'_> {
    /// Refuses an invalid request before anything is sent, the question for the balance included.
    fn checked<E: Endpoint>(&self) -> Result<(), Stop> {
        if self.args.unchecked {
            return Ok(());
        }
        check::<E>(&upload::as_if_uploaded(&self.request)).result.map(drop).map_err(Stop::invalid)
    }
}

impl<'a> Visitor for Calling<'a> {
    type Output = Done<'a>;

    fn call<E: Endpoint>(mut self) -> Done<'a> {
        Box::pin(async move {
            if self.args.wait || self.args.follow.save.is_some() {
                return Err(Stop::Usage(format!("{} starts no task, so there is nothing to wait for", E::NAME)));
            }
            self.checked::<E>()?;
            upload::upload_paths(self.caller, &mut self.request).await?;
            let client = if self.args.unchecked { &self.caller.client.unchecked() } else { &self.caller.client };
            let answer = client.call_json::<E>(self.request).await?;
            Ok(print_json(&answer)?)
        })
    }

    fn start<E: TaskEndpoint>(mut self) -> Done<'a> {
        Box::pin(async move {
            self.checked::<E>()?;
            upload::upload_paths(self.caller, &mut self.request).await?;
            let follow = followed(self.args.wait, &self.args.follow);
            follow::start::<E>(self.caller, self.request, !self.args.unchecked, follow).await
        })
    }
}

/// `kie task`.
pub(crate) async fn task(caller: &Caller, args: args::Task) -> Result<(), Stop> {
    let looking = Looking { caller, args: &args };
    catalog::visit(&args.name, looking).ok_or_else(|| Stop::unknown_operation(&args.name))?.await
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
