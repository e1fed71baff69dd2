//! Tests of responses in which one field is wrong or damaged. All other fields must still be read.

use kie_types::{Callback, Lifetime, Music, Output, TaskId, Timestamp, Track, Video};
use proptest::{collection, prelude::*, sample::select};
use serde_json::{Value, json};

use super::{
    TASK,
    inputs::{json, text},
    live::{CALLBACK_FIELDS, FIELDS, LINKS, PLACES, links, live_callback, live_record, open},
};
use crate::setup::cases::config;

proptest! {
    #![proptest_config(config())]

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
        let damaged = live_record().pointer(field).unwrap().as_str().unwrap().to_owned();
        for link in links(&open(&live_record().to_string())).into_iter().filter(|link| *link != damaged) {
            prop_assert!(links(&record).contains(&link), "{} is lost", link);
        }
    }

    #[test]
    fn an_instant_is_the_same_as_a_number_and_as_a_text(
        millis in -62_135_596_800_000_i64..253_402_300_800_000,
        minutes in -1_439_i64..1_440,
    ) {
        let number = Timestamp::from_millis(millis);
        let text = number.to_utc().unwrap();
        let read: Timestamp = serde_json::from_value(json!(text)).unwrap();
        prop_assert_eq!((read.as_millis(), read.system_time()), (Some(millis), number.system_time()));
        prop_assert_eq!(Timestamp::from(number.system_time().unwrap()), number);

        let (sign, ahead) = (if minutes < 0 { '-' } else { '+' }, minutes.abs());
        let elsewhere = text.replace('Z', &format!("{sign}{:02}:{:02}", ahead / 60, ahead % 60));
        let read: Timestamp = serde_json::from_value(json!(elsewhere)).unwrap();
        prop_assert_eq!(read.as_millis(), Some(millis - minutes * 60_000));
        let without: Timestamp = serde_json::from_value(json!(text.trim_end_matches('Z'))).unwrap();
        prop_assert_eq!(without.as_millis(), None);
    }

    #[test]
    fn no_text_in_place_of_a_time_is_trouble(text in text(), millis in any::<i64>()) {
        if let Ok(time) = serde_json::from_value::<Timestamp>(json!(text)) {
            prop_assert_eq!(time.as_millis().is_some(), time.to_utc().is_some());
        }
        prop_assert!(Timestamp::from_millis(millis).to_utc().is_some());
        prop_assert!(Lifetime::GENERATED.kept_until(&Timestamp::from_millis(millis)) != Some(Timestamp::from_millis(millis)));
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
}

/// Returns the record as JSON text. In it, the title `"Stairs"` is replaced by this JSON text.
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
    // A title that was cut after 80 UTF-16 units can end with the first half of an emoji. JSON can contain such a half,
    // but UTF-8 cannot.
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
