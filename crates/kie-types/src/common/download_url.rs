//! `download-url`: requests a direct link to a file that the service made.

use serde::{Deserialize, Serialize};

use crate::{
    answer::{
        Unreadable,
        envelope::{self, ReadError},
    },
    operation::{Effect, Endpoint, Examples, Method},
    request::{Invalid, Rules, limits},
    value::{Link, link::Direct},
};

/// Gets a direct link to a file that the service made. The link expires after 20 minutes.
///
/// The service refuses an address of any other file with code 422, `url is wrong`.
///
/// Documentation: <https://docs.kie.ai/common-api/download-url>
///
/// In Rust, with a `client` of the crate `kie-suno`:
///
/// ```
/// # mod simulator { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/simulator.rs")); }
/// # simulator::run(async |client| {
/// use kie_suno::requests::DownloadUrl;
///
/// // A link to a file that the service made, such as `audio_url` of a track.
/// let link = client.call(DownloadUrl::new("https://files.example.net/a.mp3")).await?;
/// println!("{link}");
/// # Ok(())
/// # });
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schemars",
    derive(schemars::JsonSchema),
    schemars(transform = crate::operation::schema::request::<Self>)
)]
#[non_exhaustive]
pub struct DownloadUrl {
    /// Link to the file, from a callback or from the response to a lookup.
    #[serde(default)]
    pub url: String,
}

impl DownloadUrl {
    /// Creates a request for a direct link to the file at `url`.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into() }
    }
}

impl std::fmt::Debug for DownloadUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        crate::text::redacted::debug("DownloadUrl", self, f)
    }
}

impl Endpoint for DownloadUrl {
    const NAME: &'static str = "download-url";
    const DOCS: &'static str = "https://docs.kie.ai/common-api/download-url";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/v1/common/download-url";
    const EFFECT: Effect = Effect::Reads;
    type Response = Link<Direct>;

    fn validate(&self) -> Result<(), Invalid> {
        let mut rules = Rules::new(Self::NAME);
        rules.required("url", &self.url);
        if !self.url.trim().is_empty() {
            rules.address("url", Some(&self.url));
        }
        rules.finish()
    }

    limits! {
        and Limit::all(["url"], Bound::Required, []),
        and Limit::all(["url"], Bound::Address, []),
    }

    /// Reads the link from the response. An empty text is an error.
    fn read(http_status: u16, body: &[u8]) -> Result<Link<Direct>, ReadError> {
        let link: Link<Direct> = envelope::open(http_status, body)?;
        if link.is_empty() {
            return Err(ReadError::Unreadable(Unreadable::new(http_status, body, "the link is empty")));
        }
        Ok(link)
    }
}

impl Examples for DownloadUrl {
    fn examples() -> Vec<Self> {
        vec![Self::new("https://files.example.net/a.mp3")]
    }
}
