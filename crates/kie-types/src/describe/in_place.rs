//! Schemas of values that are a single JSON value.

/// Implements `JsonSchema` for types whose schema is written inline, without a name.
macro_rules! in_place {
    ($($name:ident $(<$generic:ident $(: $bound:ident)?>)? = $schema:tt,)+) => {$(
        impl $(<$generic $(: $bound)?>)? schemars::JsonSchema for $name $(<$generic>)? {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    )+};
}

pub(crate) use in_place;
