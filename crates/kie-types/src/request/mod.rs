//! Rules and limits of requests, and the code that all requests share.

mod by_field;
mod call_back;
mod ignored;
mod invalid;
mod limit;
mod mode;
mod near;
mod rules;
mod stand_in;
mod warning;

pub(crate) use by_field::{Read, read};
pub use call_back::NO_CALLBACK;
pub use ignored::IgnoredField;
pub use invalid::{Invalid, Rule, Violation};
pub(crate) use limit::limits;
pub use limit::{Bound, Limit};
pub use mode::{Mode, ModeValue};
pub use rules::{Rules, characters};
pub(crate) use warning::of_fields;
pub use warning::{Warning, WarningKind};
