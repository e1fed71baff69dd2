//! The options of the running verb. They replace the names of request fields in errors and warnings, because people know
//! the options and not the fields.

use std::sync::OnceLock;

use clap::{ArgMatches, Command, parser::ValueSource};
use kie_suno::{
    errors::{Rule, Violation},
    requests::{IgnoredField, Mode, ModeValue, Warning, WarningKind},
};

/// Options of the verb of this process.
static FLAGS: OnceLock<Flags> = OnceLock::new();

/// Fields whose option has another id than the field, each with the ids of its option.
const OTHER_IDS: [(&str, &str); 20] = [
    ("prompt", "lyrics"),
    ("tags", "style"),
    ("taskId", "task"),
    ("audioId", "source"),
    ("uploadUrl", "source"),
    ("uploadUrlList", "source"),
    ("audioUrl", "source"),
    ("url", "source"),
    ("type", "kind"),
    ("stemName", "stem"),
    ("name", "persona_name"),
    ("vocalStart", "from"),
    ("vocalEnd", "to"),
    ("voiceUrl", "sample"),
    ("vocalStartS", "from"),
    ("vocalEndS", "to"),
    ("verifyUrl", "recording"),
    ("singerSkillLevel", "skill"),
    ("content", "text"),
    ("calBackUrl", "call_back_url"),
];

/// Ids of options that set no field, although a field has the same name.
const NO_FIELDS: [&str; 1] = ["name"];

/// Options with which a request has its own style and texts.
const CUSTOM: [&str; 3] = ["style", "title", "lyrics"];

/// Options with which a continuation does not inherit everything from its source.
const OWN: [&str; 13] = [
    "lyrics",
    "style",
    "title",
    "instrumental",
    "continue_at",
    "negative_tags",
    "vocal_gender",
    "style_weight",
    "weirdness_constraint",
    "audio_weight",
    "persona_id",
    "persona_model",
    "variety",
];

/// The options of a verb.
///
/// The id of an option, which is the name of its field in the verb's arguments, is the name of the request field in
/// `snake_case`. The few exceptions are in [`OTHER_IDS`].
#[derive(Debug, Default)]
pub(crate) struct Flags(Vec<Flag>);

#[derive(Debug)]
struct Flag {
    id: String,
    /// Text that people type: `--style`, or the name of a positional argument, such as `SOURCE`.
    name: String,
    is_positional: bool,
    is_given: bool,
}

/// Notes the options of the verb that the command line names.
pub(crate) fn note_flags(cli: &Command, matches: &ArgMatches) {
    FLAGS.get_or_init(|| Flags::of_verb(cli, matches));
}

/// Returns the options of the verb of this process.
pub(crate) fn flags() -> &'static Flags {
    FLAGS.get_or_init(Flags::default)
}

impl Flags {
    fn of_verb(mut command: &Command, mut matches: &ArgMatches) -> Self {
        while let Some((name, inner)) = matches.subcommand() {
            let Some(verb) = command.find_subcommand(name) else { break };
            (command, matches) = (verb, inner);
        }
        let flags = command.get_arguments().map(|arg| {
            let id = arg.get_id().as_str();
            let value_name = || arg.get_value_names().and_then(|names| names.first()).map_or(id, |name| name.as_str());
            let name = arg.get_long().map_or_else(|| value_name().to_uppercase(), |long| format!("--{long}"));
            let is_given = matches.value_source(id) == Some(ValueSource::CommandLine);
            Flag { id: id.to_owned(), name, is_positional: arg.is_positional(), is_given }
        });
        Self(flags.collect())
    }

    /// Returns the option that sets a field of a request, such as `--vocal` for `vocalGender`. Returns `None` if the
    /// verb has no such option.
    pub(crate) fn option_of(&self, field: &str) -> Option<&str> {
        self.find(field).map(|flag| flag.name.as_str())
    }

    fn find(&self, field: &str) -> Option<&Flag> {
        // An item of a list has an index: `imageUrls[0]`.
        let field = field.split('[').next().unwrap_or(field);
        let with_id = |id: &str| self.0.iter().find(|flag| flag.id == id);
        let other = || OTHER_IDS.iter().find(|(of, _)| *of == field).and_then(|(_, id)| with_id(id));
        let own = Some(snake(field)).filter(|id| !NO_FIELDS.contains(&id.as_str()));
        match (own.and_then(|id| with_id(&id)), other()) {
            // The lyrics can be the text of either option.
            (Some(own), Some(other)) if !own.is_given && other.is_given => Some(other),
            (own, other) => own.or(other),
        }
    }

    /// Returns the name of a field for people: its option, or else its name on the wire.
    fn name<'a>(&'a self, field: &'a str) -> &'a str {
        self.option_of(field).unwrap_or(field)
    }

    /// Returns a violation as a sentence about options.
    pub(crate) fn sentence(&self, violation: &Violation) -> String {
        let Violation { field, rule, .. } = violation;
        let name = self.name(field);
        match rule {
            Rule::Required { when: Some(when), .. } => self.required(field, when),
            Rule::Forbidden { when, .. } => format!("{name} {}", self.forbidden(field, when)),
            Rule::NotCarried { route, .. } => {
                let other = route.other();
                format!("{name} works only on the {other} route: add --route {other}")
            }
            Rule::NoForm { route, .. } => {
                let other = route.other();
                format!("this verb works only on the {other} route: add --route {other}")
            }
            Rule::Fixed { route, value: false, .. } => format!("{name} cannot be used on the {route} route"),
            Rule::NotMoreThan { than, floor, actual, .. } => {
                format!("{name} is {actual}, and must be more than {}, which is {floor}", self.name(than))
            }
            rule => format!("{name} {rule}"),
        }
    }

