//! Copies between a file and a database, with an interruption in the middle.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::Stdio,
};

use kie_ledger::{CallbackRecord, Ledger as _, MemoryLedger, Receipt, ReceiptUpdate, SqliteLedger};
use kie_sandbox::Speed;
use serde_json::{Value, json};

use super::Fleet;

/// Number of receipts in the ledger that is copied.
const COUNT: usize = 3_000;

/// Makes a ledger in a file. Half of its calls are finished, every third has a name, and some have bodies.
async fn fill(path: &Path) {
    let ledger = MemoryLedger::new();
    for number in 0..COUNT {
        let mut receipt = Receipt::new("generate-music", format!(r#"{{"prompt":"waltz {number}"}}"#)).unwrap();
        receipt.name = (number % 3 == 0).then(|| format!("order {number}"));
        let (task_id, response) = (Some(format!("task {number}")), "{}".to_owned());
        receipt.apply(&ReceiptUpdate::Answered { task_id, response }, receipt.created);
        if number % 2 == 0 {
            receipt.apply(&ReceiptUpdate::Saved { files: vec![format!("{number}.mp3")] }, receipt.created);
        }
        assert_eq!(ledger.write(&receipt).await.unwrap(), None);
    }
    for number in (0..COUNT).step_by(500) {
        let mut callback = CallbackRecord::new(format!("task {number}"), [1; 32]);
        callback.digest[..8].copy_from_slice(&number.to_le_bytes());
        callback.body = Some(format!("notes {number}").into_bytes());
        ledger.receive(&callback).await.unwrap();
    }
    let file = SqliteLedger::open(path).await.unwrap();
    assert_eq!(kie_ledger::copy(&ledger, &file, |_| {}).await.unwrap().written, COUNT as u64);
}

/// Copies a ledger, kills the copy in the middle, and copies again. Returns the number of receipts that the killed process
/// has written, and the document of the second one.
fn copy_with_a_kill(fleet: &Fleet, from: &str, to: &str, count: impl Fn() -> usize) -> (usize, Value) {
    let copy = || {
        let mut kie = fleet.alone();
        kie.args(["--format", "json", "--progress", "json", "ledger", "copy", from, to]);
        kie
    };
    let mut running = copy().stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut events = BufReader::new(running.stderr.take().unwrap()).lines().map(Result::unwrap);
    let is_halfway = |event: &String| event.contains("copying: ") && !event.contains("copying: 0 ");
    let halfway = events.find(is_halfway).expect("the copy tells its progress");
    assert!(!halfway.contains(&fleet.password), "{halfway}");
    running.kill().unwrap();
    running.wait().unwrap();
    let written = count();
    assert!((1..COUNT).contains(&written), "{written} receipts were written before the end");
    (written, super::document(&fleet.run(0, copy())))
}

#[test]
fn a_killed_copy_is_continued_in_both_directions_and_nothing_is_written_twice() {
    let Some(fleet) = Fleet::new(Speed::Instant) else { return };
    let path = |name: &str| fleet.desk.path(name).to_str().unwrap().to_owned();
    let service = &fleet.desk.service;
    service.beside(fill(&fleet.desk.path("ledger.db")));
    let in_database = || {
        let sql = format!("SELECT count(*) FROM {}.receipts", fleet.schema);
        usize::try_from(service.beside(fleet.cluster.number(&sql))).unwrap()
    };
    let in_file = || {
        let file = rusqlite::Connection::open(path("back.db")).unwrap();
        let count: i64 = file.query_row("SELECT count(*) FROM receipts", (), |row| row.get(0)).unwrap();
        usize::try_from(count).unwrap()
    };
    let legs = [
        (path("ledger.db"), "env:KIE_LEDGER".to_owned(), &in_database as &dyn Fn() -> usize),
        ("env:KIE_LEDGER".to_owned(), path("back.db"), &in_file),
    ];
    for (from, to, count) in legs {
        let (written, copied) = copy_with_a_kill(&fleet, &from, &to, count);
        assert_eq!((&copied["outcome"], &copied["compared"]), (&json!("same"), &json!(COUNT)));
        assert_eq!(copied["written"], json!(COUNT - written), "the second process has written the others only");
        assert_eq!(copied["bodies"], COUNT / 500);
        assert_eq!(count(), COUNT);
    }

    let receipts = |ledger: &str| {
        let mut kie = fleet.alone();
        if ledger != "env:KIE_LEDGER" {
            kie.args(["--ledger", ledger]);
        }
        kie.args(["--format", "json", "list", "--all"]);
        // There are too many for the check of the schema.
        let listed: Value = serde_json::from_slice(&fleet.run(0, kie).stdout).unwrap();
        listed["receipts"].clone()
    };
    let original = receipts(&path("ledger.db"));
    assert_eq!(original.as_array().unwrap().len(), COUNT);
    for copy in ["env:KIE_LEDGER", &path("back.db")] {
        assert!(receipts(copy) == original, "the same receipts are in the same order in {copy}");
    }
    let shown = fleet.json(0, &["show", "order 999"]);
    assert_eq!(shown["taskId"], "task 999", "a name is found in the copy");
    let body = service.beside(async {
        let back = SqliteLedger::open(path("back.db")).await.unwrap();
        back.callback_body("task 1500").await.unwrap()
    });
    assert_eq!(body, Some(b"notes 1500".to_vec()));
}

#[test]
fn a_receipt_that_is_different_in_the_other_ledger_is_named_and_stays() {
    let Some(fleet) = Fleet::new(Speed::Instant) else { return };
    let ledger = fleet.desk.path("ledger.db");
    fleet.desk.json(0, &["generate", "a waltz", "--name", "order 7", "--no-wait"]);
    fleet.json(0, &["generate", "a polka", "--name", "order 7", "--no-wait"]);
    let theirs = fleet.json(0, &["list"])["receipts"][0]["receipt"].clone();
    let own = fleet.desk.json(0, &["list"])["receipts"][0]["receipt"].clone();
    let copy = |format: &str| {
        let mut kie = fleet.alone();
        kie.args(["--format", format, "ledger", "copy"]).arg(&ledger).arg("env:KIE_LEDGER");
        fleet.run(1, kie)
    };
    let copied = super::document(&copy("json"));
    assert_eq!((&copied["outcome"], &copied["different"][0]["receipt"]), (&json!("different"), &own));
    let told = super::stdout(&copy("text"));
    assert!(told.contains(own.as_str().unwrap()) && told.contains(theirs.as_str().unwrap()), "{told}");
    assert_eq!(fleet.json(0, &["list"])["total"], 1, "nothing is replaced");
    assert_eq!(fleet.json(0, &["show", "order 7"])["receipt"], theirs);
}
