//! Tests of the consent to a price: the dry run, the budget and the question.

use std::fs;

use kie_sandbox::Speed;
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::{
    stage::desk::Desk,
    stage::service::{Service, document, kie, stderr, stdout},
};

/// Returns the number of paid calls that the simulator has received.
fn starts(service: &Service) -> usize {
    service.sandbox.requests("generate-music").len()
}

#[test]
fn a_dry_run_prints_what_is_sent_and_sends_nothing() {
    for route in ["classic", "market"] {
        let service = Service::new(Speed::Instant);
        let song = ["generate", "la la", "--style", "polka", "--title", "Stairs", "--duration", "60"];
        let run = |more: &[&str]| {
            let mut kie = service.kie();
            kie.args(["--format", "json", "--route", route]).args(song).args(more).output().unwrap()
        };
        let dry = run(&["--dry-run"]);
        assert_eq!(dry.status.code(), Some(0), "{dry:?}");
        assert!(stderr(&dry).contains("price: 12 credits, about US$ 0.06; prices of 20"), "{dry:?}");
        assert_eq!(service.sandbox.requests("get-account-credits").len() + starts(&service), 0);
        let dry = document(&dry);
        assert_eq!((&dry["outcome"], &dry["method"], &dry["price"]), (&json!("dryRun"), &json!("POST"), &json!(12.0)));
        assert_eq!((&dry["priceUsd"], &dry["route"]), (&json!(0.06), &json!(route)));
        assert_eq!(run(&[]).status.code(), Some(0));
        let sent = &service.sandbox.requests("generate-music")[0];
        assert_eq!(dry["url"], format!("{}{}", service.url(), sent.path));
        assert_eq!(dry["body"], sent.body);
    }
}

