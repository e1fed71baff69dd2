//! Requests as they go over the wire, for whichever HTTP stack sends them.

mod encoded;
mod error;
mod query;

pub use encoded::{Encoded, EncodedBody, FileForm};
pub use error::EncodeError;
pub use query::{NotAQuery, path_and_query};
