//! How a command ends when it does not end well.

use std::{future::poll_fn, process::ExitCode, task::Poll};

use kie_suno::{
    Charged, Effect, Error, Invalid,
    catalog::{OPERATIONS, Operation},
};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::{
    args::Format,
    output::{note, out},
};

/// Why a command ends early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// What the client says, and the command that goes on with the task, if there is one.
    Client { error: Error, go_on: Option<String> },
    /// The command line asks for something that does not exist.
    Usage(String),
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-C while a call that creates something was under way.
    Submitting { operation: &'static str, go_on: Option<String> },
    /// Ctrl-C while a task was waited for.
    Left { task_id: String, go_on: Option<String> },
    /// All has been said; only the exit code is left.
    Told(u8),
    /// Anything else.
    Other(anyhow::Error),
}

impl Stop {
    pub(crate) fn unknown_operation(name: &str) -> Self {
        Self::Usage(format!("there is no operation {name:?}; `kie operations` lists them"))
    }

    /// Refuses a name that the catalog does not have, before any input is read.
    pub(crate) fn unless_known(name: &str) -> Result<(), Self> {
        let is_known = OPERATIONS.iter().any(|operation| operation.name == name);
        if is_known { Ok(()) } else { Err(Self::unknown_operation(name)) }
    }

    pub(crate) fn invalid(invalid: Invalid) -> Self {
        Error::Invalid(invalid).into()
    }

    fn exit_code(&self) -> u8 {
        match self {
            Self::Client { error, .. } => match error {
                Error::Invalid(_) | Error::NameTaken(_) => 3,
                // The page of something in between does not tell whether the service behind it took the call.
                Error::Api(refused) if !refused.refusal().has_envelope() && creates(error) => 7,
                Error::Api(_) => 4,
                Error::Failed(_) => 5,
                Error::TimedOut(_) => 6,
                Error::OutcomeUnknown(_) => 7,
                Error::NotResumed(error) if error.is_timeout() => 7,
                _ => 1,
            },
            Self::Usage(_) => 2,
            Self::Interrupted | Self::Submitting { .. } | Self::Left { .. } => 130,
            Self::Told(code) => *code,
            Self::Other(_) => 1,
        }
    }

    /// Says why on standard error, as JSON on standard output if that was asked for, and returns the exit code.
    pub(crate) fn tell(&self, format: Format) -> ExitCode {
        let code = self.exit_code();
        if let Self::Told(_) = self {
            return ExitCode::from(code);
        }
        if format == Format::Json {
            out!("{:#}", self.document(code));
        }
        match self {
            Self::Client { error, .. } => {
                match error {
                    Error::Invalid(invalid) => tell_violations(invalid),
                    error => note!("error: {}", words(error)),
                }
                if let Error::Save(save) = error {
                    for file in save.saved() {
                        note!("saved all the same: {}", file.path.display());
                    }
                }
                if !matches!(error, Error::Invalid(_)) {
                    note!("charged: {}", error.charged());
                }
                if let Some(receipt) = error.receipt() {
                    note!("receipt: {receipt}");
                }
            }
            Self::Usage(what) => note!("error: {what}\n\nFor more information, try '--help'."),
            Self::Interrupted => note!("interrupted"),
            Self::Submitting { operation, .. } => {
                note!("interrupted; {operation} was under way, and may have been taken and charged");
            }
            Self::Left { task_id, go_on: Some(_) } => note!("interrupted; task {task_id} goes on at the service"),
            Self::Left { task_id, go_on: None } => note!("interrupted; task {task_id} ended with the simulator"),
            Self::Told(_) => {}
            Self::Other(error) => note!("error: {error:#}"),
        }
        if let Some(command) = self.go_on() {
            note!("go on with: {command}");
        }
        ExitCode::from(code)
    }

    fn operation(&self) -> Option<&str> {
        match self {
            Self::Client { error, .. } => error.operation(),
            Self::Submitting { operation, .. } => Some(operation),
            _ => None,
        }
    }

    fn go_on(&self) -> Option<&str> {
        match self {
            Self::Client { go_on, .. } | Self::Submitting { go_on, .. } | Self::Left { go_on, .. } => go_on.as_deref(),
            _ => None,
        }
    }

