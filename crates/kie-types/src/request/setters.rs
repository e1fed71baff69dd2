//! Chainable setters for the optional fields of requests.

macro_rules! setters {
    ($request:ident { $($field:ident: $kind:ty,)+ }) => {
        impl $request {
            $(
                #[doc = concat!("Sets [`", stringify!($field), "`](Self#structfield.", stringify!($field), ").")]
                #[must_use]
                pub fn $field(mut self, $field: impl Into<$kind>) -> Self {
                    self.$field = Some($field.into());
                    self
                }
            )+
        }

        impl std::fmt::Debug for $request {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::text::redacted::debug(stringify!($request), self, f)
            }
        }
    };
}

pub(crate) use setters;
