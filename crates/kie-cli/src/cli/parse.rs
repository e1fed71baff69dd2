//! Parsing of the arguments.

use std::ffi::OsString;

use clap::{Arg, Command, CommandFactory as _, error::ErrorKind};

use crate::{
    args::{OutputFormat, SERVICE},
    cli::{cli::Cli, defaults::with_defaults, front_page},
    exit::{ExitError, note_flags},
    output::{print, print_json, printed},
    settings::{Settings, without_password},
};

/// Verbs that use neither the service nor the ledger. Their help does not show the options about the service.
const OFFLINE: [&str; 7] = ["operations", "skill", "completions", "man", "listen", "trigger", "replay"];

/// Option about the service that one of these verbs uses, and this verb.
const USED: (&str, &str) = ("trigger", "route");

/// Returns the command line, for parsing, help, completions and man pages.
pub(crate) fn command() -> Command {
    let mut command = Cli::command();
    let list = front_page::verbs(&command);
    command = command.help_template(format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{list}Options of every verb:\n{{options}}{{after-help}}"
    ));
    let is_about_service = |option: &&Arg| option.get_help_heading() == Some(SERVICE);
    let service_options: Vec<Arg> = command.get_arguments().filter(is_about_service).cloned().collect();
    // clap copies a global option to each verb that has no option with the same id.
    for verb in OFFLINE {
        let is_used = |option: &&Arg| (verb, option.get_id().as_str()) == USED;
        let hidden: Vec<Arg> =
            service_options.iter().filter(|it| !is_used(it)).map(|it| it.clone().hide(true)).collect();
        command = command.mut_subcommand(verb, |verb| verb.args(hidden));
    }
    command
}

/// Parses the arguments, with the settings as defaults of options. Returns the exit code of the process if there is
/// nothing more to do: the help or the version was printed, or the arguments are wrong.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>, settings: Settings) -> Result<Cli, u8> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if arguments.len() <= 1 {
        print(front_page::front_page().trim_end());
        return Err(0);
    }
    let mut command = with_defaults(command(), &settings);
    let parsed = command.try_get_matches_from_mut(&arguments).and_then(|matches| {
        note_flags(&command, &matches);
        Cli::from_matches(&command, &matches, settings)
    });
    // The text of an error may repeat an argument.
    let shown: Vec<OsString> = arguments.iter().map(|argument| without_password(argument)).collect();
    let parsed = parsed.map_err(|error| {
        let again = (shown != arguments).then(|| command.try_get_matches_from_mut(&shown).err());
        again.flatten().unwrap_or(error)
    });
    parsed.map_err(|error| error.format(&mut command)).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            printed(error.print());
            0
        }
        _ => {
            if wants_json(&arguments) {
                let text = error.render().to_string();
                let text = text.strip_prefix("error: ").unwrap_or(&text).trim_end();
                drop(print_json(&ExitError::Usage(text.to_owned()).document(2)));
            }
            // An error is printed on standard error. A failure cannot be reported anywhere.
            drop(error.print());
            2
        }
    })
}

/// Returns `true` if the arguments ask for JSON. The arguments are wrong, so they are not parsed.
fn wants_json(arguments: &[OsString]) -> bool {
    let json = OutputFormat::JSON;
    let pairs = arguments.windows(2).any(|pair| pair[0] == "--format" && pair[1] == json);
    pairs || arguments.iter().any(|argument| argument.to_str() == Some(&format!("--format={json}")))
}
