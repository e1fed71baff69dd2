//! Weights: how strongly an option counts.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Strength of an option, from 0 to 1 in steps of 0.01.
///
/// The type can hold any number, so that requests from other programs can be read. `validate` checks the range.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weight(f64);

impl Weight {
    /// Smallest valid weight.
    pub const MIN: f64 = 0.0;
    /// Largest valid weight.
    pub const MAX: f64 = 1.0;
    /// Distance between two valid weights.
    pub const STEP: f64 = 0.01;

    /// Wraps a number unchanged.
    pub fn new(weight: f64) -> Self {
        Self(weight)
    }

    /// Returns the number. It is from 0 to 1 if the weight is valid.
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
