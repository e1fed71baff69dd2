//! The settings in effect, for options that are not given on the command line.

use std::{fmt, path::PathBuf};

use kie_suno::{Credits, Route, files::NameTemplate, requests::Model};

use super::{
    environment::variable, file::SettingsFile, folders::home, ledger_place::LedgerPlace, limits::credits,
    setting::Setting,
};

/// The settings of the environment, of the project's file and of the user's file, in this order of precedence. Of a
/// limit that is in both files, the lower one applies.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    project: Option<SettingsFile>,
    user: Option<SettingsFile>,
    /// Reason why a file cannot be used.
    problem: Option<String>,
}

/// The value of a setting, and the place where it is set.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    pub(crate) text: String,
    pub(crate) source: SettingSource,
}

/// The place where a setting is set.
#[derive(Debug, Clone)]
pub(crate) enum SettingSource {
    Environment(String),
    File { path: PathBuf, line: usize },
}

impl fmt::Display for SettingSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(name) => f.write_str(name),
            Self::File { path, line } => write!(f, "{}, line {line}", path.display()),
        }
    }
}

impl Settings {
    /// Reads the files. A file that cannot be used is ignored, and is the [problem](Self::problem) of the settings.
    pub(crate) fn load() -> Self {
        let mut settings = Self::default();
        let paths = [(SettingsFile::path_of_project(), true), (SettingsFile::path_of_user(), false)];
        for (path, of_project) in paths {
            match path.map_or(Ok(None), |path| SettingsFile::read(path, of_project)) {
                Ok(file) if of_project => settings.project = file,
                Ok(file) => settings.user = file,
                Err(problem) => drop(settings.problem.get_or_insert(problem)),
            }
        }
        settings
    }

    /// Returns the reason why a file or a variable of the environment cannot be used.
    pub(crate) fn problem(&self) -> Option<String> {
        self.problem.clone().or_else(|| Setting::ALL.into_iter().find_map(|setting| self.check(setting).err()))
    }

    /// Returns the path of the user's file, and `true` if it is there.
    pub(crate) fn user_file(&self) -> Option<(PathBuf, bool)> {
        SettingsFile::path_of_user().map(|path| {
            let is_there = path.is_file();
            (path, is_there)
        })
    }

    /// Returns the path of the project's file, if there is one.
    pub(crate) fn project_file(&self) -> Option<PathBuf> {
        SettingsFile::path_of_project()
    }

    /// Returns the value of a setting. Values of the environment are not checked.
    pub(crate) fn value(&self, setting: Setting) -> Option<Value> {
        let name = setting.variable();
        if let Some(text) = variable(&name) {
            return Some(Value { text, source: SettingSource::Environment(name) });
        }
        let of = |file: &Option<SettingsFile>| {
            let file = file.as_ref()?;
            let entry = file.entries.iter().find(|entry| entry.setting == setting)?;
            let source = SettingSource::File { path: file.path.clone(), line: entry.line };
            Some(Value { text: entry.value.clone(), source })
        };
        match (of(&self.project), of(&self.user)) {
            (Some(project), Some(user)) if setting.is_limit() => {
                let amount = |value: &Value| value.text.parse().unwrap_or(f64::INFINITY);
                Some(if amount(&user) < amount(&project) { user } else { project })
            }
            (project, user) => project.or(user),
        }
    }

    /// Returns the value of a setting as text, if it obeys the rules of the setting.
    pub(crate) fn valid(&self, setting: Setting) -> Option<String> {
        self.text(setting).filter(|text| setting.check(text).is_ok())
    }

    /// Returns the value of a setting as text.
    pub(crate) fn text(&self, setting: Setting) -> Option<String> {
        self.value(setting).map(|value| value.text)
    }

    /// Checks the value of a setting. The error names its source.
    fn check(&self, setting: Setting) -> Result<(), String> {
        self.read(setting, |text| setting.check(text)).map(drop)
    }

    /// Returns the value of a setting that is a path. `~/` at the beginning stands for the user's home.
    pub(crate) fn path(&self, setting: Setting) -> Option<PathBuf> {
        let text = self.text(setting)?;
        let below_home = text.strip_prefix("~/").and_then(|rest| Some(home()?.join(rest)));
        Some(below_home.unwrap_or_else(|| text.into()))
    }

    /// Returns the place of the ledger.
    pub(crate) fn ledger(&self) -> Option<LedgerPlace> {
        self.path(Setting::Ledger).map(LedgerPlace::of)
    }

    pub(crate) fn route(&self) -> Result<Option<Route>, String> {
        self.read(Setting::Route, |text| {
            text.parse().map_err(|error: kie_suno::types::ParseRouteError| error.to_string())
        })
    }

    pub(crate) fn model(&self) -> Result<Option<Model>, String> {
        self.read(Setting::Model, |text| text.parse().map_err(|error| format!("{error}")))
    }

    pub(crate) fn extras(&self) -> Result<bool, String> {
        let extras = self.read(Setting::Extras, |text| Setting::Extras.check(text).map(|()| text == "true"))?;
        Ok(extras.unwrap_or_default())
    }

    pub(crate) fn names(&self) -> Result<Option<NameTemplate>, String> {
        self.read(Setting::OutTemplate, |text| text.parse().map_err(|error| format!("{error}")))
    }

    pub(crate) fn budget(&self) -> Result<Option<Credits>, String> {
        self.read(Setting::Budget, credits)
    }

    /// Returns the price above which a call must be confirmed. The inner `None` stands for the word `never`.
    pub(crate) fn confirm_above(&self) -> Result<Option<Option<Credits>>, String> {
        self.read(Setting::ConfirmAbove, |text| match text {
            Setting::NEVER => Ok(None),
            text => credits(text).map(Some),
        })
    }

    fn read<T>(&self, setting: Setting, read: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, String> {
        let Some(Value { text, source }) = self.value(setting) else { return Ok(None) };
        let wrong = |why: String| match source {
            SettingSource::Environment(_) => format!("{source} is {text:?}: {why}"),
            SettingSource::File { .. } => format!("{source}: {setting}: {why}"),
        };
        read(&text).map(Some).map_err(wrong)
    }
}
