//! Examples of requests.

use super::endpoint::Endpoint;

/// An operation with examples of its requests, from which fixtures, schemas and tests are made.
///
/// Every operation of the [catalogue](crate::catalog) has them; one of your own needs none to be called or checked.
/// [`catalog::examples`](crate::catalog::examples) finds them by an operation's name.
///
/// ```
/// use kie_types::{ConvertToWav, Endpoint, Examples};
///
/// assert!(ConvertToWav::examples().iter().all(|request| request.validate().is_ok()));
/// ```
pub trait Examples: Endpoint {
    /// Valid requests, at least one: first the smallest, last one with every field that can stand together.
    fn examples() -> Vec<Self>;
}
