//! Failures of voice tasks.

use crate::operation::Failure;

/// Returns the failure of a voice task. The service sends code 0 if it has no failure code, so the failure has no code
/// in this case.
pub(super) fn failure(status: Option<&str>, code: Option<i64>, message: Option<&str>) -> Failure {
    Failure::new(status, code.filter(|code| *code != 0), message)
}
