//! What holds for every input, and not only for those that somebody wrote down.
//!
//! Seeds are fixed, so a run can be repeated; a failing case is printed in its smallest form.

use std::fmt::Debug;

use kie_types::{
    Callback, CallbackType, Credits, Endpoint, GenerateMusic, Item, Model, Music, MusicCallback, MusicRecord,
    MusicStatus, MusicVideo, MusicVideoCallback, MusicVideoRecord, MusicVideoStatus, Output, PersonaModel, Progress,
    Record, Report, Seconds, Stage, Started, State, TaskEndpoint, TaskId, Timestamp, Track, Video, VocalGender, Weight,
    catalog::{self, OPERATIONS, Visitor},
    check, envelope,
    signature::WebhookKey,
};
use proptest::{
    collection, option,
    prelude::*,
    sample::{Index, select},
    test_runner::{RngSeed, TestCaseError, TestRunner},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

fn config() -> ProptestConfig {
    ProptestConfig { cases: 192, rng_seed: RngSeed::Fixed(20_260_819), failure_persistence: None, ..Default::default() }
}

/// Runs a property that is generic over a type, for which the macro has no place.
fn holds<S: Strategy>(strategy: &S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    if let Err(error) = TestRunner::new(config()).run(strategy, property) {
        panic!("{error}");
    }
}

// ---- What is thrown at the doors

/// Text of all kinds: plain, empty, foreign, numeric, with quotes and control characters.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "\\PC{0,12}",
        2 => any::<String>(),
        1 => select(vec!["", " ", "null", "NaN", "1e999", "-1", "0x10", "true", "SUCCESS", "[Verse]\nOne", "🎵漢"])
            .prop_map(String::from),
    ]
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-100_000i32..100_000).prop_map(|steps| Value::from(f64::from(steps) / 100.0)),
    ]
}

/// The keys that some answer has, so that arbitrary JSON meets the decoders' own words.
const KEYS: &[&str] = &[
    "audioUrl",
    "audio_url",
    "callBackUrl",
    "callbackType",
    "callbackUrl",
    "code",
    "completeTime",
    "createTime",
    "data",
    "duration",
    "error",
    "errorCode",
    "errorMessage",
    "error_message",
    "id",
    "imageUrl",
    "modelName",
    "msg",
    "musicId",
    "musicIndex",
    "operationType",
    "param",
    "parentMusicId",
    "prompt",
    "response",
    "sourceAudioUrl",
    "status",
    "streamAudioUrl",
    "successFlag",
    "sunoData",
    "suno_data",
    "tags",
    "taskId",
    "task_id",
    "title",
    "type",
    "videoUrl",
    "video_url",
    "model",
    "customMode",
    "instrumental",
    "style",
    "styleWeight",
    "defaultParamFlag",
    "continueAt",
];

fn key() -> impl Strategy<Value = String> {
    prop_oneof![4 => select(KEYS).prop_map(String::from), 1 => text()]
}

/// Any JSON value, mostly with the keys of our answers.
fn json() -> impl Strategy<Value = Value> {
    let leaf =
        prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), number(), text().prop_map(Value::from)];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            collection::vec((key(), inner), 0..8).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// An object with some of these keys, each with a value of its own kind or of any other.
fn object(fields: &[(&'static str, BoxedStrategy<Value>)]) -> BoxedStrategy<Value> {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, usual)| {
            let value = prop_oneof![5 => usual.clone(), 1 => json()];
            let name = *name;
            option::weighted(0.7, value).prop_map(move |value| value.map(|value| (name.to_owned(), value)))
        })
        .collect();
    fields.prop_map(|pairs| Value::Object(pairs.into_iter().flatten().collect())).boxed()
}

/// The same with numbers that every JSON reader takes alike, so that the decoders are compared and not the readers.
fn tame(value: Value) -> Value {
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(whole) => json!(whole % 1_000_000_000_000_000),
            None => json!((number.as_f64().unwrap() % 1e6 * 100.0).round() / 100.0),
        },
        Value::Array(items) => items.into_iter().map(tame).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, tame(value))).collect(),
        other => other,
    }
}

fn words() -> BoxedStrategy<Value> {
    text().prop_map(Value::from).boxed()
}

fn numbers() -> BoxedStrategy<Value> {
    number().boxed()
}

fn one_of(words: &'static [&'static str]) -> BoxedStrategy<Value> {
    select(words).prop_map(Value::from).boxed()
}

