//! Tests of `kie list` and `kie show`, and of the short ids that other verbs accept.

use kie_sandbox::Speed;
use kie_suno::receipts::ReceiptState;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    ledger::shelf::{WALTZ, Written, shelf, write},
    stage::desk::Desk,
    stage::service::{kie, stderr, stdout},
};

/// Returns the kinds of the listed receipts.
fn kinds(desk: &Desk, filters: &[&str]) -> Vec<String> {
    let listed = desk.json(0, &[&["list"], filters].concat());
    listed["receipts"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_call_is_listed_years_later() {
    let desk = Desk::new(Speed::Instant);
    let old = Written::new(WALTZ, "generate-music", &json!({ "prompt": "a slow waltz" }));
    let old =
        old.is(ReceiptState::Saved, 3 * 365 * 24 * 60 * 60).made("76a65e3c", &[("045c7003-6a0e", "A waltz", 170.2)]);
    write(&desk, [old]);
    // A ledger removes old receipts after it was written.
    desk.json(0, &["generate", "x", "--save", "songs"]);
    desk.json(0, &["generate", "x", "--save", "songs"]);
    assert_eq!(desk.json(0, &["list"])["total"], 3);
    assert_eq!(desk.json(0, &["show", "045c7003"])["items"][0]["title"], "A waltz");
}

#[test]
fn all_calls_are_listed_the_newest_first() {
    let desk = shelf();
    let all = ["sounds", "persona", "extend", "lyrics", "generate", "cover", "generate", "stems", "generate"];
    assert_eq!(kinds(&desk, &[]), all);
    assert_eq!(kinds(&desk, &["--limit", "2"]), all[..2]);
    let listed = desk.json(0, &["list", "--limit", "2"]);
    assert_eq!((&listed["total"], &listed["unreadable"]), (&json!(9), &json!([])));
    let told = desk.run(&["list", "--limit", "2"]);
    assert!(stderr(&told).contains("2 of 9 calls"), "{told:?}");
    let listed = desk.json(0, &["list", "--all"])["receipts"].clone();
    let waltz = &listed[8];
    assert_eq!(
        waltz["items"][1],
        json!({ "id": "ebd45dfb-1b7a-0000-0000-000000000000", "shortId": "ebd45dfb", "title": "A slow waltz", "durationS": 94.0 })
    );
    assert_eq!((&waltz["state"], &waltz["price"], &waltz["credits"]), (&json!("saved"), &json!(12.0), &Value::Null));
    assert_eq!((&listed[6]["credits"], &listed[6]["route"]), (&json!(14.5), &json!("market")));
    assert_eq!(listed[5]["price"], Value::Null, "it is not certain that a failed task was charged");
    assert_eq!(listed[2]["sourceTitle"], "A slow waltz", "a call about a track has its title");
}

#[test]
fn filters_leave_calls_out() {
    let desk = shelf();
    assert_eq!(kinds(&desk, &["--kind", "generate"]), ["generate"; 3]);
    assert_eq!(kinds(&desk, &["--operation", "upload-and-cover-audio"]), ["cover"]);
    assert_eq!(kinds(&desk, &["--state", "unknown"]), ["generate"]);
    assert_eq!(kinds(&desk, &["--title", "WALTZ"]), ["extend", "stems", "generate"]);
    assert_eq!(kinds(&desk, &["--title", "电车"]), ["generate"]);
    assert_eq!(kinds(&desk, &["--since", "2h"]), ["sounds", "persona", "extend"]);
    assert_eq!(kinds(&desk, &["--since", "2w", "--kind", "stems"]), ["stems"]);
    assert_eq!(kinds(&desk, &["--since", "2020-01-01"]).len(), 9);
    assert_eq!(kinds(&desk, &["--state", "forgotten"]), [""; 0]);
    for wrong in [["--kind", "songs"], ["--since", "yesterday"], ["--state", "lost"], ["--limit", "0"]] {
        assert_eq!(desk.run(&[&["list"], &wrong[..]].concat()).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn a_call_is_shown_by_each_of_its_names() {
    let desk = shelf();
    let receipt = format!("{WALTZ:0<32}");
    for word in [WALTZ, &receipt, "76a65e3c", &format!("{:0<32}", "76a65e3c"), "045c7003", "ebd45dfb-1b7a"] {
        let shown = desk.json(0, &["show", word]);
        assert_eq!(shown["receipt"], *receipt, "{word}");
        assert_eq!(shown["request"]["prompt"], "[Verse]\nTwo accordions\nin the rain");
    }
    assert_eq!(desk.json(0, &["show", "order-4711"])["kind"], "generate");
    assert_eq!(desk.json(0, &["show", "--last"])["kind"], "sounds");
    let next = desk.json(0, &["show", "ebd45dfb"])["next"].clone();
    let next: Vec<&str> = next.as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    assert!(next[0].ends_with(" open ebd45dfb") && next[1].ends_with(" extend ebd45dfb"), "{next:?}");
    let none = desk.run(&["show", "045c7004"]);
    assert_eq!(none.status.code(), Some(2), "{none:?}");
    assert!(stderr(&none).contains("kie list"), "{none:?}");
}

#[test]
fn an_id_is_as_long_as_it_must_be_and_a_shorter_one_is_told() {
    let desk = shelf();
    let listed = desk.json(0, &["list", "--title", "月光"])["receipts"][0]["items"].clone();
    assert_eq!([&listed[0]["shortId"], &listed[1]["shortId"]], ["c0ffee00-1", "c0ffee00-2"]);
    let request = json!({ "prompt": "x", "model": "V5_5" });
    let other = Written::new("aaaa", "generate-music", &request).is(ReceiptState::Saved, 10);
    write(&desk, [other.made("cafe", &[("045c7003-7777", "Another waltz", 60.0)])]);
    let ambiguous = desk.run(&["show", "045c7003"]);
    assert_eq!(ambiguous.status.code(), Some(2), "{ambiguous:?}");
    let told = stderr(&ambiguous);
    assert!(told.contains("  045c7003-6  generate-music  A slow waltz\n"), "{told}");
    assert!(told.contains("  045c7003-7  generate-music  Another waltz\n"), "{told}");
    assert_eq!(desk.json(0, &["show", "045c7003-7"])["title"], "Another waltz");
}

#[test]
fn receipts_without_results_are_listed_by_their_files() {
    let desk = Desk::new(Speed::Instant);
    desk.json(0, &["generate", "a slow waltz", "--save", "songs"]);
    Connection::open(desk.path("ledger.db"))
        .unwrap()
        .execute("UPDATE receipts SET receipt = json_remove(receipt, '$.items')", [])
        .unwrap();
    let listed = desk.json(0, &["list"])["receipts"][0].clone();
    let items = listed["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["title"]), (2, &json!("A slow waltz")));
    let short = items[1]["shortId"].as_str().unwrap();
    assert_eq!(desk.json(0, &["show", short])["receipt"], listed["receipt"]);
}

#[test]
fn short_ids_are_printed_where_the_next_step_needs_them_and_accepted_there() {
    let desk = Desk::new(Speed::Instant);
    let made = desk.run(&["generate", "a slow waltz"]);
    let track = stdout(&made).split_whitespace().next().unwrap().to_owned();
    assert_eq!(track.len(), 8, "{made:?}");
    let task = desk.tasks()[0]["taskId"].as_str().unwrap().to_owned();
    let shown = stdout(&desk.run(&["task", "generate-music", &task]));
    assert!(shown.starts_with(&format!("{track}  ")) && shown.contains("  A slow waltz  "), "{shown}");
    assert!(stdout(&desk.run(&["tasks"])).contains(&format!("  {}  ", &task[..8])));
    let resumed = desk.run(&["resume", &task[..8], "--save", "songs"]);
    let first = stdout(&resumed).lines().next().unwrap().to_owned();
    assert!(
        first.starts_with(&track[..]) && first.ends_with(&format!("  songs/A slow waltz-{track}.mp3")),
        "{resumed:?}"
    );

    let request = json!({ "prompt": "x", "model": "V5_5", "customMode": false, "instrumental": false });
    let gone = Written::new("aaaa", "generate-music", &request).is(ReceiptState::Running, 10);
    write(&desk, [gone.made("dead", &[])]);
    let forgotten = desk.run(&["forget", "dead0000"]);
    assert!(stdout(&forgotten).contains(" forgotten "), "{forgotten:?}");
    assert_eq!(desk.json(0, &["list"])["receipts"][0]["state"], "forgotten");
}

#[test]
fn kie_save_prints_the_id_and_the_length_of_each_song() {
    let desk = Desk::new(Speed::Instant);
    let made = desk.json(0, &["generate", "a slow waltz"]);
    let items = serde_json::from_value(json!(
        made["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| { json!({ "id": item["id"], "title": item["title"], "duration_s": item["durationS"] }) })
            .collect::<Vec<_>>()
    ));
    let receipt = desk.tasks()[0]["receipt"].as_str().unwrap().parse().unwrap();
    desk.service.beside(async {
        use kie_suno::receipts::{Ledger as _, ReceiptUpdate};
        let ledger = kie_ledger::SqliteLedger::open(desk.path("ledger.db")).await.unwrap();
        ledger.update(receipt, &ReceiptUpdate::Made { items: items.unwrap() }).await.unwrap();
    });
    let saved = desk.run(&["save", "songs"]);
    for item in made["items"].as_array().unwrap() {
        let seconds = item["durationS"].as_f64().unwrap().round();
        let length = format!("{}:{:02}", (seconds / 60.0).floor(), seconds % 60.0);
        let id = &item["id"].as_str().unwrap()[..8];
        let line = stdout(&saved).lines().find(|line| line.contains(id)).unwrap().to_owned();
        assert!(line.trim_start().starts_with(id) && line.contains(&format!(" {length}  ")), "{line}");
    }
}

#[test]
fn a_ledger_that_is_missing_or_cannot_be_listed_is_told() {
    for verb in [&["list"][..], &["show", "--last"], &["open", "--last"]] {
        let nowhere = kie().args(["--ledger", "none"]).args(verb).output().unwrap();
        assert_eq!(nowhere.status.code(), Some(2), "{nowhere:?}");
        assert!(stderr(&nowhere).contains("there is no ledger"), "{nowhere:?}");
    }
    let desk = Desk::new(Speed::Instant);
    assert_eq!(desk.json(0, &["list"])["total"], 0);
    assert!(stdout(&desk.run(&["list"])).starts_with("there are no calls in "));
    assert_eq!(desk.run(&["show", "--last"]).status.code(), Some(2));
    let file = Connection::open(desk.path("ledger.db")).unwrap();
    file.execute_batch("ALTER TABLE receipts RENAME COLUMN receipt TO body").unwrap();
    for verb in [&["list"][..], &["show", "--last"]] {
        let broken = desk.run(verb);
        assert_eq!(broken.status.code(), Some(1), "{broken:?}");
        assert!(stderr(&broken).contains("cannot be listed"), "{broken:?}");
    }
}
