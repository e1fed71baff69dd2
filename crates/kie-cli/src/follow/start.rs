//! Starting a task, after a check of the folder for its files.

use std::{
    fs,
    hash::{BuildHasher as _, RandomState},
    path::Path,
};

use anyhow::Context as _;
use kie_suno::{
    Route, Start, Task,
    records::{Job, Outcome, Report},
    requests::TaskEndpoint,
    types::text::one_line,
};
use serde_json::Value;

use crate::{
    args::FollowArgs,
    exit::{ExitError, Interrupt},
    follow::{
        cost::Cost,
        watch::{finish, run},
    },
    output::{ProgressLine, note},
    session::Session,
};

/// Starts a task of the operation `E` on this route. Then shows the task. If `follow` is given, waits for the task, and saves its
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
        None => finish(session, E::NAME, task.route(), new_report(&task).await, Vec::new(), cost).await,
    }
}

/// Starts a task of the operation `E` on this route. Returns the task, and its cost with the balance before the call.
/// `save` is the folder for the files of the task, if they are to be saved.
pub(super) async fn begin<E: TaskEndpoint>(
    session: &Session,
    route: Route,
    call: Start<E, Value>,
    cost: Option<Cost>,
    save: Option<&Path>,
) -> Result<(Task<E::Job>, Option<Cost>), ExitError> {
    // Checks the folder before the song is paid for.
    if let Some(folder) = save {
        try_folder(folder, &session.interrupt).await?;
    }
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
