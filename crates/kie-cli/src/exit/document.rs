//! The JSON document of a command that fails.

use kie_suno::{
    Charged, Error, Stage,
    errors::{Invalid, Violation},
    files::SavedFile,
    receipts::ReceiptId,
    records::Item,
};
use serde::Serialize;

use crate::exit::{
    code::may_be_charged, error_word::ErrorWord, exit_error::ExitError, flags::flags, words::error_text,
};

/// The document of a command that fails. Values that are not known are null, an empty list or `unknown`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Error"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorDocument {
    /// Operation that failed, such as `generate-music`, or `the client` for a wrong setting.
    operation: Option<String>,
    /// Id of the task.
    task_id: Option<String>,
    /// Id of the receipt of the failed call.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    receipt: Option<ReceiptId>,
    /// State of the call or the task.
    outcome: ErrorOutcome,
    /// Word for the cause. A program can decide by this word what to do next.
    error: ErrorWord,
    /// Furthest stage that the task has reached.
    stage: Option<Stage>,
    /// Code that the service sent.
    code: Option<i64>,
    /// Text of the error, for people.
    message: Option<String>,
    /// Tells if the call was paid for.
    charged: Charged,
    /// Results that the task has made so far.
    items: Vec<Item>,
    /// Files that were saved in spite of the error.
    files: Vec<SavedFile>,
    /// `kie` command that continues. Null if there is none, and if it could pay a second time.
    go_on: Option<String>,
    /// Exit code of the process.
    exit_code: u8,
    /// Broken rules. Only if `outcome` is `invalid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    violations: Option<Vec<BrokenRule>>,
}

/// Outcome of a command that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
enum ErrorOutcome {
    /// The request or an argument is invalid, and nothing was sent.
    Invalid,
    /// The service refused the call.
    Refused,
    /// The task failed.
    Failed,
    /// The task is not finished, and continues at the service.
    Running,
    /// The task is finished, and some of its files could not be saved.
    Success,
    /// It is not known if the service accepted the call.
    Unknown,
    /// Another error, as `error` says.
    Error,
}

/// A broken rule of one field.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct BrokenRule {
    #[serde(flatten)]
    violation: Violation,
    /// Option that sets the field, such as `--style`, or null if no option sets it. Missing if the command has no options
    /// for the fields of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<Option<String>>,
}

impl ExitError {
    /// Returns the document. Its keys are the same for every error, with one exception: an invalid request also has the
    /// key `violations`.
    pub(crate) fn document(&self, exit_code: u8) -> ErrorDocument {
        let mut document = ErrorDocument {
            operation: self.operation().map(str::to_owned),
            task_id: None,
            receipt: None,
            outcome: ErrorOutcome::Error,
            error: self.word(),
            stage: None,
            code: None,
            message: None,
            charged: Charged::Unknown,
            items: Vec::new(),
            files: Vec::new(),
            go_on: self.go_on().filter(|_| !self.could_pay_twice()).map(str::to_owned),
            exit_code,
            violations: None,
        };
        match self {
            Self::Client { error, files, .. } => {
                document.files.clone_from(files);
                document.fill_in(error);
            }
            Self::InterruptedWait { task_id, .. } => {
                document.task_id = Some(task_id.clone());
                document.outcome = ErrorOutcome::Running;
            }
            Self::InterruptedCall { .. } => document.outcome = ErrorOutcome::Unknown,
            Self::Options(invalid) => {
                document.outcome = ErrorOutcome::Invalid;
                document.message = Some(invalid.to_string());
                document.charged = Charged::No;
                document.violations = Some(broken_rules(invalid, |violation| {
                    Some(flags().option_of(&violation.field).map(str::to_owned))
                }));
            }
            Self::Invalid(what) => {
                document.outcome = ErrorOutcome::Invalid;
                document.message = Some(what.clone());
                document.charged = Charged::No;
                document.violations = Some(Vec::new());
            }
            Self::Usage(what) | Self::NoKey(what) | Self::OverBudget(what) | Self::NotConfirmed(what) => {
                document.message = Some(what.clone());
                document.charged = Charged::No;
            }
            Self::Interrupted { doing } => {
                document.message = doing.as_ref().map(|doing| format!("interrupted while {doing}"));
            }
            Self::Reported(_) => {}
            Self::Other(error) => document.message = Some(format!("{error:#}")),
        }
        document
    }
}

impl ErrorDocument {
    /// Fills in what an error of the client tells.
    fn fill_in(&mut self, error: &Error) {
        self.task_id = error.task_id().map(str::to_owned);
        self.receipt = error.receipt();
        self.charged = error.charged();
        self.message = Some(error_text(error));
        match error {
            Error::Invalid(invalid) => {
                self.outcome = ErrorOutcome::Invalid;
                self.violations = Some(broken_rules(invalid, |_| None));
            }
            Error::NameTaken(_) => {
                self.outcome = ErrorOutcome::Invalid;
                self.violations = Some(Vec::new());
            }
            Error::Api(refused) => {
                self.outcome = if may_be_charged(error) { ErrorOutcome::Unknown } else { ErrorOutcome::Refused };
                self.code = Some(refused.code());
            }
            Error::Failed(failed) => {
                self.outcome = ErrorOutcome::Failed;
                self.code = failed.failure().code;
                self.items = failed.items().to_vec();
            }
            Error::TimedOut(late) => {
                self.outcome = ErrorOutcome::Running;
                self.stage = late.last().and_then(|last| last.stage);
                self.items = late.last().map(|last| last.items.clone()).unwrap_or_default();
            }
            Error::Save(_) => self.outcome = ErrorOutcome::Success,
            Error::OutcomeUnknown(_) => self.outcome = ErrorOutcome::Unknown,
            Error::NotResumed(error) if error.is_timeout() => self.outcome = ErrorOutcome::Unknown,
            _ => {}
        }
    }
}

/// Returns the broken rules, each with the option that sets its field. The other texts have the names on the wire.
fn broken_rules(invalid: &Invalid, flag: impl Fn(&Violation) -> Option<Option<String>>) -> Vec<BrokenRule> {
    let broken = |violation: &Violation| BrokenRule { violation: violation.clone(), flag: flag(violation) };
    invalid.violations().iter().map(broken).collect()
}
