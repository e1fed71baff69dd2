//! Building of the `kie` commands that the user can run to continue the work of this command, also after Ctrl-C.

use std::path::Path;

use kie_suno::{Charged, Error, Route};

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::ExitError,
    session::{route, session::Session},
};

impl GlobalArgs {
    /// Returns the global flags that the continuing `kie` command needs, without the API key and the password of a
    /// database, because the flags are printed. They do not include the route: commands that read the ledger find the route of each task there.
    pub(crate) fn flags(&self) -> String {
        let mut flags = String::new();
        if let Some(url) = &self.base_url {
            flags += &format!(" --base-url {}", quoted(url));
        }
        if let Some(ledger) = &self.ledger {
            flags += &format!(" --ledger {}", quoted(&ledger.to_string()));
        }
        if self.format == OutputFormat::Json {
            flags += " --format json";
        }
        flags
    }
}

impl Session {
    /// Makes a call on this route that creates something. `save` is the folder for the files of its task, if they are to be saved. If
    /// the call fails, the error contains the `kie` command that [`lost`](Self::lost) chooses. If the call is
    /// interrupted, the error contains the command that [lists receipts](Self::list), if there is one.
    pub(crate) async fn submit<T>(
        &self,
        operation: &'static str,
        route: Route,
        save: Option<&Path>,
        call: impl IntoFuture<Output = Result<T, Error>>,
    ) -> Result<T, ExitError> {
        tokio::select! {
            biased;
            answer = call.into_future() => answer.map_err(|error| self.lost(error, operation, route, save)),
            () = self.interrupt.received() => Err(ExitError::InterruptedCall { operation, go_on: self.list() }),
        }
    }

    /// Returns the error of a failed call on this route, with the `kie` command that the user can run next. If `error`
    /// names a task, the command waits for the task, because the service may have started the task although the call failed. If
    /// `error` names no task, the outcome of the call is not known, and the call has a receipt, the command lists
    /// receipts. In all other cases, there is no command.
    pub(crate) fn lost(&self, error: Error, operation: &str, route: Route, save: Option<&Path>) -> ExitError {
        let go_on = match error.task_id() {
            Some(id) => self.go_on(operation, id, route, save),
            None => self.list().filter(|_| error.charged() == Charged::Unknown && error.receipt().is_some()),
        };
        ExitError::client(error, go_on)
    }

    /// Returns the command that lists receipts. Returns `None` if this session has no ledger, and so no receipts. Also
    /// returns `None` if there is a simulator inside this command, because its tasks exist only until the command ends.
    pub(crate) fn list(&self) -> Option<String> {
        let goes_on = self.ledger.is_some() && self.simulator.is_none();
        goes_on.then(|| format!("kie{} tasks", self.global.flags()))
    }

    /// Returns the `kie` command with these words, for the next step with a result of this command. `route` is the route
    /// that made the result, if the command cannot find it in the ledger. Returns `None` if there is a simulator inside
    /// this command, because its results exist only until the command ends.
    pub(crate) fn next(&self, words: &str, route: Option<Route>) -> Option<String> {
        let flags = self.global.flags() + &route.map(|route| route::flag(&self.global, route)).unwrap_or_default();
        self.simulator.is_none().then(|| format!("kie{flags} {words}"))
    }

    /// Returns the command that continues a task of this route. Returns `None` if there is a simulator inside this command, because
    /// its tasks exist only until the command ends.
    pub(crate) fn go_on(&self, operation: &str, task_id: &str, route: Route, save: Option<&Path>) -> Option<String> {
        let flags = self.global.flags() + &route::flag(&self.global, route);
        let then = match save {
            Some(folder) => format!("--save {}", quoted(&folder.to_string_lossy())),
            None => "--wait".to_owned(),
        };
        let is_over = self.simulator.is_some();
        (!is_over).then(|| format!("kie{flags} task {operation} {} {then}", quoted(task_id)))
    }
}

/// Quotes a text, so that a shell reads it as one word.
pub(crate) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
