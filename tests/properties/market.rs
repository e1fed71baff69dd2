//! Tests that a result of any kind of task is the same on both routes, in every known shape of the market route, and
//! that damaged records of the market route cause no panic.

use kie_types::{
    AnyCallback, Callback, Cover, Endpoint, Item, Job, Lyrics, MarketAnswer, MarketRecord, Midi, Music, MusicVideo,
    Outcome, Recovery, Report, VocalSeparation, Voice, VoiceValidation, WavConversion, catalog::OPERATIONS,
};
use proptest::{collection, option, prelude::*, sample::Index, test_runner::TestCaseError};
use serde_json::{Value, json};

use super::{TASK, inputs::text};
use crate::setup::cases::config;

/// Returns the items in a record of the classic route.
fn classic<J: Job>(body: &Value) -> Vec<Item> {
    let record = J::Lookup::read(200, body.to_string().as_bytes()).unwrap();
    Report::of_record::<J>(record.as_ref()).items
}

fn of_market<J: Job>(body: &[u8]) -> Report {
    match J::Lookup::read_market(200, body) {
        Ok(MarketAnswer::Result(record)) => Report::of_record::<J>(record.as_ref()),
        Ok(_) => panic!("a lookup starts no task"),
        Err(error) => panic!("{error}: {}", String::from_utf8_lossy(body)),
    }
}

