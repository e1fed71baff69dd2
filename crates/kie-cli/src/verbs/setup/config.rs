//! `kie config`: prints the settings in effect.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::ExitError,
    output::{Column, Keep, Table, long_line, out, print_json},
    session::{find_key, ledger},
    settings::{LedgerPlace, Setting, Value as SetValue, from_home},
};

/// Examples in the help.
pub(crate) const EXAMPLES: &str = "\
Examples:
  kie config
  kie config path";

const PATH_EXAMPLES: &str = "\
Examples:
  kie config path
  kie --format json config path";

#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) command: Option<ConfigCommand>,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print the paths of your own kie.toml and of the project's
    ///
    /// The path of the project's kie.toml is printed if there is such a file.
    #[command(after_long_help = PATH_EXAMPLES)]
    Path,
}

pub(crate) fn run(args: &ConfigArgs, global: &GlobalArgs) -> Result<(), ExitError> {
    match args.command {
        Some(ConfigCommand::Path) => paths(global),
        None => settings(global),
    }
}

/// Paths of the files with settings.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Paths {
    /// Your own file. `None` if there is no folder for it.
    user: Option<UserFile>,
    /// Path of the file of the project. `None` if there is none.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    project: Option<PathBuf>,
}

/// Your own file with settings.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct UserFile {
    /// Path of the file.
    #[cfg_attr(test, schemars(with = "String"))]
    path: PathBuf,
    /// `true` if there is such a file.
    exists: bool,
}

fn paths(global: &GlobalArgs) -> Result<(), ExitError> {
    let (user, project) = (global.settings.user_file(), global.settings.project_file());
    if global.format == OutputFormat::Json {
        let user = user.map(|(path, exists)| UserFile { path: path.to_owned(), exists });
        return Ok(print_json(&Paths { user, project })?);
    }
    if let Some((path, is_there)) = user {
        out!("{}{}", path.display(), if is_there { "" } else { "  (not there)" });
    }
    project.iter().for_each(|path| out!("{}", path.display()));
    Ok(())
}

/// The settings in effect, by their names. `api-key` says only if there is a key.
#[derive(Debug, Serialize)]
pub(crate) struct InEffect(BTreeMap<&'static str, Line>);

/// A setting in effect.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Setting"))]
struct Line {
    #[serde(skip)]
    name: &'static str,
    /// Value as text. `None` if the setting has no value.
    value: Option<String>,
    /// Place where the setting is set: an option, a variable of the environment, a file, or `default`. Empty if there is no
    /// key.
    source: String,
}

#[cfg(test)]
impl schemars::JsonSchema for InEffect {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Settings".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let names: Vec<_> = Setting::ALL.into_iter().map(Setting::name).chain([KEY]).collect();
        let line = generator.subschema_for::<Line>();
        let properties: BTreeMap<_, _> = names.iter().map(|name| (*name, line.clone())).collect();
        schemars::json_schema!({
            "description": "The settings in effect, by their names. `api-key` says only if there is a key.",
            "type": "object", "properties": properties, "required": names,
        })
    }
}

/// Name of the API key in the list.
const KEY: &str = "api-key";

fn settings(global: &GlobalArgs) -> Result<(), ExitError> {
    if let Some(problem) = global.settings.problem() {
        return Err(ExitError::Usage(problem));
    }
    let mut lines: Vec<_> = Setting::ALL.into_iter().map(|setting| line(global, setting)).collect();
    let key = find_key(global)?.map(|(_, source)| source.as_str().to_owned());
    // The key itself is never printed.
    let is_set = if key.is_some() { "is set" } else { "is not set" };
    lines.push(Line { name: KEY, value: Some(is_set.to_owned()), source: key.unwrap_or_default() });
    if global.format == OutputFormat::Json {
        return Ok(print_json(&InEffect(lines.into_iter().map(|line| (line.name, line)).collect()))?);
    }
    let mut table =
        Table::new([Column::whole("SETTING"), Column::whole("VALUE"), Column::cut("SET BY", 12, Keep::End)]);
    for Line { name, value, source } in lines {
        let value = long_line(value.as_deref().unwrap_or("-")).to_string();
        let is_number = value.parse::<f64>().is_ok();
        let unit = match name {
            "timeout" => " seconds",
            "budget" | "confirm-above" => " credits",
            _ => "",
        };
        let unit = if is_number { unit } else { "" };
        let source = from_home(Path::new(&source)).display().to_string();
        table.push([name.into(), format!("{value}{unit}").into(), long_line(&source).to_string().into()]);
    }
    table.print();
    Ok(())
}

fn line(global: &GlobalArgs, setting: Setting) -> Line {
    let flag = flag(global, setting);
    let set = global.settings.value(setting);
    // The environment and the files name no ledger for a simulator.
    let set = set.filter(|_| setting != Setting::Ledger || !global.is_local());
    let (value, source) = match (flag, set) {
        (Some(flag), _) => (Some(flag), format!("--{setting}")),
        // The address of a database may have a password.
        (None, Some(SetValue { text, source })) if setting == Setting::Ledger => {
            (Some(LedgerPlace::of(text).to_string()), source.to_string())
        }
        (None, Some(SetValue { text, source })) => (Some(text), source.to_string()),
        (None, None) => (default(global, setting), "default".to_owned()),
    };
    Line { name: setting.name(), value, source }
}

/// Returns the value of an option of this command.
fn flag(global: &GlobalArgs, setting: Setting) -> Option<String> {
    match setting {
        Setting::Route => global.route.map(|route| kie_suno::Route::from(route).to_string()),
        Setting::Ledger => global.ledger.as_ref().map(LedgerPlace::to_string),
        Setting::BaseUrl => global.base_url.clone(),
        Setting::Format => {
            let format = if global.format == OutputFormat::Json { "json" } else { "text" };
            let set = global.settings.text(setting);
            (format != set.as_deref().unwrap_or("text")).then(|| format.to_owned())
        }
        _ => None,
    }
}

fn default(global: &GlobalArgs, setting: Setting) -> Option<String> {
    match setting {
        Setting::Route => Some(kie_suno::Route::default().to_string()),
        Setting::Model => global.route().ok().map(|route| route.newest_model().to_string()),
        Setting::Extras => Some("false".to_owned()),
        Setting::Format => Some("text".to_owned()),
        Setting::Timeout => Some("900".to_owned()),
        Setting::ConfirmAbove => Some(if global.is_local() { Setting::NEVER } else { "20" }.to_owned()),
        Setting::Ledger => ledger::place(global).ok().map(|place| place.to_string()),
        Setting::BaseUrl | Setting::UploadUrl => None,
        Setting::Save | Setting::OutTemplate | Setting::Budget => None,
    }
}