#[test]
fn a_dry_run_needs_no_key_and_refuses_what_would_be_refused() {
    let dry = kie().args(["generate", "a waltz", "--dry-run"]).output().unwrap();
    assert_eq!(dry.status.code(), Some(0), "{dry:?}");
    let said = stdout(&dry);
    assert!(
        said.starts_with("POST https://api.kie.ai/api/v1/generate\nauthorization: Bearer (the API key)\n"),
        "{said}"
    );
    assert!(said.contains("\n\n{\n  \"callBackUrl\": \"playground\",\n"), "{said}");
    assert!(stderr(&dry).ends_with("dry run: nothing was sent\n"), "{dry:?}");
    let near = kie().args(["generate", "a waltz", "--model", "V6_MAXI", "--dry-run"]).output().unwrap();
    assert!(stderr(&near).contains("did you mean \"V6_MINI\""), "{near:?}");
    let wrong = kie().args(["generate", "--dry-run"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(3), "{wrong:?}");
}

#[test]
fn a_dry_run_of_a_call_uploads_nothing_and_knows_the_names_of_the_ledger() {
    let (desk, files) = (Desk::new(Speed::Instant), tempdir().unwrap());
    let files = files.path().canonicalize().unwrap();
    fs::write(files.join("hum.mp3"), b"ID3 and so on").unwrap();
    let request =
        json!({ "uploadUrl": files.join("hum.mp3"), "title": "Harbour", "tags": "folk", "negativeTags": "edm" });
    fs::write(desk.path("request.json"), request.to_string()).unwrap();
    let allow = ["--allow-files", files.to_str().unwrap()];
    let call = [&["call", "add-instrumental", "--json", "request.json", "--dry-run"], &allow[..]].concat();
    let dry = desk.json(0, &call);
    assert_eq!(dry["body"]["uploadUrl"], "https://upload.invalid/", "{dry}");
    assert!(desk.service.sandbox.requests("upload-file-stream").is_empty());
    // `kie check` accepts and refuses the same.
    let check = |more: &[&str]| desk.run(&[&["check", "add-instrumental", "request.json"], more].concat());
    assert_eq!(check(&allow).status.code(), Some(0));
    let refused = check(&[]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(stderr(&refused).contains("add --allow-files with its folder"), "{refused:?}");

    let order = ["generate", "x", "--name", "order-1"];
    assert_eq!(desk.json(0, &[&order[..], &["--dry-run"]].concat())["wouldSend"], true);
    desk.json(0, &order);
    let again = desk.json(0, &[&order[..], &["--dry-run"]].concat());
    assert_eq!((&again["wouldSend"], &again["price"]), (&json!(false), &Value::Null));
    assert_eq!(desk.starts(), 1);
}

#[test]
fn a_budget_that_is_too_small_is_9_and_nothing_is_sent() {
    let service = Service::new(Speed::Instant);
    for (environment, more) in [(None, &["--budget", "11.9"][..]), (Some("5"), &[]), (Some("100"), &["--budget", "0"])]
    {
        let mut kie = service.kie();
        kie.args(["--format", "json", "generate", "x"]).args(more);
        let output = kie.envs(environment.map(|budget| ("KIE_BUDGET", budget))).output().unwrap();
        assert_eq!(output.status.code(), Some(9), "{output:?}");
        let document = document(&output);
        assert_eq!((&document["error"], &document["charged"]), (&json!("overBudget"), &json!("no")), "{document}");
    }
    assert_eq!(starts(&service), 0);
    let enough = service.kie().args(["generate", "x", "--budget", "12"]).env("KIE_BUDGET", "1").output().unwrap();
    assert_eq!((enough.status.code(), starts(&service)), (Some(0), 1), "{enough:?}");
}

#[test]
fn a_high_price_without_a_terminal_needs_a_word_of_consent() {
    let service = Service::new(Speed::Instant);
    let generate = |more: &[&str]| {
        let mut kie = service.kie();
        kie.env("KIE_CONFIRM_ABOVE", "11").args(["--format", "json", "generate", "x"]).args(more).output().unwrap()
    };
    let refused = generate(&[]);
    assert_eq!(refused.status.code(), Some(9), "{refused:?}");
    assert_eq!(document(&refused)["error"], "notConfirmed");
    let said = stderr(&refused);
    assert!(
        said.contains("12 credits, about US$ 0.06; prices of 20") && said.contains("add --yes, or --budget"),
        "{said}"
    );
    assert_eq!(starts(&service), 0);
    assert_eq!(generate(&["--yes"]).status.code(), Some(0));
    assert_eq!(generate(&["--budget", "12"]).status.code(), Some(0));
    assert_eq!(starts(&service), 2);
    let allowed = service.kie().env("KIE_CONFIRM_ABOVE", "12").args(["generate", "x"]).output().unwrap();
    assert_eq!(allowed.status.code(), Some(0), "{allowed:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_high_price_is_asked_about_on_a_terminal() {
    let service = Service::new(Speed::Instant);
    for (answer, code, sent) in [("n", 9, 0), ("", 9, 0), ("y", 0, 1)] {
        let mut kie = service.kie();
        kie.env("KIE_CONFIRM_ABOVE", "5").args(["generate", "x"]);
        let ended = crate::stage::terminal::answer(kie, "Send it?", answer);
        assert_eq!((ended.code, starts(&service)), (Some(code), sent), "{ended:?}");
        assert!(ended.shown.contains("generate-music costs 12 credits, about US$ 0.06"), "{ended:?}");
    }
}

#[test]
fn without_waiting_only_the_id_is_on_standard_output() {
    let service = Service::new(Speed::Live);
    let request = json!({ "prompt": "x", "customMode": false, "instrumental": false, "model": "V5" });
    let folder = tempdir().unwrap();
    let path = folder.path().join("request.json");
    fs::write(&path, request.to_string()).unwrap();
    let path = path.to_str().unwrap();
    for arguments in [&["generate", "x"][..], &["call", "generate-music", "--json", path]] {
        let output = service.kie().args(arguments).arg("--no-wait").output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let (id, said) = (stdout(&output), stderr(&output));
        assert!(id.trim().len() == 32 && id.lines().count() == 1, "{output:?}");
        let id = id.trim();
        assert!(said.contains("credits") && said.contains(&format!("kie task generate-music {id} --wait")), "{said}");
        let task = service.kie().args(["task", "generate-music", id]).output().unwrap();
        assert!(stdout(&task).starts_with(&format!("task {id}: running")), "{task:?}");
    }
}

#[test]
fn a_call_waits_as_generate_does() {
    let service = Service::new(Speed::Fast);
    let folder = tempdir().unwrap();
    let path = folder.path().join("request.json");
    fs::write(&path, json!({ "prompt": "two lighthouses" }).to_string()).unwrap();
    for more in [&[][..], &["--wait"]] {
        let mut kie = service.kie();
        let output = kie.args(["--format", "json", "call", "generate-lyrics", "--json"]).arg(&path).args(more).output();
        assert_eq!(document(&output.unwrap())["outcome"], "success");
    }
    let late =
        service.kie().args(["call", "generate-lyrics", "--timeout", "0.01", "--json"]).arg(&path).output().unwrap();
    assert_eq!(late.status.code(), Some(6), "{late:?}");
}

#[test]
fn a_time_that_is_no_time_is_wrong_usage_and_a_file_that_is_not_json_is_3() {
    for wrong in ["-1", "0", "soon"] {
        let output = kie().args(["--sandbox", "generate", "x", "--timeout", wrong]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let rule = if wrong == "soon" { "this is not a number of seconds" } else { "must be more than 0 seconds" };
        assert!(stderr(&output).contains(rule) && !stderr(&output).contains("use '--"), "{output:?}");
    }
    let folder = tempdir().unwrap();
    let notes = folder.path().join("notes.txt");
    fs::write(&notes, "notes").unwrap();
    for verb in [&["check", "generate-music"][..], &["--sandbox", "call", "generate-music", "--json"]] {
        let output = kie().args(verb).arg(&notes).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        assert!(stderr(&output).contains("notes.txt is not JSON") && stderr(&output).contains("nothing was sent"));
    }
}
