//! Tests that printed values are read back unchanged, and that sums of amounts are right.

use std::fmt::Debug;

use kie_types::{
    Callback, Cover, Credits, Job, Lyrics, LyricsRecord, Midi, MidiRecord, Music, MusicCallback, MusicRecord,
    MusicVideo, MusicVideoCallback, MusicVideoRecord, Output, Recovery, RecoveryRecord, Report, Seconds, Started,
    TaskId, Timestamp, VocalSeparation, VocalSeparationRecord, WavConversion, WavRecord, Weight,
};
use proptest::{collection, prelude::*, sample::select, test_runner::TestCaseError};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    TASK,
    inputs::{KEYS, callback, json, music_record, text, video_record},
};
use crate::setup::cases::config;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn answers_read_as_they_are_printed(music in music_record(), video in video_record(), callback in callback()) {
        stays_the_same(serde_json::from_value::<MusicRecord>(tame(music)).unwrap())?;
        stays_the_same(serde_json::from_value::<MusicVideoRecord>(tame(video)).unwrap())?;
        let callback = tame(callback);
        stays_the_same(Callback::<Music>::parse(callback.to_string().as_bytes()).unwrap())?;
        stays_the_same(Callback::<MusicVideo>::parse(callback.to_string().as_bytes()).unwrap())?;
        stays_the_same(Callback::<Cover>::parse(callback.to_string().as_bytes()).unwrap())?;
        stays_the_same(Callback::<Recovery>::parse(callback.to_string().as_bytes()).unwrap())?;
        stays_the_same(serde_json::from_value::<RecoveryRecord>(callback.clone()).unwrap())?;
        if let Some(data) = callback.get("data").filter(|data| data.is_object()) {
            stays_the_same(serde_json::from_value::<MusicCallback>(data.clone()).unwrap())?;
            stays_the_same(serde_json::from_value::<MusicVideoCallback>(data.clone()).unwrap())?;
        }
    }

    #[test]
    fn answers_made_of_any_json_read_as_they_are_printed(
        data in collection::vec((select(KEYS), json()), 0..8),
        envelope in callback(),
    ) {
        let data = tame(Value::Object(data.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()));
        stays_the_same(serde_json::from_value::<LyricsRecord>(data.clone()).unwrap())?;
        stays_the_same(serde_json::from_value::<WavRecord>(data.clone()).unwrap())?;
        stays_the_same(serde_json::from_value::<VocalSeparationRecord>(data.clone()).unwrap())?;
        stays_the_same(serde_json::from_value::<MidiRecord>(data.clone()).unwrap())?;
        let mut body = tame(envelope);
        body["data"] = data;
        let body = body.to_string();
        pushed_stays_the_same::<Lyrics>(&body)?;
        pushed_stays_the_same::<WavConversion>(&body)?;
        pushed_stays_the_same::<VocalSeparation>(&body)?;
        pushed_stays_the_same::<Midi>(&body)?;
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
}

/// Checks that a callback does not change when it is printed and read again. Also checks that reading its state and its
/// files does not panic.
fn pushed_stays_the_same<J: Job<Callback: PartialEq> + PartialEq>(body: &str) -> Result<(), TestCaseError> {
    let callback = Callback::<J>::parse(body.as_bytes()).unwrap();
    drop((callback.state(), callback.output().map(|output| output.items())));
    stays_the_same(callback)
}

fn stays_the_same<T: Serialize + DeserializeOwned + PartialEq + Debug>(answer: T) -> Result<(), TestCaseError> {
    let printed = serde_json::to_string(&answer).unwrap();
    match serde_json::from_str::<T>(&printed) {
        Ok(again) => prop_assert_eq!(again, answer, "{}", printed),
        Err(error) => prop_assert!(false, "{}: {}", printed, error),
    }
    Ok(())
}

/// Returns the value with simpler numbers that every JSON reader reads in the same way. With these numbers, differences
/// between JSON readers cannot change the result of the test.
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