    fn document(&self, exit_code: u8) -> Value {
        let mut document = json!({
            "operation": self.operation(), "taskId": null, "receipt": null, "outcome": "error", "stage": null, "code": null,
            "message": null, "charged": Charged::Unknown, "items": [], "files": [],
            "goOn": self.go_on(), "exitCode": exit_code,
        });
        match self {
            Self::Client { error, .. } => {
                document["taskId"] = json!(error.task_id());
                document["receipt"] = json!(error.receipt());
                document["charged"] = json!(error.charged());
                document["message"] = json!(words(error));
                match error {
                    Error::Invalid(invalid) => {
                        document["outcome"] = json!("invalid");
                        document["violations"] = json!(invalid.violations());
                    }
                    Error::NameTaken(_) => {
                        document["outcome"] = json!("invalid");
                        document["violations"] = json!([]);
                    }
                    Error::Api(refused) => {
                        document["outcome"] = json!("refused");
                        document["code"] = json!(refused.code());
                    }
                    Error::Failed(failed) => {
                        document["outcome"] = json!("failed");
                        document["code"] = json!(failed.failure().code);
                        document["items"] = json!(failed.items());
                    }
                    Error::TimedOut(late) => {
                        document["outcome"] = json!("running");
                        document["stage"] = json!(late.last().and_then(|last| last.stage));
                        document["items"] = json!(late.last().map(|last| last.items.as_slice()).unwrap_or_default());
                    }
                    Error::Save(save) => {
                        document["outcome"] = json!("success");
                        document["files"] = json!(save.saved());
                    }
                    Error::OutcomeUnknown(_) => document["outcome"] = json!("unknown"),
                    Error::NotResumed(error) if error.is_timeout() => document["outcome"] = json!("unknown"),
                    _ => {}
                }
            }
            Self::Left { task_id, .. } => {
                document["taskId"] = json!(task_id);
                document["outcome"] = json!("running");
            }
            Self::Submitting { .. } => document["outcome"] = json!("unknown"),
            Self::Usage(what) => document["message"] = json!(what),
            Self::Interrupted | Self::Told(_) => {}
            Self::Other(error) => document["message"] = json!(format!("{error:#}")),
        }
        document
    }
}

/// Every broken rule on a line of its own.
pub(crate) fn tell_violations(invalid: &Invalid) {
    note!("error: invalid request for {}; nothing was sent", invalid.operation());
    for violation in invalid.violations() {
        note!("  {violation}");
    }
}

/// Whether the call that went wrong would have created something.
fn creates(error: &Error) -> bool {
    let is_it = |operation: &&Operation| Some(operation.name) == error.operation();
    OPERATIONS.iter().find(is_it).is_some_and(|operation| operation.effect != Effect::Reads)
}

/// The error with its causes, and what can be done about it.
fn words(error: &Error) -> String {
    let way_out = match error {
        Error::Ledger(_) => "; --ledger FILE names another ledger, and --ledger none does without",
        _ => "",
    };
    with_causes(error) + way_out
}

/// An error with its causes.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        // Some libraries repeat a cause in their own words.
        if !text.ends_with(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = error.source();
    }
    text
}

/// Ctrl-C, heard once and remembered, so that it is not lost between two things that wait for it.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Listens from the moment it returns.
    pub(crate) async fn listen() -> Self {
        let (came, interrupt) = watch::channel(false);
        let mut signal = Box::pin(tokio::signal::ctrl_c());
        // The listener is made when it is first asked.
        let already = poll_fn(|cx| Poll::Ready(signal.as_mut().poll(cx).is_ready())).await;
        tokio::spawn(async move {
            if already || signal.await.is_ok() {
                came.send_replace(true);
            }
            // Whoever listens goes on doing so.
            std::future::pending::<()>().await;
        });
        Self(interrupt)
    }

    /// Resolves when it has come.
    pub(crate) async fn came(&self) {
        if self.0.clone().wait_for(|came| *came).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Client { error, go_on: None }
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Other(error.into())
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}
