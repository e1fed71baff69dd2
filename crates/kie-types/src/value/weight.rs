//! Weights: the strength of an option of a request.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Strength of an option of a request, from 0 to 1 in steps of 0.01.
///
/// The type can hold any number, so that any request of another program can be read. `validate` checks the range and
/// the steps.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weight(f64);

impl Weight {
    /// Smallest valid weight.
    pub const MIN: f64 = 0.0;
    /// Largest valid weight.
    pub const MAX: f64 = 1.0;
    /// Distance between neighbouring valid weights.
    pub const STEP: f64 = 0.01;

    /// Wraps a number unchanged.
    pub fn new(weight: f64) -> Self {
        Self(weight)
    }

    /// Returns the number. A valid weight is from 0 to 1.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl From<f64> for Weight {
    fn from(weight: f64) -> Self {
        Self::new(weight)
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
