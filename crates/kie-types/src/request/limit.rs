//! The documented limits as data, for those who print them or draw a form after them.

use serde::Serialize;

use super::mode::Mode;
use crate::value::Model;

/// A documented limit of one field of a request, from the constant that `validate` holds the request to.
///
/// A request keeps to every row whose [`mode`](Self::mode) and [`model`](Self::model) are its own; a row without them
/// counts for all. A field that is left out keeps to every row.
///
/// ```
/// use kie_types::{Bound, Endpoint, GenerateMusic};
/// use serde_json::json;
///
/// let request = json!({ "customMode": true, "instrumental": false, "model": "V4" });
/// let of_prompt = GenerateMusic::limits().into_iter().filter(|limit| {
///     let in_mode = limit.mode.is_none_or(|mode| mode.is_of(&request));
///     let for_model = limit.model.as_ref().is_none_or(|model| request["model"] == model.as_str());
///     limit.field == "prompt" && in_mode && for_model
/// });
/// let bounds: Vec<_> = of_prompt.map(|limit| limit.bound).collect();
/// assert_eq!(bounds, [Bound::Characters(3_000)]);
/// ```
///
/// What operations of your own are held to is said in the same words:
///
/// ```
/// use kie_types::{Bound, Limit, Mode};
///
/// const REMIX: Mode = Mode::flag("remix", "isRemix", true);
/// let limit = Limit::new("tempo", Bound::AtMost(300.0)).in_mode(REMIX);
/// assert_eq!(serde_json::to_value(&limit)?, serde_json::json!({
///     "field": "tempo",
///     "mode": { "name": "remix", "field": "isRemix", "value": { "flag": true } },
///     "bound": { "atMost": 300.0 },
/// }));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Limit {
    /// The field, by its name on the wire.
    pub field: &'static str,
    /// The mode it holds in; `None` if it holds in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// The model it holds for; `None` if it holds for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// The field whose number the bound is counted from, as the end of a part from its beginning; `None` if it is counted
    /// from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<&'static str>,
    /// The name of its constant, as the field's documentation mentions it; empty if it has none.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub name: &'static str,
    /// How far the field may go.
    pub bound: Bound,
}

impl Limit {
    /// A limit that holds in every mode and for every model.
    pub fn new(field: &'static str, bound: Bound) -> Self {
        Self { field, mode: None, model: None, from: None, name: "", bound }
    }

    /// The same in this mode only.
    #[must_use]
    pub fn in_mode(mut self, mode: Mode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// The same for this model only.
    #[must_use]
    pub fn of_model(mut self, model: Model) -> Self {
        self.model = Some(model);
        self
    }

    /// The same, counted from the number in this field.
    #[must_use]
    pub fn counted_from(mut self, field: &'static str) -> Self {
        self.from = Some(field);
        self
    }

    /// The same under the name of a constant.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }
}

/// How far a field may go.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Bound {
    /// At most this many characters, as [`characters`](crate::characters) counts them.
    Characters(usize),
    /// Exactly this many entries.
    Count(usize),
    /// A number that is not smaller.
    AtLeast(f64),
    /// A number that is not larger.
    AtMost(f64),
    /// A number that is larger.
    Above(f64),
    /// A multiple of this number.
    Step(f64),
    /// One of these words and no other.
    OneOf(Vec<&'static str>),
    /// One of these words, or one that this version does not know, such as a model that is newer than it.
    Known(Vec<&'static str>),
    /// Nothing: the field must not be there.
    LeftOut,
}

impl Bound {
    /// The number in words; empty for what is none.
    #[cfg(feature = "schemars")]
    pub(crate) fn number(&self) -> String {
        match self {
            Self::Characters(number) | Self::Count(number) => number.to_string(),
            Self::AtLeast(number) | Self::AtMost(number) | Self::Above(number) | Self::Step(number) => {
                number.to_string()
            }
            Self::OneOf(_) | Self::Known(_) | Self::LeftOut => String::new(),
        }
    }

    /// The words that it names.
    pub(crate) fn words(&self) -> &[&'static str] {
        match self {
            Self::OneOf(words) | Self::Known(words) => words,
            _ => &[],
        }
    }
}

/// Writes [`Endpoint::limits`](crate::Endpoint::limits) from a page's table, its other constants, and rows that several
/// pages share.
macro_rules! limits {
    (
        $(models $table:ident $(in $of:ident)? {
            $($column_field:literal $(in $column_mode:ident)?: $row:ident::$column:ident,)*
        })?
        $($field:literal $(in $mode:ident)? $(from $from:literal)?: $bound:ident $name:ident,)*
        $(and $more:expr,)*
    ) => {
        fn limits() -> Vec<$crate::request::Limit> {
            use $crate::request::{Bound, Limit};
            #[allow(unused_mut)]
            let mut limits = vec![$(
                Limit::new($field, Bound::$bound($name as _))
                    .named(stringify!($name))
                    $(.in_mode($mode))?
                    $(.counted_from($from))?
            ),*];
            $(
                let mut accepted = Vec::new();
                for (model, row) in &$table {
                    let Some(_row) = row else { continue };
                    accepted.extend($crate::value::Model::WORDS.iter().filter(|word| model == **word));
                    $(limits.push(
                        Limit::new($column_field, Bound::Characters(_row.$column))
                            .named(concat!(stringify!($row), "::", stringify!($column)))
                            .of_model(model.clone())
                            $(.in_mode($column_mode))?,
                    );)*
                }
                limits.push(Limit::new("model", Bound::Known(accepted)).named(stringify!($table))$(.in_mode($of))?);
            )?
            $(limits.extend($more);)*
            limits
        }
    };
}

pub(crate) use limits;
