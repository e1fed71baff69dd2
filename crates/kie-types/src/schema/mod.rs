//! JSON Schema of requests, responses and callbacks.
//!
//! Every type on the wire implements [`JsonSchema`](schemars::JsonSchema).
//! [`catalog::describe`](crate::catalog::describe) returns the schemas of an operation by its name. Limits and required
//! fields in a schema come from [`Endpoint::limits`](crate::Endpoint::limits). A rule that JSON Schema cannot express is in
//! `x-rules`, as data and in words.
//!
//! ```
//! use kie_types::GenerateLyrics;
//!
//! let schema = schemars::schema_for!(GenerateLyrics);
//! assert_eq!(schema.pointer("/properties/prompt/maxLength"), Some(&200.into()));
//! assert_eq!(schema.get("required"), Some(&["prompt"].as_slice().into()));
//! ```

mod callback;
mod described;
mod generator;
mod spelling;

pub use crate::{describe::plain, value::retention};
pub use callback::MarketCallbackBody;
pub use described::{OperationSchemas, limits};
pub use generator::generator;
