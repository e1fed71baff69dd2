//! A table of all facts about responses, records and callbacks of the market route, and of all points on which the
//! sources disagree. Each row names the fixtures or the tests that hold it.

use std::{collections::BTreeSet, fs, path::Path};

use super::names;

/// Support of a row.
enum Held {
    /// Names of fixtures.
    By(&'static [&'static str]),
    /// Names of tests.
    Test(&'static [&'static str]),
    /// Reason why the row cannot be decided.
    CannotBeDecided(&'static str),
}

use Held::{By, CannotBeDecided, Test};

/// Number of rows of each part of the table.
const PARTS: [(&str, usize); 11] = [
    ("submit", 7),
    ("field", 12),
    ("echo", 2),
    ("lookup", 6),
    ("pace", 2),
    ("result", 13),
    ("around results", 5),
    ("callback", 3),
    ("around callbacks", 6),
    ("failure", 6),
    ("disagreement", 24),
];

/// Rows: the part of the table, the fact, and its support.
const ROWS: &[(&str, &str, Held)] = &[
    // ---- Responses to submits
    ("submit", "accepted: taskId", By(&["submits/accepted", "submits/accepted-snake-case"])),
    ("submit", "accepted in spring 2026: taskId and recordId", By(&["submits/accepted-with-record-id"])),
    (
        "submit",
        "accepted without an id: the outcome is uncertain",
        By(&["submits/accepted-without-id-empty", "submits/accepted-without-id-null"]),
    ),
    (
        "submit",
        "the result is inline, bare or in a second envelope",
        By(&[
            "submits/timed-lyrics",
            "submits/timed-lyrics-snake-case",
            "submits/timed-lyrics-second-envelope",
            "submits/persona",
            "submits/persona-one-level-below",
        ]),
    ),
    (
        "submit",
        "422: a field is wrong, with or without data",
        By(&["submits/refusal-422", "submits/refusal-422-without-data", "submits/refusal-422-version-as-model"]),
    ),
    ("submit", "402: no credits", By(&["submits/refusal-402"])),
    (
        "submit",
        "429: too many requests, also with HTTP 200",
        By(&["submits/refusal-429", "submits/refusal-429-http-200"]),
    ),
    // ---- Fields of a record
    ("field", "taskId and model", By(&["records/waiting", "callbacks/c2-music"])),
    (
        "field",
        "state: five words, and an unknown word is no end",
        By(&["records/waiting", "records/queuing", "records/generating", "records/r1-generate", "records/fail-501"]),
    ),
    ("field", "param: the request as text in a text", By(&["records/waiting", "callbacks/c2-call-back-url"])),
    (
        "field",
        "resultJson: text, empty, null or an object",
        By(&["records/waiting", "callbacks/c2-fail-null-result", "records/result-as-object"]),
    ),
    (
        "field",
        "failCode: text, null, empty or an integer",
        By(&["records/fail-copyright", "records/waiting", "records/success-documented", "records/fail-integer"]),
    ),
    ("field", "failMsg: text or null", By(&["records/fail-internal", "records/fail-word", "records/waiting"])),
    ("field", "costTime: seconds, or null before the end", By(&["records/success-ten-keys", "records/waiting"])),
    (
        "field",
        "createTime and completeTime: milliseconds or null",
        By(&["records/success-ten-keys", "records/waiting"]),
    ),
    ("field", "updateTime: documented only", By(&["records/progress", "records/success-documented"])),
    ("field", "progress: some models only", By(&["records/progress"])),
    (
        "field",
        "creditsConsumed: may be fractional, 0 for a failure",
        By(&["records/r4-lyrics", "records/fail-not-charged"]),
    ),
    ("field", "the extras of Suno operations", By(&["records/success-sounds-extras", "records/fail-success-flag"])),
    // ---- Records that are no valid JSON
    (
        "echo",
        "the copy of the request makes a body invalid",
        By(&["records/invalid-echo", "records/invalid-echo-waiting"]),
    ),
    (
        "echo",
        "a body that stays unreadable is no failure of the task",
        Test(&[
            "a_result_that_cannot_be_read_is_kept_in_the_error",
            "damaged_bodies_of_the_market_route_make_nothing_panic",
        ]),
    ),
    // ---- Lookups that find no task
    ("lookup", "unknown id: 422, or 404 without data", By(&["records/unknown-422", "records/unknown-404"])),
    ("lookup", "400: no id", By(&["records/refusal-400"])),
    ("lookup", "401: wrong key", By(&["records/refusal-401"])),
    ("lookup", "429: too many reads", By(&["records/refusal-429"])),
    ("lookup", "501 and 408 in the envelope: the task failed", By(&["records/envelope-501", "records/envelope-408"])),
    (
        "lookup",
        "505 in the envelope: a refusal of the lookup, because one client alone takes it for a failed task",
        By(&["records/envelope-505"]),
    ),
    (
        "pace",
        "a task is visible at once, and 422 is no end within a grace time",
        CannotBeDecided(
            "it is a matter of time, and of the client that waits: the reader says that the task is unknown",
        ),
    ),
    (
        "pace",
        "the first read after 2 to 3 seconds, then less often",
        CannotBeDecided("it is a matter of the client that waits, and no property of a body"),
    ),
    // ---- Results
    ("result", "R1: tracks with an envelope", By(&["records/r1-generate", "records/success-sounds-extras"])),
    (
        "result",
        "R2: tracks in data",
        By(&[
            "records/r2-generate-music",
            "records/r2-extend-music",
            "records/r2-upload-and-cover-audio",
            "records/r2-add-instrumental",
            "records/r2-add-vocals",
        ]),
    ),
    (
        "result",
        "R3: addresses",
        By(&[
            "records/r3-wav",
            "records/r3-video",
            "records/r3-cover",
            "records/r3-stems",
            "records/r9-voice-points-to-phrase",
        ]),
    ),
    ("result", "R4: lyrics in resultObject.lyricsData", By(&["records/r4-lyrics"])),
    ("result", "R5: rows in resultObject.data", By(&["records/r5-upload-extend", "records/r5-lyrics"])),
    ("result", "R6: lyrics in data", By(&["records/r6-lyrics"])),
    (
        "result",
        "R7: tracks in other places, or a list of addresses",
        By(&[
            "records/r7-suno-data",
            "records/r7-response",
            "records/r7-tracks",
            "records/r7-data-data",
            "records/r7-list",
            "records/r7-list-of-addresses",
        ]),
    ),
    ("result", "R8: an address with its own name", By(&["records/r8-wav", "records/r8-video"])),
    (
        "result",
        "R9: ids of phrases and voices, and an id in place of an address",
        By(&[
            "records/r9-phrase",
            "records/r9-phrase-in-data",
            "records/r9-phrase-with-voice",
            "records/r9-voice",
            "records/r9-voice-points-to-phrase",
        ]),
    ),
    (
        "result",
        "R10: the classic names at any depth",
        By(&["records/r10-phrase", "records/r10-voice", "records/r10-check-voice"]),
    ),
    (
        "result",
        "R11: stems with the keys of the classic callback",
        By(&["records/r11-removal-info", "records/r11-separation-info-in-data", "records/r11-origin-data"]),
    ),
    ("result", "R12: a persona anywhere", By(&["records/r12-persona"])),
    ("result", "R13: a reference to notes", By(&["records/r13-midi"])),
    (
        "around results",
        "any key of a track but its address can be missing, and others can be added",
        By(&["records/success-sounds-extras", "records/r2-source-keys"]),
    ),
    ("around results", "response repeats the result", By(&["records/result-only-in-response"])),
    ("around results", "the names of the V6 models", By(&["records/r2-generate-music", "records/r2-wild"])),
    ("around results", "a result in no known form is kept", By(&["records/unknown-shape"])),
    (
        "around results",
        "the result of a recovery",
        CannotBeDecided("nobody has published one; the reader accepts the form of tracks: records/recovery"),
    ),
    // ---- Callbacks
    (
        "callback",
        "C1: the classic body",
        By(&[
            "callbacks/c1-text",
            "callbacks/c1-first",
            "callbacks/c1-complete",
            "callbacks/c1-error",
            "callbacks/c1-wav",
            "callbacks/c1-lyrics",
        ]),
    ),
    (
        "callback",
        "C2: the record as data",
        By(&[
            "callbacks/c2-music",
            "callbacks/c2-wav",
            "callbacks/c2-lyrics",
            "callbacks/c2-fail",
            "callbacks/c2-fail-null-result",
            "callbacks/c2-fail-of-video",
            "callbacks/c2-call-back-url",
            "callbacks/bare-record",
        ]),
    ),
    ("callback", "C3: the id beside data", By(&["callbacks/c3"])),
    ("around callbacks", "older names of credits", By(&["callbacks/c2-older-credits"])),
    ("around callbacks", "notes come only by callback", By(&["callbacks/c1-midi"])),
    (
        "around callbacks",
        "the content tells the form",
        Test(&["every_fixture_is_read_as_it_states", "a_callback_in_the_classic_form_has_no_record"]),
    ),
    (
        "around callbacks",
        "the order of the four places of the id",
        Test(&["the_task_id_is_looked_for_in_four_places_in_order"]),
    ),
    ("around callbacks", "the last place of the id", By(&["callbacks/id-snake-case-at-root"])),
    ("around callbacks", "the signature covers data.taskId", Test(&["every_callback_can_be_verified_by_its_task_id"])),
    // ---- Failures
    ("failure", "400 with a text about copyright", By(&["records/fail-copyright"])),
    (
        "failure",
        "402, 501 or a word as code",
        By(&["records/fail-402", "records/fail-501", "records/fail-word", "records/fail-word-of-video"]),
    ),
    ("failure", "a word as message, without a code", By(&["records/fail-message-only"])),
    ("failure", "the message of the outages of September", By(&["records/fail-internal"])),
    ("failure", "531: malformed lyrics, refunded", By(&["records/fail-531"])),
    ("failure", "a failed task costs 0 credits", By(&["records/fail-not-charged", "callbacks/c2-fail"])),
    // ---- Disagreements of the sources
    (
        "disagreement",
        "1: timed lyrics are inline, or a task",
        By(&["submits/timed-lyrics", "submits/timed-lyrics-task", "records/timed-lyrics-task"]),
    ),
    (
        "disagreement",
        "2: persona, style and the check of a voice are inline, or a task",
        By(&[
            "submits/persona",
            "submits/persona-task",
            "submits/boosted-style",
            "submits/boosted-style-task",
            "records/boosted-style-task",
            "submits/check-voice",
            "submits/check-voice-task",
            "records/r10-check-voice",
        ]),
    ),
    ("disagreement", "3: param is valid JSON, or not", By(&["records/success-ten-keys", "records/invalid-echo"])),
    (
        "disagreement",
        "4: costTime is in seconds, or in milliseconds",
        By(&["records/success-ten-keys", "records/success-documented"]),
    ),
    ("disagreement", "5: the prompt of generate is required, or not", REQUESTS),
    ("disagreement", "6: two modes are required, or gone", REQUESTS),
    ("disagreement", "7: continue_at is optional, or needed", REQUESTS),
    ("disagreement", "8: stem_name is required, or for one type only", REQUESTS),
    ("disagreement", "9: a recording of your own needs a second id, or not", REQUESTS),
    ("disagreement", "10: the length of a simple prompt", REQUESTS),
    ("disagreement", "11: the length of a title", REQUESTS),
    ("disagreement", "12: the models with a persona in a cover", REQUESTS),
    ("disagreement", "13: the number of songs of a mashup", REQUESTS),
    ("disagreement", "14: the default key of sounds is not in its list", REQUESTS),
    ("disagreement", "15: variety is an integer, or a number", REQUESTS),
    ("disagreement", "16: the inputs of a simple generate", REQUESTS),
    (
        "disagreement",
        "17: failCode is null, empty, text or an integer",
        By(&[
            "records/success-ten-keys",
            "records/success-documented",
            "records/fail-copyright",
            "records/fail-integer",
        ]),
    ),
    (
        "disagreement",
        "18: recordId is present, or absent",
        By(&["submits/accepted-with-record-id", "submits/accepted"]),
    ),
    ("disagreement", "19: a callback is classic, or a record", By(&["callbacks/c1-complete", "callbacks/c2-music"])),
    (
        "disagreement",
        "20: the names of credits in callbacks",
        By(&["callbacks/c2-music", "callbacks/c2-older-credits"]),
    ),
    (
        "disagreement",
        "21: addresses live 24 hours, or 14 days",
        CannotBeDecided("it is a matter of time: nobody has published an address of the route that died"),
    ),
    ("disagreement", "22: an unknown task is 422, or 404", By(&["records/unknown-422", "records/unknown-404"])),
    ("disagreement", "23: the model of the examples is old, and the default is new", REQUESTS),
    ("disagreement", "24: the upstream name of V6_WILD", By(&["records/r2-wild"])),
];

