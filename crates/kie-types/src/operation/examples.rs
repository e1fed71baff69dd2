//! Example requests.

use super::endpoint::Endpoint;

/// An operation with example requests. Fixtures, schemas and tests are made from them.
///
/// Every operation of the [catalogue](crate::catalog) implements this trait. Your own operation does not need it to be called
/// or checked. [`catalog::examples`](crate::catalog::examples) returns the examples of an operation by its name.
///
/// ```
/// use kie_types::{ConvertToWav, Endpoint, Examples};
///
/// assert!(ConvertToWav::examples().iter().all(|request| request.validate().is_ok()));
/// ```
pub trait Examples: Endpoint {
    /// Returns at least one valid request. The first is the smallest, and the last has all fields that can be combined.
    fn examples() -> Vec<Self>;
}
