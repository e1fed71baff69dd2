//! A PostgreSQL of their own for tests and measurements.
//!
//! [`database`] and [`Cluster::start`] start a cluster with the programs `initdb` and `postgres`, in a temporary folder and on
//! the loopback interface. If the programs are missing, they return `None`, and the test is left out. With
//! `KIE_TEST_POSTGRES_REQUIRED`, the test fails instead.

#![allow(clippy::unwrap_used, clippy::panic)]

mod cluster;

pub use cluster::{Cluster, database, fresh_schema, local};
