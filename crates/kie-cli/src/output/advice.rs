//! Warnings about a request before it is sent.

use kie_suno::requests::{Warning, WarningKind};

use crate::output::note;

/// Returns the warnings that matter. A service on this machine can reach every callback address.
pub(crate) fn relevant(mut warnings: Vec<Warning>, is_local: bool) -> Vec<Warning> {
    warnings.retain(|warning| !(is_local && warning.kind == WarningKind::Unreachable));
    warnings
}

/// Prints each warning on its own line.
pub(crate) fn advise(operation: &str, warnings: &[Warning]) {
    for warning in warnings {
        match (warning.kind, &warning.meant) {
            (WarningKind::UnknownField, None) => note!("warning: {operation} has no field {:?}", warning.field),
            (WarningKind::UnknownField, Some(meant)) => {
                note!("warning: {operation} has no field {:?}; did you mean {meant:?}?", warning.field);
            }
            _ => note!("warning: {warning}"),
        }
    }
}
