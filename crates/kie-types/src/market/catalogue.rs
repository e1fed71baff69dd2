//! The list of the service's models, as its catalogue returns it.

use crate::decode::answer;

answer! {
    /// Response to a request for all models. The service calls an operation of the market route a model.
    ///
    /// No documentation page describes this call. Its form comes from a recorded response of October 2026.
    pub struct MarketModels {
        /// Number of models.
        pub total: Option<i64> = "total",
        /// The models, of all providers.
        pub models: Option<Vec<MarketModel>> = "models",
    }
}

answer! {
    /// An entry in the list of the service's models.
    pub struct MarketModel {
        /// Name of the model, such as `ai-music-api/generate`.
        pub model: Option<String> = "model",
        /// Another name of the model.
        pub slug: Option<String> = "slug",
        /// Title for people.
        pub title: Option<String> = "title",
        /// Provider of the model.
        pub provider: Option<String> = "provider",
        /// Description for people.
        pub description: Option<String> = "description",
        /// Price as a text for people, such as "12 credits per call".
        pub pricing_desc: Option<String> = "pricingDesc" | "pricing_desc",
    }
}

impl MarketModel {
    /// Path of the list of all models.
    pub const PATH: &'static str = "/api/v1/models";
    /// Beginning of the slugs of the music operations.
    pub const MUSIC: &'static str = "ai-music-api/";

    /// Returns the slug of a music operation. Returns `None` for all other models.
    pub fn music_slug(&self) -> Option<&str> {
        [&self.model, &self.slug].into_iter().flatten().map(String::as_str).find(|name| name.starts_with(Self::MUSIC))
    }

    /// Returns the numbers of credits that the text of the price names.
    ///
    /// ```
    /// use kie_types::MarketModel;
    ///
    /// let mut model = MarketModel::default();
    /// model.pricing_desc = Some("2.5 credits ($0.0125) per call, 1,000 Credits for a batch".into());
    /// assert_eq!(model.prices(), [2.5, 1000.0]);
    /// ```
    pub fn prices(&self) -> Vec<f64> {
        let text = self.pricing_desc.as_deref().unwrap_or_default().to_lowercase();
        let before = text.match_indices("credit").map(|(index, _)| text[..index].trim_end());
        before.filter_map(number_at_the_end).collect()
    }
}

fn number_at_the_end(text: &str) -> Option<f64> {
    let is_of_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    let number = &text[text.trim_end_matches(is_of_number).len()..];
    number.replace(',', "").parse().ok()
}