fn track() -> BoxedStrategy<Value> {
    object(&[
        ("id", words()),
        ("audioUrl", words()),
        ("audio_url", words()),
        ("sourceAudioUrl", words()),
        ("streamAudioUrl", words()),
        ("image_url", words()),
        ("prompt", words()),
        ("modelName", words()),
        ("title", words()),
        ("tags", words()),
        ("createTime", prop_oneof![numbers(), words()].boxed()),
        ("duration", prop_oneof![numbers(), words()].boxed()),
    ])
}

fn tracks() -> BoxedStrategy<Value> {
    collection::vec(track(), 0..4).prop_map(Value::from).boxed()
}

fn music_record() -> BoxedStrategy<Value> {
    let response = object(&[("taskId", words()), ("sunoData", tracks()), ("errorMessage", words())]);
    object(&[
        ("taskId", words()),
        ("task_id", words()),
        ("parentMusicId", words()),
        ("param", words()),
        ("response", response),
        ("status", one_of(&["PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS", "CALLBACK_EXCEPTION", "SOON"])),
        ("type", words()),
        ("operationType", words()),
        ("errorCode", prop_oneof![numbers(), words()].boxed()),
        ("errorMessage", words()),
        ("createTime", prop_oneof![numbers(), words()].boxed()),
    ])
}

fn video_record() -> BoxedStrategy<Value> {
    object(&[
        ("taskId", words()),
        ("musicId", words()),
        ("callbackUrl", words()),
        ("musicIndex", numbers()),
        ("completeTime", prop_oneof![numbers(), words()].boxed()),
        ("response", object(&[("videoUrl", words())])),
        ("successFlag", one_of(&["PENDING", "SUCCESS", "GENERATE_MP4_FAILED", "CALLBACK_EXCEPTION", "SOON"])),
        ("createTime", prop_oneof![numbers(), words()].boxed()),
        ("errorCode", prop_oneof![numbers(), words()].boxed()),
        ("errorMessage", words()),
    ])
}

fn callback() -> BoxedStrategy<Value> {
    let music = object(&[
        ("callbackType", one_of(&["text", "first", "complete", "error", "second"])),
        ("task_id", words()),
        ("data", tracks()),
        ("error", words()),
        ("errorMessage", words()),
    ]);
    let video = object(&[("task_id", words()), ("video_url", words())]);
    object(&[
        ("code", prop_oneof![Just(Value::from(200)).boxed(), numbers(), words()].boxed()),
        ("msg", words()),
        ("taskId", words()),
        ("task_id", words()),
        ("data", prop_oneof![music, video].boxed()),
    ])
}

// ---- Requests

/// Runs the same property on every operation of the catalog.
fn on_every_operation<V: Visitor<Output = ()> + Copy>(visitor: V) {
    for operation in OPERATIONS {
        catalog::visit(operation.name, visitor).expect("a catalogued name can be visited");
    }
    assert!(catalog::visit("no-such-operation", visitor).is_none());
}

macro_rules! on_every_operation {
    ($name:ident, $property:ident) => {
        #[test]
        fn $name() {
            #[derive(Clone, Copy)]
            struct Each;
            impl Visitor for Each {
                type Output = ();
                fn call<E: Endpoint>(self) {
                    $property::<E>();
                }
                fn start<E: TaskEndpoint>(self) {
                    $property::<E>();
                }
            }
            on_every_operation(Each);
        }
    };
}

on_every_operation!(examples_are_valid_and_read_as_they_are_printed, examples);
on_every_operation!(variations_of_requests_read_as_they_are_printed, variations);
on_every_operation!(no_json_makes_a_request_panic, any_request);
on_every_operation!(no_body_makes_an_answer_panic, any_answer);

fn examples<E: Endpoint>() {
    let examples = E::examples();
    assert!(!examples.is_empty(), "{} has no example", E::NAME);
    for mut example in examples {
        assert_eq!(example.validate(), Ok(()), "{}: {example:?}", E::NAME);
        let printed = serde_json::to_value(&example).unwrap();
        let checked = check::<E>(&printed);
        assert_eq!(checked.result.as_ref(), Ok(&example), "{}", E::NAME);
        assert_eq!(checked.unknown, [""; 0], "{}", E::NAME);
        let text = serde_json::to_string(&example).unwrap();
        assert_eq!(serde_json::from_str::<E>(&text).unwrap(), example, "{}", E::NAME);
        // The name of the callback address is the one that it is printed under.
        assert_eq!(example.call_back_url().is_some(), E::CALL_BACK_URL.is_some(), "{}", E::NAME);
        if let (Some(name), Some(place)) = (E::CALL_BACK_URL, example.call_back_url()) {
            *place = Some("https://hooks.example.net/elsewhere".into());
            assert_eq!(serde_json::to_value(&example).unwrap()[name], "https://hooks.example.net/elsewhere");
        }
    }
}

