//! Names of models: the names in requests and the names in records. A record is the response to a lookup of a task.

use super::open_enum::open_enum;

open_enum! {
    /// Model that makes the music. Each model is listed under its name in requests.
    ///
    /// Each operation that takes a model accepts some of the models. In most of these operations, the maximum length of
    /// a text depends on the model.
    ///
    /// In Rust, the limits are in tables such as
    /// [`generate_music::LIMITS`](crate::suno::music::generate_music::LIMITS).
    pub enum Model {
        /// First model of this API. No operation accepts this model any more.
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
        /// First model that accepts a requested duration.
        V5_5 = "V5_5",
        /// Documented since autumn 2026 for the [market route](crate::Route::Market). It also works on the classic
        /// route.
        V6 = "V6",
        /// Small model of the V6 family.
        V6Mini = "V6_MINI",
        /// Adventurous model of the V6 family.
        V6Wild = "V6_WILD",
    }
}

/// Upstream names: the names of the models in records, such as `chirp-crow`. Each upstream name stands with the model's
/// name in requests. The upstream names are known from recorded responses and from other clients of KIE.
pub(crate) const UPSTREAM: [(&str, Model); 10] = [
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
    /// Newest model that KIE documents for the classic route. The models of the V6 family also work there.
    pub const NEWEST_CLASSIC: Self = Self::V5_5;
    /// Newest model that KIE documents for the market route. It is the default of the service there.
    pub const NEWEST_MARKET: Self = Self::V6;

    /// Returns the model with this upstream name. For example, [`V5`](Self::V5) has the upstream name `chirp-crow`.
    ///
    /// A track must be extended by the model that made the track, and the record of a track has only the upstream name.
    ///
    /// ```
    /// # use kie_types::Model;
    /// assert_eq!(Model::from_upstream("chirp-crow"), Some(Model::V5));
    /// assert_eq!(Model::from_upstream("chirp-of-tomorrow"), None);
    /// ```
    pub fn from_upstream(name: &str) -> Option<Self> {
        UPSTREAM.iter().find(|(upstream, _)| *upstream == name).map(|(_, model)| model.clone())
    }

    /// Returns the upstream name of this model in records, such as `chirp-crow`. Returns `None` if no upstream name is
    /// known.
    pub fn upstream(&self) -> Option<&'static str> {
        UPSTREAM.iter().find(|(_, model)| model == self).map(|(upstream, _)| *upstream)
    }

    /// Returns `true` if the model is older than V5. Some options require V5 or a newer model. An unknown model counts
    /// as newer than V5.
    pub(crate) fn is_before_v5(&self) -> bool {
        matches!(self, Self::V3_5 | Self::V4 | Self::V4_5 | Self::V4_5Plus | Self::V4_5All)
    }

    /// Returns `true` if the model is older than V6. An unknown model counts as newer than V6.
    pub(crate) fn is_before_v6(&self) -> bool {
        self.is_before_v5() || matches!(self, Self::V5 | Self::V5_5)
    }

    /// Returns `true` if the model is of the V6 family.
    pub(crate) fn is_v6(&self) -> bool {
        matches!(self, Self::V6 | Self::V6Mini | Self::V6Wild)
    }
}

/// Returns an empty model name, for a request that has no model. `validate` reports that the model is missing.
pub(crate) fn missing() -> Model {
    Model::from("")
}
