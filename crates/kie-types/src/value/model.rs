//! Names of models: those in requests, and those in records.

use super::open_enum::open_enum;

open_enum! {
    /// Model that makes the music, by its name in requests.
    ///
    /// Each page has a table of the models it accepts and of the longest texts for each model, such as
    /// [`generate_music::LIMITS`](crate::suno::music::generate_music::LIMITS).
    pub enum Model {
        /// First model of this API. No operation accepts it any more.
        V3_5 = "V3_5",
        /// Makes songs of up to 4 minutes.
        V4 = "V4",
        /// Makes songs of up to 8 minutes.
        V4_5 = "V4_5",
        /// Makes songs of up to 8 minutes.
        V4_5Plus = "V4_5PLUS",
        /// Makes songs of up to 8 minutes.
        V4_5All = "V4_5ALL",
        /// Makes songs of up to 8 minutes.
        V5 = "V5",
        /// First model that accepts a requested duration and the persona of a cloned voice.
        V5_5 = "V5_5",
        /// Documented for the market API since October 2026. It also works with this API.
        V6 = "V6",
        /// Small model of the V6 family.
        V6Mini = "V6_MINI",
        /// Adventurous model of the V6 family.
        V6Wild = "V6_WILD",
    }
}

/// Upstream names in records, each with the model's name in requests. They come from captures and from other clients.
const UPSTREAM: [(&str, Model); 10] = [
    ("chirp-v3-5", Model::V3_5),
    ("chirp-v4", Model::V4),
    ("chirp-auk", Model::V4_5),
    ("chirp-auk-turbo", Model::V4_5All),
    ("chirp-bluejay", Model::V4_5Plus),
    ("chirp-crow", Model::V5),
    ("chirp-fenix", Model::V5_5),
    ("chirp-hawk", Model::V6),
    ("chirp-hawk-wild", Model::V6Wild),
    ("chirp-goose", Model::V6Mini),
];

impl Model {
    /// Returns the model with this upstream name, such as [`V5`](Self::V5) for `chirp-crow`.
    ///
    /// A track must be extended by the model that made it, and its record has only the upstream name.
    ///
    /// ```
    /// # use kie_types::Model;
    /// assert_eq!(Model::from_upstream("chirp-crow"), Some(Model::V5));
    /// assert_eq!(Model::from_upstream("chirp-of-tomorrow"), None);
    /// ```
    pub fn from_upstream(name: &str) -> Option<Self> {
        UPSTREAM.iter().find(|(upstream, _)| *upstream == name).map(|(_, model)| model.clone())
    }

    /// Returns the upstream name that records show for this model, such as `chirp-crow`.
    pub fn upstream(&self) -> Option<&'static str> {
        UPSTREAM.iter().find(|(_, model)| model == self).map(|(upstream, _)| *upstream)
    }

    /// Returns `true` if the model is older than V5, which some options require. Unknown models count as newer.
    pub(crate) fn is_before_v5(&self) -> bool {
        matches!(self, Self::V3_5 | Self::V4 | Self::V4_5 | Self::V4_5Plus | Self::V4_5All)
    }
}

/// Default of a request that names no model. `validate` reports it.
pub(crate) fn missing() -> Model {
    Model::from("")
}
