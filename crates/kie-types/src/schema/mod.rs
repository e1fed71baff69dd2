//! JSON Schema of requests, responses and callbacks.
//!
//! Every type on the wire implements [`JsonSchema`](https://docs.rs/schemars/latest/schemars/trait.JsonSchema.html).
//! [`catalog::describe`](crate::catalog::describe) returns the schemas of an operation by its name. Limits and required
//! fields in a schema come from [`Endpoint::limits`](crate::Endpoint::limits). A rule that JSON Schema cannot express is in
//! `x-rules`, as data and in words.
//!
//! A field of a response has a property for each of its names. The documented name lists the others in `x-aliases`, and
//! each of the others has `x-alias-of`. The known words of an open enum are a definition such as `ModelKnown`, and any
//! other word is valid too. A type that callbacks spell in their own way has a second definition, such as
//! `CallbackTrack` beside `Track`. A link has the time for which its file is kept in `x-retention`.
//!
//! ```
//! use kie_types::GenerateLyrics;
//!
//! let schema = schemars::schema_for!(GenerateLyrics);
//! assert_eq!(schema.pointer("/properties/prompt/maxLength"), Some(&200.into()));
//! assert_eq!(schema.get("required"), Some(&["callBackUrl", "prompt"].as_slice().into()));
//!
//! let schema = schemars::schema_for!(kie_types::MusicRecord);
//! assert_eq!(schema.pointer("/properties/task_id/x-alias-of"), Some(&"taskId".into()));
//! ```

mod callback;
mod described;
mod generator;
mod spelling;

pub use crate::{describe::plain, value::retention};
pub use callback::MarketCallbackBody;
pub use described::{OperationSchemas, limits};
pub use generator::generator;
