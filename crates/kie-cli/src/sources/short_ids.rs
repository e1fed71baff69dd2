//! Short ids: the beginnings of ids by which `kie` finds receipts, tasks and tracks again.

use std::{
    collections::BTreeSet,
    ops::Bound::{Excluded, Unbounded},
};

use kie_suno::{receipts::Receipt, types::text::one_line};

use crate::{exit::ExitError, output::SHORT_ID, session::OpenLedger, sources::history::History};

/// Maximum number of receipts whose ids are compared, so that a large ledger costs no more time than a small one.
const NEWEST: usize = 4_096;

/// The ids of a ledger: those of its receipts, tasks and results.
#[derive(Debug, Clone, Default)]
pub(crate) struct ShortIds(BTreeSet<String>);

impl ShortIds {
    /// Reads the newest ids of a ledger. There are none without a ledger. If an older id has the same beginning, a verb
    /// that gets the short id lists both.
    pub(crate) async fn of(ledger: Option<&OpenLedger>) -> Result<Self, ExitError> {
        let mut ids = Self::default();
        let mut history = History::in_ledger(ledger);
        for _ in 0..NEWEST {
            let Some(receipt) = history.next().await? else { break };
            ids.add(&receipt);
        }
        Ok(ids)
    }

    /// Adds the ids of a receipt.
    pub(crate) fn add(&mut self, receipt: &Receipt) {
        self.0.insert(receipt.id.to_string());
        self.0.extend(receipt.task_id.clone());
        self.0.extend(receipt.items.iter().filter_map(|item| item.id.clone()));
    }

    /// Returns the beginning of an id in a form that is safe to print. It has at least 8 characters, and as many more as
    /// it needs to differ from all other ids of the ledger.
    pub(crate) fn short(&self, id: &str) -> String {
        let before = self.0.range::<str, _>((Unbounded, Excluded(id))).next_back();
        let after = self.0.range::<str, _>((Excluded(id), Unbounded)).next();
        let common = |other: &String| id.chars().zip(other.chars()).take_while(|(a, b)| a == b).count() + 1;
        let length = before.into_iter().chain(after).map(common).fold(SHORT_ID, usize::max);
        one_line(&id.chars().take(length).collect::<String>()).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_id_is_as_long_as_it_must_be() {
        let known = ["045c7003-6a0e", "045c7003-6b0e", "045c7004", "ebd45dfb-1111", "abc", "abcdefgh"];
        let ids = ShortIds(known.map(str::to_owned).into());
        let short = |id| ids.short(id);
        assert_eq!([short("045c7003-6a0e"), short("045c7003-6b0e")], ["045c7003-6a", "045c7003-6b"]);
        assert_eq!([short("045c7004"), short("ebd45dfb-1111")], ["045c7004", "ebd45dfb"]);
        assert_eq!(short("abc"), "abc", "an id can be shorter");
        assert_eq!(short("045c7003-6c0e"), "045c7003-6c", "an id that is not in the ledger differs from those there");
        assert_eq!(short("ééééééééé"), "éééééééé");
    }
}
