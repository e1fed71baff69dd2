//! The trait for operations of the API.

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    call_back::CallbackField,
    encode::{EncodeError, Encoded},
    started::MarketAnswer,
};
use crate::{
    answer::envelope::{self, ReadError},
    market::{MarketForm, MarketRecord, Route},
    price::{Credits, Price},
    request::{IgnoredField, Invalid, Limit, Rule, Rules, Warning, of_fields},
};

/// An operation of the API. The operation's request type implements this trait.
///
/// A request has exactly the fields that are sent: in the JSON body or the form of a `POST`, or in the query of a
/// `GET`. The client, the simulator, the fixtures and the command line program use the constants of this trait.
/// Implement the trait for your own type to add an operation that this crate does not have. The example
/// `examples/own_endpoint.rs` of this crate adds an operation, with rules and limits. If a later version adds items to
/// the trait, they have defaults.
///
/// # Routes
///
/// The service offers most operations on two [routes](Route). A request is written once, with the field names of the
/// classic route. [`MARKET`](Self::MARKET) describes how the request travels on the market route. A field that only the
/// market route has is a field of the request too, and its documentation says so. The methods without a route in their
/// name, such as `validate`, are those of the classic route. The methods with `_on` in their name, such as
/// [`validate_on`](Self::validate_on), take the route.
pub trait Endpoint: Serialize + DeserializeOwned + fmt::Debug + Clone + PartialEq + Send + Sync + 'static {
    /// Slug of the operation's page in KIE's documentation, such as `generate-music`.
    const NAME: &'static str;
    /// Address of the operation's page in KIE's documentation.
    const DOCS: &'static str;
    /// HTTP method.
    const METHOD: Method;
    /// Host that serves the operation.
    const HOST: Host = Host::Api;
    /// Path on the host. It begins with `/`.
    const PATH: &'static str;
    /// Effect of a call: only a call that reads can be repeated without harm.
    const EFFECT: Effect;
    /// Name of the field that holds the path of a local file. `None` if the operation sends no file. With a file, the
    /// request is sent as a multipart form, and the form has the content of the file in this field.
    const FILE: Option<&'static str> = None;
    /// The field that holds the callback address. `None` if the request has no such field.
    const CALL_BACK: Option<CallbackField<Self>> = None;
    /// Name, on the wire, of the field that holds the callback address. Do not set this constant: its default comes
    /// from [`CALL_BACK`](Self::CALL_BACK).
    const CALL_BACK_URL: Option<&'static str> = match Self::CALL_BACK {
        Some(field) => Some(field.name()),
        None => None,
    };
    /// Listed price of a call, with the day on which the list was read. `None` if the price is not known, and for
    /// operations that cost nothing: operations that only read, and uploads.
    const PRICE: Option<Price> = None;

    /// Form of the operation on the market route. `None` if the operation has no form there.
    const MARKET: Option<&'static MarketForm> = None;

    /// Type of the `data` in the response to a successful call.
    type Response: Serialize + DeserializeOwned + fmt::Debug + Send + 'static;

    /// Checks all documented rules and reports every broken rule. Use it before a request is sent and paid for. A word
    /// that is a near miss of a known word, such as the model `v5` instead of `V5`, breaks a rule too. In a field that
    /// accepts unknown words, any other unknown word breaks no rule, such as the model `V9`.
    ///
    /// A missing callback address breaks no rule, since the client adds the address.
    ///
    /// # Errors
    ///
    /// [`Invalid`] contains each broken rule with its field, the limit and the value.
    fn validate(&self) -> Result<(), Invalid>;

    /// Checks the documented rules of the market route, as [`validate`](Self::validate) checks those of the classic
    /// route. Use [`validate_on`](Self::validate_on) before a request is sent: it also checks that the route can carry
    /// the request.
    ///
    /// # Errors
    ///
    /// [`Invalid`] contains each broken rule.
    fn validate_market(&self) -> Result<(), Invalid> {
        self.validate()
    }

    /// Checks all documented rules of a route, and that the route can carry the request. Do not override this method:
    /// override [`validate`](Self::validate) and [`validate_market`](Self::validate_market).
    ///
    /// ```
    /// use kie_types::{Endpoint, GenerateMashup, Model, Route};
    ///
    /// let tracks = ["https://cdn.example.net/a.mp3", "https://cdn.example.net/b.mp3"];
    /// let request = GenerateMashup::simple(Model::V5_5, tracks, "both at once");
    /// assert!(request.validate_on(Route::Classic).is_ok());
    /// let invalid = request.validate_on(Route::Market).unwrap_err();
    /// assert_eq!(invalid.violations()[0].to_string(), "customMode must be true on the market route");
    /// ```
    ///
    /// # Errors
    ///
    /// [`Invalid`] contains each broken rule.
    fn validate_on(&self, route: Route) -> Result<(), Invalid> {
        if route == Route::Classic {
            return self.validate();
        }
        let mut rules = Rules::new(Self::NAME);
        match (Self::MARKET, serde_json::to_value(self)) {
            (None, _) => rules.broken("request", Rule::NoForm { route }),
            (Some(form), Ok(Value::Object(fields))) => {
                for (field, value) in form.not_carried(&fields) {
                    rules.broken(field, Rule::Fixed { route, value });
                }
            }
            (Some(_), _) => {}
        }
        if Self::MARKET.is_some()
            && let Err(invalid) = self.validate_market()
        {
            rules.violations.extend(invalid.into_violations());
        }
        rules.finish()
    }

    /// Returns warnings about probable mistakes that break no rule: unknown words, such as the model `V9`, fields that
    /// the service [ignores](Self::ignored), and a callback address that the service cannot reach. A [`check`] of raw
    /// JSON also warns about unknown keys.
    ///
    /// [`check`]: crate::check()
    fn warnings(&self) -> Vec<Warning> {
        self.warnings_on(Route::Classic)
    }

    /// Returns the warnings on a route. On the market route, they include models that KIE labels as discontinued. Do not
    /// override this method: override [`own_warnings`](Self::own_warnings).
    ///
    /// ```
    /// use kie_types::{Endpoint, GenerateMusic, Model, Route, WarningKind};
    ///
    /// let song = GenerateMusic::song(Model::V5_5, "polka", "Stairs", "[Verse]\nOne, two");
    /// assert!(song.warnings_on(Route::Classic).is_empty());
    /// assert_eq!(song.warnings_on(Route::Market)[0].kind, WarningKind::Discontinued);
    /// ```
    fn warnings_on(&self, route: Route) -> Vec<Warning> {
        let mut warnings = match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => {
                let (limits, ignored) = (Self::limits_on(route), Self::ignored_on(route));
                of_fields(route, &limits, &ignored, Self::CALL_BACK_URL, &fields)
            }
            _ => Vec::new(),
        };
        warnings.extend(self.own_warnings(route));
        warnings
    }

    /// Returns the warnings that only this operation has. [`warnings_on`](Self::warnings_on) includes them.
    fn own_warnings(&self, _: Route) -> Vec<Warning> {
        Vec::new()
    }

    /// Returns the documented limits of single fields as data. The list contains every maximum length, every range and
    /// every list of words that [`validate`] checks, with the mode and the model for which the limit applies.
    ///
    /// [`validate`]: Self::validate
    fn limits() -> Vec<Limit> {
        Vec::new()
    }

    /// Returns the limits of the market route, which [`validate_market`](Self::validate_market) checks.
    fn market_limits() -> Vec<Limit> {
        Self::limits()
    }

    /// Returns the limits of a route. Do not override this method: override [`limits`](Self::limits) and
    /// [`market_limits`](Self::market_limits).
    fn limits_on(route: Route) -> Vec<Limit> {
        match route {
            Route::Classic => Self::limits(),
            Route::Market => Self::market_limits(),
        }
    }

    /// Returns the fields that the service ignores according to the documentation, with the modes in which it ignores
    /// them. Fields that a request must leave out in a mode are not in this list, but in [`limits`](Self::limits).
    fn ignored() -> Vec<IgnoredField> {
        Vec::new()
    }

    /// Returns the fields that the service ignores on the market route. See [`ignored`](Self::ignored).
    fn market_ignored() -> Vec<IgnoredField> {
        Self::ignored()
    }

    /// Returns the fields that the service ignores on a route. Do not override this method.
    fn ignored_on(route: Route) -> Vec<IgnoredField> {
        match route {
            Route::Classic => Self::ignored(),
            Route::Market => Self::market_ignored(),
        }
    }

    /// Returns the price of this request in credits, according to [`PRICE`](Self::PRICE). Returns 0 for an operation that
    /// costs nothing, and `None` if the price is not known.
    fn price(&self) -> Option<Credits> {
        if can_cost(Self::EFFECT, Self::HOST) {
            Self::PRICE.map(|price| price.credits)
        } else {
            Some(Credits::default())
        }
    }

    /// Encodes the request as HTTP method, host, path and body, for your own HTTP client. See [`Encoded`].
    ///
    /// The request is encoded unchanged. The method does not check the request and adds no callback address.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if the request cannot be written as JSON, or if the operation sends a file and the request does
    /// not contain the path of a file.
    fn encode(&self) -> Result<Encoded, EncodeError> {
        Encoded::of::<Self>(self)
    }

    /// Encodes the request for a route. See [`encode`](Self::encode).
    ///
    /// # Errors
    ///
    /// [`EncodeError`] as for `encode`, and also if the operation has no form on the route.
    fn encode_on(&self, route: Route) -> Result<Encoded, EncodeError> {
        match route {
            Route::Classic => self.encode(),
            Route::Market => Encoded::of_market::<Self>(self),
        }
    }

    /// Reads a response of this operation from its HTTP status and body.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the service refused the request, or if the response cannot be read.
    fn read(http_status: u16, body: &[u8]) -> Result<Self::Response, ReadError> {
        envelope::open(http_status, body)
    }

    /// Reads a response of this operation on the market route.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the service refused the request, or if the response cannot be read.
    fn read_market(http_status: u16, body: &[u8]) -> Result<MarketAnswer<Self::Response>, ReadError> {
        Self::read(http_status, body).map(MarketAnswer::Result)
    }

    /// Reads the response of this operation from the record of the task that the market route started instead of
    /// responding with the result. Returns `None` if the record has no such result, and for all operations that always
    /// respond with the result, or always with a task id.
    fn of_market(_: &MarketRecord) -> Option<Self::Response> {
        None
    }

    /// Returns the field of this request that holds the callback address. Returns `None` if the request has no such
    /// field. Do not override this method: its default uses [`CALL_BACK`](Self::CALL_BACK).
    fn call_back_url(&mut self) -> Option<&mut Option<String>> {
        Self::CALL_BACK.map(|field| field.of(self))
    }
}

