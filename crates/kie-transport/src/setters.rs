//! Chainable setters for plain settings.

macro_rules! setters {
    ($settings:ident { $($field:ident: $kind:ty,)+ }) => {
        impl $settings {
            $(
                #[doc = concat!("Sets [`", stringify!($field), "`](Self#structfield.", stringify!($field), ").")]
                #[must_use]
                pub fn $field(mut self, $field: $kind) -> Self {
                    self.$field = $field;
                    self
                }
            )+
        }
    };
}

pub(crate) use setters;
