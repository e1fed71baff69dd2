//! Tests of `kie ledger status` and `kie ledger copy` with ledgers in files.

use kie_sandbox::Speed;
use serde_json::json;

use crate::stage::{
    desk::Desk,
    kie::Kie,
    service::{document, stderr, stdout},
};

/// Returns a command with this ledger in the folder of the desk.
fn at(desk: &Desk, ledger: &str) -> Kie {
    let mut kie = desk.service.kie();
    kie.args(["--ledger", ledger]).current_dir(desk.folder.path());
    kie
}

#[test]
fn the_status_tells_the_place_and_counts_the_calls() {
    let desk = Desk::new(Speed::Instant);
    let missing = desk.json(0, &["ledger", "status"]);
    assert_eq!((&missing["state"], &missing["engine"]), (&json!("missing"), &json!("sqlite")));
    assert!(!desk.path("ledger.db").exists(), "it is only looked at");
    desk.json(0, &["generate", "a waltz", "--save", "songs"]);
    let lost = desk.lose();
    let status = desk.json(0, &["ledger", "status"]);
    assert_eq!(status["ledger"], desk.path("ledger.db").to_str().unwrap());
    assert_eq!((&status["state"], &status["schema"]), (&json!("readable"), &json!(null)));
    assert_eq!(status["calls"], json!({ "unknown": 1 }));
    assert_eq!((&status["oldest"]["receipt"], &status["unreadable"]), (&json!(lost), &json!([])));
    assert_eq!(desk.json(0, &["ledger", "status", "--all"])["calls"], json!({ "saved": 1, "unknown": 1 }));
    let text = stdout(&desk.run(&["ledger", "status"]));
    assert!(text.contains("SQLite, in a file") && text.contains(&format!("generate {}", &lost[..8])), "{text}");

    std::fs::write(desk.path("ledger.db"), "no ledger").unwrap();
    let status = desk.json(1, &["ledger", "status"]);
    assert_eq!(status["state"], "unreadable");
    assert!(status["message"].as_str().unwrap().contains("not a ledger"), "{status:#}");
    let none = at(&desk, "none").args(["ledger", "status"]).output().unwrap();
    assert_eq!(none.status.code(), Some(2), "{none:?}");
}

#[test]
fn a_copy_has_the_same_calls_and_a_different_call_is_named() {
    let desk = Desk::new(Speed::Instant);
    desk.json(0, &["generate", "a waltz", "--name", "order 7", "--save", "songs"]);
    let lost = desk.lose();
    let copied = desk.json(0, &["ledger", "copy", "ledger.db", "copy.db"]);
    assert_eq!((&copied["outcome"], &copied["compared"], &copied["written"]), (&json!("same"), &json!(2), &json!(2)));
    assert_eq!(desk.json(0, &["ledger", "copy", "ledger.db", "copy.db"])["written"], 0);
    let json = |ledger: &str, arguments: &[&str]| {
        document(&at(&desk, ledger).args(["--format", "json"]).args(arguments).output().unwrap())
    };
    let list = |ledger: &str| json(ledger, &["list", "--all"])["receipts"].clone();
    assert_eq!(list("copy.db"), list("ledger.db"));
    let again = json("copy.db", &["generate", "a waltz", "--name", "order 7", "--no-wait"]);
    assert_eq!(again["taskId"], list("ledger.db")[1]["taskId"], "the copy knows the name");

    json("copy.db", &["forget", &lost]);
    let told = desk.run(&["ledger", "copy", "ledger.db", "copy.db"]);
    assert_eq!(told.status.code(), Some(1), "{told:?}");
    let expected = format!("receipts that could not be copied to {}: 1;", desk.path("copy.db").display());
    assert!(stdout(&told).contains(&expected) && stdout(&told).contains(&lost), "{told:?}");
    let copied = desk.json(1, &["ledger", "copy", "ledger.db", "copy.db"]);
    assert_eq!((&copied["outcome"], &copied["different"][0]["receipt"]), (&json!("different"), &json!(lost)));
    assert_eq!(list("copy.db")[0]["state"], "forgotten", "it is not replaced");
    assert_eq!(list("ledger.db")[0]["state"], "unknown", "and nothing is copied back");
}

#[test]
fn a_copy_that_makes_no_sense_is_refused_and_makes_no_file() {
    let desk = Desk::new(Speed::Instant);
    desk.json(0, &["tasks"]);
    for (from, to, why) in [
        ("missing.db", "copy.db", "there is no ledger missing.db"),
        ("ledger.db", "./ledger.db", "the same ledger"),
        ("ledger.db", "none", "no ledger"),
        ("env:KIE_NOWHERE", "copy.db", "KIE_NOWHERE is not set"),
    ] {
        let refused = desk.run(&["ledger", "copy", from, to]);
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
        assert!(stderr(&refused).contains(why), "{refused:?}");
    }
    assert!(!desk.path("copy.db").exists() && !desk.path("missing.db").exists());

    desk.lose();
    let sql = rusqlite::Connection::open(desk.path("ledger.db")).unwrap();
    sql.execute("UPDATE receipts SET receipt = json_set(receipt, '$.state', 'queued')", ()).unwrap();
    let newer =
        document(&desk.kie().args(["--format", "json", "ledger", "copy", "ledger.db", "copy.db"]).output().unwrap());
    assert_eq!((&newer["outcome"], newer["unreadable"].as_array().unwrap().len()), (&json!("unreadable"), 1));
    let listed = at(&desk, "copy.db").args(["--format", "json", "list"]).output().unwrap();
    assert_eq!(document(&listed)["total"], 0);
}
