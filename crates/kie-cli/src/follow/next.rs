//! `kie` commands for the next step with the results of a task.

use std::path::Path;

use kie_suno::{
    Route,
    files::SavedFile,
    records::{Outcome, Report},
    requests::{
        Endpoint as _, GenerateLyrics, GenerateMidi, SeparateVocals, SunoVoiceGenerate, SunoVoiceRegenerate,
        SunoVoiceValidate,
    },
};

use crate::{
    output::{note, short_id},
    session::{Session, quoted},
};

/// Returns the commands for the next step with the results of a task. Words in upper case in a command stand for values
/// that the user chooses.
pub(super) fn next_steps(
    session: &Session,
    operation: &str,
    route: Route,
    report: &Report,
    files: &[SavedFile],
) -> Vec<String> {
    let id = match (report.outcome, report.task_id.as_deref()) {
        (Outcome::Success, Some(id)) => id,
        (Outcome::Running, Some(id)) => return session.go_on(operation, id, route, None).into_iter().collect(),
        _ => return Vec::new(),
    };
    // The ledger knows the task by the first characters of its id, and knows its route.
    let (task, route_of_task) = match session.ledger {
        Some(_) => (short_id(id), None),
        None => (id.to_owned(), Some(route)),
    };
    let task = quoted(&task);
    // The files of the service are gone after some time.
    let save = match report.items.first() {
        Some(item) if files.is_empty() && (item.url.is_some() || operation == GenerateLyrics::NAME) => {
            let folder = if operation == GenerateLyrics::NAME { "lyrics" } else { "songs" };
            session.go_on(operation, id, route, Some(Path::new(folder)))
        }
        _ => None,
    };
    let step = match operation {
        SeparateVocals::NAME => session.next(&format!("midi --stems {task}"), route_of_task),
        SunoVoiceValidate::NAME | SunoVoiceRegenerate::NAME => {
            session.next(&format!("voice make RECORDING --phrase {task}"), route_of_task)
        }
        SunoVoiceGenerate::NAME => {
            let voice = report.items.first().and_then(|item| item.id.as_deref());
            voice.and_then(|voice| sing_with(session, route, voice, true))
        }
        GenerateLyrics::NAME => files.first().and_then(|file| {
            let file = quoted(&format!("@{}", file.path.display()));
            session.next(&format!("generate {file} --style STYLE --title TITLE"), Some(route))
        }),
        // The text of the result is no MIDI file.
        GenerateMidi::NAME if files.is_empty() && !report.items.is_empty() => {
            session.go_on(operation, id, route, Some(Path::new("midi")))
        }
        _ => None,
    };
    step.into_iter().chain(save).collect()
}

/// Returns the command that makes a song with this persona. `is_voice` is `true` for a cloned voice.
pub(crate) fn sing_with(session: &Session, route: Route, persona: &str, is_voice: bool) -> Option<String> {
    session.next(&sing_words(persona, is_voice), Some(route))
}

/// Returns the words of the command that makes a song with this persona.
pub(crate) fn sing_words(persona: &str, is_voice: bool) -> String {
    let kind = if is_voice { " --persona-kind voice" } else { "" };
    format!("generate LYRICS --style STYLE --title TITLE --persona {}{kind}", quoted(persona))
}

/// Prints the `kie` commands for the next step.
pub(crate) fn tell_next(next: &[String]) {
    for command in next {
        note!("next: {command}");
    }
}