/// Support of the rows about requests. No response shows which side the service takes.
const REQUESTS: Held = CannotBeDecided(
    "the sources disagree about a request, and no recorded response shows the side of the service; the rules take the \
     side that refuses less, and the tests in `limits` hold them",
);

#[test]
fn every_row_of_every_part_is_in_the_table() {
    for (part, count) in PARTS {
        assert_eq!(ROWS.iter().filter(|row| row.0 == part).count(), count, "{part}");
    }
    assert_eq!(ROWS.len(), PARTS.iter().map(|(_, count)| count).sum::<usize>());
    let facts: BTreeSet<_> = ROWS.iter().map(|row| (row.0, row.1)).collect();
    assert_eq!(facts.len(), ROWS.len(), "a fact occurs once");
    for (number, row) in ROWS.iter().filter(|row| row.0 == "disagreement").enumerate() {
        assert!(row.1.starts_with(&format!("{}: ", number + 1)), "{}", row.1);
    }
}

#[test]
fn everything_that_a_row_names_exists() {
    let (fixtures, tests) = (names(), tests());
    for (part, fact, held) in ROWS {
        let (named, there): (&[&str], &[String]) = match held {
            By(named) => (named, &fixtures),
            Test(named) => (named, &tests),
            CannotBeDecided(reason) => {
                assert!(reason.len() > 40, "{part}: {fact} has a reason");
                continue;
            }
        };
        assert!(!named.is_empty(), "{part}: {fact}");
        for name in named {
            assert!(there.iter().any(|it| it == name), "{part}: {fact} names {name}");
        }
    }
}

#[test]
fn every_fixture_is_named_by_a_row_or_is_a_variant() {
    // These fixtures vary a row that another fixture holds.
    const VARIANTS: [&str; 3] = ["records/recovery", "submits/accepted-as-id", "submits/accepted-id-beside-data"];
    let named: BTreeSet<&str> = ROWS
        .iter()
        .filter_map(|row| if let By(named) = &row.2 { Some(*named) } else { None })
        .flatten()
        .copied()
        .chain(VARIANTS)
        .collect();
    let left: Vec<_> = names().into_iter().filter(|name| !named.contains(name.as_str())).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Returns the names of all tests of this package in the folders that the rows use.
fn tests() -> Vec<String> {
    let mut tests = Vec::new();
    for folder in ["market", "properties"] {
        for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            let after = text.split("#[test]").skip(1).filter_map(|text| text.trim_start().strip_prefix("fn "));
            tests.extend(after.filter_map(|text| Some(text.split_once('(')?.0.to_owned())));
        }
    }
    tests
}
