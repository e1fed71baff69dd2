//! Example requests.

use super::endpoint::Endpoint;

/// An operation with example requests. Fixtures, schemas and tests use these requests.
///
/// Every operation of the [catalogue](crate::catalog) implements this trait. Your own operation can be called and
/// checked without it. [`catalog::examples`](crate::catalog::examples) returns the examples of an operation by the
/// operation's name.
///
/// ```
/// use kie_types::{ConvertToWav, Endpoint, Examples};
///
/// assert!(ConvertToWav::examples().iter().all(|request| request.validate().is_ok()));
/// ```
pub trait Examples: Endpoint {
    /// Returns at least one request that is valid on the classic route. The first request is the smallest. The last request has all fields that can
    /// be combined.
    fn examples() -> Vec<Self>;

    /// Returns valid requests of the market route that the classic route cannot carry. Together they have all fields
    /// that only the market route has. The list is empty if there is no such field.
    fn market_examples() -> Vec<Self> {
        Vec::new()
    }
}
