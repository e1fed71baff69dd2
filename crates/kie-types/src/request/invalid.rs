//! Report of the documented rules that a request breaks.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::{market::Route, text::one_line};

/// Error: a request breaks documented rules. The error lists all broken rules.
///
/// Nothing was sent and nothing was charged. [`Rules`](crate::Rules) creates this error.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Invalid {
    operation: &'static str,
    violations: Vec<Violation>,
}

impl Invalid {
    pub(crate) fn new(operation: &'static str, violations: Vec<Violation>) -> Self {
        Self { operation, violations }
    }

    /// Creates the error for an address that already has the query parameter `parameter`. The client adds a parameter
    /// with this name to the address, so the request must not contain it.
    pub fn has_parameter(operation: &'static str, field: &str, parameter: &'static str) -> Self {
        let rule = Rule::HasParameter { parameter };
        Self::new(operation, vec![Violation { field: field.to_owned(), rule }])
    }

    pub(crate) fn into_violations(self) -> Vec<Violation> {
        self.violations
    }

    /// Returns the name of the operation, such as `extend-music`.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Returns all broken rules. The list has at least one entry.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} breaks {} documented rule", self.operation, self.violations.len())?;
        if self.violations.len() != 1 {
            f.write_str("s")?;
        }
        for (index, violation) in self.violations.iter().enumerate() {
            write!(f, "{} {violation}", if index == 0 { ":" } else { ";" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Invalid {}

/// A broken rule of one field.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Violation {
    /// Path of the field. Each name in the path is spelled as on the wire, such as `prompt`. The path is `request` if
    /// the document as a whole cannot be read.
    pub field: String,
    /// Broken rule, with the limit and the value in the request.
    pub rule: Rule,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.rule)
    }
}

/// A violation as it is serialized.
#[derive(Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
struct Printed<'a> {
    /// Path of the field. Each name in the path is spelled as on the wire. The path is `request` if the document as a whole
    /// cannot be read.
    field: &'a str,
    /// Sentence about the violation.
    message: String,
    #[serde(flatten)]
    rule: &'a Rule,
}

/// Serializes the field, a sentence about the violation (`message`), the name of the rule (`rule`), and the values of
/// the rule.
impl Serialize for Violation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Printed { field: &self.field, message: self.to_string(), rule: &self.rule }.serialize(serializer)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Violation {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Violation".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut schema = Printed::json_schema(generator);
        crate::describe::describe_as(&mut schema, "A broken rule of one field.");
        schema
    }
}

/// A documented rule, with the limit and with the value that breaks the rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(tag = "rule", rename_all = "camelCase")]
#[non_exhaustive]
pub enum Rule {
    /// The field is required and must not be blank.
    #[non_exhaustive]
    Required {
        /// Condition under which the field is required. `None` if it is always required.
        #[serde(skip_serializing_if = "Option::is_none")]
        when: Option<&'static str>,
    },
    /// The field must be left out.
    #[non_exhaustive]
    Forbidden {
        /// Condition under which the field must be left out.
        when: &'static str,
    },
    /// The text is too long. A character is a Unicode scalar value.
    #[non_exhaustive]
    TooLong {
        /// Maximum number of characters.
        limit: usize,
        /// Number of characters of the text in the request.
        actual: usize,
    },
    /// The number is too small or too large.
    #[non_exhaustive]
    OutOfRange {
        /// Smallest allowed number.
        min: f64,
        /// Largest allowed number.
        max: f64,
        /// Number in the request.
        actual: f64,
    },
    /// The number is too small, or not finite.
    #[non_exhaustive]
    TooSmall {
        /// Smallest allowed number.
        min: f64,
        /// Number in the request.
        actual: f64,
    },
    /// The list has too few or too many items.
    #[non_exhaustive]
    WrongCount {
        /// Required number of items.
        count: usize,
        /// Number of items of the list in the request.
        actual: usize,
    },
    /// The list has too few items.
    #[non_exhaustive]
    TooFew {
        /// Smallest allowed number of items.
        min: usize,
        /// Number of items of the list in the request.
        actual: usize,
    },
    /// The list has too many items.
    #[non_exhaustive]
    TooMany {
        /// Largest allowed number of items.
        max: usize,
        /// Number of items of the list in the request.
        actual: usize,
    },
    /// The number must be finite and more than 0.
    #[non_exhaustive]
    NotAboveZero {
        /// Number in the request.
        actual: f64,
    },
    /// The number is not a multiple of the step.
    #[non_exhaustive]
    OffStep {
        /// Distance between neighbouring valid numbers.
        step: f64,
        /// Number in the request.
        actual: f64,
    },
    /// The number must be larger than the number in another field.
    #[non_exhaustive]
    NotMoreThan {
        /// Name of the other field.
        than: &'static str,
        /// Number that the request has in the other field.
        floor: f64,
        /// Number in the request.
        actual: f64,
    },
    /// The operation does not accept this word.
    #[non_exhaustive]
    NotAccepted {
        /// Accepted words.
        accepted: Vec<String>,
        /// Word in the request.
        actual: String,
    },
    /// The word is a near miss of an accepted word: for example, its case is wrong, it has an extra blank, or one of
    /// its letters is wrong. Some fields accept unknown words, such as the name of a newer model.
    /// [`Endpoint::validate`](crate::Endpoint::validate) reports a near miss in these fields too.
    #[non_exhaustive]
    NearMiss {
        /// Word in the request.
        actual: String,
        /// Accepted word that was probably meant.
        meant: String,
    },
    /// The text is not an `http` or `https` address.
    NotAnAddress,
    /// The address already has a query parameter that the client adds.
    #[non_exhaustive]
    HasParameter {
        /// Name of the query parameter that the client adds.
        parameter: &'static str,
    },
    /// The operation has no form on the route.
    #[non_exhaustive]
    NoForm {
        /// Route on which the request was to be sent.
        route: Route,
    },
    /// The route cannot carry the field.
    #[non_exhaustive]
    NotCarried {
        /// Route on which the request was to be sent.
        route: Route,
    },
    /// The route can carry only one value of the field, and implies it.
    #[non_exhaustive]
    Fixed {
        /// Route on which the request was to be sent.
        route: Route,
        /// Value that the field must have.
        value: bool,
    },
    /// The path begins or ends with a slash.
    SlashAtAnEnd,
    /// A rule of your own operation that no other variant describes.
    #[non_exhaustive]
    Custom {
        /// Text of the rule. In the error, the text follows the name of the field: `must differ from title`.
        problem: String,
    },
    /// The JSON value cannot be read as the field's type, or the document cannot be read as a request.
    #[non_exhaustive]
    WrongType {
        /// Description of the problem, as a clause.
        problem: String,
    },
}

