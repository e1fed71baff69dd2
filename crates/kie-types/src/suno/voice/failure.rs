//! Why voice tasks fail.

use crate::operation::Failure;

/// Why a voice task failed. Where a record has code 0, it has none.
pub(super) fn failure(status: Option<&str>, code: Option<i64>, message: Option<&str>) -> Failure {
    Failure::new(status, code.filter(|code| *code != 0), message)
}
