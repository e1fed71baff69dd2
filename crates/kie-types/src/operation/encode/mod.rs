//! Requests as they go over the wire, for whichever HTTP stack sends them.

mod encoded;
mod error;
mod query;

pub use encoded::{Content, Encoded, FileForm};
pub use error::EncodeError;
pub use query::{NotAQuery, path_and_query};
