//! Tests of `--route`: the same commands on the classic route and on the market route.

use std::{env::temp_dir, fs, io::Write as _, process::Stdio};

use kie_sandbox::{Fault, Speed};
use kie_suno::{
    Route,
    requests::{
        Encoded, EncodedBody,
        catalog::{self, OPERATIONS},
    },
};
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::{
    stage::desk::Desk,
    stage::kie::{Kie, Output},
    stage::service::{Service, document, kie, stderr, stdout},
};

const SUBMIT: &str = "/api/v1/jobs/createTask";

fn with_input(command: &mut Kie, input: &str) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// Returns the last request to start a song: its path and its body.
fn sent(service: &Service) -> (String, Value) {
    let sent = service.sandbox.requests("generate-music").pop().unwrap();
    (sent.path, sent.body)
}

#[test]
fn songs_are_made_and_saved_on_the_market_route() {
    let folder = tempdir().unwrap();
    let songs = folder.path().join("songs");
    let output =
        kie().args(["--sandbox", "--route", "market", "generate", "a waltz", "--save"]).arg(&songs).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(fs::read_dir(songs).unwrap().count(), 2);
    assert!(stdout(&output).ends_with("cost 12 credits, 988 left\n"), "{output:?}");
}

#[test]
fn the_route_comes_from_the_flag_or_the_environment_and_the_newest_model_from_the_route() {
    let service = Service::new(Speed::Instant);
    let generate = |environment: Option<&str>, more: &[&str]| {
        let mut kie = service.kie();
        if let Some(route) = environment {
            kie.env("KIE_ROUTE", route);
        }
        kie.args(["--format", "json", "generate", "x"]).args(more).output().unwrap()
    };
    let classic = ("/api/v1/generate", "V5_5", "classic");
    let market = (SUBMIT, "V6", "market");
    for (environment, more, (path, model, route)) in [
        (None, &[][..], classic),
        (None, &["--route", "market"], market),
        (Some("market"), &[], market),
        (Some(""), &[], classic),
        (Some("market"), &["--route", "classic"], classic),
    ] {
        let output = generate(environment, more);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(document(&output)["route"], route);
        let (used, body) = sent(&service);
        let sent_model = if path == SUBMIT { &body["input"]["model"] } else { &body["model"] };
        assert_eq!((used.as_str(), sent_model), (path, &json!(model)));
    }
    let sent_before = service.sandbox.requests("generate-music").len();
    for wrong in [generate(Some("fast"), &[]), generate(None, &["--route", "fast"])] {
        assert_eq!(wrong.status.code(), Some(2), "{wrong:?}");
        assert!(stderr(&wrong).contains("market"), "{wrong:?}");
    }
    assert_eq!(service.sandbox.requests("generate-music").len(), sent_before);
    let help = stdout(&kie().args(["generate", "--help"]).output().unwrap());
    for told in ["KIE_ROUTE", "V5_5 on the classic route", "V6 on the market route", "[default: classic]"] {
        assert!(help.split_whitespace().collect::<Vec<_>>().join(" ").contains(told), "{told} is missing in {help}");
    }
}

#[test]
fn a_song_that_will_be_short_is_warned_of_before_it_is_paid_for() {
    let service = Service::new(Speed::Instant);
    let song = ["--route", "market", "generate", "la la", "--style", "polka", "--title", "Stairs", "--no-wait"];
    let output = service.kie().args(song).output().unwrap();
    let told = stderr(&output);
    let [warning, price] = ["warning: --duration: ", "price: "].map(|word| told.find(word).expect(&told));
    assert!(warning < price && told[warning..price].contains("20 seconds"), "{told}");
    let output = service.kie().args(song).args(["--duration", "90"]).output().unwrap();
    assert!(output.status.code() == Some(0) && !stderr(&output).contains("warning"), "{output:?}");
    assert_eq!(sent(&service).1["input"]["duration"], 90.0);
    let old = service.kie().args(song).args(["--model", "V5"]).output().unwrap();
    assert!(old.status.code() == Some(0) && stderr(&old).contains("discontinued"), "{old:?}");
}

