//! Tests of `kie doctor`.

use std::{fs, net::TcpListener};

use kie_sandbox::Speed;
use serde_json::Value;

use crate::{
    setup::home::Home,
    stage::service::{Service, document, stdout},
};

/// Returns the state and the message of each check.
fn checks(document: &Value) -> Vec<(String, String, String)> {
    let text = |check: &Value, key: &str| check[key].as_str().unwrap().to_owned();
    let checks = document["checks"].as_array().unwrap();
    checks.iter().map(|check| (text(check, "check"), text(check, "state"), text(check, "message"))).collect()
}

#[test]
fn a_sound_installation_has_no_fault() {
    let (service, home) = (Service::new(Speed::Instant), Home::new());
    let output = home.kie().env("KIE_BASE_URL", service.url()).args(["--format", "json", "doctor"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let document = document(&output);
    let checks = checks(&document);
    let names: Vec<_> = checks.iter().map(|(name, ..)| name.as_str()).collect();
    let all = ["version", "settings", "ledger", "proxy", "key", "api host", "certificates", "clock", "upload host"];
    assert_eq!(names, all);
    assert!(checks.iter().all(|(_, state, _)| state == "ok"), "{document}");
    let message = |name: &str| checks.iter().find(|(check, ..)| check == name).unwrap().2.clone();
    assert!(message("api host").contains("1000 credits left") && message("clock").contains("differs"), "{document}");
    assert!(message("upload host").contains("accepts connections"), "{document}");
    let posts = |operation| service.sandbox.requests(operation).len();
    assert_eq!((posts("get-account-credits"), service.sandbox.tasks().len()), (1, 0), "it is free");
}

#[test]
fn a_fault_is_told_with_what_to_do_and_ends_with_1() {
    let home = Home::new();
    home.write_user_file("colour = 1\n");
    let ledger = home.path("notes.txt");
    fs::write(&ledger, "notes\n".repeat(1_000)).unwrap();
    // A port that nobody listens at.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut kie = home.kie();
    kie.arg("--base-url").arg(format!("http://{closed}")).arg("--ledger").arg(&ledger);
    let output = kie.arg("doctor").env("HTTPS_PROXY", "http://me:s3cret@proxy.example:3128").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = stdout(&output);
    for line in [
        "fault    settings      ",
        "fault    ledger        ",
        "fault    api host      ",
        "fault    upload host   ",
        "ok       proxy         HTTPS_PROXY is set to proxy.example:3128",
        "ok       clock         not checked",
    ] {
        assert!(said.lines().any(|said| said.starts_with(line)), "{line}: {said}");
    }
    assert!(said.contains("line 1: there is no setting \"colour\"") && !said.contains("s3cret"), "{said}");
    let has_advice = |after: &str| {
        let mut lines = said.lines().skip_while(|line| !line.contains(after)).skip(1);
        lines.next().is_some_and(|advice| advice.starts_with("                       "))
    };
    assert!(has_advice("settings") && has_advice("ledger") && has_advice("api host"), "{said}");
}