/// A value of the same type as this one. Numbers are those that requests hold: weights and seconds.
fn like(value: &Value) -> BoxedStrategy<Value> {
    match value {
        Value::Bool(_) => any::<bool>().prop_map(Value::from).boxed(),
        Value::Number(_) => (-500i32..50_000).prop_map(|steps| json!(f64::from(steps) / 100.0)).boxed(),
        _ => text().prop_map(Value::from).boxed(),
    }
}

fn variations<E: Endpoint>() {
    let Some(Ok(Value::Object(full))) = E::examples().last().map(serde_json::to_value) else { panic!("no example") };
    let fields: Vec<_> = full
        .iter()
        .map(|(name, value)| {
            // Flags have no default, so a request without them cannot be read.
            let kept = if value.is_boolean() {
                like(value).prop_map(Some).boxed()
            } else {
                option::weighted(0.6, like(value)).boxed()
            };
            let name = name.clone();
            kept.prop_map(move |value| value.map(|value| (name.clone(), value)))
        })
        .collect();
    holds(&(fields, collection::vec((text(), json()), 0..3)), |(fields, strange)| {
        let given: Map<String, Value> = fields.into_iter().flatten().collect();
        let mut body = given.clone();
        for (key, value) in strange {
            body.insert(format!("strange {key}"), value);
        }
        let request: E =
            serde_json::from_value(Value::Object(body)).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let printed = serde_json::to_value(&request).unwrap();
        for (name, value) in given {
            let same =
                printed[&name] == value || printed[&name].as_f64().is_some_and(|number| Some(number) == value.as_f64());
            prop_assert!(same, "{name} was {value} and is {}", printed[&name]);
        }
        let again: E = serde_json::from_str(&printed.to_string()).unwrap();
        prop_assert_eq!(again, request);
        Ok(())
    });
}

fn any_request<E: Endpoint>() {
    holds(&json(), |body| {
        let checked = check::<E>(&body);
        match checked.result {
            Ok(request) => prop_assert_eq!(request.validate(), Ok(())),
            Err(invalid) => {
                prop_assert!(!invalid.violations().is_empty());
                prop_assert!(invalid.to_string().starts_with(E::NAME));
                prop_assert!(serde_json::to_value(&invalid).is_ok());
            }
        }
        Ok(())
    });
    // The operation's own fields with anything in them.
    let Some(Ok(Value::Object(full))) = E::examples().last().map(serde_json::to_value) else { panic!("no example") };
    let names: Vec<String> = full.keys().cloned().chain(["model".to_owned()]).collect();
    holds(&(select(names), json()), |(name, value)| {
        let mut body = full.clone();
        body.insert(name.clone(), value);
        if let Err(invalid) = check::<E>(&Value::Object(body)).result {
            prop_assert!(!invalid.violations().is_empty(), "{name}");
        }
        Ok(())
    });
}

fn any_answer<E: Endpoint>() {
    let statuses = select(vec![200u16, 401, 404, 429, 500, 502]);
    let bodies = prop_oneof![
        json().prop_map(|data| json!({ "code": 200, "msg": "success", "data": data })),
        object(&[("code", numbers()), ("msg", words()), ("data", json().boxed())]),
        json(),
    ]
    .prop_map(|body| body.to_string().into_bytes());
    let bytes = prop_oneof![bodies, collection::vec(any::<u8>(), 0..64)];
    holds(&(statuses, bytes, any::<Index>()), |(status, body, cut)| {
        for part in [&body[..], &body[..cut.index(body.len() + 1)]] {
            match envelope::open::<E::Response>(status, part) {
                Ok(answer) => drop(format!("{answer:?} {}", serde_json::to_string(&answer).unwrap())),
                Err(error) => drop(format!("{error} {error:?}")),
            }
        }
        Ok(())
    });
}

// ---- Words

/// A word that has no name yet survives, alone and inside a request or an answer.
macro_rules! words_survive {
    ($($test:ident: $word:ty,)+) => {$(
        #[test]
        fn $test() {
            for known in <$word>::ALL {
                assert!(known.is_known());
                assert_eq!(<$word>::from(known.as_str()), known);
                assert_eq!(serde_json::from_value::<$word>(json!(known)).unwrap(), known);
            }
            holds(&text(), |text| {
                let word = <$word>::from(text.as_str());
                prop_assert_eq!(word.as_str(), text.as_str());
                prop_assert_eq!(word.to_string(), text.as_str());
                prop_assert_eq!(word.is_known(), <$word>::ALL.iter().any(|known| known.as_str() == text));
                let printed = serde_json::to_string(&word).unwrap();
                prop_assert_eq!(&printed, &serde_json::to_string(&text).unwrap());
                prop_assert_eq!(serde_json::from_str::<$word>(&printed).unwrap(), word);
                Ok(())
            });
        }
    )+};
}

