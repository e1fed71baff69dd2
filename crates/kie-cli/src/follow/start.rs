//! Starting a task, and the check of the folder for its files.

use std::{
    fs,
    hash::{BuildHasher as _, RandomState},
    path::Path,
};

use anyhow::Context as _;
use kie_suno::{
    AnyStart, AnyTask, Route,
    records::{Music, Outcome, Report},
    types::text::one_line,
};

use crate::{
    args::{FollowArgs, OutputFormat},
    exit::{ExitError, Interrupt},
    follow::{
        cost::Cost,
        watch::{finish, run},
    },
    output::{ProgressLine, note, out},
    session::Session,
};

/// Starts a task of an operation on this route. Then shows the task. Call [`try_folder`] before. If `follow` is given,
/// waits for the task, and saves its files if `--save` is given. `cost` is `None` if an earlier call with the same name
/// has started the task, so that nothing is paid now.
pub(crate) async fn start(
    session: &Session,
    operation: &'static str,
    route: Route,
    call: AnyStart,
    cost: Option<Cost>,
    follow: Option<&FollowArgs>,
) -> Result<(), ExitError> {
    let save = follow.and_then(|follow| follow.save.as_deref());
    let (task, cost) = begin(session, operation, route, call, cost, save).await?;
    match follow {
        Some(_) => run(session, operation, &task, cost, follow).await,
        None => {
            let report = new_report(&task).await;
            if session.format == OutputFormat::Text {
                return tell_started(session, operation, &task, &report, cost).await;
            }
            finish(session, operation, task.route(), report, Vec::new(), cost).await
        }
    }
}

/// Starts a task of an operation on this route. Returns the task, and its cost with the balance before the call.
/// `save` is the folder for the files of the task, if they are to be saved. Call [`try_folder`] before.
pub(crate) async fn begin(
    session: &Session,
    operation: &'static str,
    route: Route,
    call: AnyStart,
    cost: Option<Cost>,
    save: Option<&Path>,
) -> Result<(AnyTask, Option<Cost>), ExitError> {
    let progress = ProgressLine::new("reading the balance");
    let before = session.interrupt.during("reading the balance", session.balance()).await?;
    let cost = cost.map(|cost| Cost { before, ..cost });
    cost.iter().for_each(Cost::tell);
    progress.doing("sending");
    let task = session.submit(operation, route, save, call.route(route)).await?;
    drop(progress);
    note!("task {} ({operation})", one_line(task.id()));
    Ok((task, cost))
}

/// Prints the id of a task on standard output, and everything else on standard error, so that a script can use the
/// output as the id. Returns an error with the exit code if the task has failed already.
async fn tell_started(
    session: &Session,
    operation: &str,
    task: &AnyTask,
    report: &Report,
    cost: Option<Cost>,
) -> Result<(), ExitError> {
    out!("{}", one_line(task.id()));
    if let (Some(cost), Some(left)) = (cost, session.balance().await) {
        cost.tell_left(left);
    }
    if session.simulator.is_some() {
        note!("the simulator ended with this command, and so did its tasks");
    }
    match (report.outcome, session.go_on(operation, task.id(), task.route(), None)) {
        (Outcome::Failed, _) => {
            note!("the task has failed: {}", one_line(report.message.as_deref().unwrap_or("no reason is given")));
            return Err(ExitError::Reported(5));
        }
        (_, Some(command)) => note!("to wait for it: {command}"),
        _ => {}
    }
    Ok(())
}

/// Returns the report of a task that was just started. The service may not know the task yet, and the lookup may fail.
/// In both cases, the task counts as running, because it is started and paid for.
async fn new_report(task: &AnyTask) -> Report {
    let report = task.report().await.ok().filter(|report| report.outcome != Outcome::NotFound);
    report.unwrap_or_else(|| {
        // The kind of the task is not in the report.
        let mut report = Report::new::<Music>(&task.id().into(), None);
        report.outcome = Outcome::Running;
        report
    })
}

/// Checks that files can be saved in a folder. Creates the folder if it is missing.
pub(crate) async fn try_folder(folder: &Path, interrupt: &Interrupt) -> Result<(), ExitError> {
    let folder = folder.to_owned();
    // The test file must be new, and no other program can guess its name. So no file of another user is changed.
    let test_file = folder.join(format!(".kie-{:016x}.part", RandomState::new().hash_one(())));
    let try_it = move || {
        let written = fs::create_dir_all(&folder).and_then(|()| fs::File::create_new(&test_file));
        written
            .and_then(|_| fs::remove_file(test_file))
            .with_context(|| format!("files cannot be saved in {}", folder.display()))
    };
    interrupt.during_blocking("checking the folder for files", try_it).await
}
