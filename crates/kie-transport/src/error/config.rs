//! Settings that cannot be used.

use std::{borrow::Cow, error::Error as StdError, fmt, sync::Arc};

/// Error of a setting that cannot be used. Nothing was sent, and the same settings fail again.
///
/// The error names the setting and the broken rule. It never shows the value of the setting, because the value may be a
/// key or a password.
///
/// ```
/// use kie_transport::Transport;
///
/// let error = Transport::builder().proxy("ftp://user:secret@proxy").build().unwrap_err();
/// assert_eq!(error.field(), "proxy");
/// assert_eq!(error.to_string(), "proxy: the proxy's address is not an http, https or SOCKS address");
/// ```
#[derive(Clone)]
pub struct ConfigError {
    field: Cow<'static, str>,
    rule: Cow<'static, str>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl ConfigError {
    /// Returns an error of the setting `field`. `rule` states the broken rule as a lower-case clause.
    pub fn new(field: impl Into<Cow<'static, str>>, rule: impl Into<Cow<'static, str>>) -> Self {
        Self { field: field.into(), rule: rule.into(), source: None }
    }

    /// Replaces the name of the setting.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.field = field.into();
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into().into());
        self
    }

    /// Returns the name of the setting, such as `api_key`. If the setting belongs to a builder, this is the name of the
    /// builder's method.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Returns the broken rule as a lower-case clause.
    pub fn rule(&self) -> &str {
        &self.rule
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.rule)
    }
}

impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigError")
            .field("field", &self.field)
            .field("rule", &self.rule)
            .field("source", &self.source.as_ref().map(ToString::to_string))
            .finish()
    }
}

impl StdError for ConfigError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| source.as_ref() as _)
    }
}
