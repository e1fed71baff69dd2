//! Tests with ledgers that fail after a song was paid for: the failure is reported, and the song is not lost.

use kie_sandbox::Speed;
use rusqlite::Connection;

use crate::{
    stage::desk::Desk,
    stage::service::{document, stderr, stdout},
};

/// Makes the ledger refuse every write that would set a receipt to this state.
fn refuse(desk: &Desk, state: &str) {
    desk.json(0, &["tasks"]);
    let trigger = format!(
        "CREATE TRIGGER full BEFORE UPDATE ON receipts WHEN NEW.receipt ->> 'state' = '{state}'
         BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"
    );
    Connection::open(desk.path("ledger.db")).unwrap().execute_batch(&trigger).unwrap();
}

#[test]
fn a_ledger_that_fails_after_the_answer_is_told_with_the_task() {
    let desk = Desk::new(Speed::Instant);
    refuse(&desk, "running");
    let output = desk.run(&["generate", "x", "--no-wait"]);
    assert_eq!(output.status.code(), Some(0), "the song was paid for: {output:?}");
    let (told, task) = (stderr(&output), &desk.service.sandbox.tasks()[0].id);
    let receipt = desk.tasks()[0]["receipt"].as_str().unwrap().to_owned();
    let warning = told.lines().find(|line| line.starts_with("warning: ")).unwrap_or_else(|| panic!("{told}"));
    assert!(warning.contains("could not be kept up to date: ") && warning.contains("disk is full"), "{told}");
    assert!(warning.contains(&receipt), "{told}");
    assert!(told.contains(&format!("kie --ledger none task OPERATION {task} --save DIR")), "{told}");
    let mut without = desk.service.kie();
    without.args(["--ledger", "none", "task", "generate-music", task, "--save", "songs"]);
    let saved = without.current_dir(desk.folder.path()).output().unwrap();
    assert_eq!((saved.status.code(), desk.songs()), (Some(0), 2), "and that leads to it: {saved:?}");
}

#[test]
fn a_ledger_that_fails_while_songs_are_saved_is_told_once_they_are() {
    let desk = Desk::new(Speed::Instant);
    refuse(&desk, "saved");
    let output = desk.run(&["--format", "json", "generate", "x", "--save", "songs"]);
    assert_eq!((output.status.code(), desk.songs()), (Some(0), 2), "{output:?}");
    assert_eq!(document(&output)["files"].as_array().unwrap().len(), 2);
    assert_eq!(stderr(&output).matches("warning: a receipt could not").count(), 1, "{output:?}");
    assert!(!stdout(&output).contains("warning"));
}
