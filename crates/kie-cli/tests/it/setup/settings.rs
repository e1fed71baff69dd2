//! Tests of the settings: their files, their precedence, and their effects.

use std::fs;

use kie_sandbox::Speed;
use serde_json::{Value, json};

use crate::{
    setup::home::Home,
    stage::service::{Service, document, stderr, stdout},
};

fn value(settings: &Value, name: &str) -> (Value, String) {
    (settings[name]["value"].clone(), settings[name]["source"].as_str().unwrap().to_owned())
}

#[test]
fn an_option_beats_the_environment_which_beats_the_project_which_beats_the_user() {
    let home = Home::new();
    let settings = |environment: &[(&str, &str)], options: &[&str]| {
        let mut kie = home.kie();
        kie.args(["--format", "json"]).args(options).arg("config").envs(environment.iter().copied());
        document(&kie.output().unwrap())
    };
    let first = settings(&[], &[]);
    assert_eq!(value(&first, "route"), (json!("classic"), "default".into()));
    assert_eq!(value(&first, "model"), (json!("V5_5"), "default".into()));
    home.write_user_file("# mine\nroute = \"market\"\nmodel = \"V6\"\ntimeout = 60.5\n");
    let user = home.user_file();
    let source = |line: usize| format!("{}, line {line}", user.display());
    assert_eq!(value(&settings(&[], &[]), "route"), (json!("market"), source(2)));
    assert_eq!(value(&settings(&[], &[]), "timeout"), (json!("60.5"), source(4)));
    home.write_project_file("model = \"V5\"");
    let project = format!("{}, line 1", home.project().join("kie.toml").display());
    assert_eq!(value(&settings(&[], &[]), "model"), (json!("V5"), project.clone()));
    assert_eq!(value(&settings(&[("KIE_MODEL", "")], &[]), "model"), (json!("V5"), project));
    let environment = [("KIE_MODEL", "V4"), ("KIE_ROUTE", "classic")];
    assert_eq!(value(&settings(&environment, &[]), "model"), (json!("V4"), "KIE_MODEL".into()));
    let all = settings(&environment, &["--route", "market"]);
    assert_eq!(value(&all, "route"), (json!("market"), "--route".into()));
    assert_eq!(value(&all, "api-key"), (json!("is not set"), String::new()));
    let text = stdout(&home.run(&["config"]));
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
    let place = std::path::Path::new("~").join(user.strip_prefix(home.path("")).unwrap());
    assert!(text.lines().any(|line| words(line) == format!("route market {}, line 2", place.display())), "{text}");
    assert!(text.lines().any(|line| words(line).starts_with("timeout 60.5 seconds ")), "{text}");
}

#[test]
fn the_settings_apply_to_a_song() {
    let (service, home) = (Service::new(Speed::Instant), Home::new());
    home.write_user_file(&format!(
        "base-url = {:?}\nroute = \"market\"\nmodel = \"V5\"\nformat = \"json\"\nextras = true\nledger = \"~/own.db\"\n",
        service.url()
    ));
    home.write_project_file("save = \"songs\"\n");
    let output = home.run(&["generate", "a waltz"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let sent = service.sandbox.requests("generate-music");
    assert_eq!((sent.len(), sent[0].path.as_str()), (1, "/api/v1/jobs/createTask"));
    assert_eq!(document(&output)["route"], "market");
    let files: Vec<_> = fs::read_dir(home.project().join("songs")).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.len() > 2 && files.iter().any(|file| file.extension().is_some_and(|end| end == "txt")), "{files:?}");
    // The settings name no ledger for a simulator.
    assert!(!home.path("own.db").exists());
    // The folder of the settings is for results of new tasks only.
    let lookup = home.run(&["call", "get-account-credits"]);
    assert_eq!((lookup.status.code(), &document(&lookup)["response"]), (Some(0), &json!(988.0)));
    let not_saved = home.run(&["--format", "text", "generate", "a polka", "--no-wait"]);
    assert_eq!(stdout(&not_saved).trim().len(), 32, "{not_saved:?}");
    let extras = home.run(&["task", "generate-music", "76a65e3c4a96cb31e4b1f2a1a5a73a0b", "--extras"]);
    assert_eq!(extras.status.code(), Some(2), "{extras:?}");
    assert!(stderr(&extras).contains("--extras needs --save DIR"), "{extras:?}");
}

#[test]
fn a_wrong_setting_is_told_with_file_line_and_the_word_that_was_meant() {
    let (service, home) = (Service::new(Speed::Instant), Home::new());
    home.write_user_file("route = \"classic\"\n\nmodle = \"V5\"\n");
    let output = home.kie().env("KIE_BASE_URL", service.url()).args(["generate", "x"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let told = format!("{}, line 3: there is no setting \"modle\"; did you mean model?", home.user_file().display());
    assert!(stderr(&output).contains(&told), "{output:?}");
    let document = home.json(2, &["credits"]);
    assert_eq!((&document["message"], &document["charged"]), (&json!(told), &json!("no")));
    assert!(service.sandbox.requests("generate-music").is_empty());
    fs::remove_file(home.user_file()).unwrap();
    for (name, wrong) in [("KIE_TIMEOUT", "0"), ("KIE_FORMAT", "yaml"), ("KIE_BUDGET", "-1"), ("KIE_EXTRAS", "yes")] {
        let output = home.kie().env(name, wrong).arg("operations").output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains(&format!("{name} is {wrong:?}: ")), "{output:?}");
    }
}

#[test]
fn the_file_of_a_project_sends_the_key_nowhere_and_raises_no_limit() {
    let (service, home) = (Service::new(Speed::Instant), Home::new());
    home.write_project_file(&format!("base-url = {:?}\n", service.url()));
    let output = home.run(&["--api-key", "s3cret-key", "credits"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("kie.toml, line 1: base-url may be set only in your own file, "), "{output:?}");
    assert!(service.sandbox.requests("get-account-credits").is_empty());
    // The lower limit applies, whichever file it is in.
    for (user, project, in_effect) in [("5", "100", "5"), ("100", "5", "5"), ("never", "5", "5"), ("5", "never", "5")] {
        home.write_user_file(&format!("confirm-above = {user:?}\n"));
        home.write_project_file(&format!("confirm-above = {project:?}\n"));
        let settings = home.json(0, &["config"]);
        assert_eq!(settings["confirm-above"]["value"], in_effect, "{user}, {project}");
    }
}

#[test]
fn the_file_of_a_project_is_found_up_to_the_repository_or_the_home() {
    let home = Home::new();
    let project_file = |folder: &std::path::Path, home_folder: &std::path::Path| {
        let mut kie = home.kie();
        kie.env("HOME", home_folder).current_dir(folder).args(["--format", "json", "config", "path"]);
        document(&kie.output().unwrap())["project"].clone()
    };
    let deep = home.project().join("one/two");
    fs::create_dir_all(&deep).unwrap();
    let of_home = home.path("kie.toml");
    fs::write(&of_home, "").unwrap();
    assert_eq!(project_file(&deep, &home.path("")), json!(of_home));
    // Outside of a home and of a repository, the folders above are not searched.
    let elsewhere = home.path("elsewhere");
    assert_eq!(project_file(&deep, &elsewhere), Value::Null);
    fs::create_dir(home.project().join(".git")).unwrap();
    assert_eq!(project_file(&deep, &home.path("")), Value::Null, "the search ends at the repository");
    let of_project = home.project().join("kie.toml");
    fs::write(&of_project, "").unwrap();
    assert_eq!(project_file(&deep, &elsewhere), json!(of_project));
}
