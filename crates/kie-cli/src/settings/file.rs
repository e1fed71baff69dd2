//! One file `kie.toml`.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use strsim::osa_distance;
use toml::de::{DeTable, DeValue};

use super::{
    folders::{config_folder, home},
    setting::Setting,
};

/// Name of the files.
const NAME: &str = "kie.toml";

/// Largest number of wrong letters in a word that is taken for a misspelled setting.
const WRONG_LETTERS: usize = 3;

/// A file with settings.
#[derive(Debug, Clone)]
pub(super) struct SettingsFile {
    pub(super) path: PathBuf,
    pub(super) entries: Vec<Entry>,
}

/// One setting in a file.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) setting: Setting,
    pub(super) value: String,
    /// Number of the line, from 1.
    pub(super) line: usize,
}

impl SettingsFile {
    /// Returns the path of the user's file, which need not exist.
    pub(super) fn path_of_user() -> Option<PathBuf> {
        Some(config_folder()?.join("kie").join(NAME))
    }

    /// Returns the path of the project's file: the file in the current folder, or else in the nearest folder above it,
    /// up to the user's home or the folder with the repository. Folders above the current one are searched only if they
    /// are inside of one of these. Otherwise a file in a shared folder, such as `/tmp`, could have effects.
    pub(super) fn path_of_project() -> Option<PathBuf> {
        let folder = env::current_dir().ok()?;
        let top = home().filter(|home| folder.starts_with(home));
        let repository = folder.ancestors().find(|folder| folder.join(".git").exists());
        let top = match (top.as_deref(), repository) {
            (Some(home), Some(repository)) if home.starts_with(repository) => home,
            (_, Some(repository)) => repository,
            (Some(home), None) => home,
            (None, None) => &folder,
        };
        let inside = folder.ancestors().take_while(|folder| folder.starts_with(top));
        let own = Self::path_of_user();
        inside.map(|folder| folder.join(NAME)).find(|path| path.is_file()).filter(|path| Some(path) != own.as_ref())
    }

    /// Reads a file. Returns `None` if there is no such file. The error names the file, the line and the setting.
    pub(super) fn read(path: PathBuf, of_project: bool) -> Result<Option<Self>, String> {
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            // A process that runs as another user may have no access to the folder of the home that it inherited.
            Err(_) if fs::metadata(&path).is_err() => return Ok(None),
            Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
        };
        let entries = entries(&text, path.parent().filter(|_| of_project));
        match entries {
            Ok(entries) => Ok(Some(Self { path, entries })),
            Err((line, why)) => Err(format!("{}, line {line}: {why}", path.display())),
        }
    }
}

/// Returns the settings in a text. `project` is the folder of the project, if the file is a project's. The error is the
/// number of a line with the broken rule.
fn entries(text: &str, project: Option<&Path>) -> Result<Vec<Entry>, (usize, String)> {
    let line_at = |at: usize| text.get(..at).unwrap_or_default().matches('\n').count() + 1;
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(span.start));
        (line, error.message().to_owned())
    })?;
    let mut entries = Vec::new();
    for (key, value) in table.get_ref() {
        let line = line_at(key.span().start);
        let wrong = |why: String| (line, why);
        let setting = named(key.get_ref()).map_err(wrong)?;
        if let (Some(reason), Some(_)) = (setting.only_of_the_user(), project) {
            let user = SettingsFile::path_of_user().unwrap_or_else(|| NAME.into());
            let why = format!("{setting} may be set only in your own file, {}: {reason}", user.display());
            return Err(wrong(why));
        }
        let rule = |why| wrong(format!("{setting}: {why}"));
        let mut value = text_of(value.get_ref()).map_err(rule)?;
        setting.check(&value).map_err(rule)?;
        if let Some(folder) = project {
            setting.check_of_project(&value).map_err(rule)?;
            if setting == Setting::Save {
                value = folder.join(value).to_string_lossy().into_owned();
            }
        }
        entries.push(Entry { setting, value, line });
    }
    Ok(entries)
}

