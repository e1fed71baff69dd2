//! The request field that holds the callback address.

use std::fmt;

/// The request field that holds the callback address: the field's name on the wire, and a function that returns the
/// field.
///
/// An operation declares this field as [`Endpoint::CALL_BACK`](crate::Endpoint::CALL_BACK).
///
/// ```
/// use kie_types::{CallbackField, GenerateLyrics};
///
/// let field = CallbackField::new("callBackUrl", |request: &mut GenerateLyrics| &mut request.call_back_url);
/// let mut request = GenerateLyrics::new("two lighthouses");
/// *field.of(&mut request) = Some("https://hooks.example.net/kie".into());
/// assert_eq!(serde_json::to_value(&request)?[field.name()], "https://hooks.example.net/kie");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub struct CallbackField<E> {
    name: &'static str,
    is_required: bool,
    place: fn(&mut E) -> &mut Option<String>,
}

impl<E> CallbackField<E> {
    /// Creates the description of a field from the field's name on the wire and a function that returns the field of a
    /// request. On the classic route, the service refuses a request without the address. For an operation that accepts
    /// such a request, use [`optional`](Self::optional).
    pub const fn new(name: &'static str, place: fn(&mut E) -> &mut Option<String>) -> Self {
        Self { name, is_required: true, place }
    }

    /// Creates the description of a field, as [`new`](Self::new) does. The service accepts a request without the address.
    pub const fn optional(name: &'static str, place: fn(&mut E) -> &mut Option<String>) -> Self {
        Self { name, is_required: false, place }
    }

    /// Returns `true` if the service refuses a request without the address on the classic route. The client adds the
    /// address, so [`Endpoint::validate`](crate::Endpoint::validate) accepts such a request.
    pub const fn is_required(self) -> bool {
        self.is_required
    }

    /// Returns the field's name on the wire. KIE's operations use different names, such as `callBackUrl` and
    /// `calBackUrl`.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Returns the callback field of this request.
    pub fn of(self, request: &mut E) -> &mut Option<String> {
        (self.place)(request)
    }
}

impl<E> Clone for CallbackField<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for CallbackField<E> {}

impl<E> fmt::Debug for CallbackField<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CallbackField").field(&self.name).finish()
    }
}
