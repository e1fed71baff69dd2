//! Screens of errors.

use std::fs;

use kie_sandbox::{Fault, Sandbox, Speed, TaskScript};
use kie_suno::{Credits, Stage, receipts::ReceiptState};
use serde_json::json;

use crate::{
    ledger::shelf::{Written, write},
    screens::songs::desk,
    setup::home::Home,
    stage::{
        desk::Desk,
        screen::{Screens, on_both_sizes},
        service::Service,
        stand_ins::StandIns,
    },
};

/// Names of the screens, exit codes and command lines. Nothing is sent.
const NOT_SENT: [(&str, i32, &str); 24] = [
    ("no-key", 8, r#"kie generate "a waltz""#),
    ("near-miss-verb", 2, "kie generat x"),
    ("near-miss-option", 2, r#"kie generate "a waltz" --titel "One""#),
    ("near-miss-word", 2, r#"kie generate "a waltz" --vocal femal"#),
    ("near-miss-model", 0, r#"kie generate "a waltz" --model V6_MAXI --dry-run"#),
    ("near-miss-operation", 2, "kie operations generate-musik"),
    ("no-prompt", 3, "kie --sandbox generate"),
    ("no-argument", 2, "kie extend"),
    ("no-option", 2, "kie add-vocals --last --style folk"),
    ("invalid", 3, r#"kie --sandbox generate "a waltz" --title "最后一班电车" --duration 5 --style-weight 2"#),
    ("invalid-model", 3, r#"kie --sandbox generate "a waltz" --style pop --title One --duration 60 --model V4"#),
    ("invalid-time", 2, "kie extend --last --at soon"),
    ("over-budget", 9, r#"kie --sandbox generate "a waltz" --budget 10"#),
    ("not-confirmed", 9, "kie --api-key k stems https://cdn.example.net/take3.mp3 --type all"),
    ("no-folder", 2, r#"kie generate "a waltz" --extras"#),
    ("no-wait-and-save", 2, r#"kie generate "a waltz" --no-wait --save songs"#),
    ("sandbox-task", 2, "kie --sandbox tasks"),
    ("sandbox-save", 2, "kie --sandbox save songs"),
    ("no-source", 3, "kie --sandbox extend nowhere.mp3"),
    ("check", 3, "kie check generate-music request.json"),
    ("check-no-json", 3, "kie check generate-music notes.txt"),
    ("empty-last", 2, "kie show --last"),
    ("empty-list", 0, "kie list"),
    ("empty-tasks", 0, "kie tasks"),
];

#[test]
fn screens_of_errors_before_a_call_are_as_a_person_has_seen_them() {
    on_both_sizes(|size| {
        let (home, mut screens) = (Home::new(), Screens::new("errors/not-sent", size));
        let request =
            json!({ "customMode": true, "instrumental": false, "model": "V9", "mood": "sad", "title": "x".repeat(90) });
        fs::write(home.project().join("request.json"), request.to_string()).unwrap();
        fs::write(home.project().join("notes.txt"), "notes").unwrap();
        for (name, code, line) in NOT_SENT {
            screens.take(name, code, home.kie(), line);
        }
        let folder = home.path("");
        screens.compare(&StandIns::default().with(folder.to_str().unwrap().trim_end_matches('/'), "/home/mia/music"));
    });
}

fn fails(code: i64, status: &str, message: &str, after: Option<Stage>) -> TaskScript {
    TaskScript::Fails { status: status.into(), code, message: message.into(), after }
}

#[test]
fn screens_of_errors_of_the_service_are_as_a_person_has_seen_them() {
    on_both_sizes(|size| {
        let (desk, mut screens) = (desk(Speed::Instant), Screens::new("errors/service", size));
        let sandbox = desk.service.sandbox.clone();
        let mut take = |name: &str, code: i32, line: &str| drop(screens.take(name, code, desk.kie(), line));
        sandbox.fault("generate-music", Fault::refuse(413));
        take("refused", 4, r#"kie generate "a waltz""#);
        sandbox.script_task(fails(
            400,
            "SENSITIVE_WORD_ERROR",
            "the prompt has a word that is not allowed: 电车",
            None,
        ));
        take("failed", 5, r#"kie generate "a waltz" --save songs"#);
        sandbox.script_task(fails(500, "GENERATE_AUDIO_FAILED", "internal error", Some(Stage::First)));
        take("failed-after-one-song", 5, r#"kie generate "a waltz" --save songs"#);
        sandbox.fault("generate-music", Fault::DropResponse);
        take("unknown", 7, r#"kie generate "a march of the tin soldiers""#);
        take("unknown-id", 3, "kie extend 5b0e7a94");
        take("unknown-name", 2, r#"kie show "a march""#);
        take("nothing-to-open", 1, "kie open --last");
        // Several tasks would be saved in any order.
        let request = json!({ "prompt": "a waltz", "customMode": false, "instrumental": false, "model": "V5_5" });
        write(&desk, [Written::new("bb", "generate-music", &request).is(ReceiptState::Running, 60).made("bbcc", &[])]);
        take("save-not-found", 1, "kie save songs");
        screens.compare(&StandIns::of(&desk));
    });
}

#[test]
fn screens_of_an_account_without_credits_are_as_a_person_has_seen_them() {
    on_both_sizes(|size| {
        let sandbox = Sandbox::builder().seed(7).api_key("k").credits(Credits::new(5.0)).build();
        let (desk, mut screens) = (Desk::of(Service::of(sandbox)), Screens::new("errors/account", size));
        screens.take("no-credits", 4, desk.kie(), r#"kie --api-key k generate "a waltz""#);
        screens.take("wrong-key", 4, desk.kie(), r#"kie --api-key other generate "a waltz""#);
        screens.compare(&StandIns::of(&desk));
    });
}
