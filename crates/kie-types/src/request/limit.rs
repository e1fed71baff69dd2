//! The documented limits as data, for those who print them or draw a form after them.

use crate::value::Model;

/// A documented limit of one field of a request, from the constant that `validate` holds the request to.
///
/// Whether it counts can depend on the rest of the request; `validate` knows, and so does the field's documentation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Limit {
    /// The field, by its name on the wire.
    pub field: &'static str,
    /// The model it holds for; `None` if it holds for all.
    pub model: Option<Model>,
    /// The name of its constant, as the field's documentation mentions it.
    pub name: &'static str,
    /// How far the field may go.
    pub bound: Bound,
}

/// How far a field may go.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Bound {
    /// It may name this model.
    Accepted,
    /// At most this many characters.
    Characters(usize),
    /// Exactly this many entries.
    Count(usize),
    /// A number that is not smaller.
    AtLeast(f64),
    /// A number that is not larger.
    AtMost(f64),
    /// A number that bounds the field only together with others.
    Relative(f64),
}

impl Bound {
    /// The number in words; empty for what is none.
    #[cfg(feature = "schemars")]
    pub(crate) fn number(self) -> String {
        match self {
            Self::Accepted => String::new(),
            Self::Characters(number) | Self::Count(number) => number.to_string(),
            Self::AtLeast(number) | Self::AtMost(number) | Self::Relative(number) => number.to_string(),
        }
    }
}

/// Writes [`Endpoint::limits`](crate::Endpoint::limits) from a page's table and its other constants.
macro_rules! limits {
    (
        $(models $table:ident { $($column_field:literal: $column:ident,)* })?
        $($field:literal: $bound:ident $name:ident,)*
    ) => {
        fn limits() -> Vec<$crate::request::Limit> {
            use $crate::request::{Bound, Limit};
            #[allow(unused_mut)]
            let mut limits =
                vec![$(Limit { field: $field, model: None, name: stringify!($name), bound: Bound::$bound($name as _) }),*];
            $(
                for (model, row) in &$table {
                    let Some(_row) = row else { continue };
                    let model = Some(model.clone());
                    $(limits.push(Limit {
                        field: $column_field,
                        model: model.clone(),
                        name: concat!("Limits::", stringify!($column)),
                        bound: Bound::Characters(_row.$column),
                    });)*
                    let name = stringify!($table);
                    limits.push(Limit { field: "model", model, name, bound: Bound::Accepted });
                }
            )?
            limits
        }
    };
}

pub(crate) use limits;
