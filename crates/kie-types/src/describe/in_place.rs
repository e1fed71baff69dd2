//! Schemas of types that are a single text or number in JSON.

/// Implements `JsonSchema` for types that are a single text or number in JSON. Each schema is written where it is used,
/// and not as a named definition.
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
