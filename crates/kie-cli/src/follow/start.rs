//! Starting a task, and the check of the folder for its files.

use std::{
    fs,
    hash::{BuildHasher as _, RandomState},
    path::Path,
};

use anyhow::Context as _;
use kie_suno::{
    AnyTask, Route, Start, Task,
    records::{Job, Outcome, Report},
    requests::TaskEndpoint,
    types::text::one_line,
};
use serde_json::Value;

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

/// Starts a task of the operation `E` on this route. Then shows the task. Call [`try_folder`] before. If `follow` is given, waits for the task, and saves its
/// files if `--save` is given. `cost` is `None` if an earlier call with the same name has started the task, so that
/// nothing is paid now.
pub(crate) async fn start<E: TaskEndpoint>(
    session: &Session,
    route: Route,
    call: Start<E, Value>,
    cost: Option<Cost>,
    follow: Option<&FollowArgs>,
) -> Result<(), ExitError> {
    let save = follow.and_then(|follow| follow.save.as_deref());
    let (task, cost) = begin(session, route, call, cost, save).await?;
    match follow {
        Some(_) => run(session, E::NAME, &task, cost, follow).await,
        None => {
            let report = new_report(&task).await;
            if session.format == OutputFormat::Text {
                return tell_started(session, E::NAME, &task.any(), &report, cost).await;
            }
            finish(session, E::NAME, task.route(), report, Vec::new(), cost).await
        }
    }
}

/// Starts a task of the operation `E` on this route. Returns the task, and its cost with the balance before the call.
/// `save` is the folder for the files of the task, if they are to be saved. Call [`try_folder`] before.
pub(crate) async fn begin<E: TaskEndpoint>(
    session: &Session,
    route: Route,
    call: Start<E, Value>,
    cost: Option<Cost>,
    save: Option<&Path>,
) -> Result<(Task<E::Job>, Option<Cost>), ExitError> {
    let progress = ProgressLine::new("reading the balance");
    let before = session.interrupt.during("reading the balance", session.balance()).await?;
    let cost = cost.map(|cost| Cost { before, ..cost });
    cost.iter().for_each(Cost::tell);
    progress.doing("sending");
    let task = session.submit(E::NAME, route, save, call.route(route)).await?;
    drop(progress);
    note!("task {} ({})", one_line(task.id().as_str()), E::NAME);
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
async fn new_report<J: Job>(task: &Task<J>) -> Report {
    let report = task.report().await.ok().filter(|report| report.outcome != Outcome::NotFound);
    report.unwrap_or_else(|| {
        let mut report = Report::new(task.id(), None);
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