/// Returns the setting with this name. The error names the setting that was probably meant.
pub(super) fn named(name: &str) -> Result<Setting, String> {
    if let Some(setting) = Setting::ALL.into_iter().find(|setting| setting.name() == name) {
        return Ok(setting);
    }
    if matches!(name, "api-key" | "api_key" | "key") {
        return Err("the API key does not belong into this file: kie login stores it in a file of its own".to_owned());
    }
    let letters = |name: &str| name.replace('_', "-").to_lowercase();
    let near = Setting::ALL.into_iter().map(|setting| (osa_distance(&letters(name), setting.name()), setting));
    let (wrong, near) = near.min_by_key(|(wrong, _)| *wrong).unwrap_or((usize::MAX, Setting::Route));
    let names = Setting::ALL.map(Setting::name).join(", ");
    Err(match wrong {
        0..=WRONG_LETTERS => format!("there is no setting {name:?}; did you mean {near}?"),
        _ => format!("there is no setting {name:?}; the settings are {names}"),
    })
}

/// Returns a value as text. A number is returned as it is written.
fn text_of(value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.trim().to_owned()),
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().to_owned()),
        DeValue::Float(number) => Ok(number.as_str().to_owned()),
        DeValue::Boolean(truth) => Ok(truth.to_string()),
        _ => Err("the value must be a text, a decimal number, true or false".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str, project: Option<&Path>) -> (usize, String) {
        entries(text, project).err().unwrap_or_default()
    }

    #[test]
    fn a_wrong_name_is_told_with_its_line_and_the_word_that_was_meant() {
        let told = wrong("# mine\nroute = \"market\"\n\nmodle = \"V5\"\n", None);
        assert_eq!(told, (4, "there is no setting \"modle\"; did you mean model?".into()));
        let told = wrong("confirm_above = 3", None);
        assert_eq!(told, (1, "there is no setting \"confirm_above\"; did you mean confirm-above?".into()));
        assert!(wrong("colour = 3", None).1.contains("the settings are route, model,"));
        assert!(wrong("api-key = \"s\"", None).1.contains("kie login"));
        assert!(wrong("[model]\nx = 1", None).1.starts_with("model: the value must be"));
        assert_eq!(wrong("route = \"market\"\nroute = \"classic\"", None).0, 2);
        assert_eq!(wrong("route = \"market\"\nmodel = V5\n", None).0, 2);
    }

    #[test]
    fn a_wrong_value_is_told_with_its_setting() {
        for (text, rule) in [
            ("budget = -1", "budget: this is not a number of credits, 0 or more"),
            ("timeout = 0", "timeout: the time must be more than 0 seconds; --no-wait does not wait at all"),
            ("format = \"yaml\"", "format: \"yaml\" is not one of text, json"),
            ("save = \"\"", "save: the value is empty"),
            ("budget = 0x10", "budget: the value must be a text, a decimal number, true or false"),
        ] {
            assert_eq!(wrong(text, None), (1, rule.into()));
        }
    }

    #[test]
    fn the_file_of_a_project_cannot_send_the_key_elsewhere_or_write_outside_of_the_project() {
        let project = Some(Path::new("/home/me/album"));
        for text in ["base-url = \"https://far.example\"", "upload-url = \"https://far.example\"", "ledger = \"none\""]
        {
            assert!(wrong(text, project).1.contains("may be set only in your own file"), "{text}");
            assert!(entries(text, None).is_ok(), "{text}");
        }
        for text in ["save = \"../../bin\"", "save = \"/etc\"", "out-template = \"../{id8}\""] {
            assert!(wrong(text, project).1.contains("inside of the project"), "{text}");
        }
        let saved = entries("save = \"songs\"", project).map(|entries| entries[0].value.clone());
        assert_eq!(saved, Ok(Path::new("/home/me/album").join("songs").to_string_lossy().into_owned()));
    }
}
