//! Durations and positions in audio, in seconds.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize, Serializer};

/// Duration of audio, or position in audio, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Deserialize)]
#[serde(transparent)]
pub struct Seconds(f64);

impl Seconds {
    /// Wraps a number of seconds unchanged.
    pub fn new(seconds: f64) -> Self {
        Self(seconds)
    }

    /// Returns the number of seconds.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// Writes whole seconds without a fraction, as in the examples of the documentation.
impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 && self.0.abs() < 1e15 {
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

impl From<f64> for Seconds {
    fn from(seconds: f64) -> Self {
        Self::new(seconds)
    }
}

impl From<u32> for Seconds {
    fn from(seconds: u32) -> Self {
        Self::new(f64::from(seconds))
    }
}

impl From<Duration> for Seconds {
    fn from(duration: Duration) -> Self {
        Self::new(duration.as_secs_f64())
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl crate::decode::FromAny for Seconds {
    fn text(text: &str) -> Option<Self> {
        f64::text(text).map(Self)
    }
    fn integer(number: i64) -> Option<Self> {
        f64::integer(number).map(Self)
    }
    fn float(number: f64) -> Option<Self> {
        Some(Self(number))
    }
}