words_survive! {
    words_for_models_survive: Model,
    words_for_voices_survive: VocalGender,
    words_for_personas_survive: PersonaModel,
    words_for_music_status_survive: MusicStatus,
    words_for_video_status_survive: MusicVideoStatus,
    words_for_callback_types_survive: CallbackType,
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn unknown_words_survive_inside_requests_and_answers(word in "[A-Za-z0-9_漢]{1,12}") {
        let model = Model::from(word.as_str());
        let request = GenerateMusic::simple(model, "an idea").vocal_gender(VocalGender::from(word.as_str()));
        let printed = serde_json::to_value(&request).unwrap();
        prop_assert_eq!((&printed["model"], &printed["vocalGender"]), (&json!(word), &json!(word)));
        prop_assert_eq!(serde_json::from_value::<GenerateMusic>(printed).unwrap(), request);

        let record: MusicRecord = serde_json::from_value(json!({ "status": word, "taskId": "a" })).unwrap();
        prop_assert_eq!(&serde_json::to_value(&record).unwrap()["status"], &json!(word));
        let video: MusicVideoRecord = serde_json::from_value(json!({ "successFlag": word })).unwrap();
        prop_assert_eq!(&serde_json::to_value(&video).unwrap()["successFlag"], &json!(word));
        let push: MusicCallback = serde_json::from_value(json!({ "callbackType": word })).unwrap();
        prop_assert_eq!(&serde_json::to_value(&push).unwrap()["callbackType"], &json!(word));
    }

    // ---- Answers

    #[test]
    fn fields_that_we_do_not_know_change_nothing(
        strange in collection::vec((text(), json()), 1..4),
        place in select(PLACES),
    ) {
        let mut body = live_record();
        let object = body.pointer_mut(place).and_then(Value::as_object_mut).unwrap();
        for (key, value) in strange {
            object.insert(format!("strange {key}"), value);
        }
        prop_assert_eq!(open(&body.to_string()), open(&live_record().to_string()));
    }

    #[test]
    fn one_bad_field_loses_neither_the_id_nor_a_link(field in select(FIELDS), value in json()) {
        let mut body = live_record();
        *body.pointer_mut(field).unwrap() = value;
        let record = open(&body.to_string());
        prop_assert_eq!(record.task_id.as_ref().map(TaskId::as_str), Some(TASK));
        prop_assert_eq!(links(&record), links(&open(&live_record().to_string())));
    }

    #[test]
    fn one_bad_link_costs_no_other(field in select(LINKS), value in json()) {
        let mut body = live_record();
        *body.pointer_mut(field).unwrap() = value;
        let record = open(&body.to_string());
        prop_assert_eq!(record.task_id.as_ref().map(TaskId::as_str), Some(TASK));
        let gone = live_record().pointer(field).unwrap().as_str().unwrap().to_owned();
        for link in links(&open(&live_record().to_string())).into_iter().filter(|link| *link != gone) {
            prop_assert!(links(&record).contains(&link), "{} is lost", link);
        }
    }

    #[test]
    fn one_bad_field_of_a_callback_loses_neither_the_id_nor_a_link(field in select(CALLBACK_FIELDS), value in json()) {
        let mut body = live_callback();
        *body.pointer_mut(field).unwrap() = value;
        let callback = Callback::<Music>::parse(body.to_string().as_bytes()).unwrap();
        prop_assert_eq!(callback.task_id.as_ref().map(TaskId::as_str), Some(TASK));
        let items = callback.output().unwrap().items();
        prop_assert_eq!(items.iter().filter(|item| item.url.is_some()).count(), 2);
    }

    #[test]
    fn a_link_is_text_and_nothing_else(value in json().prop_filter("texts are links", |value| !value.is_string())) {
        for name in ["audioUrl", "sourceAudioUrl", "streamAudioUrl", "imageUrl"] {
            let track: Track = serde_json::from_value(json!({ "id": "a", name: value })).unwrap();
            prop_assert_eq!(track.url(), None, "{} was {}", name, value);
            prop_assert!(vec![track].items()[0].urls.is_empty(), "{} was {}", name, value);
        }
        let video: Video = serde_json::from_value(json!({ "videoUrl": value })).unwrap();
        prop_assert_eq!(video.video_url, None);
    }

    #[test]
    fn no_bytes_make_a_callback_panic(
        bytes in collection::vec(any::<u8>(), 0..96),
        body in prop_oneof![callback(), json().boxed()],
        cut in any::<Index>(),
    ) {
        let body = body.to_string().into_bytes();
        for part in [&bytes[..], &body[..], &body[..cut.index(body.len() + 1)]] {
            if let Ok(callback) = Callback::<Music>::parse(part) {
                drop(format!("{callback:?} {:?} {:?}", callback.state(), callback.output()));
            }
            if let Ok(callback) = Callback::<MusicVideo>::parse(part) {
                drop(format!("{callback:?} {:?} {:?}", callback.state(), callback.output()));
            }
        }
    }

    #[test]
    fn answers_read_as_they_are_printed(music in music_record(), video in video_record(), callback in callback()) {
        stays_the_same(serde_json::from_value::<MusicRecord>(tame(music)).unwrap())?;
        stays_the_same(serde_json::from_value::<MusicVideoRecord>(tame(video)).unwrap())?;
        let callback = tame(callback);
        stays_the_same(Callback::<Music>::parse(callback.to_string().as_bytes()).unwrap())?;
        stays_the_same(Callback::<MusicVideo>::parse(callback.to_string().as_bytes()).unwrap())?;
        if let Some(data) = callback.get("data").filter(|data| data.is_object()) {
            stays_the_same(serde_json::from_value::<MusicCallback>(data.clone()).unwrap())?;
            stays_the_same(serde_json::from_value::<MusicVideoCallback>(data.clone()).unwrap())?;
        }
    }

    #[test]
    fn reports_read_as_they_are_printed(music in music_record()) {
        let record: MusicRecord = serde_json::from_value(tame(music)).unwrap();
        let report = Report::new::<Music>(&TASK.into(), Some(&record));
        stays_the_same(report.clone())?;
        prop_assert_eq!(report.items.len(), record.tracks().len());
    }

    #[test]
    fn ids_and_amounts_read_as_they_are_printed(
        id in text(),
        hundredths in -1_000_000_000i64..1_000_000_000,
        millis in any::<i64>(),
    ) {
        let id_or_blank = if id.is_empty() { "a".to_owned() } else { id };
        stays_the_same(Started::<Music>::new(id_or_blank.as_str()))?;
        stays_the_same(TaskId::<Music>::new(id_or_blank))?;
        stays_the_same(Credits::new(hundredths as f64 / 100.0))?;
        stays_the_same(Timestamp::from_millis(millis))?;
    }

    #[test]
    fn every_length_and_every_weight_survives_its_text(seconds in 0.0..10_000.0f64, weight in 0.0..1.0f64) {
        stays_the_same(Seconds::new(seconds))?;
        stays_the_same(Weight::new(weight))?;
    }

    #[test]
    fn credits_add_up(one in 0i64..100_000_000, other in 0i64..100_000_000) {
        let of = |hundredths: i64| Credits::new(hundredths as f64 / 100.0);
        prop_assert_eq!(of(one) + of(other), of(one + other));
        prop_assert_eq!(of(one) + of(other) - of(other), of(one));
        prop_assert_eq!(of(one) < of(other), one < other);
    }

    // ---- The course of a task

    #[test]
    fn every_order_of_the_same_messages_ends_the_same(
        messages in course(),
        order in collection::vec(any::<Index>(), 0..24),
        shuffle in any::<u64>(),
    ) {
        // Every message at least once, some of them again, in any order.
        let mut sent: Vec<_> = messages.iter().chain(order.iter().map(|index| index.get(&messages))).collect();
        let mut state = shuffle;
        for end in (1..sent.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            sent.swap(end, (state >> 33) as usize % (end + 1));
        }

        let mut progress = Progress::new();
        let (mut stages, mut ready) = (Vec::new(), Vec::new());
        for (state, items) in &sent {
            if let Some(change) = progress.observe(state, items.clone()) {
                prop_assert_eq!(change.stage, progress.stage());
                prop_assert!(change.stage > stages.last().copied().flatten() || !change.ready.is_empty(), "no news");
                stages.push(change.stage);
                ready.extend(change.ready.into_iter().map(|item| item.id.or(item.url.map(String::from)).unwrap()));
            }
        }
        prop_assert!(stages.is_sorted(), "{:?}", stages);
        prop_assert_eq!(progress.stage(), messages.iter().filter_map(|(state, _)| state.stage()).max());
        let mut expected: Vec<_> = messages.iter().flat_map(|(_, items)| items).filter(|item| item.url.is_some())
            .map(|item| item.id.clone().or(item.url.clone().map(String::from)).unwrap()).collect();
        expected.sort();
        expected.dedup();
        ready.sort();
        prop_assert_eq!(ready, expected);
        for (state, items) in sent {
            prop_assert_eq!(progress.observe(state, items.clone()), None, "said again, it is no news");
        }
    }

    // ---- Signatures

    #[test]
    fn only_the_same_words_and_the_same_key_verify(
        key in any::<Vec<u8>>(),
        task in text(),
        time in text(),
        noise in text(),
    ) {
        let signer = WebhookKey::new(&key);
        let signature = signer.sign(&task, &time);
        prop_assert_eq!(signature.len(), 44);
        prop_assert!(signer.verify(&task, &time, &signature));
        prop_assert!(!signer.verify(&task, &time, &noise));
        let later = time.clone() + "0";
        prop_assert!(!signer.verify(&task, &later, &signature));
        prop_assert!(!signer.verify(&task, &time, &signature.to_lowercase().replace('+', "-")));
        prop_assert!(!WebhookKey::new([&key[..], b"1"].concat()).verify(&task, &time, &signature));
        let shown = format!("{signer:?}");
        prop_assert!(!shown.contains(&signature));
    }
}

