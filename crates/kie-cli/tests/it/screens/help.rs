//! The help of every verb, and the pages that send nothing.

use crate::stage::{
    screen::{Screens, on_both_sizes},
    service::{kie, stdout},
    stand_ins::StandIns,
};

/// Names of the pages and their command lines.
const PAGES: [(&str, &str); 10] = [
    ("kie", "kie"),
    ("help", "kie --help"),
    ("version", "kie --version"),
    ("models", "kie models"),
    ("models-market", "kie models --route market"),
    ("trigger", "kie trigger"),
    ("trigger-market", "kie trigger --route market"),
    ("operations", "kie operations"),
    ("operation", "kie operations generate-music"),
    ("operation-of-a-file", "kie operations separate-vocals"),
];

#[test]
fn screens_of_pages_are_as_a_person_has_seen_them() {
    on_both_sizes(|size| {
        let mut screens = Screens::new("pages", size);
        for (name, line) in PAGES {
            screens.take(name, 0, kie(), line);
        }
        screens.compare(&StandIns::default());
    });
}

/// Returns the groups of verbs, as `kie --help` lists them.
fn groups() -> Vec<(String, Vec<String>)> {
    let help = stdout(&kie().arg("--help").output().unwrap());
    let end = help.find("\nOptions of every verb:").expect("the list of verbs has an end");
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for line in help[..end].lines() {
        if let Some(title) = line.strip_suffix(':') {
            groups.push((title.to_lowercase().replace(", ", "-").replace(' ', "-"), Vec::new()));
        } else if let (Some((_, verbs)), Some(verb)) = (groups.last_mut(), line.strip_prefix("  ")) {
            verbs.push(verb.split(' ').next().unwrap().to_owned());
        }
    }
    groups
}

/// Returns the verbs of a verb, such as those of `voice`.
fn inner(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !name.is_empty() && *name != "help").map(str::to_owned).collect()
}

/// Returns the second line of an example that is wider than the terminal.
fn broken_example(help: &str) -> Option<&str> {
    let (_, examples) = help.split_once("\nExamples:\n").expect("every verb has examples");
    let begins = |line: &&str| ["kie ", "$ kie ", "pass "].iter().any(|word| line.trim_start().starts_with(word));
    examples.lines().filter(|line| line.starts_with("  ")).find(|line| !begins(line))
}

#[test]
fn screens_of_help_are_as_a_person_has_seen_them() {
    let groups = groups();
    assert!(groups.iter().map(|(_, verbs)| verbs.len()).sum::<usize>() > 40, "{groups:?}");
    on_both_sizes(|size| {
        for (group, verbs) in &groups {
            let mut screens = Screens::new(format!("help/{group}"), size);
            for verb in verbs {
                let output = screens.take(verb, 0, kie(), &format!("kie {verb} --help"));
                assert_eq!(broken_example(&stdout(&output)), None, "kie {verb} --help");
                for inner in inner(&stdout(&output)) {
                    let line = format!("kie {verb} {inner} --help");
                    let output = screens.take(&format!("{verb}-{inner}"), 0, kie(), &line);
                    assert_eq!(broken_example(&stdout(&output)), None, "{line}");
                }
            }
            screens.compare(&StandIns::default());
        }
    });
}