/// Returns `true` if a call with this effect on this host can cost money. Uploads cost nothing.
pub(crate) const fn can_cost(effect: Effect, host: Host) -> bool {
    matches!(effect, Effect::Creates) && !matches!(host, Host::Upload)
}

/// Effect of a call: only a call that reads can be repeated without harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Effect {
    /// The call creates nothing. It can be repeated without harm.
    Reads,
    /// Each call creates something, usually for money. A repeated call can create a second task or file, or cost
    /// credits again.
    Creates,
}

impl Effect {
    /// Returns the effect as one word: `reads` or `creates`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Creates => "creates",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// HTTP method of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Method {
    /// `GET`: the fields of the request are the query.
    Get,
    /// `POST`: the fields of the request are the JSON body, or a form if the operation sends a file.
    Post,
}

impl Method {
    /// Returns the name of the method in an HTTP request, such as `GET`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Hosts of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Host {
    /// `https://api.kie.ai`
    Api,
    /// `https://kieai.redpandaai.co`
    Upload,
}

impl Host {
    /// Returns the host as one word: `api` or `upload`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Upload => "upload",
        }
    }

    /// Returns the address of the real service, without a trailing slash.
    pub const fn base_url(self) -> &'static str {
        match self {
            Self::Api => "https://api.kie.ai",
            Self::Upload => "https://kieai.redpandaai.co",
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serialized(word: impl Serialize) -> Option<String> {
        serde_json::to_value(word).ok()?.as_str().map(str::to_owned)
    }

    #[test]
    fn words_are_printed_as_they_are_serialized() {
        for effect in [Effect::Reads, Effect::Creates] {
            assert_eq!(Some(effect.to_string()), serialized(effect));
        }
        for method in [Method::Get, Method::Post] {
            assert_eq!(Some(method.to_string()), serialized(method));
        }
        for host in [Host::Api, Host::Upload] {
            assert_eq!(Some(host.to_string()), serialized(host));
        }
        assert_eq!(format!("{:<5}|{:>7}|", Method::Get, Effect::Reads), "GET  |  reads|");
    }
}
