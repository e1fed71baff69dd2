//! Texts from outside in a form that is safe to print.

mod body;
mod one_line;
pub(crate) mod redacted;

pub(crate) use body::{describe_body, truncate};
pub use one_line::{OneLine, is_dangerous, joins_emoji, one_line};
