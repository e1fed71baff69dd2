//! Operations by their names.

use kie_suno::requests::catalog::{self, Operation};

use crate::exit::ExitError;

/// Returns the operation with this name. The error of another name suggests names that are like it.
pub(crate) fn operation_named(name: &str) -> Result<&'static Operation, ExitError> {
    catalog::find(name).map_err(|_| ExitError::unknown_operation(name))
}

/// Returns `true` if the tasks of this operation make tracks. Other tasks, such as a separation, have results with ids too.
pub(crate) fn makes_tracks(operation: &str) -> bool {
    catalog::find(operation).is_ok_and(Operation::makes_tracks)
}
