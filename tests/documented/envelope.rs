//! Tests of the parts that all documentation pages share: the envelope of a response with its code, the task ids, and
//! the balance.

use kie_types::{
    Callback, Charged, Credits, Failure, Music, MusicRecord, MusicVideo, Refusal, RefusalKind, Started, TaskState,
    envelope::{self, ReadError},
};

use super::{TASK, fixture, push, refusal, video};

#[test]
fn common_2_a_401_has_no_data_key() {
    for name in ["envelope/401-without-data", "get-account-credits/refusal-unauthorized"] {
        let refusal = refusal(name);
        assert_eq!((refusal.kind(), refusal.charged()), (RefusalKind::Auth, Charged::No), "{name}");
        assert_eq!(refusal.message(), "You do not have access permissions", "{name}");
    }
    // The HTTP status of this recorded response is unknown. The response must be read in the same way for 200 and for
    // 401.
    let body = fixture("envelope/401-without-data").body;
    let Err(ReadError::Refused(refusal)) = envelope::open::<Credits>(401, &body) else { panic!("a refusal") };
    assert_eq!((refusal.kind(), refusal.http_status()), (RefusalKind::Auth, 401));
}

#[test]
fn common_3_code_0_is_success_only_with_something_in_it() {
    let submit = fixture("create-music-video/response-placeholder").open::<Started<MusicVideo>>();
    assert!(matches!(submit, Err(ReadError::Unreadable(_))), "{submit:?}");
    let finished = push::<MusicVideo>("create-music-video/complete-code-0");
    assert_eq!((finished.code, finished.state()), (0, TaskState::Complete));
    let placeholder = push::<MusicVideo>("create-music-video/placeholder");
    assert_ne!(placeholder.state(), TaskState::Complete);
    assert_eq!(placeholder.output(), None);
}

#[test]
fn common_3_every_code_has_its_kind() {
    for (name, code, kind, charged) in [
        ("400-body", 400, RefusalKind::Validation, Charged::No),
        ("402-credits", 402, RefusalKind::InsufficientCredits, Charged::No),
        ("402-credits-later", 402, RefusalKind::InsufficientCredits, Charged::No),
        ("404-path", 404, RefusalKind::NotFound, Charged::No),
        ("409-exists", 409, RefusalKind::Conflict, Charged::No),
        ("413-too-long", 413, RefusalKind::Validation, Charged::No),
        ("429-rate", 429, RefusalKind::RateLimited, Charged::No),
        ("430-frequency", 430, RefusalKind::RateLimited, Charged::No),
        ("433-key-cap", 433, RefusalKind::QuotaExceeded, Charged::No),
        ("451-file", 451, RefusalKind::FileUnreachable, Charged::No),
        ("455-maintenance", 455, RefusalKind::Maintenance, Charged::No),
        ("500-http", 500, RefusalKind::Server, Charged::Unknown),
        ("500-required", 500, RefusalKind::Server, Charged::Unknown),
        ("505-switched-off", 505, RefusalKind::FeatureDisabled, Charged::No),
        ("531-refunded", 531, RefusalKind::TaskFailed, Charged::Refunded),
        ("code-unknown", 477, RefusalKind::Unknown, Charged::Unknown),
    ] {
        let refusal = refusal(&format!("envelope/{name}"));
        assert_eq!((refusal.code(), refusal.kind(), refusal.charged()), (code, kind, charged), "{name}");
    }
}

#[test]
fn common_3_an_empty_account_was_told_as_500_once() {
    let refusal = refusal("envelope/500-credits");
    assert_eq!((refusal.code(), refusal.kind()), (500, RefusalKind::InsufficientCredits));
}

#[test]
fn an_empty_account_is_told_by_words_beside_other_codes() {
    for (code, message, kind) in [
        (500, "积分不足", RefusalKind::InsufficientCredits),
        (500, "账户余额不足，请充值", RefusalKind::InsufficientCredits),
        (500, "The balance is not enough", RefusalKind::InsufficientCredits),
        (500, "The balance cannot be read", RefusalKind::Server),
        (500, "The text is not long enough", RefusalKind::Server),
        (429, "余额不足", RefusalKind::InsufficientCredits),
        (429, "请求过多", RefusalKind::RateLimited),
    ] {
        let refusal = Refusal::new(200, Some(code), message, b"");
        let charged = if kind == RefusalKind::Server { Charged::Unknown } else { Charged::No };
        assert_eq!((refusal.kind(), refusal.charged()), (kind, charged), "{code} {message}");
    }
}

