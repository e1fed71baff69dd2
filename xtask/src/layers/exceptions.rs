//! Places in the code that may break a rule, with the reasons.

use super::rules::{Broken, LayerRule};

/// A place in the code that is allowed to break a rule.
#[derive(Debug)]
pub(crate) struct Exception {
    /// Name of the crate.
    pub(crate) krate: &'static str,
    pub(crate) rule: LayerRule,
    /// All paths in the cycle, as the message of the check names them, or the path of the folder with too many files.
    pub(crate) names: &'static [&'static str],
    /// Reason for the exception.
    pub(crate) reason: &'static str,
}

/// Every exception of this workspace.
pub(crate) const EXCEPTIONS: &[Exception] = &[];

/// Returns a message for each broken rule without an exception, and for each exception that is not needed.
pub(crate) fn wrong(found: &[(String, Vec<Broken>)], exceptions: &[Exception]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut used = vec![false; exceptions.len()];
    for (krate, broken) in found {
        for broken in broken {
            let excused = exceptions.iter().position(|exception| excuses(exception, krate, broken));
            match excused {
                Some(index) => used[index] = true,
                None => wrong.push(format!("{krate}: {}", broken.message)),
            }
        }
    }
    let stale = exceptions.iter().zip(used).filter(|(_, is_used)| !is_used);
    wrong.extend(stale.map(|(exception, _)| {
        let Exception { krate, rule, names, reason } = exception;
        format!("{krate}: an exception is not needed any more, remove it: {rule:?} of {}, “{reason}”", names.join(", "))
    }));
    wrong
}

fn excuses(exception: &Exception, krate: &str, broken: &Broken) -> bool {
    let is_same = exception.krate == krate && exception.rule == broken.rule;
    is_same && exception.names.iter().copied().eq(broken.names.iter().map(String::as_str))
}
