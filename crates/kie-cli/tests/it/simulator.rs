//! Tests of `kie sandbox`: its start message, its log, and its settings.

use std::{
    io::{BufRead, BufReader, Lines},
    net::TcpListener,
    process::{ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::stage::{
    kie::{Kie, Running},
    service::{kie, stderr},
};

/// A running `kie sandbox` that takes a free port. It is killed when it is dropped.
struct Simulator {
    child: Running,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Simulator {
    fn start(arguments: &[&str]) -> Self {
        let mut command = kie();
        let mut child =
            command.args(["sandbox", "--port", "0"]).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        self.lines.next().unwrap().unwrap()
    }

    fn event(&mut self) -> Value {
        let line = self.line();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// Returns the next event that meets a condition.
    fn until(&mut self, meets: impl Fn(&Value) -> bool) -> Value {
        std::iter::repeat_with(|| self.event()).find(meets).unwrap()
    }

    /// Interrupts the simulator, which must succeed. Returns the rest of its lines.
    #[cfg(unix)]
    fn stop(mut self) -> Vec<String> {
        assert!(Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap().success());
        let rest = self.lines.by_ref().map(Result::unwrap).collect();
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        rest
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn client(url: &str) -> Kie {
    let mut kie = kie();
    kie.args(["--base-url", url]);
    kie
}

#[cfg(unix)]
#[test]
fn the_start_message_tells_how_to_use_it_and_the_log_tells_what_happens() {
    let mut simulator = Simulator::start(&["--credits", "50.5", "--seed", "7"]);
    let mut start = Vec::new();
    while start.last().is_none_or(|line: &String| !line.starts_with("log of ")) {
        start.push(simulator.line());
    }
    let url = start[1].split_whitespace().next().unwrap().to_owned();
    assert_eq!(
        start,
        [
            "simulator of the service, with both routes and 50.5 credits".to_owned(),
            format!("  {url} stands for https://api.kie.ai"),
            format!("  {url} stands for https://kieai.redpandaai.co"),
            format!("  {url}/openapi.json is the OpenAPI document"),
            format!("  {url}/sandbox/books shows what was received and charged"),
            format!("  {url}/sandbox/faults takes faults and shows those that wait"),
            "  API key: any, for example sandbox".into(),
            "  callbacks: only to http on this machine; --webhook-key KEY signs them".into(),
            "  seed: 7; --seed 7 repeats ids and random faults".into(),
            "try in another terminal:".into(),
            format!("  kie --base-url {url} generate \"a slow waltz for two accordions\" --save songs"),
            format!("  curl -H \"Authorization: Bearer sandbox\" {url}/api/v1/chat/credit"),
            "press Ctrl-C to stop".into(),
            "log of requests, tasks and callbacks, with times in UTC; --quiet turns it off:".into(),
        ]
    );
    assert!(client(&url).args(["generate", "a secret waltz"]).output().unwrap().status.success());
    assert!(client(&url).args(["--api-key", "secret", "credits"]).output().unwrap().status.success());
    let log = simulator.stop();
    let told = |what: &str| log.iter().any(|line| line.contains(what));
    assert!(told(" POST /api/v1/generate: generate-music, HTTP 200, code 200, task "), "{log:#?}");
    assert!(told(", 12 credits, 38.5 left"), "{log:#?}");
    assert!(told(": generate-music, SUCCESS, stage complete"), "{log:#?}");
    assert!(
        log.last().unwrap().ends_with(" GET /api/v1/chat/credit: get-account-credits, HTTP 200, code 200"),
        "{log:#?}"
    );
    assert!(!told("secret"), "{log:#?}");
    let is_line = |line: &String| line.len() < 500 && line.split(' ').next().is_some_and(|time| time.len() == 12);
    assert!(log.iter().all(is_line), "{log:#?}");
}

#[test]
fn a_file_has_faults_and_json_events_tell_them_and_the_callbacks() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("faults.json");
    let faults = json!({
        "speed": "instant", "requests": { "generate-lyrics": [{ "refuse": { "code": 455 } }] }, "callbacks": ["lost"],
    });
    std::fs::write(&file, faults.to_string()).unwrap();
    let options = ["--format", "json", "--faults", file.to_str().unwrap(), "--webhook-key", "whk", "--seed", "7"];
    let ids: Vec<_> = (0..2)
        .map(|_| {
            let mut simulator = Simulator::start(&options);
            let start = simulator.event();
            let url = start["baseUrl"].as_str().unwrap();
            assert_eq!(
                start,
                json!({
                    "event": "started", "baseUrl": url, "hosts": { "api": url, "upload": url },
                    "openapi": format!("{url}/openapi.json"), "books": format!("{url}/sandbox/books"),
                    "faults": format!("{url}/sandbox/faults"), "apiKey": "sandbox", "balance": 1000.0, "seed": 7,
                })
            );
            // Nobody listens at this address, which the operating system has just given back.
            let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            let body = folder.path().join("lyrics.json");
            let request = json!({ "prompt": "x", "callBackUrl": format!("http://{free}/kie?token=secret") });
            std::fs::write(&body, request.to_string()).unwrap();
            let call = ["call", "generate-lyrics", "--json", body.to_str().unwrap()];
            assert_eq!(client(url).args(call).output().unwrap().status.code(), Some(4));
            let refused = simulator.until(|event| event["operation"] == "generate-lyrics");
            assert_eq!((&refused["code"], &refused["fault"]), (&json!(455), &json!("refuse")), "{refused}");

            assert!(client(url).args(call).output().unwrap().status.success());
            let lost = simulator.until(|event| event["event"] == "callback");
            assert_eq!(
                (&lost["outcome"], &lost["attempt"], &lost["fault"]),
                (&json!("lost"), &json!(0), &json!("lost"))
            );

            assert!(client(url).args(call).output().unwrap().status.success());
            for attempt in 1..=4 {
                let callback = simulator.until(|event| event["event"] == "callback");
                let told = ["outcome", "attempt", "signed", "url"].map(|key| callback[key].clone());
                let url = format!("http://{free}/kie");
                assert_eq!(told, [json!("unanswered"), json!(attempt), json!(true), json!(url)], "{callback}");
            }
            lost["taskId"].clone()
        })
        .collect();
    assert_eq!(ids[0], ids[1], "the seed repeats the ids");
}

#[cfg(unix)]
#[test]
fn quiet_turns_the_log_off() {
    let mut simulator = Simulator::start(&["--format", "json", "--quiet", "--api-key", "secret"]);
    let start = simulator.event();
    assert_eq!(start["apiKey"], Value::Null);
    let url = start["baseUrl"].as_str().unwrap();
    assert!(client(url).args(["--api-key", "secret", "credits"]).output().unwrap().status.success());
    assert_eq!(simulator.stop(), [""; 0]);
}

#[test]
fn a_port_in_use_is_named_with_the_way_out() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let output = kie().args(["sandbox", "--port", &port.to_string()]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = format!(
        "error: port {port} on 127.0.0.1 is already in use, perhaps by another kie sandbox; stop it, or choose another port \
         with --port; --port 0 takes a free one\n"
    );
    assert_eq!(stderr(&output), told);
}

#[test]
fn a_wrong_file_is_named_with_its_field() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("faults.json");
    std::fs::write(&file, r#"{ "requests": { "generate-music": [null, { "refuse": { "code": "430" } }] } }"#).unwrap();
    let output = kie().args(["sandbox", "--port", "0", "--faults"]).arg(&file).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = stderr(&output);
    let field =
        "faults.json: requests.generate-music[1].refuse.code: invalid type: string \"430\", expected i64 at line 1";
    assert!(told.contains(field), "{told}");

    let output = kie().args(["sandbox", "--port", "0", "--faults", "no-such-file"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).starts_with("error: no-such-file cannot be read: "), "{output:?}");
}
