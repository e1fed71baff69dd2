//! Where a rule does not hold, and why.

use super::rules::{Broken, LayerRule};

/// A place that may break a rule.
#[derive(Debug)]
pub(crate) struct Exception {
    /// The crate.
    pub(crate) house: &'static str,
    pub(crate) rule: LayerRule,
    /// All paths of the circle as they are named in its message, or the folder.
    pub(crate) names: &'static [&'static str],
    /// Why it is better so.
    pub(crate) reason: &'static str,
}

/// Every exception of this workspace.
pub(crate) const EXCEPTIONS: &[Exception] = &[];

/// What is wrong in these crates when the exceptions are taken away, and which exceptions are of no use.
pub(crate) fn wrong(found: &[(String, Vec<Broken>)], exceptions: &[Exception]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut used = vec![false; exceptions.len()];
    for (house, broken) in found {
        for broken in broken {
            let excused = exceptions.iter().position(|exception| excuses(exception, house, broken));
            match excused {
                Some(index) => used[index] = true,
                None => wrong.push(format!("{house}: {}", broken.message)),
            }
        }
    }
    let stale = exceptions.iter().zip(used).filter(|(_, is_used)| !is_used);
    wrong.extend(stale.map(|(exception, _)| {
        let Exception { house, rule, names, reason } = exception;
        format!("{house}: an exception is of no use any more: {rule:?} of {}, “{reason}”", names.join(", "))
    }));
    wrong
}

fn excuses(exception: &Exception, house: &str, broken: &Broken) -> bool {
    let is_same = exception.house == house && exception.rule == broken.rule;
    is_same && exception.names.iter().copied().eq(broken.names.iter().map(String::as_str))
}