#[test]
fn a_failure_with_a_code_of_the_future_is_a_failed_task() {
    let mut failure = Failure::default();
    for (code, kind) in [(477, RefusalKind::TaskFailed), (500, RefusalKind::Server)] {
        failure.code = Some(code);
        assert_eq!((failure.kind(), failure.charged()), (kind, Charged::Unknown), "{code}");
    }
}

#[test]
fn a_refusal_that_names_a_task_may_have_been_charged() {
    // A conflict names a task that existed before.
    for (code, charged) in
        [(400, Charged::Unknown), (429, Charged::Unknown), (455, Charged::Unknown), (409, Charged::No)]
    {
        let body = format!(r#"{{"code":{code},"msg":"no","data":{{"taskId":"{TASK}"}}}}"#);
        let opened = envelope::open::<Started<Music>>(200, body.as_bytes());
        let Err(ReadError::Refused(refusal)) = opened else { panic!("{code}: {opened:?}") };
        assert_eq!((refusal.task_id(), refusal.charged()), (Some(TASK), charged), "{code}");
    }
}

#[test]
fn common_3_a_task_s_own_failure_can_be_in_the_envelope_of_a_poll() {
    for (name, code) in [("refusal-task-timed-out-408", 408), ("refusal-task-failed-501", 501)] {
        let refusal = refusal(&format!("get-music-details/{name}"));
        assert_eq!((refusal.code(), refusal.kind()), (code, RefusalKind::TaskFailed));
        assert_eq!(refusal.charged(), Charged::Unknown);
    }
}

#[test]
fn common_4_a_text_about_call_frequency_is_a_rate_whatever_the_number() {
    assert_eq!(refusal("envelope/200-frequency-in-500").kind(), RefusalKind::RateLimited);
}

#[test]
fn common_5_the_balance_is_documented_as_an_integer_and_is_a_fraction_live() {
    let of = |name: &str| fixture(&format!("get-account-credits/{name}")).open::<Credits>().unwrap();
    assert_eq!(of("response-integer").get(), 873.0);
    assert_eq!(of("response-fraction").get(), 4211.75);
    assert_eq!((of("response-fraction") - Credits::new(0.4)).to_string(), "4211.35");
}

#[test]
fn common_7_the_task_id_stands_in_one_of_four_places() {
    for name in ["complete", "camel-case-id", "webhook-page", "snake-case-id-at-root"] {
        let callback = push::<Music>(&format!("generate-music/{name}"));
        assert_eq!(callback.task_id.as_ref().map(ToString::to_string).as_deref(), Some(TASK), "{name}");
    }
}

#[test]
fn common_7_the_snake_case_id_in_data_comes_first() {
    let body = br#"{"code":200,"task_id":"d","taskId":"c","data":{"callbackType":"text","taskId":"b","task_id":"a"}}"#;
    let callback = Callback::<Music>::parse(body).unwrap();
    assert_eq!(callback.task_id.unwrap().as_str(), "a");
}

#[test]
fn common_7_details_spell_the_callback_address_with_a_small_b() {
    assert_eq!(video("record-success-documented").callback_url.as_deref(), Some("https://hooks.example.net/kie"));
}

#[test]
fn a_repeated_code_in_an_envelope_does_no_harm() {
    let body = format!(r#"{{"code":200,"msg":"success","code":200,"data":{{"taskId":"{TASK}"}}}}"#);
    let started = envelope::open::<Started<Music>>(200, body.as_bytes()).unwrap();
    assert_eq!(started.task_id.as_str(), TASK);
    let data = [format!(r#""data":{{"taskId":"{TASK}"}}"#), r#""data":null"#.to_owned()];
    for data in [data.join(","), data.iter().rev().cloned().collect::<Vec<_>>().join(",")] {
        let started = envelope::open::<Started<Music>>(200, format!(r#"{{"code":200,{data}}}"#).as_bytes()).unwrap();
        assert_eq!(started.task_id.as_str(), TASK, "{data}");
    }
    let body = format!(r#"{{"code":200,"msg":"a","msg":"b","data":{{"callbackType":"first","task_id":"{TASK}"}}}}"#);
    assert_eq!(Callback::<Music>::parse(body.as_bytes()).unwrap().task_id.unwrap().as_str(), TASK);
}

#[test]
fn an_envelope_need_not_be_complete() {
    let refusal_of = |name: &str| refusal(&format!("envelope/{name}"));
    assert_eq!((refusal_of("msg-missing").code(), refusal_of("msg-missing").message()), (422, ""));
    assert_eq!(refusal_of("data-empty-object").message(), "Please enter callBackUrl.");
    assert_eq!(refusal_of("code-as-text").code(), 422);
    let foreign = refusal_of("code-missing-http-503");
    assert_eq!((foreign.code(), foreign.has_envelope()), (503, false));
    assert_eq!((foreign.kind(), foreign.charged()), (RefusalKind::Server, Charged::Unknown));
}

#[test]
fn an_error_page_of_a_proxy_is_classified_by_its_status_and_kept() {
    let refusal = refusal("envelope/html-502");
    assert_eq!((refusal.code(), refusal.has_envelope(), refusal.kind()), (502, false, RefusalKind::Server));
    assert!(refusal.body().contains("Bad gateway"));
    assert!(!format!("{refusal} {refusal:?}").contains("Bad gateway"));
    assert_eq!(self::refusal("envelope/empty-504").charged(), Charged::Unknown);
    for (http_status, kind, charged) in [
        (401, RefusalKind::Auth, Charged::Unknown),
        (408, RefusalKind::Server, Charged::Unknown),
        (418, RefusalKind::Unknown, Charged::Unknown),
        (429, RefusalKind::RateLimited, Charged::No),
    ] {
        let page = Refusal::new(http_status, None, "", b"<html>no</html>");
        assert_eq!((page.kind(), page.charged()), (kind, charged), "{http_status}");
    }
    for name in ["envelope/html-200", "envelope/empty-200", "envelope/truncated-200"] {
        let opened = fixture(name).open::<Option<MusicRecord>>();
        assert!(matches!(opened, Err(ReadError::Unreadable(_))), "{name}: {opened:?}");
    }
}

#[test]
fn unreadable_data_beside_a_task_id_is_not_an_unknown_task() {
    let lookup = |body: &str| envelope::open::<Option<MusicRecord>>(200, body.as_bytes());
    for code in [200, 0] {
        for data in [r#""oops""#, "[1]", "7"] {
            let read = lookup(&format!(r#"{{"code":{code},"taskId":"{TASK}","data":{data}}}"#));
            assert!(matches!(read, Err(ReadError::Unreadable(_))), "{code} {data}: {read:?}");
        }
        let unknown = lookup(&format!(r#"{{"code":{code},"taskId":"{TASK}","data":null}}"#));
        assert_eq!(unknown, Ok(None), "{code}");
        for data in [r#""oops""#, "null"] {
            let body = format!(r#"{{"code":{code},"taskId":"{TASK}","data":{data}}}"#);
            let started = envelope::open::<Started<Music>>(200, body.as_bytes()).unwrap();
            assert_eq!(started.task_id.as_str(), TASK, "a start is read from the id beside the data");
        }
    }
}

#[test]
fn an_empty_list_does_not_replace_a_list_with_items() {
    let (empty, full) = (r#""sunoData":[]"#, r#""suno_data":[{"id":"a"}]"#);
    for fields in [[empty, full], [full, empty]] {
        let body = format!(r#"{{"code":200,"data":{{"response":{{{}}}}}}}"#, fields.join(","));
        let record: MusicRecord = envelope::open(200, body.as_bytes()).unwrap();
        assert_eq!(record.tracks().len(), 1, "{body}");
    }
}
