//! Paid calls with a ledger in PostgreSQL.

use kie_sandbox::{Fault, Speed};
use serde_json::json;

use super::Fleet;
use crate::stage::service::stderr;

#[test]
fn a_call_is_paid_once_and_is_found_saved_and_closed_from_any_folder() {
    let Some(fleet) = Fleet::new(Speed::Instant) else { return };
    let started = fleet.json(0, &["generate", "a slow waltz", "--name", "order 7", "--no-wait"]);
    let again = fleet.json(0, &["generate", "a slow waltz", "--name", "order 7", "--no-wait"]);
    assert_eq!(again["taskId"], started["taskId"]);
    assert_eq!(fleet.desk.starts(), 1, "the second command found the first one in the database");

    let listed = fleet.json(0, &["list"]);
    assert_eq!(listed["ledger"], fleet.shown().as_str());
    assert_eq!((&listed["total"], &listed["receipts"][0]["name"]), (&json!(1), &json!("order 7")));
    let resumed = fleet.json(0, &["resume", "order 7"]);
    assert_eq!(resumed["taskId"], started["taskId"]);
    let saved = fleet.json(0, &["save", "songs"]);
    assert_eq!(saved["tasks"][0]["outcome"], "success");
    assert_eq!(fleet.desk.songs(), 2);
    assert_eq!(fleet.json(0, &["tasks"])["tasks"], json!([]));
    let shown = fleet.json(0, &["show", "--last"]);
    assert!(shown["next"][0].as_str().unwrap().contains(&fleet.shown()), "{shown:#}");

    fleet.desk.service.sandbox.fault("generate-music", Fault::DropResponse);
    let lost = fleet.json(7, &["generate", "x"]);
    let id = lost["receipt"].as_str().unwrap();
    assert!(lost["goOn"].as_str().unwrap().contains(&fleet.shown()), "{lost:#}");
    assert_eq!(fleet.json(0, &["tasks"])["tasks"][0]["receipt"], id);
    assert_eq!(fleet.json(0, &["forget", id])["receipts"][0]["outcome"], "forgotten");
    assert_eq!(fleet.json(0, &["tasks"])["tasks"], json!([]));
}

#[test]
fn the_status_tells_the_place_and_counts_the_calls() {
    let Some(fleet) = Fleet::new(Speed::Fast) else { return };
    let status = fleet.json(0, &["ledger", "status"]);
    assert_eq!((&status["ledger"], &status["schema"]), (&json!(fleet.shown()), &json!(fleet.schema)));
    assert_eq!((&status["engine"], &status["state"]), (&json!("postgres"), &json!("readable")));
    assert_eq!((&status["calls"], &status["oldest"]), (&json!({}), &json!(null)));
    fleet.json(0, &["generate", "a waltz", "--no-wait"]);
    let started = fleet.json(0, &["list"])["receipts"][0]["receipt"].clone();
    fleet.json(0, &["generate", "a waltz", "--save", "songs"]);
    let status = fleet.json(0, &["ledger", "status"]);
    assert_eq!(status["calls"], json!({ "running": 1 }));
    assert_eq!(status["oldest"]["receipt"], started);
    assert!((0.0..5_000.0).contains(&status["readMs"].as_f64().unwrap()));
    assert_eq!(fleet.json(0, &["ledger", "status", "--all"])["calls"], json!({ "running": 1, "saved": 1 }));
}

#[test]
fn a_database_that_cannot_be_reached_is_told_before_anything_is_paid() {
    let Some(fleet) = Fleet::new(Speed::Instant) else { return };
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let gone = format!("postgres://mia:{}@127.0.0.1:{port}/shop", fleet.password);
    let kie = |arguments: &[&str]| {
        let mut kie = fleet.desk.service.kie();
        kie.args(["--ledger", &gone]).args(arguments);
        kie
    };
    for arguments in [&["generate", "x"][..], &["tasks"], &["save", "songs"]] {
        let told = stderr(&fleet.run(1, kie(arguments)));
        let place = format!("receipts cannot be kept in postgres://mia@127.0.0.1:{port}/shop");
        assert!(told.contains(&place) && told.contains("charged: no"), "{told}");
    }
    assert_eq!(fleet.desk.starts(), 0);
    let status = fleet.run(1, kie(&["--format", "json", "ledger", "status"]));
    let status = crate::stage::service::document(&status);
    assert_eq!(status["state"], "unreadable");
    assert!(status["message"].as_str().unwrap().contains("connection"), "{status:#}");
}
