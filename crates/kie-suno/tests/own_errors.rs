//! An example of an application's unit test: it builds every error and value of the SDK that the application handles,
//! and checks the decision for each.

#![allow(clippy::unwrap_used)]

use std::{
    error::Error as _,
    time::{Duration, SystemTime},
};

use kie_suno::{
    Charged, Credits, Error, Event, Result, Stage, TaskId,
    errors::{
        ApiError, ConfigError, DecodeError, Failing, LedgerError, NameTaken, NotResumed, OutcomeUnknown, OverBudget,
        Refusal, RefusalKind, SaveError, TaskFailed, TimedOut, TransportError, Unreadable,
    },
    files::{SaveOutcome, SaveReport, SavedFile},
    receipts::{Receipt, ReceiptId},
    records::{Failure, Music, Report, Timestamp},
    requests::{GenerateMusic, Model},
    transport,
};

/// Next step of the application's queue after an order ended.
#[derive(Debug, PartialEq)]
enum Step {
    /// The order is done, with this number of saved files.
    Done(usize),
    /// The order is sent again, because nothing was paid.
    Again,
    /// The task with this id is still running. The application waits for it.
    WaitFor(String),
    /// The application tries again to save the files of the task with this id.
    SaveAgain(String),
    /// The id of the task of this receipt is not known yet. The application waits for the callback of the task.
    Resume(ReceiptId),
    /// A person has to repair something first.
    Alarm,
    /// The order is refused, and the customer is told.
    Refuse,
}

/// The handler of the application. Returns the next step after the end of an order.
fn next_step(ended: Result<Vec<SavedFile>>) -> Step {
    let error = match ended {
        Ok(files) => return Step::Done(files.len()),
        Err(error) => error,
    };
    match &error {
        Error::Config(_) | Error::Ledger(_) | Error::OverBudget(_) => Step::Alarm,
        Error::Invalid(_) | Error::NameTaken(_) => Step::Refuse,
        Error::TimedOut(late) if late.failing().is_some_and(|failing| is_key_wrong(failing.error())) => Step::Alarm,
        Error::TimedOut(_) => Step::WaitFor(error.task_id().unwrap_or_default().to_owned()),
        Error::Save(save) if save.expired_since().is_some() => Step::Refuse,
        Error::Save(_) => Step::SaveAgain(error.task_id().unwrap_or_default().to_owned()),
        Error::OutcomeUnknown(lost) => lost.receipt().map_or(Step::Alarm, Step::Resume),
        Error::NotResumed(not) if not.is_timeout() => Step::Resume(not.receipt()),
        Error::NotResumed(not) if not.is_unsent() => Step::Again,
        Error::Failed(failed) if failed.kind() == RefusalKind::Content => Step::Refuse,
        error if is_key_wrong(error) => Step::Alarm,
        error if matches!(error.charged(), Charged::No | Charged::Refunded) => Step::Again,
        _ => Step::Alarm,
    }
}

fn is_key_wrong(error: &Error) -> bool {
    matches!(error, Error::Api(refused) if refused.kind() == RefusalKind::Auth)
}

const TASK: &str = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";

fn refused(code: i64, message: &str) -> ApiError {
    ApiError::new("generate-music", Refusal::new(200, Some(code), message, b""))
}

fn failed(code: i64) -> TaskFailed {
    let mut failure = Failure::default();
    failure.code = Some(code);
    TaskFailed::new(TASK, failure)
}

fn lost(kind: transport::ErrorKind) -> transport::Error {
    transport::Error::new(kind, "it broke").with_attempts(3, Duration::from_secs(41))
}

#[test]
fn each_error_has_its_step() {
    use transport::ErrorKind::{Connect, Disk, Interrupted, Status};

    let receipt = ReceiptId::random().unwrap();
    let minutes = Duration::from_secs(900);
    let credits = |n| Credits::new(f64::from(n));
    let wait = || Step::WaitFor(TASK.to_owned());
    let late = |error: Error| TimedOut::new(TASK, minutes).with_failing(Failing::new(error, SystemTime::now()));
    let unreadable = || Unreadable::new(200, b"<html>", "it is no JSON");
    let unsaved = |kind| SaveError::new(TASK, "songs/Waltz-7d0f3c52", lost(kind));
    let invalid = kie_suno::requests::Endpoint::validate(&GenerateMusic::simple(Model::V5, "")).unwrap_err();
    #[rustfmt::skip]
    let rows: Vec<(Error, Step)> = vec![
        (Error::config(ConfigError::new("api_key", "the API key is empty")),                   Step::Alarm),
        (Error::Invalid(invalid),                                                              Step::Refuse),
        (refused(401, "unauthorized").into(),                                                  Step::Alarm),
        (refused(430, "too often").into(),                                                     Step::Again),
        (refused(500, "server error").with_task_id(TASK).into(),                               Step::Alarm),
        (TransportError::new("generate-music", lost(Connect)).with_receipt(receipt).into(),    Step::Again),
        (TransportError::new("get-music-details", lost(Interrupted)).into(),                   Step::Again),
        (DecodeError::new("get-music-details", unreadable()).with_task_id(TASK).into(),        Step::Alarm),
        (failed(400).into(),                                                                   Step::Refuse),
        (failed(531).into(),                                                                   Step::Again),
        (TimedOut::new(TASK, minutes).into(),                                                  wait()),
        (late(refused(500, "server error").into()).into(),                                     wait()),
        (late(refused(401, "unauthorized").into()).into(),                                     Step::Alarm),
        (OutcomeUnknown::new("generate-music").with_receipt(receipt).into(),                   Step::Resume(receipt)),
        (OutcomeUnknown::new("generate-music").with_response(unreadable()).into(),               Step::Alarm),
        (unsaved(Disk).into(),                                                                 Step::SaveAgain(TASK.to_owned())),
        (unsaved(Status(404)).with_made(Timestamp::from_millis(0)).into(),                     Step::Refuse),
        (Error::Ledger(LedgerError::new("the disk is full")),                                  Step::Alarm),
        (NameTaken::new("generate-music", "order-4711", "extend-music").into(),                Step::Refuse),
        (OverBudget::new("generate-music", credits(100), credits(12), credits(4)).into(),      Step::Alarm),
        (OverBudget::unread("generate-music", credits(100), refused(500, "no")).into(),        Step::Alarm),
        (NotResumed::new(receipt).late("generate-music", minutes).into(),                      Step::Resume(receipt)),
        (NotResumed::new(receipt).unsent("generate-music").into(),                             Step::Again),
        (NotResumed::new(receipt).into(),                                                      Step::Alarm),
    ];
    for (error, step) in rows {
        let shown = error.to_string();
        assert_eq!(next_step(Err(error)), step, "{shown}");
    }
    assert_eq!(next_step(Ok(vec![SavedFile::new("songs/Waltz-7d0f3c52.mp3", 3_810_000)])), Step::Done(1));
}

