//! `kie call`: calls any operation with a JSON document.

use std::pin::Pin;

use kie_suno::{
    Call,
    requests::{
        Effect, Endpoint, Host, PaidEndpoint, TaskEndpoint,
        catalog::{self, Visitor},
    },
    types::check_on,
};
use serde_json::Value;

use crate::{
    args,
    commands::{ids::check_ids, input::read_json, operations::market::route_of, upload},
    exit::ExitError,
    follow::{self, Cost},
    output::{advise, note, print_json, relevant},
    session::Session,
};

/// Future of a command, as the visitors of the catalog of operations return it.
pub(crate) type Done<'a> = Pin<Box<dyn Future<Output = Result<(), ExitError>> + 'a>>;

/// `kie call`.
pub(crate) async fn call(session: &Session, args: args::CallArgs) -> Result<(), ExitError> {
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
    args: &'a args::CallArgs,
}

impl Calling<'_> {
    /// Checks the request: prints warnings about probable mistakes, and refuses an invalid request. With `--unchecked`,
    /// broken rules are only warnings. Then uploads the local files of the request, if they are in the allowed folder.
    /// The request is checked before anything is sent, also before the balance is requested.
    ///
    /// Returns `true` if an earlier call with the same name has started a task, so that nothing is sent.
    async fn prepare<E: Endpoint>(&mut self) -> Result<bool, ExitError> {
        let name = self.args.name.as_deref();
        let is_repeated = self.session.check_name(name).await?;
        // A call with a name cannot upload files. A name belongs to one request. Each upload gets a new link, and the
        // link is part of the request. So a second call with the same name would contain a different request, and would
        // be refused.
        if name.is_some() && upload::has_paths(&mut self.request) {
            let what = "a call with --name cannot upload files, because each upload changes the request: run kie upload \
                        first, and use its link in the request";
            return Err(ExitError::Usage(what.to_owned()));
        }
        upload::check_paths(&mut self.request, self.args.allow_files.as_deref())?;
        let route = route_of::<E>(self.session.route);
        let checked = check_on::<E>(&upload::as_if_uploaded(&self.request), route);
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
        upload::upload_paths(self.session, &mut self.request).await?;
        Ok(is_repeated)
    }

    /// Builds the call with the options from the arguments.
    fn call_json<E: Endpoint>(&mut self) -> Call<E, Value> {
        let call = self.session.client.call_json::<E>(self.request.take());
        if self.args.unchecked { call.unchecked() } else { call }
    }

    fn refuse_following<E: Endpoint>(&self) -> Result<(), ExitError> {
        if self.args.wait || self.args.follow.save.is_some() {
            return Err(ExitError::Usage(format!("{} starts no task: leave out --wait and --save", E::NAME)));
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
            let answer =
                if E::EFFECT == Effect::Reads { call.await? } else { self.session.submit(E::NAME, None, call).await? };
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
            Ok(print_json(&self.session.submit(E::NAME, None, call).await?)?)
        })
    }

    fn start<E: TaskEndpoint>(mut self) -> Done<'a> {
        Box::pin(async move {
            let is_repeated = self.prepare::<E>().await?;
            let cost = (!is_repeated).then(|| Cost::of(E::NAME, &self.request));
            let mut files = self.args.follow.clone();
            follow::find_song(self.session, &self.request, &mut files).await?;
            let mut call = self.session.client.start_json::<E>(self.request.take());
            if self.args.unchecked {
                call = call.unchecked();
            }
            if let Some(name) = &self.args.name {
                call = call.named(name);
            }
            let follow = follow::followed(self.args.wait, &files);
            follow::start::<E>(self.session, call, cost, follow).await
        })
    }
}

/// Returns `true` if calls of this kind have receipts. Uploads cost nothing and have no receipts.
pub(crate) fn has_receipt(effect: Effect, host: Host) -> bool {
    effect == Effect::Creates && host != Host::Upload
}
