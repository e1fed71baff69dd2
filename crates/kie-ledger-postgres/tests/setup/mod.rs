//! The database of the tests.

mod cluster;

pub(crate) use cluster::{Cluster, database};
