//! Tests of the end of commands: the exit code, the texts, and the command that continues.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use kie_sandbox::{Fault, Sandbox, Speed, TaskScript};
use kie_suno::{Credits, Stage};
use tempfile::tempdir;

use crate::stage::{
    kie::Output,
    service::{Service, document, kie, stderr, stdout},
};

#[test]
fn usage_is_2() {
    for arguments in [
        &["call", "make-tea"][..],
        &["call", "get-account-credits", "--wait"],
        &["call", "get-music-details", "--save", "songs"],
        &["task", "get-account-credits", "x"],
        &["check", "make-tea", "-"],
        &["generate"],
        &["no-such-command"],
    ] {
        let output = kie().arg("--sandbox").args(arguments).stdin(Stdio::null()).output().unwrap();
        let expected = if arguments == ["generate"] { 3 } else { 2 };
        assert_eq!(output.status.code(), Some(expected), "{arguments:?}: {output:?}");
        assert!(stdout(&output).is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_missing_key_is_told_before_anything_is_sent() {
    let output = kie().args(["generate", "x"]).output().unwrap();
    assert_eq!(output.status.code(), Some(8));
    let told = "error: there is no API key; get a key at https://kie.ai/api-key, then run kie login";
    let said = stderr(&output);
    assert!(said.contains(told) && said.contains("--sandbox") && said.ends_with("charged: no\n"), "{said}");
}

#[test]
fn an_address_that_cannot_be_used_is_told_before_anything_is_sent() {
    let output =
        kie().args(["--format", "json", "--api-key", "k", "--base-url", "http://far.example", "credits"]).output();
    let document = document(&output.unwrap());
    let (rule, charged) = ("KIE_BASE_URL or --base-url: plain http is used on loopback addresses only", "no");
    assert_eq!((&document["message"], &document["charged"]), (&rule.into(), &charged.into()), "{document}");
    assert_eq!((&document["operation"], &document["exitCode"]), (&"the client".into(), &1.into()), "{document}");
}

#[test]
fn a_refusal_is_4_and_never_shows_the_key() {
    let sandbox = Sandbox::builder().credits(Credits::new(5.0)).build();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(sandbox.listen(([127, 0, 0, 1], 0))).unwrap();
    let output = kie()
        .args(["--format", "json", "--base-url", &server.base_url(), "--api-key", "s3cret-key", "generate", "x"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    assert_eq!(document(&output)["outcome"], "refused");
    assert_eq!((&document(&output)["code"], &document(&output)["charged"]), (&402.into(), &"no".into()));
    assert!(!format!("{output:?}").contains("s3cret-key"));
}

#[test]
fn a_failed_task_is_5() {
    let service = Service::new(Speed::Instant);
    service.sandbox.script_task(TaskScript::Fails {
        status: "SENSITIVE_WORD_ERROR".into(),
        code: 400,
        message: "a word in it".into(),
        after: None,
    });
    let output = service.kie().args(["generate", "x"]).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    assert!(stderr(&output).contains("SENSITIVE_WORD_ERROR (code 400): a word in it"), "{output:?}");
    assert!(!stderr(&output).contains("continue with"), "there is nothing to continue");
}

/// Runs the command that continues the task. `said` is an output of `kie` that contains this command.
fn go_on(service: &Service, said: &str) -> Output {
    let line = said.lines().find_map(|line| line.strip_prefix("continue with: ")).unwrap_or_else(|| panic!("{said}"));
    let mut words = line.split(' ').map(|word| word.trim_matches('\''));
    assert_eq!(words.next(), Some("kie"));
    service.kie().args(words).output().unwrap()
}

#[test]
fn a_task_that_takes_too_long_is_6_and_can_be_continued() {
    let service = Service::new(Speed::Fast);
    let output = service.kie().args(["generate", "x", "--timeout", "0.7"]).output().unwrap();
    assert_eq!(output.status.code(), Some(6), "{output:?}");
    let again = go_on(&service, &stderr(&output));
    assert_eq!(again.status.code(), Some(0), "{again:?}");
    assert_eq!(service.sandbox.tasks().len(), 1);
}

#[test]
fn a_lost_connection_while_waiting_is_6_with_the_task() {
    let mut service = Service::new(Speed::Live);
    let mut child = service.kie().args(["generate", "x", "--timeout", "3"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let task = lines.find(|line| line.as_ref().unwrap().starts_with("task "));
    assert!(task.is_some(), "the id is told before the wait");
    service.stop();
    let rest: String = lines.map(|line| line.unwrap() + "\n").collect();
    assert_eq!(child.wait().unwrap().code(), Some(6), "{rest}");
    assert!(rest.contains(", trying again, 2 of 6: Connection refused"), "{rest}");
    assert!(rest.contains("continue with: kie task generate-music "), "{rest}");
    assert_eq!(service.sandbox.requests("generate-music").len(), 1);
}

#[test]
fn a_lost_answer_is_7_and_never_a_second_try() {
    for fault in [Fault::DropResponse, Fault::HalfBody] {
        let service = Service::new(Speed::Instant);
        service.sandbox.fault("generate-music", fault);
        let output = service.kie().args(["--format", "json", "generate", "x"]).output().unwrap();
        assert_eq!(output.status.code(), Some(7), "{output:?}");
        assert_eq!(document(&output)["outcome"], "unknown");
        assert_eq!(service.sandbox.requests("generate-music").len(), 1);
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_told_before_anything_is_paid() {
    let service = Service::new(Speed::Instant);
    let folder = tempdir().unwrap();
    let in_the_way = folder.path().join("songs");
    std::fs::write(&in_the_way, "a file, not a folder").unwrap();
    let output = service.kie().args(["generate", "x", "--save"]).arg(&in_the_way).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(service.sandbox.requests("generate-music").is_empty());
}

#[cfg(unix)]
#[test]
fn the_check_of_the_folder_follows_no_link_with_a_name_that_can_be_guessed() {
    let (service, folder) = (Service::new(Speed::Instant), tempdir().unwrap());
    let (victim, songs) = (folder.path().join("victim"), folder.path().join("songs"));
    std::fs::write(&victim, "keep this").unwrap();
    std::fs::create_dir(&songs).unwrap();
    let own = std::process::id();
    for process in own..own + 1000 {
        std::os::unix::fs::symlink(&victim, songs.join(format!(".kie-{process}.part"))).unwrap();
    }
    let output = service.kie().args(["generate", "x", "--save"]).arg(&songs).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "keep this");
}

#[test]
fn files_that_cannot_be_saved_are_1_and_can_be_saved_later() {
    let service = Service::new(Speed::Instant);
    let folder = tempdir().unwrap();
    service.break_one_song(Fault::error_page(200));
    let output = service.kie().args(["generate", "x", "--save"]).arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(stderr(&output).contains("1 of 2 files could not be saved"), "{output:?}");
    let is_other = |line: &str| line.starts_with("saved: ");
    assert!(stderr(&output).lines().any(is_other), "the other one was tried too: {output:?}");
    service.mend();
    assert_eq!(go_on(&service, &stderr(&output)).status.code(), Some(0));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn the_finished_track_of_a_failed_task_is_saved() {
    let service = Service::new(Speed::Fast);
    let folder = tempdir().unwrap();
    service.sandbox.script_task(TaskScript::fails_after(Stage::First, 501));
    let output = service.kie().args(["generate", "x", "--save"]).arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    assert!(stderr(&output).contains("failed"), "{output:?}");
    let saved = stderr(&output).lines().filter(|line| line.starts_with("saved: ") && line.ends_with(".mp3")).count();
    assert_eq!(saved, 1, "{output:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_file_that_may_not_be_whole_is_saved_with_a_warning() {
    let service = Service::new(Speed::Instant);
    let folder = tempdir().unwrap();
    service.break_one_song(Fault::HalfBody);
    let output =
        service.kie().args(["--format", "json", "generate", "x", "--save"]).arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let warnings = stderr(&output).lines().filter(|line| line.starts_with("warning: ")).count();
    assert_eq!(warnings, 1, "{output:?}");
    let files = document(&output)["files"].as_array().unwrap().clone();
    let doubts: Vec<_> = files.iter().filter(|file| file["doubt"]["kind"] == "tooShort").collect();
    assert!(files.len() == 2 && doubts.len() == 1, "{files:?}");
    let [path, expected, found] = [&doubts[0]["path"], &doubts[0]["doubt"]["expectedS"], &doubts[0]["doubt"]["foundS"]];
    let line = format!("warning: {} plays {found} s instead of {expected} s", path.as_str().unwrap());
    assert!(stderr(&output).lines().any(|warning| warning == line), "{output:?}");
}

#[test]
fn a_page_in_place_of_an_answer_to_a_submit_is_7() {
    let service = Service::new(Speed::Instant);
    service.sandbox.fault("generate-music", Fault::ErrorPage { http_status: 504 });
    let output = service.kie().args(["generate", "x"]).output().unwrap();
    assert_eq!(output.status.code(), Some(7), "{output:?}");
    assert_eq!(service.sandbox.requests("generate-music").len(), 1);
}

#[test]
fn a_lookup_prints_the_state_of_the_task() {
    let service = Service::new(Speed::Instant);
    service.sandbox.script_task(TaskScript::Fails {
        status: "GENERATE_AUDIO_FAILED".into(),
        code: 413,
        message: "known".into(),
        after: None,
    });
    let started = service.kie().args(["--format", "json", "generate", "x", "--no-wait"]).output().unwrap();
    let id = document(&started)["taskId"].as_str().unwrap().to_owned();
    let failed = service.kie().args(["task", "generate-music", &id]).output().unwrap();
    assert_eq!(failed.status.code(), Some(5), "{failed:?}");
    assert!(stdout(&failed).contains(": failed (code 413): known"), "{failed:?}");
    let unknown = service.kie().args(["task", "create-music-video", &id]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(4), "{unknown:?}");
}

#[test]
fn a_closed_pipe_does_not_end_the_command() {
    let service = Service::new(Speed::Fast);
    let folder = tempdir().unwrap();
    let mut child = service
        .kie()
        .args(["generate", "x", "--save"])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[cfg(unix)]
#[test]
fn ctrl_c_is_130_and_prints_how_to_continue() {
    let service = Service::new(Speed::Live);
    let mut child = service.kie().args(["generate", "x"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    lines.find(|line| line.as_ref().unwrap().starts_with("task ")).unwrap().unwrap();
    let begin = Instant::now();
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let rest: String = lines.map(|line| line.unwrap() + "\n").collect();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    assert!(begin.elapsed() < Duration::from_secs(5));
    assert!(rest.contains("continue with: kie task generate-music "), "{rest}");
    assert_eq!(service.sandbox.tasks().len(), 1, "nothing paid for is cancelled");
}

#[test]
fn the_simulator_serves_other_terminals() {
    let mut server = kie().args(["--format", "json", "sandbox", "--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    while serde_json::from_str::<serde_json::Value>(&said).is_err() {
        said += &lines.next().unwrap().unwrap();
    }
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    let output = kie().env("KIE_BASE_URL", said["baseUrl"].as_str().unwrap()).arg("credits").output().unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(stdout(&output), "1000 credits left\n", "{output:?}");
}
