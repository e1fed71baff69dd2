//! Showing a task, or waiting for it and saving its files.

use std::{
    path::Path,
    time::{Duration, SystemTime},
};

use kie_suno::{
    AnyTask, Error, Polling, Route,
    errors::Failing,
    files::{Save, SavedFile},
    records::{Item, Job as _, Outcome, Report, VoiceValidation},
};
use tokio::time::timeout;

use crate::{
    args::{FollowArgs, OutputFormat},
    exit::ExitError,
    follow::{cost::Cost, document::Document, next::next_steps, progress::TaskProgress},
    output::{ProgressLine, long_line, note},
    session::Session,
    sources::ShortIds,
    tags::{TagFacts, tag_saved},
};

/// Time between two checks of the polls of a task. Each check finds out if the polls fail.
const TELL_FAILING: Duration = Duration::from_secs(1);

/// Maximum pause between two polls of a task that makes a phrase.
const PHRASE_PAUSE: Duration = Duration::from_secs(2);

/// Returns the options for waiting, or `None` if the command does not wait for the task. Saving implies waiting.
pub(crate) fn followed(wait: bool, follow: &FollowArgs) -> Option<&FollowArgs> {
    Some(follow).filter(|follow| wait || follow.save.is_some())
}

/// Shows a task of an operation. If `follow` is given, waits for the task, and saves its files if `--save` is given.
pub(crate) async fn run(
    session: &Session,
    operation: &'static str,
    task: &AnyTask,
    cost: Option<Cost>,
    follow: Option<&FollowArgs>,
) -> Result<(), ExitError> {
    let (report, files) = reported(session, operation, task, follow).await?;
    finish(session, operation, task.route(), report, files, cost).await
}

/// Returns the report of a task, and its saved files. If `follow` is given, waits for the task, and saves its files if
/// `--save` is given.
pub(crate) async fn reported(
    session: &Session,
    operation: &'static str,
    task: &AnyTask,
    follow: Option<&FollowArgs>,
) -> Result<(Report, Vec<SavedFile>), ExitError> {
    let save = follow.and_then(|follow| follow.save.as_deref());
    let go_on = session.go_on(operation, task.id(), task.route(), save);
    let work = async {
        match follow {
            Some(follow) => wait_and_save(session, operation, task, follow).await,
            None => Ok((task.report().await?, Vec::new())),
        }
    };
    let done = tokio::select! {
        biased;
        done = work => done,
        () = session.interrupt.received() => return Err(ExitError::InterruptedWait { task_id: task.id().to_string(), go_on }),
    };
    // The files are saved by now, so an interrupt during their tagging must not hide them.
    let error = match (done, follow) {
        (Ok((report, files)), Some(follow)) => {
            let files = tag(session, task, files, &report.items, follow).await;
            return Ok((report, files));
        }
        (Ok(done), None) => return Ok(done),
        (Err(error), _) => error,
    };
    let is_over = match &error {
        Error::Failed(_) => true,
        Error::Save(save) => save.expired_since().is_some(),
        _ => false,
    };
    let go_on = go_on.filter(|_| !is_over);
    Err(match (error, follow.zip(save)) {
        (Error::Failed(failed), Some((follow, folder))) if failed.items().iter().any(Item::is_available) => {
            let files = save_finished(session, task, folder, follow).await?;
            ExitError::Client { error: Error::Failed(failed), go_on, files }
        }
        (error, _) => ExitError::client(error, go_on),
    })
}

/// Returns the polling options for a task. A phrase expires a few minutes after it is made, so its task is polled more
/// often than others.
fn polling(session: &Session, task: &AnyTask, follow: &FollowArgs) -> Polling {
    let polling = session.polling(follow.timeout);
    if task.kind() == VoiceValidation::NAME { polling.max_pause(polling.max_pause.min(PHRASE_PAUSE)) } else { polling }
}