impl Rule {
    /// Creates a rule for your own operation. In the error, the text follows the name of the field: `must differ from
    /// title`.
    pub fn custom(problem: impl Into<String>) -> Self {
        Self::Custom { problem: problem.into() }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Required { when: None } => f.write_str("is required"),
            Self::Required { when: Some(when) } => write!(f, "is required when {when}"),
            Self::Forbidden { when } => write!(f, "must be left out when {when}"),
            Self::TooLong { limit, actual } => write!(f, "has {actual} characters, at most {limit} are allowed"),
            Self::NotAboveZero { actual } => write!(f, "is {actual}, and must be more than 0"),
            Self::TooSmall { min, actual } => write!(f, "is {actual}, and must be at least {min}"),
            Self::WrongCount { count, actual } => write!(f, "holds {actual}, and must hold exactly {count}"),
            Self::TooFew { min, actual } => write!(f, "holds {actual}, and must hold at least {min}"),
            Self::TooMany { max, actual } => write!(f, "holds {actual}, and must hold at most {max}"),
            Self::OutOfRange { min, max, actual } => write!(f, "is {actual}, allowed is {min} to {max}"),
            Self::OffStep { step, actual } => write!(f, "is {actual}, allowed are steps of {step}"),
            Self::NotAccepted { accepted, actual } => {
                write!(f, "is {:?}, accepted are {}", crate::text::redacted::text_in_brief(actual), accepted.join(", "))
            }
            Self::NearMiss { actual, meant } => {
                write!(f, "is {:?}; did you mean {meant:?}?", crate::text::redacted::text_in_brief(actual))
            }
            Self::NotMoreThan { than, floor, actual } => {
                write!(f, "is {actual}, and must be more than {than}, which is {floor}")
            }
            Self::NoForm { route } => {
                write!(
                    f,
                    "cannot be sent on the {route} route; the operation exists only on the {} route",
                    route.other()
                )
            }
            Self::NotCarried { route } => {
                write!(f, "cannot be sent on the {route} route; the field exists only on the {} route", route.other())
            }
            Self::Fixed { route, value } => write!(f, "must be {value} on the {route} route"),
            Self::SlashAtAnEnd => f.write_str("must have no slash at either end"),
            Self::HasParameter { parameter } => {
                write!(f, "has the parameter {parameter} already, which the client adds; remove it")
            }
            Self::NotAnAddress => f.write_str("is not an http or https address"),
            Self::Custom { problem } => f.write_str(problem),
            Self::WrongType { problem } => write!(f, "cannot be read: {}", one_line(problem)),
        }
    }
}
