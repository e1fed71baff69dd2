//! Tests of properties that must be true for every input. The inputs are generated.

mod answers;
mod bodies;
mod inputs;
mod live;
mod market;
mod operations;
mod printing;
mod progress;
mod queries;
mod receipts;
mod robustness;
mod signatures;
mod words;

use proptest::{
    prelude::*,
    test_runner::{TestCaseError, TestRunner},
};

use crate::setup::cases::config;

const TASK: &str = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";

/// Checks a property with generated inputs. It is used for a property that is generic over a type, because the macro
/// `proptest!` does not support such a property.
fn holds<S: Strategy>(strategy: &S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    if let Err(error) = TestRunner::new(config()).run(strategy, property) {
        panic!("{error}");
    }
}
