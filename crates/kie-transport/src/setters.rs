//! Chainable setters for structs of settings.

macro_rules! setters {
    ($settings:ident { $($(#[$docs:meta])+ $field:ident: $kind:ty,)+ }) => {
        impl $settings {
            $(
                $(#[$docs])+
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
