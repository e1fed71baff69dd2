//! Screens of the ledger, on terminals of 80×24 and 120×40 characters.

use kie_suno::records::Timestamp;

use crate::{
    ledger::shelf::{WALTZ, shelf},
    stage::{
        screen::{Screens, on_both_sizes},
        service::{stderr, stdout},
        stand_ins::StandIns,
    },
};

/// Names of the screens, exit codes and command lines.
const SCREENS: [(&str, i32, &str); 11] = [
    ("list", 0, "kie list"),
    ("list-of-one-kind", 0, "kie list --kind generate --title waltz"),
    ("list-of-nothing", 0, "kie list --state forgotten"),
    ("tasks", 0, "kie tasks"),
    ("show", 0, "kie show WALTZ"),
    ("show-complete", 0, "kie show order-4711"),
    ("show-failed", 0, "kie show 99aa0000"),
    ("show-unknown", 0, "kie show 5e000000"),
    ("nothing-there", 2, "kie show \"a march\""),
    ("resume-unknown", 7, "kie resume 5e000000 --timeout 1"),
    ("forget", 0, "kie forget 5e000000 92000000"),
];

#[test]
fn screens_of_the_ledger_are_as_a_person_has_seen_them() {
    on_both_sizes(|size| {
        let (desk, mut screens) = (shelf(), Screens::new("ledger", size));
        let created = desk.json(0, &["show", WALTZ])["created"].as_i64().unwrap();
        let date = Timestamp::from_millis(created).to_utc().unwrap()[..10].to_owned();
        for (name, code, line) in SCREENS {
            let output = screens.take(name, code, desk.kie(), &line.replace("WALTZ", WALTZ));
            let is_list = name.starts_with("list") || name == "tasks";
            assert!(!is_list || stdout(&output).lines().count() <= size.1, "{name} is longer than the screen");
        }
        let folder = desk.folder.path().to_str().unwrap();
        screens.compare(&StandIns::default().with(folder, "/home/mia/songs").with(date, "2026-01-05"));
    });
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
