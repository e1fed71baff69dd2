//! The two routes of the API.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::value::Model;

/// Route on which a request travels. The service offers the same operations on two routes.
///
/// A task is read on the route that made it: nobody has shown that one route knows the tasks of the other. The SDK
/// never changes the route by itself.
///
/// ```
/// use kie_types::Route;
///
/// assert_eq!("market".parse(), Ok(Route::Market));
/// assert_eq!(Route::default().to_string(), "classic");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Route {
    /// One path for each operation, such as `/api/v1/generate`. The fields of requests are in camelCase.
    ///
    /// The pages of this route are still online, below <https://docs.kie.ai/old-model/>, and have no end date.
    #[default]
    Classic,
    /// One path for all operations, `/api/v1/jobs/createTask`. The fields of requests are in snake_case. Since autumn
    /// 2026, this is the route that KIE documents.
    Market,
}

impl Route {
    /// Both routes.
    pub const ALL: [Self; 2] = [Self::Classic, Self::Market];

    /// Returns the route as one word: `classic` or `market`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::Market => "market",
        }
    }

    /// Returns the newest model that the documentation of this route names.
    pub const fn newest_model(self) -> Model {
        match self {
            Self::Classic => Model::NEWEST_CLASSIC,
            Self::Market => Model::NEWEST_MARKET,
        }
    }

    /// Returns the other route.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Classic => Self::Market,
            Self::Market => Self::Classic,
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Route {
    type Err = ParseRouteError;

    fn from_str(word: &str) -> Result<Self, ParseRouteError> {
        Self::ALL.into_iter().find(|route| route.as_str() == word).ok_or(ParseRouteError(()))
    }
}

/// Error: a word is not the name of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a route: classic or market")]
pub struct ParseRouteError(());
