//! Every operation of the market route starts, ends, is charged and calls back.

use std::{collections::BTreeSet, time::Duration};

use kie_sandbox::{Sandbox, Speed, TaskScript};
use kie_types::{
    Credits, Endpoint, Job, MarketRecord, Output, Record, Route, TaskEndpoint, TaskState,
    catalog::{self, OPERATIONS},
};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{account, look_up, parsed, start, submit};
use crate::caller::{Answered, TestCaller};

/// An account whose operations are tried one after the other.
struct Trial {
    sandbox: Sandbox,
    caller: TestCaller,
    /// Slugs of the operations that were tried.
    tried: BTreeSet<String>,
}

impl Trial {
    /// Starts a task, checks its record before and after its end, its price and its callback. Returns the id and the
    /// result of the task.
    async fn task(&mut self, slug: &str, input: Value, price: f64) -> Answered<(String, Value)> {
        let (before, requests) = (self.sandbox.balance(), self.requests(slug));
        let id = start(&mut self.caller, slug, input.clone()).await?;
        assert_eq!(self.requests(slug), requests + 1, "the recorded requests of {slug}");
        let begun = look_up(&mut self.caller, &id).await?["data"].take();
        assert!(["waiting", "generating"].contains(&begun["state"].as_str().unwrap_or_default()), "{begun}");
        assert_eq!((&begun["resultJson"], &begun["response"]), (&json!(""), &Value::Null), "{slug}");
        assert_eq!((&begun["costTime"], &begun["completeTime"]), (&Value::Null, &Value::Null), "{slug}");
        sleep(Duration::from_secs(3)).await;

        let envelope = look_up(&mut self.caller, &id).await?;
        assert_eq!((&envelope["code"], &envelope["msg"]), (&json!(200), &json!("success")));
        let record = &envelope["data"];
        let model = format!("ai-music-api/{slug}");
        assert_eq!((&record["taskId"], &record["model"]), (&json!(id), &json!(model)));
        assert_eq!((&record["state"], &record["successFlag"]), (&json!("success"), &json!(1)), "{record}");
        assert_eq!((&record["failCode"], &record["failMsg"]), (&Value::Null, &Value::Null));
        let echo = parsed(record, "param")?;
        assert_eq!((&echo["model"], parsed(&echo, "input")?), (&json!(model), input), "{slug}");
        assert_eq!(record["paramJson"], record["param"]);
        let result = parsed(record, "resultJson")?;
        assert_eq!(record["response"], result, "{slug}");
        let (created, complete) = (record["createTime"].as_f64(), record["completeTime"].as_f64());
        let seconds = (complete.ok_or("no time")? - created.ok_or("no time")?) / 1_000.0;
        assert!((record["costTime"].as_f64().ok_or("no duration")? - seconds).abs() <= 0.5, "{record}");

        assert_eq!(before - self.sandbox.balance(), Credits::new(price), "the price of {slug}");
        assert_eq!(record["creditsConsumed"], price, "{slug}");
        let callbacks = self.sandbox.callbacks();
        let callbacks: Vec<_> = callbacks.iter().filter(|callback| callback.task_id == id).collect();
        assert_eq!(callbacks.len(), 1, "the callbacks of {slug}");
        assert_eq!(callbacks[0].body["data"]["taskId"], id);
        if slug != "generate-midi-from-audio" {
            assert_eq!(callbacks[0].body["data"]["resultJson"], record["resultJson"], "{slug}");
        }
        let body = envelope.to_string();
        let items = OPERATIONS.iter().find(|operation| operation.market == Some(&*model));
        let items = catalog::visit(items.ok_or("no operation")?.name, Items(body.as_bytes())).flatten();
        // A MIDI task has no notes in its record.
        assert!(items.is_some_and(|items| items > 0) || slug == "generate-midi-from-audio", "{slug}: {body}");
        self.tried.insert(model);
        Ok((id, result))
    }

    /// Makes a result without a task. Returns the result.
    async fn result(&mut self, slug: &str, input: Value, price: f64) -> Answered<Value> {
        let (before, tasks) = (self.sandbox.balance(), self.sandbox.tasks().len());
        let answer = submit(&mut self.caller, slug, input).await?;
        assert_eq!(answer["code"], 200, "{answer}");
        assert_eq!(before - self.sandbox.balance(), Credits::new(price), "the price of {slug}");
        assert_eq!(self.sandbox.tasks().len(), tasks, "{slug} started a task");
        self.tried.insert(format!("ai-music-api/{slug}"));
        Ok(answer["data"].clone())
    }

