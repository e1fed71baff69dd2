//! The forms that faults and scripts have in a file, in which messages and other fields can be left out.

use std::time::Duration;

use kie_types::Stage;
use serde::Deserialize;
use serde_json::Value;

use super::{
    fault::{CallbackFault, Fault, TaskScript},
    words,
};

/// A [`Fault`] in a file.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(super) enum FaultForm {
    DropResponse,
    Refuse { code: i64, msg: Option<String>, http_status: Option<HttpStatus> },
    RefuseStarted { code: i64, msg: Option<String> },
    ErrorPage { http_status: HttpStatus },
    HalfBody,
    EmptyBody,
    Hang,
    NoTaskId,
    BrokenEcho,
    DamagedResult,
    RetryAfter { seconds: Span, fault: Box<Self> },
}

/// A [`TaskScript`] in a file.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(super) enum TaskScriptForm {
    Fails { code: i64, status: Option<String>, message: Option<String>, after: Option<Stage> },
    Undelivered { with_tracks: bool },
    HiddenFor { seconds: Span },
    ServedAfter { seconds: Span },
    UnknownStatus { status: String },
}

/// A [`CallbackFault`] in a file.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(super) enum CallbackFaultForm {
    Lost,
    Doubled,
    Late { seconds: Span },
    Reordered,
    Stale { seconds: Span },
    Forged,
    Altered { body: Value },
}

/// A time span in a file, in seconds.
#[derive(Deserialize)]
#[serde(try_from = "f64")]
pub(super) struct Span(Duration);

impl TryFrom<f64> for Span {
    type Error = &'static str;

    fn try_from(seconds: f64) -> Result<Self, Self::Error> {
        Duration::try_from_secs_f64(seconds).map(Self).map_err(|_| "expected seconds, at least 0")
    }
}

/// An HTTP status in a file.
#[derive(Deserialize)]
#[serde(try_from = "u16")]
pub(super) struct HttpStatus(u16);

impl TryFrom<u16> for HttpStatus {
    type Error = &'static str;

    fn try_from(status: u16) -> Result<Self, Self::Error> {
        if (200..600).contains(&status) { Ok(Self(status)) } else { Err("expected an HTTP status from 200 to 599") }
    }
}

impl From<FaultForm> for Fault {
    fn from(form: FaultForm) -> Self {
        match form {
            FaultForm::DropResponse => Self::DropResponse,
            FaultForm::Refuse { code, msg, http_status } => {
                let mut fault = Self::refuse(code);
                if let Self::Refuse { http_status: its_status, msg: its_msg, .. } = &mut fault {
                    *its_status = http_status.map_or(*its_status, |status| status.0);
                    *its_msg = msg.unwrap_or_else(|| std::mem::take(its_msg));
                }
                fault
            }
            FaultForm::RefuseStarted { code, msg } => {
                Self::RefuseStarted { code, msg: msg.unwrap_or_else(|| words::of_refusal(code).to_owned()) }
            }
            FaultForm::ErrorPage { http_status } => Self::error_page(http_status.0),
            FaultForm::HalfBody => Self::HalfBody,
            FaultForm::EmptyBody => Self::EmptyBody,
            FaultForm::Hang => Self::Hang,
            FaultForm::NoTaskId => Self::NoTaskId,
            FaultForm::BrokenEcho => Self::BrokenEcho,
            FaultForm::DamagedResult => Self::DamagedResult,
            FaultForm::RetryAfter { seconds, fault } => Self::from(*fault).with_retry_after(seconds.0),
        }
    }
}

impl From<TaskScriptForm> for TaskScript {
    fn from(form: TaskScriptForm) -> Self {
        match form {
            TaskScriptForm::Fails { code, status, message, after } => Self::Fails {
                status: status.unwrap_or_default(),
                code,
                message: message.unwrap_or_else(|| words::of_failure(code).to_owned()),
                after,
            },
            TaskScriptForm::Undelivered { with_tracks } => Self::Undelivered { with_tracks },
            TaskScriptForm::HiddenFor { seconds } => Self::HiddenFor(seconds.0),
            TaskScriptForm::ServedAfter { seconds } => Self::ServedAfter(seconds.0),
            TaskScriptForm::UnknownStatus { status } => Self::UnknownStatus(status),
        }
    }
}

impl From<CallbackFaultForm> for CallbackFault {
    fn from(form: CallbackFaultForm) -> Self {
        match form {
            CallbackFaultForm::Lost => Self::Lost,
            CallbackFaultForm::Doubled => Self::Doubled,
            CallbackFaultForm::Late { seconds } => Self::Late(seconds.0),
            CallbackFaultForm::Reordered => Self::Reordered,
            CallbackFaultForm::Stale { seconds } => Self::Stale(seconds.0),
            CallbackFaultForm::Forged => Self::Forged,
            CallbackFaultForm::Altered { body } => Self::Altered(body),
        }
    }
}
