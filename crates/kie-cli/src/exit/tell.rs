//! Prints the error on standard error and returns the exit code.

use kie_suno::{Error, errors::Invalid, types::text::one_line};

use crate::{
    args::OutputFormat,
    exit::{exit_error::ExitError, flags::flags, words::error_text},
    output::{long_line, note, print_json, tell_doubt},
};

impl ExitError {
    /// Prints the error on standard error alone, for a command that has printed its document already: standard output has
    /// one document. Returns the error that only has the exit code.
    pub(crate) fn after_document(&self) -> Self {
        Self::Reported(self.tell(OutputFormat::Text))
    }

    /// Prints the error on standard error, and with `--format json` also as JSON on standard output. Prints nothing for
    /// [`Reported`](Self::Reported). Returns the exit code.
    pub(crate) fn tell(&self, format: OutputFormat) -> u8 {
        let code = self.exit_code();
        if let Self::Reported(_) = self {
            return code;
        }
        if format == OutputFormat::Json {
            // A document of strings and numbers can always be printed.
            drop(print_json(&self.document(code)));
        }
        match self {
            Self::Client { error, files, .. } => {
                match error {
                    Error::Invalid(invalid) => tell_violations(invalid),
                    error => note!("error: {}", long_line(&error_text(error))),
                }
                for file in files {
                    note!("saved: {}", file.path.display());
                    tell_doubt(file);
                }
                if !matches!(error, Error::Invalid(_)) {
                    note!("charged: {}", error.charged());
                }
                if let Some(receipt) = error.receipt() {
                    note!("receipt: {receipt}");
                }
            }
            Self::Options(invalid) => {
                note!("error: invalid options; nothing was sent");
                for violation in invalid.violations() {
                    note!("  {}", flags().sentence(violation));
                }
            }
            Self::Usage(what) => note!("error: {what}\n\nFor more information, try '--help'."),
            Self::Invalid(what) | Self::OverBudget(what) | Self::NotConfirmed(what) => {
                note!("error: {what}; nothing was sent");
            }
            Self::NoKey(what) => {
                note!("error: {}", long_line(what));
                note!("charged: no");
            }
            Self::Interrupted { doing: Some(doing) } => note!("interrupted while {doing}"),
            Self::Interrupted { doing: None } => note!("interrupted"),
            Self::InterruptedCall { operation, .. } => {
                note!("interrupted while calling {operation}; the service may have accepted and charged it");
            }
            Self::InterruptedWait { task_id, go_on: Some(_) } => {
                note!("interrupted; task {} continues at the service", one_line(task_id));
            }
            Self::InterruptedWait { task_id, go_on: None } => {
                note!("interrupted; task {} ended with the simulator", one_line(task_id));
            }
            Self::Reported(_) => {}
            Self::Other(error) => note!("error: {}", long_line(&format!("{error:#}"))),
        }
        if let Some(command) = self.go_on() {
            let when = if self.could_pay_twice() { "if the call was not charged, " } else { "" };
            note!("{when}continue with: {}", long_line(command));
        }
        code
    }
}

/// Prints each broken rule on its own line.
fn tell_violations(invalid: &Invalid) {
    note!("error: invalid request for {}; nothing was sent", invalid.operation());
    for violation in invalid.violations() {
        note!("  {violation}");
    }
}
