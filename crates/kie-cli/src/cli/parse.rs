//! Reading of the command line, with the settings as defaults.

use clap::{ArgMatches, Command, CommandFactory as _, FromArgMatches as _, error::ErrorKind, parser::ValueSource};

use crate::{
    args::MoneyArgs,
    cli::cli::Cli,
    settings::{Setting, Settings},
};

impl Cli {
    /// Reads the command line. Ends the process after `--help`, after `--version`, and after wrong usage.
    pub(crate) fn read(settings: Settings) -> Self {
        let mut command = with_defaults(Cli::command(), &settings);
        let matches = command.get_matches_mut();
        let read = || -> Result<Self, clap::Error> {
            let mut cli = Self::from_arg_matches(&matches)?;
            let leaf = leaf(&matches);
            if leaf.try_contains_id("dry_run").is_ok() {
                cli.global.money = MoneyArgs::from_arg_matches(leaf)?;
            }
            check_extras(leaf, &settings)?;
            cli.global.settings = settings;
            Ok(cli)
        };
        read().unwrap_or_else(|error| error.format(&mut command).exit())
    }
}

/// Returns the command with the settings as default values of options. Settings that cannot be used are reported later.
fn with_defaults(mut command: Command, settings: &Settings) -> Command {
    for (setting, id) in [(Setting::Format, "format"), (Setting::Timeout, "timeout")] {
        let has_it = command.get_arguments().any(|argument| argument.get_id() == id);
        if let Some(value) = settings.valid(setting).filter(|_| has_it) {
            command = command.mut_arg(id, |argument| argument.default_value(value));
        }
    }
    command.mut_subcommands(|verb| with_defaults(verb, settings))
}

/// Returns the matches of the innermost verb.
fn leaf(matches: &ArgMatches) -> &ArgMatches {
    matches.subcommand().map_or(matches, |(_, verb)| leaf(verb))
}

/// Refuses `--extras` without a folder. A verb that starts a task, which has `--no-wait`, can take the folder from the
/// settings.
fn check_extras(verb: &ArgMatches, settings: &Settings) -> Result<(), clap::Error> {
    let has = |id: &str| verb.try_contains_id(id).is_ok();
    if !has("extras") || !has("save") || verb.value_source("extras") != Some(ValueSource::CommandLine) {
        return Ok(());
    }
    let is_set = has("no_wait") && settings.text(Setting::Save).is_some();
    if is_set || verb.value_source("save") == Some(ValueSource::CommandLine) {
        return Ok(());
    }
    Err(clap::Error::raw(ErrorKind::MissingRequiredArgument, "--extras needs --save DIR\n"))
}
