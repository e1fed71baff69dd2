//! Tests of operations that respond with their result, and whose result a task makes on the market route.

use std::{
    fs,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use kie_sandbox::{Fault, Sandbox, Speed};
use serde_json::{Value, json};

use crate::{
    stage::desk::Desk,
    stage::service::{Service, stderr, stdout},
};

/// Starts a style boost whose result a task makes, and kills the command while it waits. Returns the id of the task.
fn killed_while_waiting(desk: &Desk) -> String {
    let sandbox = &desk.service.sandbox;
    let polled = Arc::new(AtomicBool::new(false));
    let is_polled = Arc::clone(&polled);
    sandbox.faults(move |request| {
        let is_lookup = request.path.contains("recordInfo");
        is_polled.fetch_or(is_lookup, Ordering::SeqCst);
        is_lookup.then_some(Fault::Hang)
    });
    let request = desk.path("style.json");
    fs::write(&request, "{\"content\":\"dusty soul\"}").unwrap();
    let call = ["--route", "market", "call", "boost-music-style", "--name", "style", "--json"];
    let mut child = desk.kie().args(call).arg(request).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    while !polled.load(Ordering::SeqCst) {
        assert!(child.try_wait().unwrap().is_none(), "the command waits for the task");
        thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    sandbox.faults(|_| None);
    sandbox.tasks().pop().unwrap().id
}

#[test]
fn a_task_that_makes_a_result_is_listed_shown_resumed_and_saved() {
    let sandbox = Sandbox::builder().speed(Speed::Fast).market_inline(false).build();
    let desk = Desk::of(Service::of(sandbox));
    let id = killed_while_waiting(&desk);
    let [listed] = &desk.tasks()[..] else { panic!("it is not listed") };
    let known = ["operation", "route", "state", "taskId", "name"].map(|key| listed[key].as_str().unwrap());
    assert_eq!(known, ["boost-music-style", "market", "running", &*id, "style"]);

    let receipt = listed["receipt"].as_str().unwrap();
    for command in [&["task", "boost-music-style", &*id, "--wait"][..], &["resume", receipt]] {
        let shown = desk.json(0, command);
        assert_eq!((&shown["outcome"], &shown["route"]), (&json!("success"), &json!("market")), "{command:?}");
        let text: Value = serde_json::from_str(shown["items"][0]["text"].as_str().unwrap()).unwrap();
        assert!(text["result"].is_string(), "{shown}");
        let printed = stdout(&desk.run(command));
        assert!(printed.starts_with("{\n") && printed.contains("cost 0.4 credits"), "{printed}");
    }
    let saved = desk.json(0, &["save", "songs"]);
    let [task] = &saved["tasks"].as_array().unwrap()[..] else { panic!("{saved}") };
    assert_eq!((&task["outcome"], &task["credits"]), (&json!("success"), &json!(0.4)));
    let file = task["files"][0]["path"].as_str().unwrap();
    assert!(file.ends_with(&format!("boost-music-style-{}.json", &id[..8])), "{file}");
    assert!(desk.tasks().is_empty());
    assert_eq!(desk.service.sandbox.requests("boost-music-style").len(), 1);

    // On the classic route, the operation starts no task.
    let classic = ["--ledger", "none", "task", "boost-music-style", &*id];
    let refused = desk.service.kie().args(classic).output().unwrap();
    assert!(refused.status.code() == Some(2) && stderr(&refused).contains("--route market"), "{refused:?}");
    let shown = desk.service.kie().args(classic).args(["--route", "market"]).output().unwrap();
    assert_eq!(shown.status.code(), Some(0), "{shown:?}");
}