fn stays_the_same<T: Serialize + DeserializeOwned + PartialEq + Debug>(answer: T) -> Result<(), TestCaseError> {
    let printed = serde_json::to_string(&answer).unwrap();
    match serde_json::from_str::<T>(&printed) {
        Ok(again) => prop_assert_eq!(again, answer, "{}", printed),
        Err(error) => prop_assert!(false, "{}: {}", printed, error),
    }
    Ok(())
}

// ---- The record that is spoilt

const TASK: &str = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";

/// The objects of the record below.
const PLACES: &[&str] = &["", "/data", "/data/response", "/data/response/sunoData/0", "/data/response/sunoData/1"];

/// Its fields that are neither the task's id nor a link.
const FIELDS: &[&str] = &[
    "/msg",
    "/data/parentMusicId",
    "/data/param",
    "/data/status",
    "/data/type",
    "/data/operationType",
    "/data/errorCode",
    "/data/errorMessage",
    "/data/createTime",
    "/data/response/taskId",
    "/data/response/sunoData/0/id",
    "/data/response/sunoData/0/prompt",
    "/data/response/sunoData/0/modelName",
    "/data/response/sunoData/0/title",
    "/data/response/sunoData/0/tags",
    "/data/response/sunoData/0/createTime",
    "/data/response/sunoData/0/duration",
];

