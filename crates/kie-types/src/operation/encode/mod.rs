//! Encoding of requests for any HTTP client.

mod encoded;
mod error;
mod json;
mod query;
mod shapes;

pub use encoded::{Encoded, EncodedBody, FileForm};
pub use error::EncodeError;
pub use json::to_json;
pub use query::{NotAQuery, path_and_query};
