//! The settings as defaults of the command line.

use clap::{ArgMatches, Command, FromArgMatches as _, error::ErrorKind, parser::ValueSource};

use crate::{
    args::{MoneyArgs, OutputFormat},
    cli::cli::{Cli, Command as VerbCommand},
    settings::{Setting, Settings},
};

/// Options about the files of a task. They need a folder.
const NEED_FOLDER: [(&str, &str); 2] = [("extras", "--extras"), ("out_template", "--out-template")];

impl Cli {
    /// Returns the arguments, with the options about money of the verb, and with the settings.
    pub(super) fn from_matches(
        command: &Command,
        matches: &ArgMatches,
        settings: Settings,
    ) -> Result<Self, clap::Error> {
        let mut cli = Self::from_arg_matches(matches)?;
        let (verb, matches) = innermost(command, matches);
        check_folder(verb, matches, &settings)?;
        if has(verb, "dry_run") {
            cli.global.money = MoneyArgs::from_arg_matches(matches)?;
        }
        cli.global.settings = settings;
        // Standard output of this verb belongs to the protocol.
        if matches!(cli.command, VerbCommand::Mcp(_)) {
            cli.global.format = OutputFormat::Text;
        }
        Ok(cli)
    }
}

/// Returns the command with the settings as default values of options. Settings that cannot be used are reported later.
pub(super) fn with_defaults(mut command: Command, settings: &Settings) -> Command {
    for (setting, id) in [(Setting::Format, "format"), (Setting::Timeout, "timeout")] {
        let has_it = command.get_arguments().any(|argument| argument.get_id() == id);
        if let Some(value) = settings.valid(setting).filter(|_| has_it) {
            command = command.mut_arg(id, |argument| argument.default_value(value));
        }
    }
    command.mut_subcommands(|verb| with_defaults(verb, settings))
}

/// Returns the innermost verb, and its matches.
fn innermost<'a>(command: &'a Command, matches: &'a ArgMatches) -> (&'a Command, &'a ArgMatches) {
    let verb = matches.subcommand().and_then(|(name, inner)| Some((command.find_subcommand(name)?, inner)));
    verb.map_or((command, matches), |(command, matches)| innermost(command, matches))
}

/// Returns `true` if the verb has this option. The matches know this only in builds with debug assertions.
fn has(verb: &Command, id: &str) -> bool {
    verb.get_arguments().any(|option| option.get_id() == id)
}

/// Refuses options about files without a folder. A verb that starts a task, which has `--no-wait`, can take the folder
/// from the settings. `requires` of clap does not know the settings.
fn check_folder(verb: &Command, matches: &ArgMatches, settings: &Settings) -> Result<(), clap::Error> {
    let is_given = |id: &str| has(verb, id) && matches.value_source(id) == Some(ValueSource::CommandLine);
    let is_set = has(verb, "no_wait") && settings.text(Setting::Save).is_some();
    if !has(verb, "save") || is_given("save") || is_set {
        return Ok(());
    }
    match NEED_FOLDER.into_iter().find(|(id, _)| is_given(id)) {
        None => Ok(()),
        Some((_, option)) => {
            Err(clap::Error::raw(ErrorKind::MissingRequiredArgument, format!("{option} needs --save DIR")))
        }
    }
}
