//! Description of an operation on the market route.

use serde_json::{Map, Value, json};

use super::field::market_name;

/// Form of an operation on the market route: a description beside the request type, which stays the same on both
/// routes.
///
/// The request is said once, with the field names of the classic route. On the market route, its fields travel inside
/// `input`, in snake_case, and its callback address travels beside `input`.
///
/// ```
/// use kie_types::{Endpoint, GenerateMusic, MarketForm};
///
/// assert_eq!(GenerateMusic::MARKET.and_then(|form| form.slug()), Some("ai-music-api/generate"));
///
/// const OWN: MarketForm = MarketForm::submit("ai-music-api/shift-pitch").only_here(&["semitones"]);
/// assert_eq!(OWN.fields_only_here(), ["semitones"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct MarketForm {
    slug: Option<&'static str>,
    implied: &'static [(&'static str, Option<bool>)],
    only_here: &'static [&'static str],
}

impl MarketForm {
    /// Path on which every operation of the route is started.
    pub const SUBMIT_PATH: &'static str = "/api/v1/jobs/createTask";
    /// Path on which every task of the route is read.
    pub const LOOKUP_PATH: &'static str = "/api/v1/jobs/recordInfo";
    /// Form of the operations that look up a task. One operation of the route reads the tasks of all kinds.
    pub const LOOKUP: Self = Self { slug: None, implied: &[], only_here: &[] };

    /// Creates the form of an operation that is started by this slug, such as `ai-music-api/generate`. The case of the
    /// letters matters.
    pub const fn submit(slug: &'static str) -> Self {
        Self { slug: Some(slug), ..Self::LOOKUP }
    }

    /// Sets the fields that the route does not have, because it implies their value. A request whose field has another
    /// value than the implied one cannot be sent on this route. `None` stands for a field that the route replaces by
    /// the presence of other fields: any value can be sent, by leaving the field out.
    #[must_use]
    pub const fn implied(mut self, fields: &'static [(&'static str, Option<bool>)]) -> Self {
        self.implied = fields;
        self
    }

    /// Sets the fields that only this route has.
    #[must_use]
    pub const fn only_here(mut self, fields: &'static [&'static str]) -> Self {
        self.only_here = fields;
        self
    }

    /// Returns the slug of the operation. Returns `None` for an operation that looks up a task.
    pub const fn slug(&self) -> Option<&'static str> {
        self.slug
    }

    /// Returns the fields that only this route has, by their names in requests of this crate.
    pub const fn fields_only_here(&self) -> &'static [&'static str] {
        self.only_here
    }

    /// Returns the fields that only the classic route has.
    pub fn fields_only_classic(&self) -> impl Iterator<Item = &'static str> {
        self.implied.iter().map(|(field, _)| *field)
    }

    /// Returns the fields that only the classic route has, each with the value that the market route implies. `None` if
    /// the route replaces the field by the presence of other fields.
    pub const fn implied_fields(&self) -> &'static [(&'static str, Option<bool>)] {
        self.implied
    }

    /// Returns the fields of a request whose value this route cannot carry, each with the only value that it can carry.
    pub(crate) fn not_carried(&self, fields: &Map<String, Value>) -> impl Iterator<Item = (&'static str, bool)> {
        let value = |field: &str| fields.get(field).and_then(Value::as_bool).unwrap_or(false);
        let implied = self.implied.iter().filter_map(|(field, implied)| Some((*field, (*implied)?)));
        implied.filter(move |(field, implied)| fields.contains_key(*field) && value(field) != *implied)
    }

    /// Returns the body of a request on this route. `call_back` is the name of the field with the callback address.
    pub(crate) fn body(&self, fields: Map<String, Value>, call_back: Option<&str>) -> Value {
        let mut body = json!({ "model": self.slug });
        let mut input = Map::new();
        for (field, value) in fields {
            if Some(field.as_str()) == call_back {
                body["callBackUrl"] = value;
            } else if !self.fields_only_classic().any(|classic| classic == field) {
                input.insert(market_name(&field), value);
            }
        }
        body["input"] = input.into();
        body
    }
}
