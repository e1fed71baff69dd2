//! The report of the documented rules that a request breaks.

use std::fmt;

use serde::{Serialize, Serializer};

/// The documented rules a request breaks, all at once.
///
/// Nothing was sent and nothing was charged. [`Rules`](crate::Rules) makes one.
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

    /// A request whose address in this field has a query parameter that is to be added.
    pub fn has_parameter(operation: &'static str, field: &str, parameter: &'static str) -> Self {
        let rule = Rule::HasParameter { parameter };
        Self::new(operation, vec![Violation { field: field.to_owned(), rule }])
    }

    pub(crate) fn into_violations(self) -> Vec<Violation> {
        self.violations
    }

    /// The operation's name, such as `extend-music`.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Every broken rule, at least one.
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

/// One broken rule.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Violation {
    /// The path of the field, by its name on the wire, such as `prompt`.
    pub field: String,
    /// The rule, with the limit and the value.
    pub rule: Rule,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.rule)
    }
}

/// Printed as the field, a sentence, and the rule with its numbers.
impl Serialize for Violation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Printed<'a> {
            field: &'a str,
            message: String,
            #[serde(flatten)]
            rule: &'a Rule,
        }
        Printed { field: &self.field, message: self.to_string(), rule: &self.rule }.serialize(serializer)
    }
}

/// A documented rule, with the limit and the value that breaks it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "rule", rename_all = "camelCase")]
#[non_exhaustive]
pub enum Rule {
    /// The field must be there and must not be blank.
    #[non_exhaustive]
    Required {
        /// When it must, if not always.
        #[serde(skip_serializing_if = "Option::is_none")]
        when: Option<&'static str>,
    },
    /// The field must not be there.
    #[non_exhaustive]
    Forbidden {
        /// When it must not.
        when: &'static str,
    },
    /// The text is too long. A character is a Unicode scalar value.
    #[non_exhaustive]
    TooLong {
        /// The most characters there may be.
        limit: usize,
        /// The characters there are.
        actual: usize,
    },
    /// The number is too small or too large.
    #[non_exhaustive]
    OutOfRange {
        /// The smallest number there may be.
        min: f64,
        /// The largest number there may be.
        max: f64,
        /// The number there is.
        actual: f64,
    },
    /// The number is too small.
    #[non_exhaustive]
    TooSmall {
        /// The smallest number there may be.
        min: f64,
        /// The number there is.
        actual: f64,
    },
    /// There are too few items, or too many.
    #[non_exhaustive]
    WrongCount {
        /// The number of items there must be.
        count: usize,
        /// The number of items there is.
        actual: usize,
    },
    /// The number must be more than 0.
    #[non_exhaustive]
    NotAboveZero {
        /// The number there is.
        actual: f64,
    },
    /// The number lies between two steps.
    #[non_exhaustive]
    OffStep {
        /// The distance between two valid numbers.
        step: f64,
        /// The number there is.
        actual: f64,
    },
    /// The number must be more than that of another field.
    #[non_exhaustive]
    NotMoreThan {
        /// The other field.
        than: &'static str,
        /// The number there.
        floor: f64,
        /// The number there is.
        actual: f64,
    },
    /// The word is not one that this operation accepts.
    #[non_exhaustive]
    NotAccepted {
        /// The words that are accepted.
        accepted: Vec<String>,
        /// The word there is.
        actual: String,
    },
    /// The text is not an `http` or `https` address.
    NotAnAddress,
    /// The address has a query parameter that the client adds.
    #[non_exhaustive]
    HasParameter {
        /// The parameter.
        parameter: &'static str,
    },
    /// The path begins or ends with a slash.
    SlashAtAnEnd,
    /// A rule of an operation of your own that is none of the others.
    #[non_exhaustive]
    Custom {
        /// The rule, as it follows the field's name: `must differ from title`.
        problem: String,
    },
    /// The JSON value cannot be read as the field's type.
    #[non_exhaustive]
    WrongType {
        /// What is wrong with it.
        problem: String,
    },
}

impl Rule {
    /// A rule of an operation of your own, as it follows the field's name: `must differ from title`.
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
            Self::OutOfRange { min, max, actual } => write!(f, "is {actual}, allowed is {min} to {max}"),
            Self::OffStep { step, actual } => write!(f, "is {actual}, allowed are steps of {step}"),
            Self::NotAccepted { accepted, actual } => {
                write!(f, "is {:?}, accepted are {}", crate::text::redacted::text_in_brief(actual), accepted.join(", "))
            }
            Self::NotMoreThan { than, floor, actual } => {
                write!(f, "is {actual}, and must be more than {than}, which is {floor}")
            }
            Self::SlashAtAnEnd => f.write_str("must have no slash at either end"),
            Self::HasParameter { parameter } => {
                write!(f, "has the parameter {parameter} already, which the client adds")
            }
            Self::NotAnAddress => f.write_str("is not an http or https address"),
            Self::Custom { problem } => f.write_str(problem),
            Self::WrongType { problem } => write!(f, "cannot be read: {problem}"),
        }
    }
}
