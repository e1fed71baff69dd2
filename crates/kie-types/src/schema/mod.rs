//! JSON Schema of what is said: requests, answers, records and callbacks.
//!
//! Every type that goes over the wire is a [`JsonSchema`](schemars::JsonSchema); [`catalog::describe`](crate::catalog::describe) finds those of
//! an operation by its name. What a schema says of limits and of what is required comes from the constants and the rules
//! that [`Endpoint::validate`](crate::Endpoint::validate) goes by; a rule about several fields together is told in words only.
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

pub use described::Described;
pub use generator::generator;
