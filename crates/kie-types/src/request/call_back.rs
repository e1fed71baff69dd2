//! Callback addresses.

/// Callback address for a request that needs no callbacks, because its task is only polled.
///
/// Most operations refuse a request without a callback address. KIE's own web page sends this word in place of an
/// address, and the service then sends no callbacks. An address that nobody can reach is accepted too, but the service
/// tries to deliver the callbacks to it, fails, and may end the task with the status `CALLBACK_EXCEPTION`. The word is
/// reported for music tasks and is not documented.
///
/// ```
/// use kie_types::{Endpoint, GenerateMusic, Model, NO_CALLBACK};
///
/// let request = GenerateMusic::simple(Model::V5, "an idea").call_back_url(NO_CALLBACK);
/// request.validate()?;
/// # Ok::<(), kie_types::Invalid>(())
/// ```
pub const NO_CALLBACK: &str = "playground";
