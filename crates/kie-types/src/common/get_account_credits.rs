//! `get-account-credits`: requests the balance of the account.

use serde::{Deserialize, Serialize};

use crate::{
    operation::{Effect, Endpoint, Examples, Method},
    price::Credits,
    request::Invalid,
};

/// Gets the account's balance, in credits.
///
/// Documentation: <https://docs.kie.ai/common-api/get-account-credits>
///
/// In Rust, with a `client` of the crate `kie-suno`:
///
/// ```
/// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
/// # simulator::run(async |client| {
/// use kie_suno::requests::GetAccountCredits;
///
/// let balance = client.call(GetAccountCredits::new()).await?; // `client.credits()` is the same
/// println!("{balance} credits left");
/// # Ok(())
/// # });
/// ```
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