/// Its links.
const LINKS: &[&str] = &[
    "/data/response/sunoData/0/audioUrl",
    "/data/response/sunoData/0/sourceAudioUrl",
    "/data/response/sunoData/0/streamAudioUrl",
    "/data/response/sunoData/0/sourceStreamAudioUrl",
    "/data/response/sunoData/0/imageUrl",
    "/data/response/sunoData/0/sourceImageUrl",
];

/// The fields of the callback below that are neither the task's id nor a link.
const CALLBACK_FIELDS: &[&str] = &[
    "/code",
    "/msg",
    "/data/callbackType",
    "/data/data/0/id",
    "/data/data/0/duration",
    "/data/data/0/createTime",
    "/data/data/0/title",
];

fn row(id: &str) -> Value {
    json!({
        "id": id,
        "audioUrl": format!("https://files.example.net/{id}.mp3"),
        "sourceAudioUrl": format!("https://source.example.org/{id}.mp3"),
        "streamAudioUrl": format!("https://stream.example.net/{id}"),
        "sourceStreamAudioUrl": format!("https://source.example.org/?item_id={id}"),
        "imageUrl": format!("https://files.example.net/{id}.jpeg"),
        "sourceImageUrl": format!("https://source.example.org/{id}.jpeg"),
        "prompt": "[Verse]\nOne",
        "modelName": "chirp-crow",
        "title": "Stairs",
        "tags": "polka",
        "createTime": 1_770_127_702_000i64,
        "duration": 151.2,
    })
}

fn live_record() -> Value {
    let data = json!({
        "taskId": TASK,
        "parentMusicId": "",
        "param": "{}",
        "response": { "taskId": TASK, "sunoData": [row("a"), row("b")] },
        "status": "SUCCESS",
        "type": "chirp-crow",
        "operationType": "generate",
        "errorCode": null,
        "errorMessage": null,
        "createTime": 1_770_127_700_000i64,
    });
    json!({ "code": 200, "msg": "success", "data": data })
}

fn live_callback() -> Value {
    let row = |id: &str| {
        json!({
            "id": id,
            "audio_url": format!("https://files.example.net/{id}.mp3"),
            "duration": 151.2,
            "title": "Stairs",
            "createTime": "2025-01-01 00:00:00",
        })
    };
    let data = json!({ "callbackType": "complete", "task_id": TASK, "data": [row("a"), row("b")] });
    json!({ "code": 200, "msg": "ok", "data": data })
}

