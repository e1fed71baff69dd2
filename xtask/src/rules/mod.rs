//! Rules of requests as data for every language: the limits, and requests that keep or break each of them.

mod lengths;
mod limits;
mod probes;
mod sides;
mod special;

pub(crate) use lengths::rows as lengths;
pub(crate) use limits::{document as limits, schema as schema_of_limits};
pub(crate) use probes::rows as probes;
