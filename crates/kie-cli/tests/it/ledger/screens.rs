//! Screens of the ledger, on terminals of 80×24 and 120×40 characters.

use kie_suno::records::Timestamp;

use crate::{
    ledger::shelf::{WALTZ, shelf},
    stage::{
        screen::{SIZES, compare},
        service::{stderr, stdout},
    },
};

/// Names of the screens and their commands. The texts use the ledger of [`shelf`].
const SCREENS: [(&str, &[&str]); 6] = [
    ("list", &["list"]),
    ("list-of-one-kind", &["list", "--kind", "generate", "--title", "waltz"]),
    ("list-of-nothing", &["list", "--state", "forgotten"]),
    ("tasks", &["tasks"]),
    ("show", &["show", WALTZ]),
    ("show-unknown", &["show", "a march"]),
];

#[test]
fn screens_are_as_a_person_has_seen_them() {
    let desk = shelf();
    let folder = desk.folder.path().to_str().unwrap().to_owned();
    let created = desk.json(0, &["show", WALTZ])["created"].as_i64().unwrap();
    let date = Timestamp::from_millis(created).to_utc().unwrap()[..10].to_owned();
    for (name, arguments) in SCREENS {
        for (columns, lines) in SIZES {
            let output = desk.kie().args(arguments).env("COLUMNS", columns.to_string()).output().unwrap();
            let seen =
                format!("{}{}", stdout(&output), stderr(&output)).replace(&folder, "…").replace(&date, "2026-01-05");
            compare(name, (columns, lines), &seen);
            let is_list = !name.starts_with("show");
            assert!(!is_list || seen.lines().count() <= lines, "{name} has more than {lines} lines");
            // Standard output never wraps. Notes and commands may.
            for line in stdout(&output).lines().filter(|line| !line.starts_with("kie ")) {
                assert!(console::measure_text_width(line) <= columns, "{line}");
            }
        }
    }
}

#[test]
fn nothing_is_cut_in_a_pipe() {
    let desk = shelf();
    for arguments in [&["list"][..], &["tasks"]] {
        let output = desk.kie().args(arguments).env_remove("COLUMNS").output().unwrap();
        assert!(stdout(&output).contains("最后一班电车演奏的告别曲"), "{output:?}");
        assert!(!stdout(&output).contains('…'), "{output:?}");
    }
}

#[test]
fn colours_are_restrained_and_can_be_forced() {
    let desk = shelf();
    let mut kie = desk.kie();
    let output = kie.args(["list", "--state", "failed"]).env("CLICOLOR_FORCE", "1").output().unwrap();
    let said = stdout(&output);
    assert!(said.contains("\u{1b}[31mfailed\u{1b}[0m"), "{said:?}");
    assert_eq!(said.matches("\u{1b}[31m").count(), 1, "{said:?}");
    let warned = desk.kie().args(["resume", "nothing"]).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(stderr(&warned).starts_with("\u{1b}["), "{warned:?}");
}
