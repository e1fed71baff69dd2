//! Models, in the two vocabularies that the service has for them.

use super::open_enum::open_enum;

open_enum! {
    /// The model that makes the music, as a request names it.
    ///
    /// Which operation accepts which model, and how long its texts may be, stands in the table of each page, such as
    /// [`generate_music::LIMITS`](crate::suno::music::generate_music::LIMITS).
    pub enum Model {
        /// The first model of this API, no longer accepted anywhere.
        V3_5 = "V3_5",
        /// Songs of up to 4 minutes.
        V4 = "V4",
        /// Songs of up to 8 minutes.
        V4_5 = "V4_5",
        /// Songs of up to 8 minutes.
        V4_5Plus = "V4_5PLUS",
        /// Songs of up to 8 minutes.
        V4_5All = "V4_5ALL",
        /// Songs of up to 8 minutes.
        V5 = "V5",
        /// The first model that takes a wished duration and a cloned voice's persona.
        V5_5 = "V5_5",
        /// Documented for the market API since October 2026, and seen to work here.
        V6 = "V6",
        /// The small model of the V6 family.
        V6Mini = "V6_MINI",
        /// The adventurous model of the V6 family.
        V6Wild = "V6_WILD",
    }
}

/// Request names and the upstream names that records show, from captures and other clients.
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
    /// The model that a record names by its upstream name, such as `chirp-crow` for [`V5`](Self::V5).
    ///
    /// Extending a track needs the model that made it, and a record tells only this name.
    ///
    /// ```
    /// # use kie_types::Model;
    /// assert_eq!(Model::from_upstream("chirp-crow"), Some(Model::V5));
    /// assert_eq!(Model::from_upstream("chirp-of-tomorrow"), None);
    /// ```
    pub fn from_upstream(name: &str) -> Option<Self> {
        UPSTREAM.iter().find(|(upstream, _)| *upstream == name).map(|(_, model)| model.clone())
    }

    /// The upstream name that records show for this model, such as `chirp-crow`.
    pub fn upstream(&self) -> Option<&'static str> {
        UPSTREAM.iter().find(|(_, model)| model == self).map(|(upstream, _)| *upstream)
    }

    /// Whether this model is known to be older than V5, which some options need. Unknown models are taken for newer.
    pub(crate) fn is_before_v5(&self) -> bool {
        matches!(self, Self::V3_5 | Self::V4 | Self::V4_5 | Self::V4_5Plus | Self::V4_5All)
    }
}

/// The model of a request that names none, which `validate` reports.
pub(crate) fn missing() -> Model {
    Model::from("")
}
