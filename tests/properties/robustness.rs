//! Tests that random bytes, deep nesting and large inputs cause no panic. A log must show only the beginning of a large
//! input.

use kie_types::{
    Callback, Credits, Endpoint, GenerateMusic, GetRecoveryAudioDetails, Model, Music, MusicRecord, MusicVideo,
    Recovery, Started, check, envelope,
};
use proptest::{collection, prelude::*, sample::Index};
use serde_json::json;

use super::{
    inputs::{callback, json},
    live::{live_callback, live_record, open},
};
use crate::setup::cases::config;

proptest! {
    #![proptest_config(config())]

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
            if let Ok(callback) = Callback::<Recovery>::parse(part) {
                drop(format!("{callback:?} {:?} {:?}", callback.state(), callback.output()));
            }
        }
    }
}

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
            drop(Callback::<Recovery>::parse(body.as_bytes()));
            drop(GetRecoveryAudioDetails::read(200, body.as_bytes()));
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
    let envelope::ReadError::Refused(refusal) = error else { panic!("{error}") };
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
