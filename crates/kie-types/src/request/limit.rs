//! Documented limits as data, for programs that print the limits or build an input form.

use serde::Serialize;
use serde_json::Value;

use super::mode::Mode;
use crate::value::Model;

/// A documented limit of one request field. [`validate`](crate::Endpoint::validate) checks the same limit.
///
/// A request must keep every limit whose [`modes`](Self::modes) and [`model`](Self::model) match the request. A limit
/// without modes and without a model always applies. A field that is left out breaks no limit but
/// [`Bound::Required`].
///
/// ```
/// use kie_types::{Bound, Endpoint, GenerateMusic};
/// use serde_json::json;
///
/// let request = json!({ "customMode": true, "instrumental": false, "model": "V4" });
/// let of_prompt = GenerateMusic::limits().into_iter().filter(|limit| {
///     limit.field == "prompt" && limit.applies_to(&request)
/// });
/// let bounds: Vec<_> = of_prompt.map(|limit| limit.bound).collect();
/// assert_eq!(bounds, [Bound::Characters(3_000), Bound::Required]);
/// ```
///
/// Limits of your own operations use the same type:
///
/// ```
/// use kie_types::{Bound, Limit, Mode};
///
/// const REMIX: Mode = Mode::flag("remix", "isRemix", true);
/// let limit = Limit::new("tempo", Bound::AtMost(300.0)).in_mode(REMIX);
/// assert_eq!(serde_json::to_value(&limit)?, serde_json::json!({
///     "field": "tempo",
///     "modes": [{ "name": "remix", "field": "isRemix", "value": { "flag": true } }],
///     "bound": { "atMost": 300.0 },
/// }));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Limit {
    /// Name of the field on the wire.
    pub field: &'static str,
    /// Modes in which the limit applies. The limit applies only if the request is in all these modes at the same time.
    /// Empty if the limit applies in all modes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub modes: Vec<Mode>,
    /// Model for which the limit applies. `None` if the limit applies for all models.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// Name of another field, if the bound is relative to the number in that field. For example, the end of a section
    /// must be at least 10 seconds after its start. `None` if the bound is absolute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<&'static str>,
    /// Name of the Rust constant that has the limit, or name of the field in a constant table, such as
    /// `GenerateMusicLimits::lyrics`. The documentation of the request field can mention this name, and the schema of
    /// the request then shows the number instead. Empty if the limit has no name.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub name: &'static str,
    /// Bound of the field's value.
    pub bound: Bound,
}

impl Limit {
    /// Creates a limit that applies in every mode and for every model.
    pub fn new(field: &'static str, bound: Bound) -> Self {
        Self { field, modes: Vec::new(), model: None, from: None, name: "", bound }
    }

    /// Creates one limit for each of these fields. All these limits have the same bound, and apply if the request is in
    /// all of these modes at the same time.
    pub(crate) fn all<const N: usize, const M: usize>(
        fields: [&'static str; N],
        bound: Bound,
        modes: [Mode; M],
    ) -> impl Iterator<Item = Self> {
        fields.into_iter().map(move |field| Self { modes: modes.to_vec(), ..Self::new(field, bound.clone()) })
    }

    /// Restricts the limit to this mode. After several calls, the limit applies if the request is in all of the modes
    /// at the same time.
    #[must_use]
    pub fn in_mode(mut self, mode: Mode) -> Self {
        self.modes.push(mode);
        self
    }

    /// Restricts the limit to this model.
    #[must_use]
    pub fn of_model(mut self, model: Model) -> Self {
        self.model = Some(model);
        self
    }

    /// Makes the bound relative: the bound is added to the number in this field.
    #[must_use]
    pub fn counted_from(mut self, field: &'static str) -> Self {
        self.from = Some(field);
        self
    }

    /// Sets the [`name`](Self::name) of the limit.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Returns `true` if the limit applies to a request: the request is in all modes of the limit, and names its model.
    /// `request` is the request as JSON.
    pub fn applies_to(&self, request: &Value) -> bool {
        let names = |model: &Model| request.get("model").is_some_and(|named| *named == *model.as_str());
        self.modes.iter().all(|mode| mode.is_of(request)) && self.model.as_ref().is_none_or(names)
    }
}

/// Bound of a field's value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Bound {
    /// Maximum number of characters, as [`characters`](crate::characters) counts them.
    Characters(usize),
    /// Exact number of entries of a list.
    Count(usize),
    /// Smallest allowed number of entries of a list.
    CountAtLeast(usize),
    /// Largest allowed number of entries of a list.
    CountAtMost(usize),
    /// Smallest allowed number.
    AtLeast(f64),
    /// Largest allowed number.
    AtMost(f64),
    /// Exclusive lower bound: the field's number must be larger than this number.
    Above(f64),
    /// The field's number must be a multiple of this number.
    Step(f64),
    /// The text must be one of these words.
    OneOf(Vec<&'static str>),
    /// Known words that are accepted. Words that this version of the crate does not know are allowed too, such as the
    /// name of a newer model, unless they are a near miss of a known word ([`Rules::known`](crate::Rules::known)). A
    /// model that is known but not in the list is not accepted.
    Known(Vec<&'static str>),
    /// The text must be an `http` or `https` address. In a list, each entry must be such an address.
    Address,
    /// The text must have no slash at either end, like the path of a folder.
    Folder,
    /// The field must be given. A text must not be blank, and a list must not be empty.
    Required,
    /// The field must be left out. A flag may also be `false`.
    LeftOut,
}

impl Bound {
    /// Returns the number in the bound as text, such as `3000` for a maximum number of characters. Returns an empty
    /// text if the bound is not a number.
    #[cfg(feature = "schemars")]
    pub(crate) fn number(&self) -> String {
        match self {
            Self::Characters(number) | Self::Count(number) | Self::CountAtLeast(number) | Self::CountAtMost(number) => {
                number.to_string()
            }
            Self::AtLeast(number) | Self::AtMost(number) | Self::Above(number) | Self::Step(number) => {
                number.to_string()
            }
            _ => String::new(),
        }
    }

    /// Returns the words that the bound lists. Returns an empty list if the bound lists no words.
    pub fn words(&self) -> &[&'static str] {
        match self {
            Self::OneOf(words) | Self::Known(words) => words,
            _ => &[],
        }
    }
}

/// Implements [`Endpoint::limits`](crate::Endpoint::limits). The limits come from three sources: the table of models of
/// a documentation page (`models`), single constants, and lists that several operations share (`and`). After the word
/// `market`, implements [`Endpoint::market_limits`](crate::Endpoint::market_limits).
macro_rules! limits {
    (market $($limits:tt)*) => { $crate::request::limits! { @market_limits $($limits)* } };
    (
        @$method:ident
        $(models $table:ident $(in $of:ident)? {
            $($column_field:literal $(in $column_mode:ident)?: $row:ident::$column:ident,)*
        })?
        $($field:literal $(in $mode:ident)? $(from $from:literal)?: $bound:ident $name:ident,)*
        $(and $more:expr,)*
    ) => {
        fn $method() -> Vec<$crate::request::Limit> {
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
    ($($limits:tt)*) => { $crate::request::limits! { @limits $($limits)* } };
}

pub(crate) use limits;
