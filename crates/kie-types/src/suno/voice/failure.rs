//! Failures of voice tasks.

use crate::operation::Failure;

/// Returns the failure of a voice task. Code 0 means that the service sent no failure code.
pub(super) fn failure(status: Option<&str>, code: Option<i64>, message: Option<&str>) -> Failure {
    Failure::new(status, code.filter(|code| *code != 0), message)
}
