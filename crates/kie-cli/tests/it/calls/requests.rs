//! Tests of requests as JSON: `kie` checks them, sends them unchanged, or refuses to send them.

use std::{
    io::Write as _,
    process::Stdio,
    time::{Duration, SystemTime},
};

use kie_sandbox::Speed;
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::stage::{
    kie::{Kie, Output},
    service::{Service, document, kie, printed, stderr, stdout},
};

/// Runs the command with this JSON on its standard input.
fn with_input(command: &mut Kie, input: &Value) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn one_character_too_many_is_refused_offline() {
    let service = Service::new(Speed::Instant);
    for (model, prompt, style, title) in
        [("V4", 3000, 200, 80), ("V4_5", 5000, 1000, 100), ("V4_5ALL", 5000, 1000, 80), ("V5", 5000, 1000, 100)]
    {
        let mut request = printed("extend-music");
        request["model"] = model.into();
        for (field, limit) in [("prompt", prompt), ("style", style), ("title", title)] {
            request[field] = "永".repeat(limit).into();
        }
        let fits = with_input(kie().args(["check", "extend-music", "-"]), &request);
        assert_eq!(fits.status.code(), Some(0), "{model}: {fits:?}");

        for (field, limit) in [("prompt", prompt), ("style", style), ("title", title)] {
            request[field] = "永".repeat(limit + 1).into();
        }
        let checked = with_input(kie().args(["check", "extend-music", "-"]), &request);
        let called = with_input(service.kie().args(["call", "extend-music", "--json", "-", "--wait"]), &request);
        for output in [checked, called] {
            assert_eq!(output.status.code(), Some(3), "{model}");
            for (field, limit) in [("prompt", prompt), ("style", style), ("title", title)] {
                let line = format!("{field} has {} characters, at most {limit} are allowed", limit + 1);
                assert!(stderr(&output).contains(&line), "{line} is missing in {}", stderr(&output));
            }
        }
    }
    assert!(service.sandbox.requests("extend-music").is_empty());
    assert!(service.sandbox.requests("get-account-credits").is_empty(), "not even the balance was asked for");
}

#[test]
fn a_check_tells_missing_fields_wrong_types_and_unknown_keys_at_once() {
    let request = json!({ "prompt": 5, "customMode": true, "instrumental": false, "mood": "blue" });
    let output = with_input(kie().args(["--format", "json", "check", "generate-music", "-"]), &request);
    assert_eq!(output.status.code(), Some(3));
    let document = document(&output);
    assert_eq!(document["outcome"], "invalid");
    let violations: Vec<_> = document["violations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|violation| (violation["field"].as_str().unwrap(), violation["rule"].as_str().unwrap()))
        .collect();
    let expected = [("prompt", "wrongType"), ("model", "required"), ("style", "required"), ("title", "required")];
    assert_eq!(violations, expected);
    assert!(stderr(&output).contains("warning: generate-music has no field \"mood\""), "{output:?}");
}

#[test]
fn a_check_warns_of_what_is_legal_and_surely_not_meant() {
    let mut request = json!({
        "prompt": "a waltz", "customMode": false, "instrumental": true, "model": "V9", "style": "polka", "titel": "Stairs",
    });
    let output = with_input(kie().args(["check", "generate-music", "-"]), &request);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), "valid\n"));
    let known = "V4, V4_5, V4_5PLUS, V4_5ALL, V5, V5_5, V6, V6_MINI, V6_WILD";
    let told = [
        "warning: generate-music has no field \"titel\"; did you mean \"title\"?".to_owned(),
        format!("warning: model: \"V9\" is not a word that this version knows; it knows {known}"),
        "warning: style: the service ignores it when customMode is false".to_owned(),
    ];
    let warnings = stderr(&output);
    let warnings: Vec<_> = warnings.lines().filter(|line| line.starts_with("warning: ")).collect();
    assert_eq!(warnings, told);

    let output = with_input(kie().args(["--format", "json", "check", "generate-music", "-"]), &request);
    assert_eq!(output.status.code(), Some(0));
    let checked = document(&output);
    assert_eq!((&checked["outcome"], &checked["unknown"]), (&json!("valid"), &json!(["titel"])));
    let warnings = json!([
        { "field": "titel", "kind": "unknownField", "meant": "title",
          "advice": "the operation has no such field; did you mean \"title\"?" },
        { "field": "model", "kind": "unknownWord",
          "advice": format!("\"V9\" is not a word that this version knows; it knows {known}") },
        { "field": "style", "kind": "ignored", "advice": "the service ignores it when customMode is false" },
    ]);
    assert_eq!(checked["warnings"], warnings);
    let inspected = with_input(kie().args(["--format", "json", "inspect", "request", "generate-music", "-"]), &request);
    assert_eq!(document(&inspected)["warnings"], warnings);

    // An invalid request gets the same warnings as a valid one.
    request["duration"] = json!(30);
    let output = with_input(kie().args(["--format", "json", "check", "generate-music", "-"]), &request);
    let checked = document(&output);
    assert_eq!((output.status.code(), &checked["outcome"]), (Some(3), &json!("invalid")));
    assert_eq!(checked["warnings"], warnings);
}

