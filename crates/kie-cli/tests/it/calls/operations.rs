//! Tests that call every operation of the catalog from the command line, and follow the tasks to their saved files.

use std::{env::temp_dir, io::Write as _, process::Stdio};

use kie_sandbox::Speed;
use kie_suno::requests::catalog::OPERATIONS;
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::stage::{
    kie::Output,
    service::{Service, document, kie, stderr, stdout},
};

struct Session {
    service: Service,
    route: &'static str,
    /// Names of the operations that were called.
    done: Vec<&'static str>,
}

impl Session {
    fn run(&self, name: &str, request: &Value, more: &[&str]) -> Output {
        let mut command = self.service.kie();
        command
            .args(["--route", self.route, "--format", "json", "call", name, "--json", "-", "--allow-files"])
            .arg(temp_dir())
            .args(more);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(request.to_string().as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{name}: {output:?}");
        output
    }

    /// Calls an operation that starts no task, and returns the response.
    fn call(&mut self, name: &'static str, request: &Value) -> Value {
        self.done.push(name);
        let document = document(&self.run(name, request, &[]));
        assert_eq!((&document["version"], &document["operation"]), (&json!(1), &json!(name)));
        // On the market route, a midi task has no response of its own: its document tells the task.
        document.get("response").unwrap_or(&document).clone()
    }

    /// Starts a task, and does not wait for it.
    fn begin(&mut self, name: &'static str, request: &Value) -> Value {
        self.done.push(name);
        document(&self.run(name, request, &["--no-wait"]))
    }

    /// Starts a task, follows it to its saved files, and returns the JSON document of the command.
    fn start(&mut self, name: &'static str, request: &Value) -> Value {
        self.done.push(name);
        let folder = tempdir().unwrap();
        let ended = document(&self.run(name, request, &["--wait", "--save", folder.path().to_str().unwrap()]));
        assert_eq!(ended["outcome"], "success", "{name}: {ended}");
        let files = std::fs::read_dir(folder.path()).unwrap().count();
        assert!(files > 0, "{name} saved nothing: {ended}");
        assert_eq!(ended["files"].as_array().unwrap().len(), files, "{name}");
        ended
    }
}

#[test]
fn every_operation_runs_from_the_command_line() {
    run_all("classic");
}

#[test]
fn every_operation_runs_on_the_market_route() {
    let kie = run_all("market");
    for operation in OPERATIONS.iter().filter(|operation| operation.market.is_some()) {
        let sent = kie.service.sandbox.requests(operation.name);
        assert!(!sent.is_empty() && sent.iter().all(|sent| sent.path == "/api/v1/jobs/createTask"), "{sent:?}");
    }
}

/// Calls every operation on this route.
fn run_all(route: &'static str) -> Session {
    let mut kie = Session { service: Service::new(Speed::Instant), route, done: Vec::new() };
    let upload = "https://cdn.example.net/a.mp3";
    let folder = tempdir().unwrap();
    let recording = folder.path().join("hum.mp3");
    std::fs::write(&recording, b"ID3 and so on").unwrap();

    let idea = json!({ "prompt": "a waltz", "customMode": false, "instrumental": false, "model": "V5" });
    let song = kie.start("generate-music", &idea);
    let (task, track) = (&song["taskId"], &song["items"][0]["id"]);
    let of_track = json!({ "taskId": task, "audioId": track });
    let of_task = json!({ "taskId": task });

    kie.start("extend-music", &json!({ "defaultParamFlag": false, "audioId": track, "model": "V5" }));
    let mut cover = idea.clone();
    cover["uploadUrl"] = upload.into();
    // The market route makes covers and mashups only in custom mode.
    let custom = json!({ "customMode": true, "style": "folk", "title": "Harbour" });
    let customise = |request: &mut Value| {
        if route == "market" {
            request.as_object_mut().unwrap().extend(custom.as_object().unwrap().clone());
        }
    };
    customise(&mut cover);
    kie.start("upload-and-cover-audio", &cover);
    let extend = json!({ "uploadUrl": upload, "defaultParamFlag": false, "continueAt": 10, "model": "V5" });
    kie.start("upload-and-extend-audio", &extend);
    let harbour = json!({ "uploadUrl": recording, "title": "Harbour", "tags": "folk", "negativeTags": "edm" });
    kie.start("add-instrumental", &harbour);
    let mut vocals = harbour.clone();
    vocals["style"] = "folk".into();
    vocals["prompt"] = "[Verse]\nSalt on the window".into();
    kie.start("add-vocals", &vocals);
    let mut mashup = idea.clone();
    mashup["uploadUrlList"] = json!([upload, upload]);
    customise(&mut mashup);
    kie.start("generate-mashup", &mashup);
    kie.start("generate-sounds", &json!({ "prompt": "rusty gate", "model": "V5" }));
    let section = json!({
        "taskId": task, "audioId": track, "prompt": "[Chorus]\nNew", "tags": "pop", "title": "New",
        "infillStartS": 10, "infillEndS": 25.5, "fullLyrics": "[Verse]\nOne\n[Chorus]\nNew",
    });
    kie.start("replace-section", &section);

    let mut persona = of_track.clone();
    persona["name"] = "Tram singer".into();
    persona["description"] = "warm alto".into();
    kie.call("generate-persona", &persona);
    kie.call("boost-music-style", &json!({ "content": "dusty soul" }));
    kie.call("get-timestamped-lyrics", &of_track);
    kie.call("get-music-details", &of_task);
    let images = kie.start("cover-suno", &of_task);
    kie.call("get-cover-suno-details", &json!({ "taskId": images["taskId"] }));
    let recovered = kie.start("recovery-audio", &json!({ "task_id": task }));
    kie.call("get-recovery-audio-details", &json!({ "task_id": recovered["taskId"] }));

    let lyrics = kie.start("generate-lyrics", &json!({ "prompt": "two lighthouses" }));
    kie.call("get-lyrics-details", &json!({ "taskId": lyrics["taskId"] }));
    let wav = kie.start("convert-to-wav", &of_track);
    kie.call("get-wav-details", &json!({ "taskId": wav["taskId"] }));
    let stems = kie.start("separate-vocals", &of_track);
    kie.call("get-vocal-separation-details", &json!({ "taskId": stems["taskId"] }));
    // On the market route, the notes come only by callback, so there is no file.
    let stems = json!({ "taskId": stems["taskId"] });
    let is_classic = route == "classic";
    let midi = if is_classic { kie.start("generate-midi", &stems) } else { kie.begin("generate-midi", &stems) };
    assert_eq!((&midi["outcome"], midi["items"] == json!([])), (&json!("success"), !is_classic));
    kie.call("get-midi-details", &json!({ "taskId": midi["taskId"] }));
    let video = kie.start("create-music-video", &of_track);
    kie.call("get-music-video-details", &json!({ "taskId": video["taskId"] }));

    let sample = json!({ "voiceUrl": upload, "vocalStartS": 4, "vocalEndS": 19 });
    let phrase = kie.start("suno-voice-validate", &sample);
    kie.call("suno-voice-validate-info", &json!({ "taskId": phrase["taskId"] }));
    let voice = kie.start("suno-voice-generate", &json!({ "taskId": phrase["taskId"], "verifyUrl": upload }));
    kie.call("suno-voice-record-info", &json!({ "taskId": voice["taskId"] }));
    kie.call("suno-voice-check-voice", &json!({ "task_id": voice["taskId"] }));
    // The simulator has a task with this id that made a phrase, the text that the owner of the voice sings. The voice
    // task for this phrase failed, so another phrase can be requested.
    kie.start("suno-voice-regenerate", &json!({ "taskId": "xxxxxxx" }));

    kie.call("get-account-credits", &json!({}));
    kie.call("download-url", &json!({ "url": song["items"][0]["url"] }));
    kie.call("upload-file-base-64", &json!({ "base64Data": "SUQz", "uploadPath": "demos", "fileName": "a.mp3" }));
    kie.call("upload-file-stream", &json!({ "file": recording, "uploadPath": "demos" }));
    kie.call("upload-file-url", &json!({ "fileUrl": upload, "uploadPath": "demos" }));

    let missed: Vec<_> =
        OPERATIONS.iter().map(|operation| operation.name).filter(|name| !kie.done.contains(name)).collect();
    assert!(missed.is_empty(), "these did not run: {missed:?}");
    assert_eq!(kie.done.len(), 38);
    kie
}

#[test]
fn each_operation_is_described_with_an_example_that_is_valid() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("request.json");
    for (route, operation) in
        ["classic", "market"].into_iter().flat_map(|route| OPERATIONS.iter().map(move |it| (route, it)))
    {
        let name = operation.name;
        let run =
            |arguments: &[&str]| kie().args(["--route", route]).args(arguments).current_dir(folder.path()).output();
        let described = document(&run(&["--format", "json", "operations", name]).unwrap())["operation"].clone();
        assert_eq!((&described["name"], &described["docs"]), (&json!(name), &json!(operation.docs)));
        assert_eq!(described["commands"][0], format!("kie check {name} request.json"));
        std::fs::write(&file, described["example"].to_string()).unwrap();
        let checked = run(&["check", name, "request.json"]).unwrap();
        assert_eq!(checked.status.code(), Some(0), "{name}, {route}: {checked:?}");
        let text = stdout(&run(&["operations", name]).unwrap());
        let call = format!("\n  kie call {name} --json request.json\n");
        assert!(
            text.starts_with(&format!("{name}\n")) && text.contains(operation.docs) && text.ends_with(&call),
            "{text}"
        );
        if let Some(slug) = operation.market {
            assert!(text.contains(&format!("createTask\n            model {slug}\n")), "{text}");
        }
    }
}