    /// Returns the number of requests to the operation that came on the market route.
    fn requests(&self, slug: &str) -> usize {
        let slug = format!("ai-music-api/{slug}");
        let name = OPERATIONS.iter().find(|operation| operation.market == Some(&*slug)).map(|operation| operation.name);
        let requests = self.sandbox.requests(name.unwrap_or_default());
        requests.iter().filter(|request| request.path == "/api/v1/jobs/createTask").count()
    }
}

#[tokio::test(start_paused = true)]
async fn every_operation_of_the_route_is_served() -> Answered {
    const UPLOAD: &str = "https://cdn.example.net/demo/loop.wav";
    let (sandbox, caller) = account(Speed::Fast).await?;
    let mut trial = Trial { sandbox, caller, tried: BTreeSet::new() };

    let input = json!({
        "custom_mode": true, "instrumental": false, "model": "V6", "title": "Harbour Clock", "style": "slow tango",
        "prompt": "[Verse]\nThe \"tide\" counts", "lyrics": "[Verse]\nThe tide counts backwards",
    });
    let (song, result) = trial.task("generate", input, 12.0).await?;
    assert_eq!((&result["code"], &result["task_id"]), (&json!(200), &json!(song)));
    let track = &result["data"][0];
    assert_eq!((&track["model_name"], &track["duration"]), (&json!("chirp-hawk"), &json!(20.0)));
    assert_eq!(track["prompt"], "[Verse]\nThe tide counts backwards", "`lyrics` wins over `prompt`");
    assert!(track["createTime"].is_u64() && track.get("source_audio_url").is_none(), "{track}");
    assert!(result["data"][1].get("model_name").is_none(), "{result}");
    assert_eq!(trial.caller.file(&track["audio_url"]).await?.0, 200);
    let audio = track["id"].clone();

    let extension = json!({
        "audio_id": audio, "model": "V6", "continue_at": 11.5, "style": "dub", "title": "Longer", "prompt": "la la",
    });
    let (_, result) = trial.task("extend", extension, 12.0).await?;
    assert_eq!((&result["data"][0]["prompt"], result.get("code")), (&json!("la la"), None));
    let (_, result) = trial.task("extend", json!({ "audio_id": audio, "model": "V6" }), 12.0).await?;
    assert_eq!(result["data"][0]["title"], "Harbour Clock", "without texts, they are inherited");

    let cover =
        json!({ "upload_url": UPLOAD, "instrumental": true, "model": "V6_MINI", "style": "dub", "title": "Loop" });
    let (_, result) = trial.task("upload-and-cover-audio", cover, 12.0).await?;
    assert_eq!((&result["data"][1]["title"], &result["data"][1]["duration"]), (&json!("Loop"), &json!(20.0)));
    let extension = json!({
        "upload_url": UPLOAD, "model": "V6", "continue_at": 11.5, "instrumental": true, "style": "dub", "title": "More",
    });
    trial.task("upload-and-extend-audio", extension, 12.0).await?;
    let backing = json!({
        "upload_url": UPLOAD, "title": "Tram", "tags": "piano", "negative_tags": "metal", "model": "V6",
    });
    trial.task("add-instrumental", backing, 12.0).await?;
    let voice = json!({
        "upload_url": UPLOAD, "title": "Tram", "style": "folk", "negative_tags": "metal", "prompt": "la", "model": "V6",
    });
    trial.task("add-vocals", voice, 12.0).await?;
    let mashup = json!({
        "upload_url_list": [UPLOAD, UPLOAD], "model": "V6", "style": "house", "title": "Both", "prompt": "la",
    });
    trial.task("mashup", mashup, 12.0).await?;
    let sound = json!({ "prompt": "kettle starting to boil", "model": "V6_WILD", "sound_tempo": 60 });
    let (_, result) = trial.task("sounds", sound, 2.5).await?;
    assert_eq!((&result["data"][0]["prompt"], &result["code"]), (&json!(""), &json!(200)));
    let section = json!({
        "task_id": song, "audio_id": audio, "prompt": "la", "tags": "tango", "title": "Clock", "full_lyrics": "la",
        "infill_start_s": 2.5, "infill_end_s": 14,
    });
    let (_, result) = trial.task("replace-section", section, 5.0).await?;
    assert_eq!(result["data"].as_array().map(Vec::len), Some(1));

    let of_track = json!({ "task_id": song, "audio_id": audio });
    let (_, result) = trial.task("convert-to-wav-format", of_track.clone(), 0.4).await?;
    assert_eq!(trial.caller.file(&result["resultUrls"][0]).await?.0, 200);
    let (_, result) = trial.task("create-music-video", of_track.clone(), 2.0).await?;
    assert_eq!(trial.caller.file(&result["resultUrls"][0]).await?.0, 200);
    let (_, result) = trial.task("cover-generate", json!({ "task_id": song }), 0.0).await?;
    assert_eq!(result["resultUrls"].as_array().map(Vec::len), Some(2));
    let (_, result) = trial.task("suno-recovery-audio", json!({ "task_id": song }), 0.0).await?;
    assert_eq!(result["data"][0]["id"], audio);
    let (_, result) = trial.task("generate-lyrics", json!({ "prompt": "two lighthouses" }), 0.4).await?;
    assert!(result["resultObject"]["lyricsData"][1]["text"].is_string(), "{result}");
    let mut stems = of_track.clone();
    let (separation, result) = trial.task("separate-vocals", stems.clone(), 10.0).await?;
    assert_eq!(trial.caller.file(&result["vocal_separation_info"]["vocal_url"]).await?.0, 200);
    (stems["type"], stems["stem_name"]) = ("split_stem_advanced".into(), "Bells".into());
    let (_, result) = trial.task("separate-vocals", stems, 20.0).await?;
    assert!(result["vocal_removal_info"]["origin_data"][0]["extract"].is_object(), "{result}");
    let (midi, result) = trial.task("generate-midi-from-audio", json!({ "task_id": separation }), 0.0).await?;
    assert!(!result.to_string().contains("pitch"), "the notes come only with the callback: {result}");
    let callbacks = trial.sandbox.callbacks();
    let notes = callbacks.iter().find(|callback| callback.task_id == midi).ok_or("no callback")?;
    assert!(notes.body["data"]["instruments"][0]["notes"][0]["pitch"].is_u64(), "{}", notes.body);

    let sample = json!({ "voice_url": UPLOAD, "vocal_start_s": 4, "vocal_end_s": 19, "language": "de" });
    let (phrase, result) = trial.task("validation-phrase", sample.clone(), 0.0).await?;
    assert!(result["verify_phrase_text"].is_string() && result["verify_phrase_id"] == phrase, "{result}");
    let (voice, result) = trial.task("create-voice", json!({ "task_id": phrase, "verify_url": UPLOAD }), 0.0).await?;
    assert!(result["persona_id"].is_string(), "{result}");
    let (phrase, _) = trial.task("validation-phrase", sample, 0.0).await?;
    trial.sandbox.script_task(TaskScript::fails(500));
    start(&mut trial.caller, "create-voice", json!({ "task_id": phrase, "verify_url": UPLOAD })).await?;
    sleep(Duration::from_secs(3)).await;
    trial.task("regenerate-phrase", json!({ "task_id": phrase }), 0.0).await?;
    assert_eq!(trial.result("check-voice", json!({ "task_id": voice }), 0.0).await?["isAvailable"], true);

    let words = trial.result("timeStamped-lyrics", of_track, 0.5).await?;
    assert!(words["alignedWords"][0]["startS"].is_number(), "{words}");
    let style = trial.result("boost-music-style", json!({ "content": "dusty soul" }), 0.4).await?;
    assert!(style["result"].is_string(), "{style}");
    let persona = json!({ "task_id": song, "audio_id": audio, "name": "Alto", "description": "warm", "vocal_end": 15 });
    assert!(trial.result("generate-persona", persona, 0.0).await?["personaId"].is_string());

    let slugs: BTreeSet<_> = OPERATIONS.iter().filter_map(|operation| operation.market.map(str::to_owned)).collect();
    assert_eq!((trial.tried.len(), trial.tried), (23, slugs));
    assert!(trial.sandbox.tasks().iter().all(|task| task.route == Route::Market));
    Ok(())
}

/// Reads a record of the market route. Returns the number of results of a finished task, as kie-types finds them.
struct Items<'a>(&'a [u8]);

impl catalog::Visitor for Items<'_> {
    type Output = Option<usize>;

    fn call<E: Endpoint>(self) -> Option<usize> {
        None
    }

    fn start<E: TaskEndpoint>(self) -> Option<usize> {
        let record = E::Job::of_market(&MarketRecord::read(200, self.0).ok()??);
        let output = record.output().filter(|_| record.state() == TaskState::Complete)?;
        Some(output.items().len())
    }
}