#[test]
fn errors_return_the_values_that_they_were_built_with() {
    let receipt = ReceiptId::random().unwrap();
    let error =
        Error::from(TransportError::new("get-music-details", lost(transport::ErrorKind::Timeout)).with_task_id(TASK));
    assert_eq!(error.to_string(), format!("get-music-details of task {TASK}: it broke, after 3 attempts in 41 s"));
    let Error::Transport(lost_call) = &error else { unreachable!("{error:?}") };
    assert_eq!((lost_call.attempts(), lost_call.elapsed().as_secs()), (3, 41));

    let unknown =
        OutcomeUnknown::new("generate-music").with_receipt(receipt).with_cause(lost(transport::ErrorKind::Timeout));
    assert_eq!(unknown.lost().map(transport::Error::attempts), Some(3));
    assert_eq!(Error::from(unknown).receipt(), Some(receipt));
    let unread = OutcomeUnknown::new("generate-music").with_response(Unreadable::new(202, b"<html>", "it is no JSON"));
    assert_eq!(unread.response().map(|response| (response.http_status(), response.body())), Some((202, "<html>")));

    let since = SystemTime::UNIX_EPOCH;
    let last = Report::new::<Music>(&TaskId::from(TASK), None);
    let late = TimedOut::new(TASK, Duration::from_secs(65)).with_last(last);
    assert_eq!(late.to_string(), format!("task {TASK} was not finished after 65 s"));
    let late = late.with_failing(Failing::new(error, since));
    assert_eq!(late.failing().map(Failing::since), Some(since));
    assert!(late.last().is_some() && late.source().unwrap().downcast_ref::<Error>().is_some());

    let saved = SavedFile::new("a.mp3", 3).with_id("7d0f3c52");
    let unsaved =
        SaveError::new(TASK, "b", lost(transport::ErrorKind::Disk)).with_saved([saved.clone()]).with_missing(2);
    assert_eq!((unsaved.saved(), unsaved.missing()), (&[saved][..], 2));
    assert!(unsaved.source().unwrap().downcast_ref::<transport::Error>().is_some());

    let taken = Error::from(NameTaken::new("generate-music", "order-4711", "extend-music").with_receipt(receipt));
    assert_eq!((taken.receipt(), taken.charged()), (Some(receipt), Charged::No));
    let [limit, price, left] = [100.0, 12.0, 4.0].map(Credits::new);
    let over = OverBudget::new("generate-music", limit, price, left).with_receipt(receipt);
    assert_eq!((over.limit(), over.left()), (limit, Some(left)));
    let over = Error::from(over);
    assert_eq!((over.receipt(), over.charged()), (Some(receipt), Charged::No));
}

#[test]
fn events_and_receipts_can_be_built() {
    let event = Event::<Music>::new(Some(Stage::Complete), Default::default());
    assert_eq!((event.stage, event.ready.len()), (Some(Stage::Complete), 0));
    let receipt = Receipt::new("generate-music", "{}").unwrap();
    let report = SaveReport::new(receipt, SaveOutcome::Saved(vec![SavedFile::new("a.mp3", 3)]));
    assert!(matches!(&report.outcome, SaveOutcome::Saved(files) if files[0].bytes == 3));
}

#[cfg(feature = "callbacks")]
#[test]
fn deliveries_can_be_built() {
    let receipt = ReceiptId::random().unwrap();
    let delivery = kie_suno::callbacks::Delivery::new(TASK, format!(r#"{{"code":200,"data":{{"task_id":"{TASK}"}}}}"#));
    let delivery = delivery.with_receipt(receipt).stale();
    assert_eq!((delivery.task_id.as_str(), delivery.receipt, delivery.is_stale), (TASK, Some(receipt), true));
}
