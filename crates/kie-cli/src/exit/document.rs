//! The JSON document of a command that fails.

use kie_suno::{Charged, Error, errors::Violation};
use serde_json::{Value, json};

use crate::exit::{code::may_be_charged, exit_error::ExitError, flags::flags, words::error_text};

impl ExitError {
    /// Returns the document. Its keys are the same for every error, with one exception: an invalid request also has the
    /// key `violations`. Values that are not known are null, an empty list or `unknown`.
    pub(crate) fn document(&self, exit_code: u8) -> Value {
        let mut document = json!({
            "operation": self.operation(), "taskId": null, "receipt": null, "outcome": "error", "error": self.word(), "stage": null, "code": null,
            "message": null, "charged": Charged::Unknown, "items": [], "files": [],
            "goOn": self.go_on().filter(|_| !self.could_pay_twice()), "exitCode": exit_code,
        });
        match self {
            Self::Client { error, files, .. } => {
                document["files"] = json!(files);
                document["taskId"] = json!(error.task_id());
                document["receipt"] = json!(error.receipt());
                document["charged"] = json!(error.charged());
                document["message"] = json!(error_text(error));
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
                        document["outcome"] = json!(if may_be_charged(error) { "unknown" } else { "refused" });
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
                    Error::Save(_) => document["outcome"] = json!("success"),
                    Error::OutcomeUnknown(_) => document["outcome"] = json!("unknown"),
                    Error::NotResumed(error) if error.is_timeout() => document["outcome"] = json!("unknown"),
                    _ => {}
                }
            }
            Self::InterruptedWait { task_id, .. } => {
                document["taskId"] = json!(task_id);
                document["outcome"] = json!("running");
            }
            Self::InterruptedCall { .. } => document["outcome"] = json!("unknown"),
            Self::Usage(what) => {
                document["message"] = json!(what);
                document["charged"] = json!(Charged::No);
            }
            Self::Options(invalid) => {
                document["outcome"] = json!("invalid");
                document["message"] = json!(invalid.to_string());
                document["charged"] = json!(Charged::No);
                document["violations"] = invalid.violations().iter().map(with_option).collect();
            }
            Self::Invalid(what) => {
                document["outcome"] = json!("invalid");
                document["message"] = json!(what);
                document["charged"] = json!(Charged::No);
                document["violations"] = json!([]);
            }
            Self::NoKey(what) | Self::NotConfirmed(what) => {
                document["message"] = json!(what);
                document["charged"] = json!(Charged::No);
            }
            Self::Interrupted { doing } => {
                document["message"] = json!(doing.as_ref().map(|doing| format!("interrupted while {doing}")));
            }
            Self::Reported(_) => {}
            Self::Other(error) => document["message"] = json!(format!("{error:#}")),
        }
        document
    }
}

/// Returns a violation with the option that sets its field. The other texts have the names on the wire.
fn with_option(violation: &Violation) -> Value {
    let mut document = json!(violation);
    document["flag"] = json!(flags().option_of(&violation.field));
    document
}
