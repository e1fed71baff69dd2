//! Tests of the API key: where it comes from, and the file of stored keys.

use std::{fs, io::Write as _, process::Stdio};

use kie_sandbox::{Sandbox, Server};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::{
    setup::home::Home,
    stage::kie::Output,
    stage::service::{document, stderr, stdout},
};

const KEY: &str = "s3cret-key";

/// A simulator that accepts one key.
struct Guarded {
    server: Server,
    _runtime: Runtime,
}

impl Guarded {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let sandbox = Sandbox::builder().api_key(KEY).build();
        let server = runtime.block_on(sandbox.listen(([127, 0, 0, 1], 0))).unwrap();
        Self { server, _runtime: runtime }
    }

    fn url(&self) -> String {
        self.server.base_url()
    }
}

fn login(home: &Home, url: &str, input: &str, more: &[&str]) -> Output {
    let mut kie = home.kie();
    kie.args(["--base-url", url, "login"]).args(more);
    let mut child = kie.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn key_file(home: &Home) -> std::path::PathBuf {
    let folder = if cfg!(target_os = "macos") { "Library/Application Support" } else { "data" };
    home.path(folder).join("kie/keys.json")
}

#[test]
fn a_stored_key_is_used_for_its_own_address_only_until_it_is_removed() {
    let (service, other, home) = (Guarded::new(), Guarded::new(), Home::new());
    let stored = login(&home, &service.url(), &format!("{KEY}\n"), &[]);
    assert_eq!(stored.status.code(), Some(0), "{stored:?}");
    assert!(stdout(&stored).contains("1000 credits left") && !format!("{stored:?}").contains(KEY), "{stored:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&key_file(&home)), 0o600);
        let beside = fs::read_dir(key_file(&home).parent().unwrap()).unwrap().count();
        assert_eq!(beside, 1, "no other file is left");
    }
    let credits = |url: &str| home.run(&["--base-url", url, "credits"]);
    assert_eq!(credits(&service.url()).status.code(), Some(0));
    let settings = home.json(0, &["--base-url", &service.url(), "config"]);
    assert_eq!(settings["api-key"], json!({ "value": "is set", "source": "kie login" }));
    let refused = credits(&other.url());
    assert_eq!(refused.status.code(), Some(4), "{refused:?}");
    assert!(stderr(&refused).contains("https://kie.ai/api-key, then run kie login"), "{refused:?}");
    let removed = home.json(0, &["--base-url", &service.url(), "logout"]);
    assert_eq!(removed["removed"], true);
    assert!(!key_file(&home).exists());
    assert_eq!(credits(&service.url()).status.code(), Some(4));
    assert_eq!(home.json(0, &["--base-url", &service.url(), "logout"])["removed"], false);
}

#[test]
fn a_key_that_the_service_refuses_or_that_is_empty_is_not_stored() {
    let (service, home) = (Guarded::new(), Home::new());
    assert_eq!(login(&home, &service.url(), "wrong\n", &[]).status.code(), Some(4));
    assert_eq!(login(&home, &service.url(), " \n", &[]).status.code(), Some(3));
    assert!(!key_file(&home).exists());
    let unchecked = login(&home, "https://gateway.example/kie/", "other\n", &["--no-check"]);
    assert_eq!(unchecked.status.code(), Some(0), "nothing is sent: {unchecked:?}");
    let stored = login(&home, &service.url(), KEY, &[]);
    assert_eq!(stored.status.code(), Some(0), "{stored:?}");
    let keys: serde_json::Value = serde_json::from_slice(&fs::read(key_file(&home)).unwrap()).unwrap();
    assert_eq!(keys, json!({ "https://gateway.example/kie": "other", service.url(): KEY }));
}

#[cfg(unix)]
#[test]
fn a_file_of_keys_that_others_can_read_or_that_is_a_link_is_refused() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let home = Home::new();
    let url = "https://gateway.example";
    let path = key_file(&home);
    assert_eq!(login(&home, url, KEY, &["--no-check"]).status.code(), Some(0));
    let refused = |says: &str| {
        let output = home.run(&["--format", "json", "--base-url", url, "generate", "x"]);
        assert_eq!(output.status.code(), Some(8), "{output:?}");
        let document = document(&output);
        assert_eq!((&document["error"], &document["charged"]), (&json!("noKey"), &json!("no")));
        assert!(document["message"].as_str().unwrap().contains(says), "{says}: {document}");
        assert!(!format!("{output:?}").contains(KEY));
    };
    for mode in [0o640, 0o604, 0o620, 0o602] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        refused(&format!("run: chmod 600 '{}'", path.display()));
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let real = home.path("keys.json");
    fs::rename(&path, &real).unwrap();
    symlink(&real, &path).unwrap();
    refused("it is a symbolic link");
    fs::remove_file(&path).unwrap();
    fs::write(&path, "{").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    refused("it is damaged");
    // A key of the environment needs no file.
    let output = home.kie().env("KIE_API_KEY", "k").args(["generate"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
}

#[test]
fn wrong_input_is_told_before_the_missing_key() {
    let home = Home::new();
    let output = home.run(&["generate"]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(stderr(&output).contains("PROMPT is required") && !stderr(&output).contains("API key"), "{output:?}");
    let document = home.json(8, &["generate", "a waltz"]);
    assert_eq!((&document["error"], &document["exitCode"]), (&json!("noKey"), &json!(8)));
    for arguments in [&["credits"][..], &["task", "generate-music", "76a65e3c"], &["call", "get-account-credits"]] {
        let output = home.run(arguments);
        assert_eq!(output.status.code(), Some(8), "{output:?}");
        let said = stderr(&output);
        assert!(said.contains("https://kie.ai/api-key") && said.contains("kie login"), "{said}");
        assert!(said.contains("--sandbox no key is needed"), "{said}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_key_that_is_typed_on_a_terminal_is_not_shown() {
    let (service, home) = (Guarded::new(), Home::new());
    let mut kie = home.kie();
    kie.args(["--base-url", &service.url(), "login"]);
    let ended = crate::stage::terminal::answer(kie, "it is not shown", KEY);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.contains("1000 credits left") && !ended.shown.contains(KEY), "{ended:?}");
    assert!(key_file(&home).exists());
}
