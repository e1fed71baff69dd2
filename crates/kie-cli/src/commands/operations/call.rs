//! `kie call`: any operation with a JSON document.

use std::pin::Pin;

use kie_suno::{
    Call,
    requests::{
        Effect, Endpoint, Host, PaidEndpoint, TaskEndpoint,
        catalog::{self, Visitor},
        check,
    },
};
use serde_json::Value;

use crate::{
    args,
    commands::{operations::input::read_json, upload},
    exit::ExitError,
    follow,
    output::{advise, print_json},
    session::Session,
};

/// What a visitor of the catalog makes of an operation: all that is left to do.
pub(crate) type Done<'a> = Pin<Box<dyn Future<Output = Result<(), ExitError>> + 'a>>;

/// `kie call`.
pub(crate) async fn call(caller: &Session, args: args::CallArgs) -> Result<(), ExitError> {
    ExitError::unless_known(&args.operation)?;
    let request = match &args.json {
        Some(file) => read_json(file)?,
        None => Value::Object(serde_json::Map::new()),
    };
    let calling = Calling { caller, request, args: &args };
    catalog::visit(&args.operation, calling).ok_or_else(|| ExitError::unknown_operation(&args.operation))?.await
}

struct Calling<'a> {
    caller: &'a Session,
    request: Value,
    args: &'a args::CallArgs,
}

impl Calling<'_> {
    /// Completes the request. Warns of what is surely not meant, and refuses an invalid one, before anything is sent, the
    /// question for the balance included.
    async fn prepare<E: Endpoint>(&mut self) -> Result<(), ExitError> {
        let name = self.args.name.as_deref();
        self.caller.can_name(name)?;
        let checked = check::<E>(&upload::as_if_uploaded(&self.request));
        advise(E::NAME, &checked.warnings);
        if !self.args.unchecked {
            checked.result.map(drop).map_err(ExitError::invalid)?;
        }
        // Each upload has a link of its own, and another link is another request.
        if name.is_some() && upload::has_paths(&mut self.request) {
            let what = "a call with a name cannot upload, since its request has to stay the same: `kie upload` first";
            return Err(ExitError::Usage(what.to_owned()));
        }
        upload::upload_paths(self.caller, &mut self.request).await
    }

    /// The call, with what the arguments say of it.
    fn call_json<E: Endpoint>(&mut self) -> Call<E, Value> {
        let call = self.caller.client.call_json::<E>(self.request.take());
        if self.args.unchecked { call.unchecked() } else { call }
    }

    fn refuse_following<E: Endpoint>(&self) -> Result<(), ExitError> {
        if self.args.wait || self.args.follow.save.is_some() {
            return Err(ExitError::Usage(format!("{} starts no task, so there is nothing to wait for", E::NAME)));
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
                return Err(ExitError::Usage(format!("{} costs nothing, so a name means nothing to it", E::NAME)));
            }
            self.prepare::<E>().await?;
            let call = self.call_json::<E>();
            let answer =
                if E::EFFECT == Effect::Reads { call.await? } else { self.caller.submit(E::NAME, call).await? };
            Ok(print_json(&answer)?)
        })
    }

    fn pay<E: PaidEndpoint>(mut self) -> Done<'a> {
        Box::pin(async move {
            self.refuse_following::<E>()?;
            self.prepare::<E>().await?;
            let mut call = self.call_json::<E>();
            if let Some(name) = &self.args.name {
                call = call.named(name);
            }
            Ok(print_json(&self.caller.submit(E::NAME, call).await?)?)
        })
    }

    fn start<E: TaskEndpoint>(mut self) -> Done<'a> {
        Box::pin(async move {
            self.prepare::<E>().await?;
            let mut call = self.caller.client.start_json::<E>(self.request.take());
            if self.args.unchecked {
                call = call.unchecked();
            }
            if let Some(name) = &self.args.name {
                call = call.named(name);
            }
            let follow = follow::followed(self.args.wait, &self.args.follow);
            follow::start::<E>(self.caller, call, follow).await
        })
    }
}

/// Whether calls of this kind have receipts. Uploads cost nothing.
pub(crate) fn has_receipt(effect: Effect, host: Host) -> bool {
    effect == Effect::Creates && host != Host::Upload
}
