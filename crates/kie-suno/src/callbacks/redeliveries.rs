//! What was received before.

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::waiting::Recent;

/// How many different bodies one signature is good for. It covers a task and a second, in which a task has four callbacks
/// at most.
const BODIES: u64 = 8;

/// The callbacks of late, and how often their signatures were used.
///
/// Both are known by 64 bits under a key of this process's own: the memory is small whatever is sent, and nobody outside
/// can make two that are taken for one.
#[derive(Default)]
pub(super) struct Redeliveries {
    key: RandomState,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    callbacks: Recent<u64>,
    uses: Recent<u64>,
}

/// A callback as it is remembered.
#[derive(Clone, Copy)]
pub(super) struct Fingerprint {
    callback: u64,
    signature: Option<u64>,
}

impl Fingerprint {
    /// What the uses of its signature are known by.
    fn uses(self) -> Option<impl Iterator<Item = u64>> {
        self.signature.map(|signature| (0..BODIES).map(move |number| signature.wrapping_add(number)))
    }
}

impl Redeliveries {
    /// The same callback may come stale first, and signed anew later: these are two.
    pub(super) fn mark(&self, task_id: &str, is_stale: bool, body: &[u8], signature: Option<&str>) -> Fingerprint {
        Fingerprint {
            callback: self.key.hash_one((task_id, is_stale, body)),
            signature: signature.map(|signature| self.key.hash_one(signature)),
        }
    }

    /// Whether it was not received before, and its signature is good for one more body.
    pub(super) fn is_new(&self, mark: Fingerprint) -> bool {
        let known = self.lock();
        let is_worn = mark.uses().is_some_and(|mut uses| uses.all(|used| known.uses.contains(&used)));
        !is_worn && !known.callbacks.contains(&mark.callback)
    }

    /// Remembers it; `false` if it is no news any more.
    pub(super) fn insert(&self, mark: Fingerprint) -> bool {
        let mut known = self.lock();
        known.callbacks.insert(mark.callback)
            && mark.uses().is_none_or(|mut uses| uses.any(|unused| known.uses.insert(unused)))
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
