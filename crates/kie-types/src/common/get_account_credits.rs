//! `get-account-credits`: requests the balance of the account.

use std::{fmt, iter::Sum, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de::Error};

use crate::{
    decode::{FromAny, any},
    operation::{Effect, Endpoint, Examples, Method},
    request::Invalid,
    value::ParseError,
};

/// Gets the account's balance, in credits.
///
/// Documentation: <https://docs.kie.ai/common-api/get-account-credits>
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(transform = crate::operation::schema::request::<Self>)
)]
#[non_exhaustive]
pub struct GetAccountCredits {}

impl GetAccountCredits {
    /// Creates the request. The request has no parameters.
    pub fn new() -> Self {
        Self {}
    }
}

impl Endpoint for GetAccountCredits {
    const NAME: &'static str = "get-account-credits";
    const DOCS: &'static str = "https://docs.kie.ai/common-api/get-account-credits";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/chat/credit";
    const EFFECT: Effect = Effect::Reads;
    type Response = Credits;

    fn validate(&self) -> Result<(), Invalid> {
        Ok(())
    }
}

impl Examples for GetAccountCredits {
    fn examples() -> Vec<Self> {
        vec![Self::new()]
    }
}

/// Amount of credits, exact to a millionth of a credit.
///
/// The documentation says that the balance is a whole number. The real balance has decimals, since some operations cost
/// 0.4 credits. One credit costs US$ 0.005. An amount is stored as a whole number of millionths, so sums are exact.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Credits(i64);

impl Credits {
    const SCALE: f64 = 1e6;

    /// Creates an amount from a number of credits, rounded to a millionth of a credit.
    pub fn new(credits: f64) -> Self {
        Self((credits * Self::SCALE).round() as i64)
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