/// Prints the document of a task that is read on this route. Returns an error with the exit code if the task failed, or
/// if the service does not know the task.
pub(crate) async fn finish(
    session: &Session,
    operation: &'static str,
    route: Route,
    mut report: Report,
    files: Vec<SavedFile>,
    cost: Option<Cost>,
) -> Result<(), ExitError> {
    let outcome = report.outcome;
    let credits_left = session.balance().await;
    if session.simulator.is_some() {
        forget_links(&mut report);
        if files.is_empty() {
            note!("the simulator ended with this command, and so did its tasks and files; --save DIR keeps the files");
        }
    }
    let next = next_steps(session, operation, route, &report, &files);
    let cost = cost.unwrap_or_default();
    // A JSON document has whole ids. A ledger that cannot be read must not hide the result, so the ids are then shortened
    // without it.
    let ids = match session.format {
        OutputFormat::Json => ShortIds::default(),
        OutputFormat::Text => ShortIds::of(session.ledger.as_ref()).await.unwrap_or_default(),
    };
    Document { operation, route, report, files, cost, credits_left, next, ids }.print(session.format)?;
    match outcome {
        Outcome::Failed => Err(ExitError::Reported(5)),
        Outcome::NotFound => Err(ExitError::Reported(4)),
        _ => Ok(()),
    }
}

/// Removes the links of a report, and the time until which they work.
fn forget_links(report: &mut Report) {
    report.kept_until = None;
    for item in &mut report.items {
        item.url = None;
        item.urls.clear();
    }
}

/// Saves the results that a task finished before it failed.
async fn save_finished(
    session: &Session,
    task: &AnyTask,
    folder: &Path,
    follow: &FollowArgs,
) -> Result<Vec<SavedFile>, Error> {
    let mut report = task.report().await?;
    report.items.retain(Item::is_available);
    let files = named(task.save(&report, folder), follow).await?;
    Ok(tag(session, task, files, &report.items, follow).await)
}

/// Sets the names of the options.
fn named(mut save: Save, follow: &FollowArgs) -> Save {
    if let Some(names) = &follow.out_template {
        save = save.names(names.clone());
    }
    if let Some(song) = &follow.song {
        save = save.of_song(&song.title, &song.id);
    }
    save
}

/// Writes the tags of the songs among saved files.
async fn tag(
    session: &Session,
    task: &AnyTask,
    files: Vec<SavedFile>,
    items: &[Item],
    follow: &FollowArgs,
) -> Vec<SavedFile> {
    let Some(folder) = follow.save.as_deref() else { return files };
    let _progress = ProgressLine::new("writing tags");
    let about = TagFacts::new(task.clone(), folder, &follow.tags).of_song(follow.song.as_ref());
    tag_saved(files, items, &about, &session.interrupt).await
}

async fn wait_and_save(
    session: &Session,
    operation: &'static str,
    task: &AnyTask,
    follow: &FollowArgs,
) -> Result<(Report, Vec<SavedFile>), Error> {
    let mut progress = TaskProgress::begin(session, task, operation).await;
    let mut events = task.events().polling(polling(session, task, follow));
    let mut report = None;
    let mut failing_since = None;
    loop {
        let event = match timeout(TELL_FAILING, events.next()).await {
            Ok(Some(event)) => event?,
            Ok(None) => break,
            Err(_) => {
                tell_failing(events.failing(), &mut failing_since);
                continue;
            }
        };
        progress.show(&event);
        report = Some(event.report);
    }
    let mut files = Vec::new();
    let report = match report {
        Some(report) => report,
        None => task.report().await?,
    };
    if let Some(folder) = &follow.save {
        let mut save = task.save(&report, folder).progress(progress.saving());
        if follow.extras {
            save = save.with_extras();
        }
        files = named(save, follow).await?;
    }
    Ok((report, files))
}

/// Prints that the polls have begun to fail, or that they succeed again. `since` is the start of the failures at the
/// last check, or `None` if the polls did not fail then. This function updates `since`.
fn tell_failing(failing: Option<&Failing>, since: &mut Option<SystemTime>) {
    let before = std::mem::replace(since, failing.map(Failing::since));
    match failing {
        Some(failing) if *since != before => {
            note!("{}; polling again", long_line(&failing.to_string()));
        }
        None if before.is_some() => note!("the task can be polled again"),
        _ => {}
    }
}
