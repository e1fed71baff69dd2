//! Detection of callbacks that were received before.

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::waiting::Recent;

/// Maximum number of different bodies that are accepted with one signature. A signature covers the task id and a time
/// in seconds. A task has at most four callbacks within one second.
const BODIES: u64 = 8;

/// Remembers the latest callbacks, the number of bodies that came with each signature, and the tasks whose notes were
/// written to the ledger.
///
/// Callbacks, signatures and tasks are stored as 64-bit hashes with a random key. So the memory use stays small for any input,
/// and an attacker cannot construct two callbacks with the same hash.
#[derive(Default)]
pub(super) struct Redeliveries {
    key: RandomState,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    callbacks: Recent<u64>,
    uses: Recent<u64>,
    /// Tasks whose notes were written to the ledger.
    notes: Recent<u64>,
}

/// Hashes of a callback and of its signature.
#[derive(Clone, Copy)]
pub(super) struct Fingerprint {
    callback: u64,
    signature: Option<u64>,
}

impl Fingerprint {
    /// Returns the entries for the signature in `Known::uses`: one entry for each body that is accepted with the
    /// signature. `None` if signatures are not verified.
    fn uses(self) -> Option<impl Iterator<Item = u64>> {
        self.signature.map(|signature| (0..BODIES).map(move |number| signature.wrapping_add(number)))
    }
}

impl Redeliveries {
    /// Returns the fingerprint of a callback. A callback with a stale signature and the same callback with a fresh
    /// signature have different fingerprints.
    pub(super) fn fingerprint(
        &self,
        task_id: &str,
        is_stale: bool,
        body: &[u8],
        signature: Option<&str>,
    ) -> Fingerprint {
        Fingerprint {
            callback: self.key.hash_one((task_id, is_stale, body)),
            signature: signature.map(|signature| self.key.hash_one(signature)),
        }
    }

    /// Returns `true` if the callback is not remembered, and its signature was used with fewer than [`BODIES`] bodies.
    pub(super) fn is_new(&self, fingerprint: Fingerprint) -> bool {
        let known = self.lock();
        let is_used_up = fingerprint.uses().is_some_and(|mut uses| uses.all(|used| known.uses.contains(&used)));
        !is_used_up && !known.callbacks.contains(&fingerprint.callback)
    }

    /// Remembers the callback. Returns `false` if the callback is not [new](Self::is_new) any more, for example because
    /// a copy of it was inserted meanwhile.
    pub(super) fn insert(&self, fingerprint: Fingerprint) -> bool {
        let mut known = self.lock();
        known.callbacks.insert(fingerprint.callback)
            && fingerprint.uses().is_none_or(|mut uses| uses.any(|unused| known.uses.insert(unused)))
    }

    /// Returns `true` if no notes of this task were written to the ledger. So a person who knows one signature can add
    /// only one callback with notes to the ledger.
    pub(super) fn lacks_notes(&self, task_id: &str) -> bool {
        !self.lock().notes.contains(&self.key.hash_one(task_id))
    }

    /// Remembers that notes of this task were written to the ledger.
    pub(super) fn insert_notes(&self, task_id: &str) {
        self.lock().notes.insert(self.key.hash_one(task_id));
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
