//! Starting a task and following it to its files.

use std::path::Path;

use kie_suno::{Credits, Error, Job, Pace, Record, Report, Stage, Task, TaskEndpoint};
use serde_json::Value;

use crate::{
    args::Follow,
    document::{Document, Saved, minutes},
    progress::Progress,
    session::Session,
    stop::{Stop, interrupted},
};

/// Starts a task of the operation `E`; then, if asked to, waits for it and saves what it made.
pub(crate) async fn start<E: TaskEndpoint>(
    session: &Session,
    request: Value,
    checked: bool,
    follow: Option<&Follow>,
) -> Result<(), Stop> {
    let before = session.client.credits().await.ok();
    let client = if checked { session.client.clone() } else { session.client.unchecked() };
    let progress = Progress::new("sending");
    let task = tokio::select! {
        biased;
        started = client.start_json::<E>(request) => started?,
        () = interrupted() => return Err(Stop::Submitting(E::NAME)),
    };
    progress.say(&format!("task {} ({})", task.id(), E::NAME));
    drop(progress);
    run::<E>(session, &task, before, follow).await
}

/// Looks at a task; or, if asked to, waits for it and saves what it made.
pub(crate) async fn run<E: TaskEndpoint>(
    session: &Session,
    task: &Task<E::Job>,
    before: Option<Credits>,
    follow: Option<&Follow>,
) -> Result<(), Stop> {
    let go_on = || Some(session.command(E::NAME, task.id().as_str())).filter(|_| !session.is_simulated());
    let work = async {
        let (report, files) = match follow {
            Some(follow) => wait_and_save(task, session.pace(follow.timeout), follow.save.as_deref()).await?,
            None => (task.report().await?, Vec::new()),
        };
        let credits_left = session.client.credits().await.ok();
        let credits_spent = before.zip(credits_left).map(|(before, left)| before - left);
        Ok(Document { operation: E::NAME, report, files, credits_spent, credits_left })
    };
    let done = tokio::select! {
        biased;
        done = work => done,
        () = interrupted() => return Err(Stop::Left { task_id: task.id().to_string(), go_on: go_on() }),
    };
    match done {
        Ok(document) => Ok(document.print(session.format)?),
        Err(error) => {
            let over = matches!(error, Error::Failed(_));
            Err(Stop::Client { error, go_on: go_on().filter(|_| !over) })
        }
    }
}

async fn wait_and_save<J: Job>(
    task: &Task<J>,
    pace: Pace,
    folder: Option<&Path>,
) -> Result<(Report, Vec<Saved>), Error> {
    let progress = Progress::new("waiting");
    let mut events = task.events().pace(pace);
    let mut record = None;
    let mut stage = None;
    while let Some(event) = events.next().await {
        let event = event?;
        if event.stage > stage {
            stage = event.stage;
            let reached = stage.map_or("", Stage::as_str);
            progress.say(&format!("{reached:<9} {}", meaning(stage)));
            progress.doing(if stage == Some(Stage::Complete) { "saving" } else { "waiting" });
        }
        for item in &event.ready {
            let title = item.title.as_deref().unwrap_or(J::NAME);
            let length = item.duration_s.map(minutes).unwrap_or_default();
            progress.say(format!("          {title} {length}").trim_end());
        }
        record = Some(event.record);
    }
    let mut files = Vec::new();
    let output = record.as_ref().and_then(Record::output);
    if let (Some(folder), Some(output)) = (folder, output) {
        let saved = task.save(&output, folder).await?;
        files.extend(saved.into_iter().map(|file| Saved { id: file.id, path: file.path, bytes: file.bytes }));
    }
    Ok((Report::new(task.id(), record.as_ref()), files))
}

fn meaning(stage: Option<Stage>) -> &'static str {
    match stage {
        Some(Stage::Text) => "the words are written",
        Some(Stage::First) => "the first track is finished",
        Some(Stage::Complete) => "everything is finished",
        _ => "",
    }
}
