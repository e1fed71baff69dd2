//! Tests of lyrics. Their documentation page gives some codes another meaning, uses its own status words, and spells
//! the fields of the items in two ways.

use kie_types::{
    CallbackPayload, Charged, Endpoint, GenerateLyrics, GetLyricsDetails, Lyrics, LyricsRecord, LyricsVariantStatus,
    Output, Record, Refusal, RefusalKind, TaskState, envelope::ReadError,
};

use crate::documented::{failure, fixture, push, record, valid};

const LYRICS_TASK: &str = "7b1d90e2a4c54f0f8e6ac0d3395b12fe";

/// Returns the refusal in this fixture, as operation `E` reads it.
fn refused<E: Endpoint>(name: &str) -> Refusal {
    let fixture = fixture(&format!("{}/{name}", E::NAME));
    match E::read(fixture.http_status, &fixture.body) {
        Err(ReadError::Refused(refusal)) => refusal,
        other => panic!("{name} is no refusal: {other:?}"),
    }
}

fn lyrics(name: &str) -> LyricsRecord {
    record::<Lyrics>(name)
}

#[test]
fn processing_0_2_each_lyrics_status_is_a_state() {
    for name in ["record-pending", "record-pending-absent-keys", "record-unknown-status"] {
        assert_eq!(lyrics(name).state(), TaskState::Running(None), "{name}");
    }
    assert_eq!(lyrics("record-unknown-status").status.unwrap().as_str(), "RHYMING");
    assert_eq!(lyrics("record-success-documented").state(), TaskState::Complete);
    for (name, status, kind) in [
        ("record-create-task-failed", "CREATE_TASK_FAILED", RefusalKind::Server),
        ("record-generate-lyrics-failed", "GENERATE_LYRICS_FAILED", RefusalKind::Content),
        ("record-sensitive-word-error", "SENSITIVE_WORD_ERROR", RefusalKind::Content),
    ] {
        let failure = failure(lyrics(name).state());
        assert_eq!((failure.status.as_deref(), failure.kind()), (Some(status), kind), "{name}");
        assert!(failure.message.is_some(), "{name}");
    }
}

#[test]
fn processing_0_2_callback_exception_of_lyrics_goes_by_the_lyrics() {
    assert_eq!(lyrics("record-callback-exception-with-lyrics").state(), TaskState::Complete);
    assert_eq!(lyrics("record-callback-exception-without-lyrics").state(), TaskState::Undelivered);
}

#[test]
fn processing_0_3_lyrics_have_no_times_and_null_where_nothing_failed() {
    let record = lyrics("record-success-documented");
    assert_eq!((record.error_code, record.error_message.as_deref()), (None, None));
    assert_eq!(record.kind.as_deref(), Some("LYRICS"));
    let request: GenerateLyrics = record.param.unwrap().parse().unwrap();
    assert_eq!(request.prompt, "Two lighthouses fall in love across a foggy bay");
    assert_eq!(lyrics("record-pending").output(), None);
    assert_eq!(lyrics("record-pending-absent-keys").output(), None);
}

#[test]
fn common_3_405_is_the_rate_on_the_lyrics_page() {
    let refusal = refused::<GenerateLyrics>("refusal-405-rate");
    assert_eq!((refusal.kind(), refusal.charged()), (RefusalKind::RateLimited, Charged::No));
    assert_eq!(refused::<GenerateLyrics>("refusal-430-frequency").kind(), RefusalKind::RateLimited);
}

#[test]
fn common_3_429_is_an_empty_account_on_the_lyrics_page_unless_it_speaks_of_the_rate() {
    for (name, kind) in [
        ("refusal-429-credits", RefusalKind::InsufficientCredits),
        ("refusal-429-without-words", RefusalKind::InsufficientCredits),
        ("refusal-429-rate", RefusalKind::RateLimited),
    ] {
        let refusal = refused::<GenerateLyrics>(name);
        assert_eq!((refusal.code(), refusal.kind(), refusal.charged()), (429, kind, Charged::No), "{name}");
    }
    // A body without the service's envelope comes from a proxy. KIE uses 429 for missing credits on this page, but a
    // proxy does not know the credits. So this 429 means that the rate limit was exceeded.
    let Err(ReadError::Refused(foreign)) = GenerateLyrics::read(429, b"slow down") else { panic!("a refusal") };
    assert_eq!(foreign.kind(), RefusalKind::RateLimited);
}