/// Returns the bodies of records that have this result: as a text, as an object, as a copy beside a damaged text, and
/// with a copy of the request that is no valid JSON.
fn bodies<J: Job>(result: &Value, prompt: &str) -> Vec<String> {
    let text = result.to_string();
    let slug = OPERATIONS.iter().find(|operation| operation.job == Some(J::NAME)).unwrap().market.unwrap();
    let param = json!({ "input": json!({ "prompt": prompt, "model": "V6" }).to_string(), "model": slug }).to_string();
    let record = |more: Value| {
        let mut record = json!({
            "taskId": TASK, "model": slug, "state": "success", "param": param, "paramJson": param, "failCode": null,
            "creditsConsumed": 0.4, "createTime": 1_790_500_000_000i64,
        });
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "code": 200, "msg": "success", "data": record }).to_string()
    };
    let damaged = &text[..text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at)];
    let whole = record(json!({ "resultJson": text }));
    let echo = json!(param).to_string();
    vec![
        record(json!({ "resultJson": result })),
        record(json!({ "resultJson": "", "response": result })),
        record(json!({ "resultJson": damaged, "response": result })),
        whole.replace(&echo, &echo.replace(r#"\\\""#, r#"\\""#)),
        whole,
    ]
}

/// Checks that a record of the classic route has the same items as each of the records and callbacks of the market
/// route.
fn is_the_same<J: Job>(classic_body: &Value, shapes: &[Value], prompt: &str) -> Result<(), TestCaseError> {
    let items = classic::<J>(classic_body);
    prop_assert!(!items.is_empty());
    for shape in shapes {
        for body in bodies::<J>(shape, prompt) {
            let report = of_market::<J>(body.as_bytes());
            prop_assert_eq!(report.outcome, Outcome::Success);
            prop_assert_eq!(report.task_id.as_deref(), Some(TASK));
            prop_assert_eq!(&report.items, &items, "{}", body);
            let callback = Callback::<J>::parse(body.as_bytes()).unwrap();
            let of_callback = Report::of_callback(&callback);
            prop_assert_eq!(of_callback.outcome, Outcome::Success);
            prop_assert_eq!((&of_callback.items, of_callback.credits), (&items, report.credits), "{}", body);
            let any = AnyCallback::parse(body.as_bytes()).unwrap();
            prop_assert_eq!((any.job(), any.report()), (Some(J::NAME), Some(of_callback)));
        }
    }
    Ok(())
}

fn address() -> impl Strategy<Value = String> {
    "[a-z0-9]{1,12}".prop_map(|name| format!("https://files.example.net/{name}"))
}

fn id() -> impl Strategy<Value = String> {
    "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}"
}

/// Generates a text that is not empty, since an empty text counts as absent.
fn words() -> impl Strategy<Value = String> {
    text().prop_filter("an empty text is absent", |text| !text.is_empty())
}

fn track() -> impl Strategy<Value = Value> {
    let duration = option::of(0.0..600.0f64);
    (id(), address(), option::of(text()), option::of(text()), duration).prop_map(|(id, url, title, prompt, duration)| {
        json!({ "id": id, "audio_url": url, "title": title, "prompt": prompt, "duration": duration, "tags": "polka" })
    })
}

/// Wraps an object in each place in which an object can be.
fn at_any_depth(object: &Value) -> Vec<Value> {
    vec![
        object.clone(),
        json!({ "data": object }),
        json!({ "resultObject": object }),
        json!({ "code": 200, "msg": "success", "task_id": TASK, "data": { "info": [object] } }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..config() })]

    #[test]
    fn tracks_are_the_same_in_every_shape(tracks in collection::vec(track(), 1..4), prompt in text()) {
        let body = json!({ "code": 200, "data": {
            "taskId": TASK, "status": "SUCCESS", "response": { "taskId": TASK, "sunoData": tracks },
        } });
        is_the_same::<Music>(&body, &[
            json!({ "code": 200, "data": tracks, "msg": "success", "task_id": TASK }),
            json!({ "data": tracks }),
            json!({ "resultObject": { "data": tracks }, "resultUrls": ["https://files.example.net/poor.mp3"] }),
            json!({ "sunoData": tracks }),
            json!({ "response": { "sunoData": tracks } }),
            json!({ "tracks": tracks }),
            json!({ "data": { "data": tracks } }),
            json!(tracks),
        ], &prompt)?;
    }

    #[test]
    fn recovered_tracks_are_the_same_in_every_shape(tracks in collection::vec(track(), 1..4), prompt in text()) {
        let body = json!({ "code": 200, "msg": "success", "task_id": TASK, "data": tracks });
        is_the_same::<Recovery>(&body, &[json!({ "data": tracks }), json!({ "sunoData": tracks })], &prompt)?;
    }

    #[test]
    fn lyrics_are_the_same_in_every_shape(
        texts in collection::vec((words(), option::of(text())), 1..4),
        prompt in text(),
    ) {
        let rows: Vec<_> = texts.iter().map(|(text, title)| json!({ "text": text, "title": title })).collect();
        let body = json!({ "code": 200, "data": {
            "taskId": TASK, "status": "SUCCESS", "response": { "taskId": TASK, "data": rows },
        } });
        is_the_same::<Lyrics>(&body, &[
            json!({ "resultObject": { "lyricsData": rows } }),
            json!({ "resultObject": { "data": rows } }),
            json!({ "data": rows }),
        ], &prompt)?;
    }

    #[test]
    fn files_are_the_same_in_every_shape(url in address(), images in collection::vec(address(), 1..4), prompt in text()) {
        let of = |flag: Value, response: Value| {
            json!({ "code": 200, "data": { "taskId": TASK, "successFlag": flag, "response": response } })
        };
        is_the_same::<WavConversion>(
            &of(json!("SUCCESS"), json!({ "audioWavUrl": url })),
            &[json!({ "resultUrls": [url] }), json!([url]), json!({ "audioWavUrl": url }), json!({ "audio_wav_url": url })],
            &prompt,
        )?;
        is_the_same::<MusicVideo>(
            &of(json!("SUCCESS"), json!({ "videoUrl": url })),
            &[json!({ "resultUrls": [url] }), json!([url]), json!({ "video_url": url })],
            &prompt,
        )?;
        is_the_same::<Cover>(
            &of(json!(1), json!({ "images": images })),
            &[json!({ "resultUrls": images }), json!(images), json!({ "images": images })],
            &prompt,
        )?;
    }

    #[test]
    fn stems_are_the_same_in_every_shape(
        links in collection::vec(option::of(address()), 4),
        rows in collection::vec((id(), address(), text()), 0..3),
        vocals in address(),
        prompt in text(),
    ) {
        let rows: Vec<_> = rows
            .iter()
            .map(|(id, url, name)| json!({ "id": id, "audio_url": url, "stem_type_group_name": name }))
            .collect();
        let stems = json!({
            "origin_url": "", "vocal_url": vocals, "drums_url": links[0], "bass_url": links[1], "synth_url": links[2],
            "woodwinds_url": links[3], "origin_data": rows,
        });
        let body = json!({ "code": 200, "data": { "taskId": TASK, "successFlag": "SUCCESS", "response": stems } });
        let removal = at_any_depth(&json!({ "vocal_removal_info": stems }));
        let separation = at_any_depth(&json!({ "vocal_separation_info": stems }));
        is_the_same::<VocalSeparation>(&body, &[removal, separation].concat(), &prompt)?;
    }

    #[test]
    fn notes_are_the_same_in_every_shape(names in collection::vec(words(), 1..3), prompt in text()) {
        let notes = json!([{ "pitch": 60, "start": "0.5", "end": 0.75, "velocity": 0.8 }]);
        let instruments: Vec<_> = names.iter().map(|name| json!({ "name": name, "notes": notes })).collect();
        let midi = json!({ "state": "complete", "instruments": instruments });
        let body = json!({ "code": 200, "data": { "taskId": TASK, "successFlag": 1, "midiData": midi } });
        is_the_same::<Midi>(&body, &at_any_depth(&midi), &prompt)?;
    }

    #[test]
    fn voices_are_the_same_in_every_shape(voice in id(), phrase in words(), prompt in text()) {
        let body = json!({ "code": 200, "data": { "taskId": TASK, "status": "success", "voiceId": voice } });
        let names = ["persona_id", "personaId", "voice_id", "voiceId"];
        let mut shapes: Vec<_> = names.iter().flat_map(|name| at_any_depth(&json!({ *name: voice }))).collect();
        shapes.push(json!({ "resultUrls": [voice] }));
        is_the_same::<Voice>(&body, &shapes, &prompt)?;

        let body =
            json!({ "code": 200, "data": { "taskId": TASK, "status": "wait_validating", "validateInfo": phrase } });
        let names = ["verify_phrase_text", "validateInfo", "validate_info"];
        let shapes: Vec<_> = names.iter().flat_map(|name| at_any_depth(&json!({ *name: phrase }))).collect();
        is_the_same::<VoiceValidation>(&body, &shapes, &prompt)?;
    }

    #[test]
    fn damaged_bodies_of_the_market_route_make_nothing_panic(
        tracks in collection::vec(track(), 0..3),
        prompt in text(),
        cut in any::<Index>(),
        damage in collection::vec((any::<Index>(), any::<u8>()), 0..4),
    ) {
        for body in bodies::<Music>(&json!({ "data": tracks, "resultUrls": [TASK] }), &prompt) {
            let mut body = body.into_bytes();
            for (at, byte) in &damage {
                let at = at.index(body.len());
                body[at] = *byte;
            }
            nothing_panics(&body);
            nothing_panics(&body[..cut.index(body.len() + 1)]);
        }
    }
}

fn nothing_panics(body: &[u8]) {
    fn of_kind<J: Job>(body: &[u8]) {
        if let Ok(MarketAnswer::Result(record)) = J::Lookup::read_market(200, body) {
            drop(format!("{:?}", Report::of_record::<J>(record.as_ref())));
        }
        if let Ok(callback) = Callback::<J>::parse(body) {
            drop(format!("{callback:?} {:?}", Report::of_callback(&callback)));
        }
    }
    of_kind::<Music>(body);
    of_kind::<Lyrics>(body);
    of_kind::<WavConversion>(body);
    of_kind::<VocalSeparation>(body);
    of_kind::<Midi>(body);
    of_kind::<MusicVideo>(body);
    of_kind::<Cover>(body);
    of_kind::<Recovery>(body);
    of_kind::<VoiceValidation>(body);
    of_kind::<Voice>(body);
    if let Ok(Some(record)) = MarketRecord::read(200, body) {
        drop(format!("{record:?} {:?} {:?}", record.result(), record.result().reference()));
    }
    drop(AnyCallback::parse(body));
}
