//! Tests of the ledger of the command line, after crashes, lost responses and repeated calls.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, SystemTime},
};

use kie_ledger::SqliteLedger;
use kie_sandbox::{Fault, Speed, TaskScript};
use kie_suno::receipts::{CallbackRecord, Ledger as _, Receipt, ReceiptUpdate};
use serde_json::{Value, json};

use crate::{
    stage::desk::Desk,
    stage::service::{document, kie, printed, stderr, stdout},
};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

#[test]
fn a_killed_command_leaves_its_task_to_be_saved() {
    let desk = Desk::new(Speed::Fast);
    let mut command = desk.kie();
    command.args(["generate", "x", "--name", "order-4711", "--save", "songs"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = lines.map(Result::unwrap).find(|line| line.starts_with("task ")).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();

    let task = &desk.service.sandbox.tasks()[0].id;
    assert_eq!(line, format!("task {task} (generate-music)"));
    let listed = &desk.tasks()[0];
    assert_eq!(listed["state"], "running");
    assert_eq!((&listed["taskId"], &listed["name"]), (&json!(task), &json!("order-4711")));
    assert_eq!((&listed["operation"], &listed["stage"]), (&json!("generate-music"), &Value::Null));
    assert_eq!(listed["keptUntil"].as_u64().unwrap() - listed["created"].as_u64().unwrap(), 14 * DAY_MS);
    let told = stdout(&desk.run(&["tasks"]));
    assert!(told.contains(&task[..8]) && told.contains("running") && told.contains("\"order-4711\""), "{told}");

    let saved = (0..100).find_map(|_| {
        let polled = desk.json(0, &["save", "songs"])["tasks"][0].clone();
        if polled["outcome"] == "success" {
            return Some(polled);
        }
        assert_eq!(polled["outcome"], "running");
        sleep(Duration::from_millis(100));
        None
    });
    let saved = saved.expect("the task is finished by now");
    assert_eq!((&saved["taskId"], &saved["name"]), (&json!(task), &json!("order-4711")));
    assert_eq!(saved["files"].as_array().unwrap().len(), 2);
    assert_eq!((desk.songs(), desk.starts()), (2, 1));
    assert_eq!(desk.tasks(), [] as [Value; 0]);
    assert_eq!(stdout(&desk.run(&["tasks"])), "there are no unfinished tasks\n");
    assert_eq!(stdout(&desk.run(&["save", "songs"])), "there is nothing to save\n");
}

#[test]
fn what_is_not_saved_stays_on_the_list_until_it_is() {
    let desk = Desk::new(Speed::Instant);
    let made = desk.json(0, &["generate", "x"]);
    let listed = &desk.tasks()[0];
    assert_eq!((&listed["state"], &listed["stage"]), (&json!("complete"), &json!("complete")));
    let told = stderr(&desk.run(&["tasks"]));
    assert!(told.contains("to save the complete ones, run: kie --ledger "), "{told}");

    let task = made["taskId"].as_str().unwrap();
    desk.json(0, &["task", "generate-music", task, "--save", "songs"]);
    assert_eq!((desk.songs(), desk.tasks().len()), (2, 0), "another command saved it");
    desk.json(0, &["generate", "z", "--no-wait"]);
    let receipt = desk.tasks()[0]["receipt"].as_str().unwrap().to_owned();
    desk.json(0, &["resume", &receipt, "--save", "songs"]);
    assert_eq!((desk.songs(), desk.tasks().len()), (4, 0), "a receipt whose task is known is as good as its task");
    desk.json(0, &["generate", "y", "--save", "songs", "--extras"]);
    assert_eq!((desk.songs(), desk.tasks().len()), (4 + 7, 0), "songs, lyrics, covers and the record");
}

#[test]
fn two_calls_with_one_name_start_one_task() {
    let desk = Desk::new(Speed::Instant);
    let first = desk.json(0, &["generate", "x", "--name", "a"]);
    let second = desk.json(0, &["generate", "x", "--name", "a", "--save", "songs"]);
    assert_eq!(first["taskId"], second["taskId"]);
    assert_eq!((desk.starts(), desk.songs()), (1, 2));

    let other = desk.json(3, &["generate", "y", "--name", "a"]);
    assert_eq!((&other["outcome"], &other["charged"]), (&json!("invalid"), &json!("no")));
    let request = desk.path("request.json");
    std::fs::write(&request, r#"{ "prompt": "z", "customMode": false, "instrumental": false, "model": "V5" }"#)
        .unwrap();
    let call = ["call", "generate-music", "--json", "request.json", "--name", "b", "--wait"];
    let tasks = [desk.json(0, &call), desk.json(0, &call)].map(|called| called["taskId"].clone());
    assert_eq!((&tasks[0], desk.starts()), (&tasks[1], 2));
}

#[test]
fn a_name_that_cannot_be_used_is_refused_before_anything_is_sent() {
    let desk = Desk::new(Speed::Instant);
    let nameless = desk.service.kie().args(["generate", "x", "--name", "a"]).output().unwrap();
    assert_eq!(nameless.status.code(), Some(2), "a simulator has no ledger by itself: {nameless:?}");
    assert!(stderr(&nameless).contains("--ledger"), "{nameless:?}");

    std::fs::write(desk.path("hum.mp3"), b"ID3 and so on").unwrap();
    let request = json!({ "uploadUrl": desk.path("hum.mp3"), "instrumental": true, "model": "V5",
        "customMode": false, "prompt": "a waltz" });
    std::fs::write(desk.path("request.json"), request.to_string()).unwrap();
    let upload = desk.run(&["call", "upload-and-cover-audio", "--json", "request.json", "--name", "a"]);
    assert_eq!(upload.status.code(), Some(2), "each upload has another link: {upload:?}");
    assert!(stderr(&upload).contains("run kie upload first"), "{upload:?}");
    let free = json!({ "fileUrl": "https://cdn.example.net/a.mp3", "uploadPath": "audio" });
    std::fs::write(desk.path("request.json"), free.to_string()).unwrap();
    for operation in ["get-account-credits", "upload-file-url"] {
        let named = desk.run(&["call", operation, "--json", "request.json", "--name", "a"]);
        assert_eq!(named.status.code(), Some(2), "{operation}: {named:?}");
        assert!(stderr(&named).contains("costs nothing"), "{operation}: {named:?}");
    }
    for operation in ["upload-and-cover-audio", "upload-file-stream", "upload-file-url", "get-account-credits"] {
        assert!(desk.service.sandbox.requests(operation).is_empty(), "{operation}");
    }
}

#[test]
fn a_ledger_that_cannot_be_written_is_told_before_anything_is_sent() {
    let desk = Desk::new(Speed::Instant);
    std::fs::write(desk.path("notes.txt"), "these are notes, and no ledger, and they are to stay as they are").unwrap();
    std::fs::create_dir(desk.path("folder")).unwrap();
    for unusable in ["folder", "notes.txt", "notes.txt/ledger.db"] {
        let command = |arguments: &[&str]| {
            let output = desk.service.kie().args(arguments).arg("--ledger").arg(desk.path(unusable)).output().unwrap();
            assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
            output
        };
        let told = stderr(&command(&["generate", "x"]));
        assert!(told.contains(unusable) && told.contains("--ledger none"), "{told}");
        assert!(told.contains("charged: no"), "{told}");
        assert_eq!(document(&command(&["--format", "json", "generate", "x"]))["charged"], "no");
        command(&["tasks"]);
        command(&["save", desk.path("songs").to_str().unwrap()]);
    }
    assert_eq!((desk.starts(), desk.service.sandbox.requests("get-account-credits").len()), (0, 0));
    assert!(std::fs::read_to_string(desk.path("notes.txt")).unwrap().starts_with("these are notes"));
    let without = desk.service.kie().args(["generate", "x", "--ledger", "none"]).output().unwrap();
    assert_eq!((without.status.code(), desk.starts()), (Some(0), 1), "{without:?}");
    let credits = desk.service.kie().args(["credits", "--ledger"]).arg(desk.path("folder")).output().unwrap();
    assert_eq!(credits.status.code(), Some(0), "what costs nothing needs no ledger: {credits:?}");
}

#[test]
fn a_lost_answer_is_listed_and_never_sent_again() {
    let desk = Desk::new(Speed::Instant);
    desk.service.sandbox.fault("generate-music", Fault::DropResponse);
    let lost = desk.run(&["generate", "x", "--name", "a"]);
    assert_eq!(lost.status.code(), Some(7), "{lost:?}");
    let listed = desk.tasks();
    assert_eq!((listed.len(), &listed[0]["state"], &listed[0]["taskId"]), (1, &json!("unknown"), &Value::Null));
    assert_eq!(listed[0]["keptUntil"], Value::Null);
    let receipt = listed[0]["receipt"].as_str().unwrap();
    assert!(stderr(&lost).contains(&format!("receipt: {receipt}")), "{lost:?}");

    let go_on = format!("continue with: kie --ledger {} tasks", desk.path("ledger.db").display());
    assert!(stderr(&lost).lines().any(|line| line == go_on), "{lost:?}");
    let told = desk.run(&["tasks"]);
    assert!(stdout(&told).contains(&receipt[..8]), "{told:?}");
    assert!(stderr(&told).contains("kie resume ID"), "{told:?}");

    let saved = desk.json(0, &["save", "songs"]);
    assert_eq!(saved, json!({ "version": 1, "tasks": [], "unnamed": 1 }));
    let late = desk.json(7, &["resume", receipt, "--timeout", "0.1"]);
    assert_eq!((&late["outcome"], &late["receipt"]), (&json!("unknown"), &json!(receipt)));
    assert_eq!(desk.json(7, &["generate", "x", "--name", "a"])["receipt"], *receipt, "its name does not help");
    assert_eq!((desk.starts(), desk.songs()), (1, 0));
    assert_eq!(desk.run(&["resume", &"0".repeat(32)]).status.code(), Some(2));
}

#[test]
fn a_callback_that_another_program_received_leads_to_the_files() {
    let desk = Desk::new(Speed::Instant);
    let receipt = desk.lose();
    let mut command = desk.kie();
    command.args(["--format", "json", "resume", &receipt, "--timeout", "60", "--save", "songs"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();

    let task = desk.service.sandbox.tasks()[0].id.clone();
    let mut callback = CallbackRecord::new(task.clone(), [7; 32]);
    callback.receipt = Some(receipt.parse().unwrap());
    desk.service.beside(async {
        let ledger = SqliteLedger::open(desk.path("ledger.db")).await.unwrap();
        assert!(ledger.receive(&callback).await.unwrap());
    });

    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let resumed = document(&output);
    assert_eq!((&resumed["outcome"], &resumed["taskId"]), (&json!("success"), &json!(task)));
    assert_eq!((desk.songs(), desk.starts(), desk.tasks().len()), (2, 1, 0));
}

#[test]
fn every_state_is_told_with_its_age() {
    let desk = Desk::new(Speed::Instant);
    desk.service.beside(async {
        let ledger = SqliteLedger::open(desk.path("ledger.db")).await.unwrap();
        for (days, task) in [(3, Some("task-of-old")), (15, Some("task-of-yore")), (0, None)] {
            let mut receipt = Receipt::new("generate-music", "{}").unwrap();
            receipt.created = SystemTime::now() - Duration::from_millis(days * DAY_MS + DAY_MS / 24);
            ledger.write(&receipt).await.unwrap();
            if let Some(task_id) = task.map(str::to_owned) {
                ledger.update(receipt.id, &ReceiptUpdate::Named { task_id }).await.unwrap();
            }
        }
    });
    let told = stdout(&desk.run(&["tasks"]));
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
    let lines: Vec<_> = told.lines().map(words).collect();
    assert_eq!(lines.len(), 4, "{told}");
    assert_eq!(lines[1], "running generate task-of-o 3 d 10 d left", "{told}");
    assert_eq!(lines[2], "running generate task-of-y 15 d expired?", "{told}");
    assert!(lines[3].starts_with("unsent generate ") && lines[3].ends_with(" 1 h"), "{told}");

    let polled = desk.json(1, &["save", "songs"]);
    assert_eq!(polled["tasks"].as_array().unwrap().len(), 2, "what was never sent has nothing to save");
    assert!(polled["tasks"].as_array().unwrap().iter().all(|it| it["outcome"] == "notFound"), "{polled}");
}

#[test]
fn a_save_of_all_tells_what_went_wrong_and_goes_on() {
    let desk = Desk::new(Speed::Instant);
    let fails = TaskScript::Fails {
        status: "SENSITIVE_WORD_ERROR".into(),
        code: 400,
        message: "a word in it".into(),
        after: None,
    };
    desk.service.sandbox.script_task(fails);
    // The lookup of the task is refused here. If it succeeded, it would write the failure of the task to the receipt.
    desk.service.sandbox.fault("get-music-details", Fault::Refuse { http_status: 200, code: 401, msg: "who?".into() });
    let doomed = desk.json(0, &["generate", "x", "--no-wait"])["taskId"].clone();
    desk.json(0, &["generate", "y", "--no-wait"]);
    desk.service.break_one_song(Fault::error_page(200));

    let kept_until: Vec<_> = desk.tasks().iter().map(|listed| listed["keptUntil"].clone()).collect();
    let polled = desk.json(1, &["save", "songs"])["tasks"].clone();
    assert_eq!([&polled[0]["keptUntil"], &polled[1]["keptUntil"]], [&kept_until[0], &kept_until[1]]);
    assert_eq!((&polled[0]["taskId"], &polled[0]["outcome"]), (&doomed, &json!("failed")));
    assert!(polled[0]["message"].as_str().unwrap().contains("a word in it"), "{polled}");
    assert_eq!((&polled[1]["outcome"], polled[1]["files"].as_array().unwrap().len()), (&json!("error"), 1));
    desk.service.mend();
    let again = desk.run(&["save", "songs"]);
    assert_eq!(again.status.code(), Some(0), "{again:?}");
    assert!(stdout(&again).starts_with("saved      generate-music task "), "{again:?}");
    assert_eq!((desk.songs(), desk.tasks().len()), (2, 0));
}

#[test]
fn a_save_of_all_warns_of_a_file_that_may_not_be_whole() {
    let desk = Desk::new(Speed::Instant);
    desk.json(0, &["generate", "x", "--no-wait"]);
    desk.service.break_one_song(Fault::HalfBody);
    let saved = desk.run(&["save", "songs"]);
    assert_eq!(saved.status.code(), Some(0), "{saved:?}");
    let warnings =
        stderr(&saved).lines().filter(|line| line.starts_with("warning: ") && line.contains(" plays ")).count();
    assert_eq!((warnings, desk.songs()), (1, 2), "{saved:?}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_before_the_answer_leaves_a_receipt() {
    let desk = Desk::new(Speed::Instant);
    let calls = [
        ("generate-music", &["generate", "x"][..]),
        ("generate-persona", &["call", "generate-persona", "--json", "request.json"][..]),
    ];
    std::fs::write(desk.path("request.json"), printed("generate-persona").to_string()).unwrap();
    for (index, (operation, arguments)) in calls.into_iter().enumerate() {
        desk.service.sandbox.fault(operation, Fault::Hang);
        let child = desk.kie().args(arguments).stderr(Stdio::piped()).spawn().unwrap();
        let arrived = (0..500).any(|_| {
            sleep(Duration::from_millis(20));
            desk.service.sandbox.requests(operation).len() == 1
        });
        assert!(arrived, "{operation}");
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{output:?}");
        assert!(stderr(&output).contains("may have accepted and charged it"), "{output:?}");
        assert!(stderr(&output).trim_end().ends_with(" tasks"), "{output:?}");
        let listed = &desk.tasks()[index];
        assert_eq!((&listed["operation"], &listed["state"]), (&json!(operation), &json!("unknown")));
    }
}

#[test]
fn the_help_says_what_is_kept_and_what_resume_needs() {
    let help = |arguments: &[&str]| {
        let output = kie().args(arguments).arg("--help").output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        stdout(&output).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let all = help(&[]);
    for said in [
        "kie/ledger.db in the user's data directory",
        "KIE_LEDGER",
        "with a ledger, kie tasks lists it",
        "a ledger that cannot",
    ] {
        assert!(all.contains(said), "{said}: {all}");
    }
    assert!(help(&["resume"]).contains("kie listen does not write callbacks to the ledger. Another program must"));
    for command in ["generate", "extend", "video", "call"] {
        assert!(help(&[command]).contains("A second call with the same name sends nothing"), "{command}");
    }
}
