//! Operations by their names.

use kie_suno::requests::catalog::{self, Operation};

use crate::exit::ExitError;

/// Returns the operation with this name. The error of another name suggests names that are like it.
pub(crate) fn operation_named(name: &str) -> Result<&'static Operation, ExitError> {
    catalog::find(name).map_err(|_| ExitError::unknown_operation(name))
}