#[test]
fn an_operation_is_described_by_its_rules_and_found_by_its_slug() {
    let by_slug = kie().args(["operations", "ai-music-api/generate"]).env("COLUMNS", "80").output().unwrap();
    let text = stdout(&by_slug);
    for line in [
        "generate-music",
        "  effect    creates, starts a music task",
        "  price     12 credits, about US$ 0.06; listed on 2026-10-02",
        "  classic   POST https://api.kie.ai/api/v1/generate",
        "  customMode, instrumental, model",
        "  simple: customMode is false",
    ] {
        assert!(text.lines().any(|it| it == line), "{line}: {text}");
    }
    let mashup = kie().args(["operations", "generate-mashup"]).output().unwrap();
    let mashup = stdout(&mashup);
    assert!(mashup.contains("  customMode, uploadUrlList, model\n"), "{mashup}");
    let limit = text.lines().find(|line| line.contains("200 characters")).expect(&text);
    assert_eq!(
        limit.split_whitespace().take(7).collect::<Vec<_>>(),
        ["style", "at", "most", "200", "characters", "custom", "V4"]
    );
    let unknown = kie().args(["--format", "json", "operations", "generate-musik"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(2), "{unknown:?}");
    let message = document(&unknown)["message"].as_str().unwrap().to_owned();
    assert!(message.contains("did you mean generate-music or generate-midi? kie operations"), "{message}");
    let part = kie().args(["operations", "persona"]).output().unwrap();
    assert!(stderr(&part).contains("did you mean generate-persona?"));
}

#[test]
fn every_slug_is_listed() {
    let text = stdout(&kie().arg("operations").output().unwrap());
    let listed = document(&kie().args(["--format", "json", "operations"]).output().unwrap());
    let slugs: Vec<_> =
        listed["operations"].as_array().unwrap().iter().filter_map(|operation| operation["market"].as_str()).collect();
    assert_eq!(slugs.len(), 23);
    assert!(slugs.iter().all(|slug| text.lines().any(|line| line.ends_with(slug))), "{text}");
}
