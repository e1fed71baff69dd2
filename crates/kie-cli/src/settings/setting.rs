//! The settings: their names, and the rules for their values.

use std::{fmt, path::Path};

use kie_suno::{Route, requests::Model};

use super::limits::{credits, seconds};

/// A setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting {
    Route,
    Model,
    Save,
    Extras,
    OutTemplate,
    Format,
    Timeout,
    Budget,
    ConfirmAbove,
    Ledger,
    BaseUrl,
    UploadUrl,
}

impl Setting {
    pub(crate) const ALL: [Self; 12] = [
        Self::Route,
        Self::Model,
        Self::Save,
        Self::Extras,
        Self::OutTemplate,
        Self::Format,
        Self::Timeout,
        Self::Budget,
        Self::ConfirmAbove,
        Self::Ledger,
        Self::BaseUrl,
        Self::UploadUrl,
    ];

    /// Value of [`ConfirmAbove`](Self::ConfirmAbove) for no question.
    pub(crate) const NEVER: &str = "never";

    /// Returns the name of the setting in a file.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Route => "route",
            Self::Model => "model",
            Self::Save => "save",
            Self::Extras => "extras",
            Self::OutTemplate => "out-template",
            Self::Format => "format",
            Self::Timeout => "timeout",
            Self::Budget => "budget",
            Self::ConfirmAbove => "confirm-above",
            Self::Ledger => "ledger",
            Self::BaseUrl => "base-url",
            Self::UploadUrl => "upload-url",
        }
    }

    /// Returns the environment variable of the setting: its name in capitals, after `KIE_`.
    pub(crate) fn variable(self) -> String {
        format!("KIE_{}", self.name().replace('-', "_").to_uppercase())
    }

    /// Returns the reason why only the user's own file may have this setting. Returns `None` if the file of a project
    /// may have it too. Other people can write the file of a project, which comes with a copy of the project.
    pub(super) fn only_of_the_user(self) -> Option<&'static str> {
        match self {
            Self::BaseUrl | Self::UploadUrl => Some("it decides where the API key is sent"),
            Self::Ledger => Some("paid calls must be found again from every folder"),
            _ => None,
        }
    }

    /// Returns `true` if the lower of two values applies, so that the file of a project cannot raise a limit of the
    /// user.
    pub(super) fn is_limit(self) -> bool {
        matches!(self, Self::Budget | Self::ConfirmAbove)
    }

    /// Checks a value. The error is a clause that follows the name of the setting.
    pub(super) fn check(self, value: &str) -> Result<(), String> {
        let one_of = |words: &[&str]| {
            let is_known = words.contains(&value);
            is_known.then_some(()).ok_or_else(|| format!("{value:?} is not one of {}", words.join(", ")))
        };
        match self {
            Self::Route => value.parse::<Route>().map(drop).map_err(|error| error.to_string()),
            Self::Model => value.parse::<Model>().map(drop).map_err(|error| error.to_string()),
            Self::Format => one_of(&["text", "json"]),
            Self::Extras => one_of(&["true", "false"]),
            Self::Timeout => seconds(value).map(drop),
            Self::ConfirmAbove if value == Self::NEVER => Ok(()),
            Self::Budget | Self::ConfirmAbove => credits(value).map(drop),
            Self::Save | Self::OutTemplate | Self::Ledger | Self::BaseUrl | Self::UploadUrl => {
                if value.is_empty() {
                    Err("the value is empty".to_owned())
                } else {
                    Ok(())
                }
            }
        }
    }

    /// Checks a value of a project's file. The file may not write outside of the project.
    pub(super) fn check_of_project(self, value: &str) -> Result<(), String> {
        use std::path::Component::{CurDir, Normal};
        let is_inside = |path: &str| Path::new(path).components().all(|part| matches!(part, CurDir | Normal(_)));
        match self {
            Self::Save | Self::OutTemplate if !is_inside(value) => {
                Err("in a project's file, it must be a path inside of the project".to_owned())
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
