//! Declares requests with a chainable setter for each optional field.

/// Declares a request: the struct with the traits of all requests, a chainable setter for each `Option` field, and
/// `Debug`. The documentation of a setter repeats the documentation of the field. An `Option` field with `#[no_setter]`
/// in front of `pub` gets no setter.
macro_rules! request {
    (
        $(#[$meta:meta])*
        pub struct $request:ident { $($fields:tt)* }
    ) => {
        $crate::operation::request! { @field [$(#[$meta])*] $request [] [] $($fields)* }
    };

    // Matches an optional field.
    (
        @field $meta:tt $request:ident [$($declared:tt)*] [$($setters:tt)*]
        $(#[doc = $doc:literal])*
        $(#[serde($($serde:tt)*)])*
        pub $field:ident: Option<$kind:ty>,
        $($rest:tt)*
    ) => {
        $crate::operation::request! {
            @field $meta $request
            [$($declared)* $(#[doc = $doc])* $(#[serde($($serde)*)])* pub $field: Option<$kind>,]
            [$($setters)* { [$($doc)*] $field $kind }]
            $($rest)*
        }
    };

    // Matches a field without a setter: a required field, or an optional field with `#[no_setter]`.
    (
        @field $meta:tt $request:ident [$($declared:tt)*] $setters:tt
        $(#[doc = $doc:literal])*
        $(#[serde($($serde:tt)*)])*
        $(#[no_setter])?
        pub $field:ident: $kind:ty,
        $($rest:tt)*
    ) => {
        $crate::operation::request! {
            @field $meta $request
            [$($declared)* $(#[doc = $doc])* $(#[serde($($serde)*)])* pub $field: $kind,]
            $setters
            $($rest)*
        }
    };

    // Matches when no field is left.
    (
        @field [$($meta:tt)*] $request:ident [$($declared:tt)*]
        [$({ [$($doc:literal)*] $field:ident $kind:ty })*]
    ) => {
        #[derive(Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(
            feature = "schemars",
            derive(schemars::JsonSchema),
            schemars(transform = $crate::operation::schema::request::<Self>)
        )]
        $($meta)*
        #[non_exhaustive]
        pub struct $request { $($declared)* }

        impl $request {
            $(
                #[doc = concat!("Sets [`", stringify!($field), "`](Self#structfield.", stringify!($field), ").")]
                #[doc = ""]
                $(#[doc = $doc])*
                #[must_use]
                pub fn $field(mut self, $field: impl Into<$kind>) -> Self {
                    self.$field = Some($field.into());
                    self
                }
            )*
        }

        impl std::fmt::Debug for $request {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::text::redacted::debug(stringify!($request), self, f)
            }
        }
    };
}

pub(crate) use request;