    /// Returns the sentence about a field that is required under a condition.
    fn required(&self, field: &str, when: &str) -> String {
        // The lyrics of a song are its prompt, and only a positional prompt can be lyrics too.
        let prompt = self.0.iter().find(|flag| flag.id == "prompt");
        let name = match (field, prompt) {
            ("prompt", Some(prompt)) if when.starts_with("customMode is true") => {
                if prompt.is_positional {
                    format!("{} or --lyrics", prompt.name)
                } else {
                    "--lyrics".to_owned()
                }
            }
            _ => self.name(field).to_owned(),
        };
        let with = |options: &[&str]| match self.given(field, options) {
            Some(given) => format!("{name} is required with {given}"),
            None => format!("{name} is required"),
        };
        match when {
            "customMode is true" => with(&CUSTOM),
            "defaultParamFlag is true" => with(&OWN),
            "customMode is false" if prompt.is_some_and(|prompt| !prompt.is_positional) => {
                format!("{name} is required, or --style, --title and --lyrics")
            }
            "customMode is false" => format!("{name} is required"),
            "customMode is true and instrumental is false" | "customMode is true and instrumental is not true" => {
                with(&CUSTOM) + ", or --instrumental"
            }
            "defaultParamFlag is true and instrumental is not true" => with(&OWN) + ", or --instrumental",
            "lyrics, prompt and negativeTags are left out" => {
                format!("{name}, --lyrics, --negative-tags or a prompt is required with --title")
            }
            "lyrics, style, images, videos and recordings are left out" => {
                format!("{name}, --lyrics, --image, --video or --audio is required")
            }
            _ => format!("{name} is required when {when}"),
        }
    }

    /// Returns the end of the sentence about a field that must be left out under a condition.
    fn forbidden(&self, field: &str, when: &str) -> String {
        match when {
            "customMode is false" => "needs --style and --title".to_owned(),
            "customMode is true" => {
                format!("cannot be used with {}", self.given(field, &CUSTOM).unwrap_or_else(|| "--style".to_owned()))
            }
            "instrumental is true" => "cannot be used with --instrumental".to_owned(),
            "model is older than V5_5" => "needs --model V5_5 or a newer model".to_owned(),
            "uploadUrl is not given" => "can be used only with a local file or a link".to_owned(),
            _ => format!("must be left out when {when}"),
        }
    }

    /// Returns those of the options that are on the command line, without the option of `field`.
    fn given(&self, field: &str, options: &[&str]) -> Option<String> {
        listed(&self.given_of(field, options))
    }

    fn given_of(&self, field: &str, options: &[&str]) -> Vec<&str> {
        let own = self.find(field).map(|flag| flag.id.as_str());
        let is_it =
            |flag: &&Flag| flag.is_given && Some(flag.id.as_str()) != own && options.contains(&flag.id.as_str());
        self.0.iter().filter(is_it).map(|flag| flag.name.as_str()).collect()
    }

    /// Returns a warning as a sentence about options. `ignored` has the fields that the service ignores.
    pub(crate) fn advice(&self, warning: &Warning, ignored: &[IgnoredField]) -> String {
        let Warning { field, kind, advice, .. } = warning;
        let name = self.name(field);
        let is_it = |entry: &&IgnoredField| entry.field == field && entry.to_string() == *advice;
        match kind {
            WarningKind::Ignored => match ignored.iter().find(is_it) {
                Some(entry) => format!("the service ignores {name} {}", self.in_modes(&entry.modes)),
                None => format!("the service ignores {name}"),
            },
            WarningKind::LeftOut | WarningKind::Undocumented => {
                format!("{name}: {}", advice.replace(field.as_str(), name))
            }
            _ => format!("{name}: {advice}"),
        }
    }

    /// Returns the options that put a request into all of these modes.
    fn in_modes(&self, modes: &[Mode]) -> String {
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for mode in modes {
            let is_on = !matches!(mode.value, ModeValue::Flag(false) | ModeValue::LeftOut);
            match (mode.field, is_on) {
                ("customMode", true) => with.extend(self.given_of("", &CUSTOM)),
                ("customMode", false) => without.extend(["--style", "--title"]),
                (field, true) => with.push(self.name(field)),
                (field, false) => without.push(self.name(field)),
            }
        }
        let phrase = |word, names: &[&str]| listed(names).map(|names| format!("{word} {names}"));
        let phrases = [phrase("with", &with), phrase("without", &without)];
        phrases.into_iter().flatten().collect::<Vec<_>>().join(" and ")
    }
}

/// Returns names as a list for people: `--style, --title and --lyrics`. Returns `None` if there are no names.
fn listed(names: &[&str]) -> Option<String> {
    match names {
        [] => None,
        [only] => Some((*only).to_owned()),
        [rest @ .., last] => Some(format!("{} and {last}", rest.join(", "))),
    }
}

/// Returns the name of a field in `snake_case`.
fn snake(field: &str) -> String {
    let mut snake = String::new();
    for letter in field.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}
