//! Callback addresses.

/// Callback address for a request that needs no callbacks, because its task is only polled.
///
/// Most operations refuse a request without a callback address. KIE's own web page sends this word in place of an
/// address, and the service then sends no callbacks. An unreachable address is no replacement for the word: the service
/// accepts such an address, but cannot deliver the callbacks, and can end the task with the status
/// `CALLBACK_EXCEPTION`. The documentation does not mention the word. The known reports about the word are for music
/// tasks.
///
/// ```
/// use kie_types::{Endpoint, GenerateMusic, Model, NO_CALLBACK};
///
/// let request = GenerateMusic::simple(Model::V5, "an idea").call_back_url(NO_CALLBACK);
/// request.validate()?;
/// # Ok::<(), kie_types::Invalid>(())
/// ```
pub const NO_CALLBACK: &str = "playground";