#[test]
fn a_callback_address_of_the_own_network_is_warned_of_unless_the_service_is_there_too() {
    let service = Service::new(Speed::Instant);
    let request = json!({
        "prompt": "x", "customMode": false, "instrumental": true, "model": "V5", "callBackUrl": "http://localhost:9/cb",
    });
    let told = "warning: callBackUrl: \"localhost\" cannot be reached from the internet, so no callback will arrive\n";
    let check = ["check", "generate-music", "-"];
    let output = with_input(kie().args(check), &request);
    assert!(output.status.code() == Some(0) && stderr(&output).starts_with(told), "{output:?}");
    for output in [
        with_input(kie().arg("--sandbox").args(check), &request),
        with_input(service.kie().args(["call", "generate-music", "--json", "-"]), &request),
        service.kie().args(["generate", "x", "--call-back-url", "http://10.0.0.1/cb", "--no-wait"]).output().unwrap(),
    ] {
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(!stderr(&output).contains("cannot be reached"), "{output:?}");
    }
}

#[test]
fn a_near_miss_of_a_known_word_is_sent_only_unchecked() {
    let service = Service::new(Speed::Instant);
    let told = "model is \"v5\"; did you mean \"V5\"?";
    let request = json!({ "prompt": "x", "customMode": false, "instrumental": true, "model": "v5" });
    let output = with_input(kie().args(["--format", "json", "check", "generate-music", "-"]), &request);
    assert_eq!(output.status.code(), Some(3));
    let violation = json!({ "field": "model", "rule": "nearMiss", "actual": "v5", "meant": "V5", "message": told });
    assert_eq!(document(&output)["violations"], json!([violation]));
    let call = ["call", "generate-music", "--json", "-"];
    let output = with_input(service.kie().args(call), &request);
    assert!(output.status.code() == Some(3) && stderr(&output).contains(told), "{output:?}");
    let output = service.kie().args(["generate", "x", "--model", "chirp-crow"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("model is \"chirp-crow\"; did you mean \"V5\"?"), "{output:?}");
    for operation in ["generate-music", "get-account-credits"] {
        assert!(service.sandbox.requests(operation).is_empty(), "nothing is sent, and nothing is paid for");
    }

    let output = with_input(service.kie().args(call).arg("--unchecked"), &request);
    assert!(stderr(&output).starts_with(&format!("warning: {told}; sent unchecked\n")), "{output:?}");
    assert_eq!(service.sandbox.requests("generate-music")[0].body["model"], "v5");
}

#[test]
fn a_call_warns_before_it_is_sent_and_is_sent_all_the_same() {
    let service = Service::new(Speed::Instant);
    let request = json!({ "prompt": "x", "customMode": false, "instrumental": true, "model": "V9", "mood": "blue" });
    for more in [None, Some("--unchecked")] {
        let output = with_input(service.kie().args(["call", "generate-music", "--json", "-"]).args(more), &request);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let told = stderr(&output).lines().take(2).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(told[0], "warning: generate-music has no field \"mood\"", "{more:?}");
        assert!(told[1].starts_with("warning: model: \"V9\" is not a word that this version knows"), "{told:?}");
    }
    assert_eq!(service.sandbox.requests("generate-music").len(), 2);
}

#[test]
fn a_callback_without_a_code_is_judged_by_its_content() {
    let outcome = |operation: &str, body: &Value| {
        let output = with_input(kie().args(["--format", "json", "inspect", "callback", operation, "-"]), body);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let told = document(&output);
        (told["outcome"].as_str().unwrap().to_owned(), told["stage"].clone(), told["code"].clone())
    };
    // The record of the market route without its envelope, which some receivers got as a callback. Its state decides.
    let mut record = json!({
        "taskId": "a", "model": "ai-music-api/generate", "state": "success", "param": "{}", "failCode": null,
        "resultJson": "{\"data\":[]}", "failMsg": null, "costTime": 59,
    });
    for operation in ["generate-music", "convert-to-wav", "generate-lyrics", "separate-vocals", "suno-voice-generate"] {
        record["state"] = json!("generating");
        assert_eq!(outcome(operation, &record), ("running".into(), json!(null), json!(null)), "{operation}");
        // A success without a known result is not believed.
        record["state"] = json!("success");
        assert_eq!(outcome(operation, &record), ("running".into(), json!(null), json!(null)), "{operation}");
    }
    record["resultJson"] = json!("{\"data\":[{\"id\":\"b\",\"audio_url\":\"https://files.example/a.mp3\"}]}");
    assert_eq!(outcome("generate-music", &record), ("success".into(), json!("complete"), json!(null)));
    let mut body = json!({ "data": { "callbackType": "text", "task_id": "a", "data": [] } });
    assert_eq!(outcome("generate-music", &body), ("running".into(), json!("text"), json!(null)));
    assert_eq!(outcome("any", &body), ("running".into(), json!("text"), json!(null)));
    body["data"]["callbackType"] = json!("error");
    assert_eq!(outcome("generate-music", &body), ("failed".into(), json!(null), json!(null)));
    body["data"]["callbackType"] = json!("complete");
    body["data"]["data"] = json!([{ "id": "b", "audio_url": "https://files.example/a.mp3" }]);
    assert_eq!(outcome("generate-music", &body).0, "success");
}

#[test]
fn the_json_goes_out_unchanged_but_for_a_callback_address() {
    let service = Service::new(Speed::Instant);
    let mut request =
        json!({ "prompt": "x", "customMode": false, "instrumental": true, "model": "V5", "mood": ["blue", 1.0] });
    let output = with_input(service.kie().args(["call", "generate-music", "--json", "-"]), &request);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    request["callBackUrl"] = "playground".into();
    assert_eq!(service.sandbox.requests("generate-music")[0].body, request);
}

#[test]
fn a_get_takes_its_query_from_the_json() {
    let service = Service::new(Speed::Instant);
    let request = json!({ "taskId": "taskId_774b9aa0422f" });
    let output = with_input(service.kie().args(["call", "get-music-details", "--json", "-"]), &request);
    let response: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(response["status"], "SUCCESS");
    let sent = service.sandbox.requests("get-music-details");
    assert!(sent[0].path.ends_with("?taskId=taskId_774b9aa0422f"), "{sent:?}");
}

#[test]
fn what_the_tables_refuse_can_be_sent_unchecked() {
    let service = Service::new(Speed::Instant);
    let request = json!({ "taskId": "", "audioId": "x" });
    let command = ["call", "create-music-video", "--json", "-"];
    assert_eq!(with_input(service.kie().args(command), &request).status.code(), Some(3));
    let sent = with_input(service.kie().args(command).arg("--unchecked"), &request);
    assert_eq!(sent.status.code(), Some(4), "the service refuses it itself: {sent:?}");
    assert_eq!(service.sandbox.requests("create-music-video").len(), 1);
}

#[test]
fn every_operation_is_listed() {
    let output = kie().args(["--format", "json", "operations"]).output().unwrap();
    let listed = document(&output);
    let names: Vec<_> =
        listed["operations"].as_array().unwrap().iter().map(|operation| operation["name"].as_str().unwrap()).collect();
    let text = stdout(&kie().arg("operations").output().unwrap());
    assert!(names.len() >= 7 && names.iter().all(|name| text.contains(name)));
}

#[test]
fn a_path_is_uploaded_where_an_address_is_asked_for() {
    let service = Service::new(Speed::Instant);
    let folder = tempdir().unwrap();
    let recording = folder.path().join("hum \"1\".wav");
    std::fs::write(&recording, b"RIFF\x04\0\0\0WAVE").unwrap();
    let mut request = printed("add-instrumental");
    request["uploadUrl"] = recording.to_str().unwrap().into();
    let call = || {
        let mut kie = service.kie();
        kie.args(["call", "add-instrumental", "--json", "-", "--wait"]);
        kie
    };
    // The author of a request can be another person, so a file outside of the allowed folder is not uploaded.
    let other = tempdir().unwrap();
    let refused =
        [with_input(&mut call(), &request), with_input(call().arg("--allow-files").arg(other.path()), &request)];
    for output in refused {
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains("hum \"1\".wav of this machine"), "{output:?}");
    }
    assert!(service.sandbox.requests("upload-file-stream").is_empty());

    let output = with_input(call().arg("--allow-files").arg(folder.path()), &request);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let sent = service.sandbox.requests("add-instrumental")[0].body["uploadUrl"].as_str().unwrap().to_owned();
    assert!(sent.starts_with(&service.url()) && sent.ends_with(".wav"), "{sent}");

    let uploaded = service.kie().arg("upload").arg(&recording).output().unwrap();
    assert!(stdout(&uploaded).starts_with(&service.url()), "{uploaded:?}");
    assert!(
        stderr(&uploaded).contains("keeps the file until 20") && stderr(&uploaded).contains(" UTC"),
        "{uploaded:?}"
    );
    assert_eq!(stdout(&uploaded).lines().count(), 1, "the link alone, for other programs");
    let now = SystemTime::now();
    let printed = document(&service.kie().args(["--format", "json", "upload"]).arg(&recording).output().unwrap());
    let until = SystemTime::UNIX_EPOCH + Duration::from_millis(printed["keptUntil"].as_u64().unwrap());
    let hours = until.duration_since(now).unwrap().as_secs().div_ceil(60 * 60);
    assert!(printed["url"].as_str().unwrap().starts_with(&service.url()) && (24..=25).contains(&hours), "{printed}");

    let missing = service.kie().args(["upload", "no-such-file.wav"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(1), "{missing:?}");
    assert_eq!(service.sandbox.requests("upload-file-stream").len(), 3, "the missing one was not sent");
}
