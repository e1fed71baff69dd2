//! Tests of wrong usage, of the first page and of help.

use serde_json::json;

use crate::stage::service::{document, kie, stderr, stdout};

#[test]
fn wrong_usage_is_told_as_json_too() {
    for arguments in [&["generat", "x"][..], &["generate", "x", "--duration", "abc"], &["generate", "x", "--no-such"]] {
        for format in [&["--format", "json"][..], &["--format=json"]] {
            let output = kie().args(format).args(arguments).output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{output:?}");
            let told = document(&output);
            assert_eq!(
                (&told["version"], &told["error"], &told["exitCode"], &told["charged"]),
                (&json!(1), &json!("usage"), &json!(2), &json!("no")),
                "{told}"
            );
            assert!(stderr(&output).contains("error: "), "{output:?}");
        }
        let output = kie().args(arguments).output().unwrap();
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{output:?}");
    }
}

#[test]
fn kie_alone_prints_one_screen() {
    let output = kie().output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let page = stdout(&output);
    assert!(page.lines().count() < 24 && page.lines().all(|line| line.len() <= 80), "{page}");
    assert!(page.contains("kie --sandbox generate"), "{page}");
}

#[test]
fn help_has_headings_and_hides_what_a_verb_does_not_use() {
    let help = |arguments: &[&str]| stdout(&kie().args(arguments).output().unwrap());
    let generate = help(&["generate", "--help"]);
    let at =
        |heading: &str| generate.find(&format!("\n{heading}:\n")).unwrap_or_else(|| panic!("{heading}: {generate}"));
    assert!(at("Options") < at("Service") && at("Service") < at("Output"), "{generate}");
    let operations = help(&["operations", "--help"]);
    assert!(!operations.contains("--api-key") && operations.contains("--format"), "{operations}");
    let all = help(&["--help"]);
    assert!(all.contains("Make songs:\n  generate") && all.contains("Exit codes:"), "{all}");
}

#[test]
fn completions_and_man_pages_are_made() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = stdout(&kie().args(["completions", shell]).output().unwrap());
        assert!(script.contains("generate"), "{shell}");
    }
    let folder = tempfile::tempdir().unwrap();
    let made = kie().arg("man").arg(folder.path()).output().unwrap();
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let page = std::fs::read_to_string(folder.path().join("kie-generate.1")).unwrap();
    assert!(page.contains("instrumental"), "{page}");
    assert!(folder.path().join("kie.1").is_file());
}
