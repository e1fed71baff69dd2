//! Names of operations in a file.

use kie_types::catalog::OPERATIONS;
use serde::{Deserialize, Deserializer, de::Error};

use crate::{
    market::{MODELS, TASK_DETAILS},
    media::FILES,
};

/// Name of an operation, or one of the names that stand for other requests.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name(pub(super) String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let is_known = OPERATIONS.iter().any(|operation| operation.name == name);
        if is_known || [FILES, TASK_DETAILS, MODELS].contains(&&*name) {
            return Ok(Self(name));
        }
        let expected = format!("expected the name of an operation, {FILES}, {TASK_DETAILS} or {MODELS}");
        Err(D::Error::custom(format!("there is no operation {name:?}; {expected}")))
    }
}
