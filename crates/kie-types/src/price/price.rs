//! Prices of operations.

use std::fmt;

use serde::Serialize;

use super::credits::Credits;

/// Listed price of a call, with the day on which the list was read. The service changes its prices without notice, so a
/// price is a good estimate and not a promise.
///
/// ```
/// use kie_types::{Credits, Endpoint, GenerateMusic, SeparateVocals, SeparationType};
///
/// let price = GenerateMusic::PRICE.ok_or("not known")?;
/// assert_eq!((price.credits, price.to_string().as_str()), (Credits::new(12.0), "12 credits"));
/// assert_eq!(price.credits.usd(), 0.06);
///
/// // The price of some operations depends on the request.
/// assert_eq!(SeparateVocals::PRICE.ok_or("not known")?.to_string(), "10 to 50 credits");
/// let request = SeparateVocals::of_recording("https://cdn.example.net/take3.mp3").kind(SeparationType::SplitStem);
/// assert_eq!(request.price(), Some(Credits::new(50.0)));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Price {
    /// Price in credits. If the price depends on the request, this is the lowest price.
    pub credits: Credits,
    /// Highest price in credits. It equals `credits` if the price does not depend on the request.
    pub most: Credits,
    /// Day on which the price was read, such as `2026-10-02`.
    pub date: &'static str,
    /// Address of the page or the document with the price.
    pub source: &'static str,
}

impl Price {
    /// Creates a price that is equal for all requests.
    pub const fn new(credits: Credits, date: &'static str, source: &'static str) -> Self {
        Self { credits, most: credits, date, source }
    }

    /// Sets the highest price, for an operation whose price depends on the request.
    #[must_use]
    pub const fn up_to(mut self, most: Credits) -> Self {
        self.most = most;
        self
    }

    /// Returns the price of an operation of the catalogue. The source is KIE's list of models, which has the prices as
    /// texts. This list names the operations of another API of KIE, the market API. Charges for calls of this API and
    /// of the market API agree with the list.
    pub(crate) const fn listed(credits: f64) -> Self {
        Self::new(Credits::new(credits), "2026-10-02", "https://api.kie.ai/api/v1/models")
    }
}

/// Prints the price in credits, such as `12 credits` or `10 to 50 credits`.
impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { credits, most, .. } = self;
        if credits == most { write!(f, "{credits} credits") } else { write!(f, "{credits} to {most} credits") }
    }
}