fn open(body: &str) -> MusicRecord {
    envelope::open::<Option<MusicRecord>>(200, body.as_bytes()).unwrap().expect("a record")
}

fn links(record: &MusicRecord) -> Vec<String> {
    let items = record.output().map(|tracks| tracks.items()).unwrap_or_default();
    items.into_iter().flat_map(|item| item.urls.into_values().map(String::from)).collect()
}

/// The record's text, with this text in the place of a title.
fn titled(title: &str) -> String {
    live_record().to_string().replacen("\"Stairs\"", title, 1)
}

#[test]
fn a_number_that_no_float_holds_costs_only_its_field() {
    let body = live_record().to_string().replacen("151.2", "1e999", 1);
    assert_eq!(links(&open(&body)), links(&open(&live_record().to_string())));
}

#[test]
fn half_a_character_costs_only_its_field() {
    // A title cut at 80 UTF-16 units can end in half an emoji, which JSON can spell and UTF-8 cannot.
    assert_eq!(links(&open(&titled(r#""Stairs \ud83c""#))), links(&open(&live_record().to_string())));
}

#[test]
fn nesting_costs_only_its_field() {
    let whole = links(&open(&live_record().to_string()));
    for depth in [100, 200, 100_000] {
        let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(links(&open(&titled(&deep))), whole, "a title, {depth} deep");
        let objects = format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        let body = live_record().to_string().replacen("\"param\":\"{}\"", &format!("\"param\":{objects}"), 1);
        assert_ne!(body, live_record().to_string());
        assert_eq!(links(&open(&body)), whole, "param, {depth} deep");
    }
}

#[test]
fn debug_shows_neither_a_whole_text_nor_a_query() {
    for words in ["not for the log ", "https://example.net not for the log "] {
        let request = GenerateMusic::simple(Model::V5, words.repeat(100));
        assert!(format!("{request:?}").len() < 512, "{request:?}");
    }
    let mut body = live_record();
    body["data"]["response"]["sunoData"][0]["audioUrl"] =
        json!("https://files.example.net/a.mp3?Signature=not-for-the-log");
    body["data"]["param"] = json!("{\"prompt\":\"a song about what is not-for-the-log\"}");
    assert!(!format!("{:?}", open(&body.to_string())).contains("not-for-the-log"));
    let mut body = live_callback();
    body["msg"] = json!("not for the log ".repeat(100));
    let callback = Callback::<Music>::parse(body.to_string().as_bytes()).unwrap();
    assert!(format!("{callback:?}").matches("not for the log").count() < 20);
}

// ---- Sizes

#[test]
fn deep_nesting_makes_nothing_panic() {
    for (open, close) in [("[", "]"), ("{\"data\":", "}"), ("{\"response\":", "}"), ("{\"param\":", "}")] {
        let deep = format!("{}0{}", open.repeat(100_000), close.repeat(100_000));
        for body in [
            deep.clone(),
            format!(r#"{{"code":200,"data":{deep}}}"#),
            format!(r#"{{"code":{deep},"data":{{"taskId":"a"}}}}"#),
            format!(r#"{{"code":200,"data":{{"taskId":"a","response":{deep}}}}}"#),
            format!(r#"{{"code":200,"data":{{"task_id":"a","data":[{deep}]}}}}"#),
        ] {
            drop(envelope::open::<Option<MusicRecord>>(200, body.as_bytes()));
            drop(envelope::open::<Started<Music>>(200, body.as_bytes()));
            drop(envelope::open::<Credits>(200, body.as_bytes()));
            drop(Callback::<Music>::parse(body.as_bytes()));
            drop(Callback::<MusicVideo>::parse(body.as_bytes()));
        }
    }
}

#[test]
fn ten_megabytes_are_read_or_refused_and_only_their_beginning_is_kept() {
    const SIZE: usize = 10 << 20;
    let long = "漢".repeat(SIZE / 3);
    let mut body = live_record();
    body["data"]["response"]["sunoData"][0]["prompt"] = json!(long);
    let record = open(&body.to_string());
    assert_eq!(record.tracks()[0].prompt.as_deref(), Some(&*long));
    assert!(format!("{record:?}").len() < 4_096, "it is not all printed");

    let page = vec![b'<'; SIZE];
    let error = envelope::open::<Credits>(502, &page).unwrap_err();
    assert!(format!("{error} {error:?}").len() < 1_024);
    let envelope::Unopened::Refused(refusal) = error else { panic!("{error}") };
    assert!(refusal.body().len() < 64 << 10);

    let refused = json!({ "code": 422, "msg": long, "data": null }).to_string();
    let error = envelope::open::<Credits>(200, refused.as_bytes()).unwrap_err();
    assert!(format!("{error} {error:?}").len() < 4_096);
    let idea =
        check::<GenerateMusic>(&json!({ "prompt": long, "customMode": false, "instrumental": true, "model": "V5" }));
    assert!(idea.result.unwrap_err().to_string().len() < 1_024);
}

#[test]
fn a_callback_is_an_object() {
    for body in ["[]", "[200]", r#"[200,"ok",{"task_id":"a"}]"#, "null", "5", "\"text\"", "", "{"] {
        assert!(Callback::<Music>::parse(body.as_bytes()).is_err(), "{body}");
    }
}

#[test]
fn an_envelope_is_an_object() {
    for body in ["[200]", r#"[200,{"taskId":"a"}]"#, "[200,null]"] {
        assert!(envelope::open::<Started<Music>>(200, body.as_bytes()).is_err(), "{body}");
        assert!(envelope::open::<Option<MusicRecord>>(200, body.as_bytes()).is_err(), "{body}");
    }
}

/// Messages about one task: stages with a growing number of finished things, and some that say nothing of either.
fn course() -> impl Strategy<Value = Vec<(State, Vec<Item>)>> {
    let made = || 0usize..3;
    (made(), collection::vec((select(vec!["pending", "text", "first", "complete", "undelivered"]), made()), 0..6))
        .prop_map(|(tracks, messages)| {
            let message = |(word, finished): (&str, usize)| {
                let status = match word {
                    "pending" => "PENDING",
                    "text" => "TEXT_SUCCESS",
                    "first" => "FIRST_SUCCESS",
                    "complete" => "SUCCESS",
                    _ => "CALLBACK_EXCEPTION",
                };
                let rows: Vec<Value> = (0..tracks)
                    .map(|index| {
                        let url = if index < finished {
                            format!("https://files.example.net/{index}.mp3")
                        } else {
                            String::new()
                        };
                        // The third has no id, so that its link is all that it is known by.
                        let id = if index == 2 { String::new() } else { format!("track {index}") };
                        json!({ "id": id, "audioUrl": url })
                    })
                    .collect();
                let record: MusicRecord =
                    serde_json::from_value(json!({ "status": status, "response": { "sunoData": rows } })).unwrap();
                (record.state(), record.output().unwrap().items())
            };
            messages.into_iter().chain([("complete", tracks)]).map(message).collect()
        })
}

#[test]
fn the_last_stage_is_kept_when_a_late_message_comes() {
    let mut progress = Progress::new();
    assert!(progress.observe(&State::Complete, Vec::new()).is_some());
    assert_eq!(progress.observe(&State::Running(Some(Stage::Text)), Vec::new()), None);
    assert_eq!(progress.observe(&State::Running(None), Vec::new()), None);
    assert_eq!(progress.observe(&State::Undelivered, Vec::new()), None);
    assert_eq!(progress.stage(), Some(Stage::Complete));
}

#[test]
fn a_thing_is_reported_once_when_its_link_moves() {
    let item = |url: &str| serde_json::from_value::<Item>(json!({ "id": "a", "url": url, "urls": {} })).unwrap();
    let mut progress = Progress::new();
    assert!(progress.observe(&State::Running(Some(Stage::First)), vec![item("https://files.example.net/a")]).is_some());
    assert_eq!(progress.observe(&State::Running(Some(Stage::First)), vec![item("https://cdn.example.net/a")]), None);
}

#[test]
fn the_signature_is_the_documented_one() {
    // Two of them hold `+` and `/`, which a URL-safe alphabet would spell otherwise.
    for (key, task, time, signature) in [
        (
            "kie-webhook-test-key-0001",
            "a3f1c0de5b7942e88d6014f2c9be7710",
            "1767225600",
            "xwWmyrun3AS3hDV+Td8aqS7uKx6lU85CWCsgzAfNV2w=",
        ),
        (
            "kie-webhook-test-key-0001",
            "a3f1c0de5b7942e88d6014f2c9be7710",
            "1767225601",
            "p7RkFEopPbC5qu8i4kx/T6SK0mjfEg7I6cW2IE4heJI=",
        ),
        ("whk_Zürich-✓", "11dc4f0e8b0f", "1767225661", "yFSWIZ7ZMrGwXMExdrknrOzapaQjLY5gxFoYx4DKObE="),
    ] {
        assert_eq!(WebhookKey::new(key).sign(task, time), signature);
        assert!(WebhookKey::new(key).verify(task, time, signature));
    }
}
