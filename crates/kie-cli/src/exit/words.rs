//! What the client says, with the way out if there is one.

use kie_suno::Error;

use crate::output::with_causes;

/// The error with its causes, and what can be done about it.
pub(crate) fn words(error: &Error) -> String {
    let way_out = match error {
        Error::Ledger(_) => "; --ledger FILE names another ledger, and --ledger none does without",
        _ => "",
    };
    with_causes(error) + way_out
}
