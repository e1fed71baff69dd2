//! Amounts of credits.

use std::{fmt, iter::Sum, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de::Error};

use crate::{
    decode::{FromAny, any},
    value::ParseError,
};

/// Amount of credits, exact to a millionth of a credit.
///
/// The documentation says that the balance is a whole number. The real balance has decimals, since some operations cost
/// 0.4 credits. One credit costs [US$ 0.005](Self::USD). An amount is stored as a whole number of millionths, so sums are exact.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Credits(i64);

impl Credits {
    const SCALE: f64 = 1e6;

    /// Price of one credit in US dollars, when 1,000 credits are bought for 5 dollars. Large purchases get 5 to 10 %
    /// more credits. KIE's web page had this price on 2 October 2026.
    pub const USD: f64 = 0.005;

    /// Creates an amount from a number of credits, rounded to a millionth of a credit.
    pub const fn new(credits: f64) -> Self {
        let scaled = credits * Self::SCALE;
        // `f64::round` cannot be used in a constant with the oldest supported compiler.
        let whole = scaled as i64;
        match scaled - whole as f64 {
            rest if rest >= 0.5 => Self(whole.saturating_add(1)),
            rest if rest <= -0.5 => Self(whole.saturating_sub(1)),
            _ => Self(whole),
        }
    }

    /// Returns the amount in US dollars, at the [price](Self::USD) of one credit.
    pub fn usd(self) -> f64 {
        self.get() * Self::USD
    }

    /// Creates an amount from a whole number of millionths of a credit.
    pub const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// Returns the amount as a whole number of millionths of a credit.
    pub const fn as_millionths(self) -> i64 {
        self.0
    }

    /// Returns the number of credits.
    pub fn get(self) -> f64 {
        self.0 as f64 / Self::SCALE
    }
}

impl std::ops::Sub for Credits {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl std::ops::Add for Credits {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Credits {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), |sum, amount| sum + amount)
    }
}

impl<'a> Sum<&'a Self> for Credits {
    fn sum<I: Iterator<Item = &'a Self>>(amounts: I) -> Self {
        amounts.copied().sum()
    }
}

/// Reads a number, such as `0.4`.
impl FromStr for Credits {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::text(text).ok_or(ParseError::expected("an amount of credits"))
    }
}

impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.get(), f)
    }
}

/// Shows the type and the number of credits, such as `Credits(0.4)`.
impl fmt::Debug for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credits({self})")
    }
}

impl Serialize for Credits {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.get())
    }
}

impl<'de> Deserialize<'de> for Credits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        any(deserializer)?.ok_or_else(|| D::Error::custom("expected an amount of credits"))
    }
}

impl FromAny for Credits {
    fn text(text: &str) -> Option<Self> {
        f64::text(text).map(Self::new)
    }
    fn integer(number: i64) -> Option<Self> {
        f64::integer(number).map(Self::new)
    }
    fn float(number: f64) -> Option<Self> {
        Some(Self::new(number))
    }
}

#[cfg(feature = "schemars")]
crate::describe::in_place! {
    Credits = { "type": "number" },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_add_up_without_a_rest() {
        let amounts = [Credits::new(0.1); 10];
        assert_eq!(amounts.iter().sum::<Credits>(), Credits::new(1.0));
        assert_eq!(amounts.into_iter().sum::<Credits>(), Credits::new(1.0));
        assert_eq!([Credits(i64::MAX), Credits(1)].iter().sum::<Credits>(), Credits(i64::MAX));
    }

    #[test]
    fn an_amount_is_rounded_to_a_millionth() {
        for (credits, millionths) in [
            (0.4, 400_000),
            (12.000_000_4, 12_000_000),
            (12.000_000_6, 12_000_001),
            (-0.000_000_6, -1),
            (-0.4, -400_000),
            (f64::NAN, 0),
            (f64::INFINITY, i64::MAX),
            (f64::NEG_INFINITY, i64::MIN),
        ] {
            assert_eq!(Credits::new(credits), Credits(millionths), "{credits}");
        }
        assert_eq!(Credits::new(12.0).usd(), 0.06);
    }

    #[test]
    fn an_amount_is_read_from_a_text() {
        for (text, amount) in [("0.4", Some(0.4)), ("12", Some(12.0)), ("-3.5", Some(-3.5)), ("", None), ("NaN", None)]
        {
            assert_eq!(text.parse().ok(), amount.map(Credits::new), "{text}");
        }
        assert_eq!(Credits::new(0.4).to_string().parse(), Ok(Credits::new(0.4)));
        assert_eq!(
            format!("{:?} {:?}", Credits::new(976.0), Some(Credits::new(0.4))),
            "Credits(976) Some(Credits(0.4))"
        );
        let error = "many".parse::<Credits>().map_err(|error| error.to_string());
        assert_eq!(error, Err("expected an amount of credits".to_owned()));
    }
}
