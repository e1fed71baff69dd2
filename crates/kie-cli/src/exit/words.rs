//! What the client says, with the way out if there is one.

use kie_suno::Error;

use crate::output::with_causes;

/// The error with its causes, and what can be done about it.
pub(crate) fn words(error: &Error) -> String {
    let way_out = match error {
        Error::Ledger(_) => "; --ledger FILE names another ledger, and --ledger none does without",
        _ => "",
    };
    let mut words = with_causes(error);
    if let Error::Config(wrong) = error {
        // Its field is a method of the builder, which nobody here has called.
        words = words.replacen(wrong.field(), "the client", 1);
    }
    words + way_out
}
