//! Weights: how strongly a hint counts.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How strongly a hint counts, from 0 to 1 in steps of 0.01.
///
/// Any number can be held, so that a foreign request can be read; the range is checked by `validate`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weight(f64);

impl Weight {
    /// The smallest weight.
    pub const MIN: f64 = 0.0;
    /// The largest weight.
    pub const MAX: f64 = 1.0;
    /// The distance from one weight to the next.
    pub const STEP: f64 = 0.01;

    /// Takes the number as it is.
    pub fn new(weight: f64) -> Self {
        Self(weight)
    }

    /// The number, between 0 and 1 if it is valid.
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
