//! The first page: what `kie` prints without a verb, and the list of verbs in `kie --help`.

use clap::Command;

/// A group of verbs on the first page.
struct Group {
    title: &'static str,
    verbs: &'static [&'static str],
}

/// All verbs by group. A test checks that each verb is in one group.
const GROUPS: [Group; 10] = [
    Group {
        title: "Make songs",
        verbs: &["generate", "extend", "cover", "add-vocals", "add-instrumental", "mashup", "sounds", "replace"],
    },
    Group { title: "Use a song", verbs: &["wav", "stems", "midi", "video", "artwork", "timed-lyrics", "persona"] },
    Group { title: "Words, voices", verbs: &["lyrics", "style", "voice"] },
    Group { title: "Files", verbs: &["save", "upload", "link"] },
    Group { title: "Ledger", verbs: &["list", "show", "open", "tasks", "resume", "forget", "ledger"] },
    Group { title: "Service", verbs: &["credits", "models", "sandbox"] },
    Group { title: "Callbacks", verbs: &["listen", "trigger", "replay"] },
    Group { title: "Settings", verbs: &["login", "logout", "config", "doctor"] },
    Group { title: "For agents", verbs: &["mcp", "skill"] },
    Group { title: "For programs", verbs: &["operations", "call", "check", "inspect", "task", "completions", "man"] },
];

/// Width of the titles of groups, and of the names of verbs.
const TITLE_WIDTH: usize = 14;
const VERB_WIDTH: usize = 18;
/// Maximum width of the first line of the help of a verb, so that the list of verbs fits on a screen of 80 columns.
#[cfg(test)]
const ABOUT_WIDTH: usize = 60;
/// Maximum width of a line of the first page.
const WIDTH: usize = 78;

/// Returns the page that `kie` prints without a verb. It fits on a screen of 80 columns and 24 lines.
pub(crate) fn front_page() -> String {
    let mut page = "kie makes songs with KIE.AI's Suno music API, or offline with its simulator.\n\n".to_owned();
    for Group { title, verbs } in &GROUPS {
        let mut line = format!("  {title:<TITLE_WIDTH$}");
        for verb in *verbs {
            if line.len() + verb.len() + 1 > WIDTH {
                page += &format!("{}\n", line.trim_end());
                line = format!("  {:<TITLE_WIDTH$}", "");
            }
            line += verb;
            line.push(' ');
        }
        page += &format!("{}\n", line.trim_end());
    }
    page + "
  kie --sandbox generate \"a slow waltz for two accordions\" --save songs
      try it without a key: the simulator costs nothing
  kie generate \"a slow waltz for two accordions\" --save songs
      make two songs with your key: kie login stores it
  kie save songs
      save all songs that were made and are not saved yet

kie VERB --help tells the options of a verb with examples. kie --help tells
all verbs, the exit codes, and the options of every verb.\n"
}

/// Returns the list of all verbs with their first lines of help, by group.
pub(super) fn verbs(command: &Command) -> String {
    let about = |verb: &str| command.find_subcommand(verb).and_then(Command::get_about).map(ToString::to_string);
    let mut list = String::new();
    for Group { title, verbs } in &GROUPS {
        list += &format!("{title}:\n");
        for verb in *verbs {
            list += &format!("  {verb:<VERB_WIDTH$}{}\n", about(verb).unwrap_or_default());
        }
        list.push('\n');
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::command;

    #[test]
    fn each_verb_is_in_one_group() {
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|group| group.verbs).copied().collect();
        grouped.sort_unstable();
        let command = command();
        let shown = command.get_subcommands().filter(|verb| !verb.is_hide_set());
        let mut known: Vec<&str> = shown.map(Command::get_name).filter(|verb| *verb != "help").collect();
        known.sort_unstable();
        assert_eq!(grouped, known);
    }

    #[test]
    fn the_first_line_of_each_help_fits_on_a_small_screen() {
        fn check(command: &Command) {
            for verb in command.get_subcommands() {
                let about = verb.get_about().map(ToString::to_string).unwrap_or_default();
                assert!((1..=ABOUT_WIDTH).contains(&about.chars().count()), "{}: {about}", verb.get_name());
                check(verb);
            }
        }
        check(&command());
    }

    #[test]
    fn the_first_page_fits_on_a_small_screen() {
        let page = front_page();
        assert!(page.lines().count() < 24, "{page}");
        assert!(page.lines().all(|line| line.len() <= 80), "{page}");
    }
}