#[test]
fn the_same_json_is_checked_and_called_on_either_route() {
    let service = Service::new(Speed::Instant);
    let song = json!({
        "customMode": true, "instrumental": false, "model": "V6", "style": "tango", "title": "Harbour",
        "prompt": "[Verse]\nSalt", "duration": 60,
    });
    let mut varied = song.clone();
    varied["variety"] = json!(3);
    let mashup = json!({
        "customMode": false, "instrumental": false, "model": "V6", "prompt": "both",
        "uploadUrlList": ["https://cdn.example.net/a.mp3", "https://cdn.example.net/b.mp3"],
    });
    for (operation, request, route, told) in [
        ("generate-music", &song, "classic", None),
        ("generate-music", &song, "market", None),
        ("generate-music", &varied, "market", None),
        ("generate-music", &varied, "classic", Some("variety cannot be sent on the classic route")),
        ("generate-mashup", &mashup, "classic", None),
        ("generate-mashup", &mashup, "market", Some("customMode must be true on the market route")),
    ] {
        let before = service.sandbox.requests(operation).len();
        let checked = with_input(kie().args(["check", operation, "-", "--route", route]), &request.to_string());
        let call = ["call", operation, "--json", "-", "--route", route, "--wait"];
        let called = with_input(service.kie().args(call), &request.to_string());
        let code = if told.is_some() { 3 } else { 0 };
        for output in [checked, called] {
            assert_eq!(output.status.code(), Some(code), "{operation} {route}: {output:?}");
            assert!(stderr(&output).contains(told.unwrap_or_default()), "{output:?}");
        }
        let sent = &service.sandbox.requests(operation)[before..];
        assert_eq!(sent.len(), usize::from(told.is_none()), "{operation} {route}");
        assert!(sent.iter().all(|sent| (sent.path == SUBMIT) == (route == "market")), "{sent:?}");
    }
    let checked = with_input(
        kie().args(["--format", "json", "check", "generate-music", "-", "--route", "market"]),
        &varied.to_string(),
    );
    assert_eq!(document(&checked)["route"], "market");
    // An operation without a form on the market route has one address, whatever the route.
    for arguments in [&["credits"][..], &["call", "get-account-credits"]] {
        let output = service.kie().args(["--route", "market"]).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
}

#[test]
fn an_operation_that_responds_with_its_result_does_so_on_either_route() {
    let service = Service::new(Speed::Instant);
    let style = json!({ "content": "dusty soul" }).to_string();
    let boost = |route: &str| {
        let call = ["call", "boost-music-style", "--json", "-", "--route", route];
        serde_json::from_str::<Value>(&stdout(&with_input(service.kie().args(call), &style))).unwrap()
    };
    let (classic, market) = (boost("classic"), boost("market"));
    assert!(market["result"].is_string(), "{market}");
    assert_eq!(classic["result"], market["result"]);
}

#[test]
fn a_task_that_is_not_found_is_told_with_its_route() {
    let service = Service::new(Speed::Instant);
    for (route, other) in [("classic", "market"), ("market", "classic")] {
        let task = ["--route", route, "task", "generate-music", "0123456789abcdef"];
        let shown = service.kie().args(task).output().unwrap();
        assert_eq!(shown.status.code(), Some(4), "{shown:?}");
        assert!(stdout(&shown).contains(&format!("not known on the {route} route")), "{shown:?}");
        assert!(stderr(&shown).contains(&format!("add --route {other}: it is not documented")), "{shown:?}");
    }
}

#[test]
fn a_task_is_read_on_the_route_that_made_it() {
    let desk = Desk::new(Speed::Fast);
    let made = desk.json(0, &["--route", "market", "generate", "x", "--no-wait"]);
    let classic = desk.json(0, &["generate", "y", "--no-wait"]);
    assert_eq!((&made["route"], &classic["route"]), (&json!("market"), &json!("classic")));
    let id = made["taskId"].as_str().unwrap();

    // The ledger knows the route of the task, and the route of the command does not count.
    for more in [&[][..], &["--route", "market"], &["--route", "classic"]] {
        let shown = desk.kie().args(["task", "generate-music", id]).args(more).output().unwrap();
        assert_eq!(shown.status.code(), Some(0), "{more:?}: {shown:?}");
        assert_eq!(stderr(&shown).contains("the market route made this task"), more == ["--route", "classic"]);
    }
    // Without the ledger, the task is read on the given route.
    let without = |route: &str| {
        let task = ["--ledger", "none", "task", "generate-music", id, "--route", route];
        desk.service.kie().args(task).output().unwrap().status.code()
    };
    assert_eq!((without("market"), without("classic")), (Some(0), Some(4)));

    let listed = stdout(&desk.run(&["tasks"]));
    let routes: Vec<_> = listed.lines().skip(1).map(|line| line.contains("market route")).collect();
    assert_eq!(routes, [true, false], "{listed}");
    let saved = desk.json(0, &["--route", "classic", "save", "songs"]);
    let routes: Vec<_> = saved["tasks"].as_array().unwrap().iter().map(|task| &task["route"]).collect();
    assert!(routes.len() == 2 && routes.contains(&&json!("market")) && routes.contains(&&json!("classic")), "{saved}");
    // Tasks that were still running are saved now.
    while !desk.tasks().is_empty() {
        desk.json(0, &["save", "songs"]);
    }
    assert_eq!(desk.songs(), 4);
}

#[test]
fn the_cost_that_a_record_tells_is_on_the_receipt_and_in_the_list() {
    let desk = Desk::new(Speed::Instant);
    let made = desk.json(0, &["--route", "market", "generate", "x"]);
    assert_eq!((&made["credits"], &made["price"]), (&json!(12.0), &json!(12.0)));
    let classic = desk.json(0, &["generate", "x"]);
    assert_eq!((&classic["credits"], &classic["price"]), (&json!(null), &json!(12.0)));
    let credits: Vec<_> = desk.tasks().into_iter().map(|task| task["credits"].clone()).collect();
    assert_eq!(credits, [json!(12.0), json!(null)]);
}

#[test]
fn the_command_that_goes_on_names_the_route_if_it_must() {
    let service = Service::new(Speed::Live);
    let late = |environment: &str, more: &[&str]| {
        let mut kie = service.kie();
        kie.env("KIE_ROUTE", environment).args(["--ledger", "none", "generate", "x", "--timeout", "0.1"]).args(more);
        let output = kie.output().unwrap();
        assert_eq!(output.status.code(), Some(6), "{output:?}");
        let said = stderr(&output);
        said.lines().find_map(|line| line.strip_prefix("continue with: ")).expect(&said).to_owned()
    };
    for (environment, more, flag) in [
        ("", &[][..], ""),
        ("", &["--route", "market"], " --route market"),
        ("market", &[], " --route market"),
        ("market", &["--route", "classic"], " --route classic"),
    ] {
        let command = late(environment, more);
        assert!(command.starts_with(&format!("kie --ledger none{flag} task generate-music ")), "{command}");
    }
}

#[test]
fn a_path_that_is_gone_is_told_with_the_command_for_the_other_route() {
    let service = Service::new(Speed::Instant);
    service.sandbox.faults(|request| (request.path == "/api/v1/generate").then(|| Fault::error_page(404)));
    let order = ["--api-key", "secret", "--format", "json", "generate", "two words"];
    let gone = service.kie().args(order).output().unwrap();
    // A page of a proxy does not tell if the call was charged, so no program may make the call again by itself.
    assert_eq!(gone.status.code(), Some(7), "{gone:?}");
    assert_eq!((&document(&gone)["charged"], &document(&gone)["goOn"]), (&json!("unknown"), &json!(null)));
    let told = "if the call was not charged, continue with: kie --route market --format json generate 'two words'\n";
    assert!(stderr(&gone).ends_with(told) && !stderr(&gone).contains("secret"), "{gone:?}");
    service.sandbox.faults(|request| request.path.starts_with("/api/v1/generate").then(|| Fault::error_page(404)));
    let lookup = ["--format", "json", "call", "get-music-details", "--json", "-"];
    let gone = with_input(service.kie().args(lookup), "{\"taskId\":\"7c1d0b9e\"}");
    assert_eq!(gone.status.code(), Some(4), "{gone:?}");
    // A task is read on the route that made it, so the other route is no advice for a lookup.
    assert_eq!(document(&gone)["goOn"], json!(null));
    assert!(!stderr(&gone).contains("--route market"), "{gone:?}");
    let other = service.kie().args(["--route", "market", "generate", "two words"]).output().unwrap();
    assert_eq!(other.status.code(), Some(0), "{other:?}");
}

#[test]
fn market_bodies_are_explained_as_classic_ones() {
    let inspect = |kind: &str, operation: &str, more: &[&str], body: &str| {
        let output = with_input(kie().args(["--format", "json", "inspect", kind, operation, "-"]).args(more), body);
        assert_eq!(output.status.code(), Some(0), "{kind} {operation}: {output:?}");
        document(&output)
    };
    let on_market = &["--route", "market"][..];
    let request = json!({ "model": "ai-music-api/generate", "callBackUrl": "https://hooks.example.net/kie", "input": {
        "custom_mode": true, "instrumental": false, "model": "V6", "title": "Harbour", "style": "tango",
        "lyrics": "la", "duration": 45,
    } });
    for (operation, more) in [("generate-music", on_market), ("ai-music-api/generate", &[])] {
        let told = inspect("request", operation, more, &request.to_string());
        assert_eq!((&told["operation"], &told["outcome"]), (&json!("generate-music"), &json!("valid")));
        let fields = (&told["answer"]["customMode"], &told["answer"]["callBackUrl"]);
        assert_eq!(fields, (&json!(true), &json!("https://hooks.example.net/kie")));
        assert_eq!(told["raw"], request);
    }
    let mut wrong = request;
    wrong["model"] = "V6".into();
    let told = inspect("request", "ai-music-api/generate", &[], &wrong.to_string());
    assert_eq!((&told["outcome"], &told["violations"][0]["field"]), (&json!("invalid"), &json!("model")));

    let started = json!({ "code": 200, "msg": "success", "data": { "taskId": "7c1d0b9e" } }).to_string();
    for operation in ["generate-music", "generate-persona"] {
        let told = inspect("response", operation, on_market, &started);
        assert_eq!((&told["outcome"], &told["taskId"]), (&json!("running"), &json!("7c1d0b9e")), "{operation}");
    }

    let track = json!({ "id": "3f0a9d61", "title": "Harbour", "audio_url": "https://files.example.net/3f0a9d61.mp3" });
    let record = json!({
        "taskId": "7c1d0b9e", "model": "ai-music-api/generate", "state": "success", "creditsConsumed": 12,
        "param": "{}", "resultJson": json!({ "data": [track] }).to_string(), "failCode": null, "costTime": 59,
    });
    let body = json!({ "code": 200, "msg": "success", "data": record }).to_string();
    // The echo of the request is escaped wrongly, so the body is not JSON.
    let broken = body.replace(r#""param":"{}""#, r#""param":"{\"input\":\"{\\"prompt\\":\\"a\\"}\"}""#);
    assert!(serde_json::from_str::<Value>(&broken).is_err());
    for (kind, operation, body) in [
        ("record", "ai-music-api/generate", &body),
        ("record", "get-music-details", &body),
        ("response", "get-music-details", &body),
        ("record", "generate-music", &broken),
        ("callback", "generate-music", &body),
        ("callback", "any", &body),
    ] {
        let told = inspect(kind, operation, on_market, body);
        let state = ["outcome", "stage", "taskId", "credits", "charged"].map(|key| &told[key]);
        let expected = [json!("success"), json!("complete"), json!("7c1d0b9e"), json!(12.0), json!("yes")];
        assert_eq!(
            state.map(|value| value.as_f64().map_or_else(|| value.clone(), Value::from)),
            expected,
            "{kind} {told}"
        );
        assert_eq!(told["items"][0]["url"], "https://files.example.net/3f0a9d61.mp3", "{kind} {operation}");
    }

    let failed = json!({ "code": 200, "data": {
        "taskId": "7c1d0b9e", "state": "fail", "failCode": "400", "failMsg": "lyrics", "creditsConsumed": 0,
    } });
    let told = inspect("record", "generate-music", on_market, &failed.to_string());
    let state = ["outcome", "code", "message", "charged"].map(|key| &told[key]);
    assert_eq!(state, [&json!("failed"), &json!(400), &json!("lyrics"), &json!("no")]);
    let persona = json!({ "code": 200, "data": {
        "taskId": "7c1d0b9e", "state": "success", "resultJson": json!({ "persona_id": "p-1" }).to_string(),
    } });
    let told = inspect("record", "generate-persona", on_market, &persona.to_string());
    assert_eq!((&told["outcome"], &told["answer"]["personaId"]), (&json!("success"), &json!("p-1")));
    let odd = json!({ "code": 200, "msg": "success", "data": { "taskId": "7c1d0b9e", "state": "success", "resultJson": "{\"x\":1}" } });
    let told = inspect("record", "generate-music", on_market, &odd.to_string());
    assert_eq!(told["outcome"], "unknown");
    assert!(told["message"].as_str().unwrap().contains("form that this version does not know"), "{told}");
    assert_eq!(
        inspect(
            "record",
            "generate-music",
            on_market,
            &json!({ "code": 422, "msg": "recordInfo is null", "data": null }).to_string()
        )["outcome"],
        "notFound"
    );
}

#[test]
fn every_request_of_the_market_route_is_read_as_what_it_means() {
    let mut count = 0;
    for operation in OPERATIONS.iter().filter(|operation| operation.market.is_some()) {
        let name = operation.name;
        let examples = [catalog::examples(name), catalog::market_examples(name)].into_iter().flatten().flatten();
        for request in examples {
            if catalog::check_named_on(name, &request, Route::Market).unwrap().result.is_err() {
                continue;
            }
            let encode = |request: &Value| match catalog::encode_named_on(name, request, Route::Market) {
                Ok(Ok(Encoded { content: EncodedBody::Json(body), .. })) => String::from_utf8(body).unwrap(),
                other => panic!("{name}: {other:?}"),
            };
            let sent = encode(&request);
            let output = with_input(
                kie().args(["--format", "json", "inspect", "request", operation.market.unwrap(), "-"]),
                &sent,
            );
            let told = document(&output);
            assert_eq!((&told["operation"], &told["outcome"]), (&json!(name), &json!("valid")), "{told}");
            assert_eq!(encode(&told["answer"]), sent, "{name}");
            count += 1;
        }
    }
    assert!(count > 23);
}

#[test]
fn local_files_are_uploaded_for_either_route() {
    let service = Service::new(Speed::Instant);
    let folder = tempdir().unwrap();
    let recording = folder.path().join("hum.wav");
    fs::write(&recording, b"RIFF\x04\0\0\0WAVE").unwrap();
    let request =
        json!({ "uploadUrl": recording, "model": "V6", "title": "Harbour", "tags": "folk", "negativeTags": "edm" });
    let mut call = service.kie();
    call.args(["--route", "market", "call", "add-instrumental", "--json", "-", "--wait", "--allow-files"])
        .arg(temp_dir());
    let output = with_input(&mut call, &request.to_string());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let sent = service.sandbox.requests("add-instrumental").pop().unwrap().body;
    assert!(sent["input"]["upload_url"].as_str().unwrap().starts_with(&service.url()), "{sent}");
}
