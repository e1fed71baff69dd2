//! Types of single values: ids, links, times, numbers and words.

mod calendar;
mod id;
#[cfg(any(feature = "chrono", feature = "jiff"))]
mod instant;
mod json_text;
mod lifetime;
pub mod link;
pub mod model;
mod open_enum;
mod parse_error;
#[cfg(feature = "schemars")]
mod schema;
mod seconds;
mod timestamp;
mod weight;

pub use id::{AudioId, PersonaId, TaskId};
pub use json_text::JsonText;
pub use lifetime::Lifetime;
pub use link::Link;
pub use model::Model;
pub(crate) use model::UPSTREAM;
pub(crate) use open_enum::{UnknownWord, open_enum};
pub use parse_error::ParseError;
#[cfg(feature = "schemars")]
pub use schema::retention;
#[cfg(feature = "schemars")]
pub(crate) use schema::{JsonOrText, NumberOrText};
pub use seconds::Seconds;
pub use timestamp::Timestamp;
pub use weight::Weight;