#[test]
fn common_3_the_other_codes_of_the_lyrics_page_are_those_of_all_pages() {
    for (name, kind) in [
        ("refusal-400-parameters", RefusalKind::Validation),
        ("refusal-413-too-long", RefusalKind::Validation),
        ("refusal-455-maintenance", RefusalKind::Maintenance),
    ] {
        assert_eq!(refused::<GenerateLyrics>(name).kind(), kind, "{name}");
    }
}

#[test]
fn music_row_01_an_unknown_lyrics_task_is_null() {
    let fixture = fixture("get-lyrics-details/record-unknown-task");
    assert_eq!(GetLyricsDetails::read(200, &fixture.body), Ok(None));
}

#[test]
fn a_poll_that_is_refused_with_400_ends_the_task() {
    let refusal = refused::<GetLyricsDetails>("refusal-400-moderation");
    assert_eq!((refusal.kind(), refusal.charged()), (RefusalKind::TaskFailed, Charged::Unknown));
    let passing = refused::<GetLyricsDetails>("refusal-http-500");
    assert_eq!((passing.kind(), passing.http_status()), (RefusalKind::Server, 500));
}

#[test]
fn an_accepted_submit_of_lyrics_gives_an_id_and_no_words() {
    for name in ["response-accepted", "response-accepted-live"] {
        let fixture = fixture(&format!("generate-lyrics/{name}"));
        let started = GenerateLyrics::read(fixture.http_status, &fixture.body).unwrap();
        assert_eq!(started.task_id.as_str().len(), 32, "{name}");
    }
    valid::<GenerateLyrics>("generate-lyrics/request-minimal");
}

#[test]
fn each_variant_has_its_words_and_its_own_status() {
    for name in ["record-success-documented", "record-snake-case-rows"] {
        let variant = &lyrics(name).output().unwrap()[0];
        assert_eq!(variant.title.as_deref(), Some("Fogbound"), "{name}");
        assert_eq!((&variant.status, &variant.error_message), (&Some(LyricsVariantStatus::Complete), &None), "{name}");
    }
    let record = lyrics("record-success-one-variant-failed");
    assert_eq!(record.state(), TaskState::Complete);
    assert_eq!(record.variants()[1].status, Some(LyricsVariantStatus::Failed));
    let items = record.output().unwrap().items();
    let file = items[0].inline.as_ref().unwrap();
    assert_eq!((file.extension, file.bytes.as_slice()), ("txt", items[0].text.as_ref().unwrap().as_bytes()));
    assert_eq!((&items[1].inline, items[1].error.as_deref()), (&None, Some("no lyrics could be written")));
}

#[test]
fn common_7_a_lyrics_callback_names_its_task_in_either_spelling() {
    for name in ["complete", "complete-camel-case-id", "complete-sister"] {
        let callback = push::<Lyrics>(&format!("generate-lyrics/{name}"));
        assert_eq!(callback.task_id.as_ref().unwrap().as_str(), LYRICS_TASK, "{name}");
        assert_eq!(callback.state(), TaskState::Complete, "{name}");
        let variant = &callback.output().unwrap()[0];
        assert!(variant.text.is_some() && variant.error_message.is_none(), "{name}");
    }
}

#[test]
fn common_7_a_failed_lyrics_callback_says_complete_and_the_code_decides() {
    let callback = push::<Lyrics>("generate-lyrics/error");
    assert_eq!(callback.data.callback_type.as_deref(), Some("complete"));
    let reason = failure(callback.state());
    assert_eq!((reason.code, reason.kind()), (Some(400), RefusalKind::Content));
    assert_eq!(reason.message.as_deref(), Some("Song Description flagged for moderation"));
    assert_eq!(callback.output(), None);
    assert_eq!(failure(push::<Lyrics>("generate-lyrics/error-500").state()).code, Some(500));
    for code in [400, 451, 500] {
        let callback = push::<Lyrics>(&format!("generate-lyrics/error-{code}-sister"));
        assert_eq!(callback.data.task_id(), Some(LYRICS_TASK));
        assert_eq!(failure(callback.state()).code, Some(code));
    }
}
