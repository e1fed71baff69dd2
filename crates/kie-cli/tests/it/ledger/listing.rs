//! Tests of `kie tasks` and `kie save` with ledgers that have many receipts, or receipts of a newer version.

use kie_ledger::SqliteLedger;
use kie_sandbox::Speed;
use kie_suno::receipts::{Ledger as _, Receipt, ReceiptUpdate};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    stage::desk::Desk,
    stage::service::{stderr, stdout},
};

/// Writes receipts into the ledger. If `task` is true, each receipt has a task that the service does not know.
fn write(desk: &Desk, count: usize, task: bool) -> Vec<String> {
    let mut ids = Vec::new();
    desk.service.beside(async {
        let ledger = SqliteLedger::open(desk.path("ledger.db")).await.unwrap();
        for _ in 0..count {
            let receipt = Receipt::new("generate-music", "{}").unwrap();
            ledger.write(&receipt).await.unwrap();
            if task {
                let task_id = receipt.id.to_string();
                ledger.update(receipt.id, &ReceiptUpdate::Named { task_id }).await.unwrap();
            }
            ids.push(receipt.id.to_string());
        }
    });
    ids
}

#[test]
fn a_list_of_several_pages_is_complete_and_in_order() {
    let desk = Desk::new(Speed::Instant);
    let ids = write(&desk, 300, false);
    let told = stdout(&desk.run(&["tasks"]));
    let listed: Vec<&str> = told.lines().skip(1).map(|line| line.split_whitespace().nth(2).unwrap()).collect();
    assert_eq!(listed.len(), 300);
    assert!(listed.iter().zip(&ids).all(|(short, id)| id.starts_with(short)), "{told}");
    assert_eq!(desk.tasks().iter().map(|task| task["receipt"].as_str().unwrap()).collect::<Vec<_>>(), ids);
    let saved = desk.json(0, &["save", "songs"]);
    assert_eq!((&saved["tasks"], &saved["unnamed"]), (&json!([]), &json!(300)));
}

#[test]
fn every_result_of_a_long_save_is_printed() {
    let desk = Desk::new(Speed::Instant);
    let mut ids = write(&desk, 100, true);
    ids.sort();
    let output = desk.run(&["save", "songs"]);
    assert_eq!(output.status.code(), Some(1), "the service knows none of the tasks: {output:?}");
    let told = stdout(&output);
    let mut listed: Vec<&str> = told.lines().filter_map(|line| Some(line.split_once("-music task ")?.1)).collect();
    listed.sort_unstable();
    assert_eq!(listed, ids, "{told}");
    let saved = desk.json(1, &["save", "songs"]);
    assert_eq!(saved["tasks"].as_array().unwrap().len(), 100);
}

#[test]
fn receipts_of_a_newer_version_are_listed_with_an_advice() {
    let desk = Desk::new(Speed::Instant);
    assert_eq!(desk.json(0, &["tasks"])["unreadable"], json!([]));
    let ids = write(&desk, 3, true);
    let make_newer = |number: i64| {
        let file = Connection::open(desk.path("ledger.db")).unwrap();
        let change = "UPDATE receipts SET receipt = json_set(receipt, '$.state', 'queued') WHERE number = ?1";
        assert_eq!(file.execute(change, [number]).unwrap(), 1);
    };
    make_newer(2);
    let output = desk.run(&["tasks"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let told = stdout(&output);
    let line = told.lines().find(|line| line.contains(&ids[1][..8])).unwrap();
    assert!(line.contains("newer version of kie") && line.contains("update kie"), "{line}");
    assert_eq!(told.lines().count(), 1 + 3, "{told}");
    let listed = desk.json(0, &["tasks"]);
    assert_eq!((listed["tasks"].as_array().unwrap().len(), &listed["unreadable"]), (2, &json!([ids[1]])));

    make_newer(1);
    make_newer(3);
    let output = desk.run(&["tasks"]);
    assert_eq!(stdout(&output).lines().count(), 3, "{output:?}");
    assert!(!stdout(&output).contains("no unfinished tasks") && !stderr(&output).contains("to save"), "{output:?}");
    let listed = desk.json(0, &["tasks"]);
    assert_eq!((&listed["tasks"], listed["unreadable"].as_array().map(Vec::len)), (&Value::Array(Vec::new()), Some(3)));
}
