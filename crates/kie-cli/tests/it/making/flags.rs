//! Tests of errors and warnings, which name options and not the fields of requests.

use kie_sandbox::Speed;
use serde_json::json;

use crate::{
    stage::desk::Desk,
    stage::service::{Service, document, kie, stderr, stdout},
};

#[test]
fn an_error_names_options() {
    let service = Service::new(Speed::Instant);
    let title = "x".repeat(81);
    for (arguments, told) in [
        (&["generate", "x", "--duration", "30"][..], &["--duration needs --style and --title"][..]),
        (&["generate", "x", "--persona", "p"], &["--persona needs --style and --title"]),
        (&["generate", "x", "--style", "a"], &["--title is required with --style"]),
        (&["generate", "--lyrics", "x"], &["--style is required with --lyrics", "--title is required with --lyrics"]),
        (
            &["generate", "--style", "a", "--title", "b"],
            &["PROMPT or --lyrics is required with --style and --title, or --instrumental"],
        ),
        (&["generate"], &["PROMPT is required"]),
        (&["generate", "x", "--variety", "3"], &["--variety works only on the market route: add --route market"]),
        (
            &["generate", "x", "--image", "https://a.example/b.png"],
            &["--image works only on the market route: add --route market"],
        ),
        (
            &[
                "--route",
                "market",
                "generate",
                "x",
                "--title",
                "a",
                "--style",
                "b",
                "--image",
                "https://a.example/b.png",
            ],
            &["--image cannot be used with --style and --title"],
        ),
        (&["--route", "market", "generate"], &["PROMPT, --lyrics, --image, --video or --audio is required"]),
        (
            &["--route", "market", "generate", "--title", "a"],
            &["--style, --lyrics, --negative-tags or a prompt is required with --title"],
        ),
        (&["--route", "market", "generate", "x", "--image", "https://"], &["--image is not an http or https address"]),
        (&["generate", "x", "--style-weight", "2"], &["--style-weight is 2, allowed is 0 to 1"]),
        (&["generate", "x", "--weirdness", "0.123"], &["--weirdness is 0.123, allowed are steps of 0.01"]),
        (&["generate", "x", "--model", "v5"], &["--model is \"v5\"; did you mean \"V5\"?"]),
        (&["generate", "x", "--call-back-url", "hooks"], &["--call-back-url is not an http or https address"]),
        (&["generate", "x", "--style", "a", "--title", &title], &["--title has 81 characters, at most 80 are allowed"]),
        (
            &["generate", "x", "--style", "a", "--title", "b", "--model", "V5", "--duration", "1:00"],
            &["--duration needs --model V5_5 or a newer model"],
        ),
        (&["sounds", "gate", "--tempo", "900", "--model", "V5"], &["--tempo is 900, allowed is 1 to 300"]),
        (
            &[
                "--route",
                "market",
                "mashup",
                "https://a.example/a",
                "https://a.example/b",
                "--instrumental",
                "--style",
                "a",
                "--title",
                "b",
            ],
            &["--instrumental cannot be used on the market route"],
        ),
        (
            &["--route", "market", "cover", "https://a.example/a", "--idea", "x"],
            &["--idea works only on the classic route: add --route classic"],
        ),
    ] {
        let output = service.kie().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {output:?}");
        let said = stderr(&output);
        let mut lines = said.lines().filter(|line| !line.starts_with("warning: "));
        assert_eq!(lines.next(), Some("error: invalid options; nothing was sent"), "{arguments:?}: {said}");
        assert_eq!(lines.map(str::trim_start).collect::<Vec<_>>(), told, "{arguments:?}");
    }
    assert!(service.sandbox.tasks().is_empty());
}

#[test]
fn a_continuation_names_the_options_that_need_others() {
    let desk = Desk::new(Speed::Instant);
    desk.json(0, &["generate", "a waltz"]);
    let told = |arguments: &[&str]| {
        let output = desk.run(&[&["extend", "--last"], arguments].concat());
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        stderr(&output).lines().skip(1).map(|line| line.trim_start().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        told(&["--style", "folk", "--vocal", "f"]),
        [
            "--at is required with --style and --vocal",
            "--lyrics is required with --style and --vocal, or --instrumental"
        ]
    );
    let both = told(&["--at", "10", "--style", "folk", "--lyrics", "la", "--instrumental", "--vocal", "f"]);
    assert_eq!(both, ["--lyrics cannot be used with --instrumental", "--vocal cannot be used with --instrumental"]);
    let replace = ["replace", "--last", "--from", "0", "--to", "20", "--lyrics", "a", "--full-lyrics", "b"];
    let output = desk.run(&[&replace[..], &["--style", "folk", "--model", "V5", "--vocal", "f"]].concat());
    let said = stderr(&output);
    assert!(said.contains("--model can be used only with a local file or a link"), "{said}");
    assert!(said.contains("--vocal works only on the market route: add --route market"), "{said}");
    assert_eq!(desk.service.sandbox.tasks().len(), 1);
}

#[test]
fn errors_of_all_other_verbs_name_options_too() {
    let service = Service::new(Speed::Instant);
    let track = ["7d0f3c52-0b1e-4a5e-9c1d-2e3f4a5b6c7d", "--task", "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e"];
    let long = "x".repeat(300);
    for (arguments, told) in [
        (&["video", track[0], track[1], track[2], "--author", &long][..], "  --author has 300 characters, at most "),
        (
            &["video", track[0], track[1], track[2], "--domain-name", &long],
            "  --domain-name has 300 characters, at most ",
        ),
        (
            &["persona", track[0], track[1], track[2], "--persona-name", " ", "--description", "d"],
            "  --persona-name is required",
        ),
        (
            &[
                "persona",
                track[0],
                track[1],
                track[2],
                "--persona-name",
                "n",
                "--description",
                "d",
                "--from",
                "0",
                "--to",
                "90",
            ],
            "  --to is 90, allowed is ",
        ),
        (
            &["stems", track[0], track[1], track[2], "--stem", "lead vocl"],
            "  --stem is \"lead vocl\"; did you mean \"Lead Vocal\"?",
        ),
        (
            &["wav", track[0], track[1], track[2], "--call-back-url", "hooks"],
            "  --call-back-url is not an http or https address",
        ),
        (&["style", " "], "  TEXT is required"),
        (&["lyrics", " "], "  PROMPT is required"),
        (
            &["voice", "phrase", "https://cdn.example.net/me.wav", "--from", "12", "--to", "4"],
            "  --to is 4, and must be more than --from, which is 12",
        ),
    ] {
        let output = service.kie().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {output:?}");
        assert!(stderr(&output).contains(told), "{arguments:?}: {}", stderr(&output));
    }
    assert!(service.sandbox.tasks().is_empty());
}

#[test]
fn a_document_has_the_names_of_the_fields_and_of_the_options() {
    let service = Service::new(Speed::Instant);
    let refused = ["--format", "json", "generate", "x", "--duration", "30", "--vocal", "f", "--style-weight", "3"];
    let output = service.kie().args(refused).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let told = document(&output);
    assert_eq!(
        (&told["outcome"], &told["charged"], &told["error"]),
        (&json!("invalid"), &json!("no"), &json!("invalid"))
    );
    assert_eq!(told["operation"], "generate-music");
    let violation = |index: usize, key: &str| told["violations"][index][key].clone();
    assert_eq!(violation(0, "field"), "duration");
    assert_eq!(violation(0, "flag"), "--duration");
    assert_eq!(violation(0, "message"), "duration must be left out when customMode is false");
    assert_eq!(
        [violation(1, "field"), violation(1, "flag"), violation(1, "rule")],
        ["styleWeight", "--style-weight", "outOfRange"]
    );
    // People write the fields of a JSON document themselves, so errors about it name the fields.
    let request = tempfile::NamedTempFile::new().unwrap();
    let song = json!({ "customMode": false, "instrumental": false, "model": "V5_5", "prompt": "x", "duration": 30 });
    std::fs::write(request.path(), song.to_string()).unwrap();
    for command in [&["check", "generate-music"][..], &["call", "generate-music", "--json"]] {
        let output = service.kie().args(command).arg(request.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        assert!(stderr(&output).contains("  duration must be left out when customMode is false\n"), "{output:?}");
    }
    assert!(service.sandbox.tasks().is_empty());
}

#[test]
fn a_warning_names_options() {
    let service = Service::new(Speed::Instant);
    let warnings = |arguments: &[&str]| {
        let output = service.kie().args(arguments).arg("--no-wait").output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let said = stderr(&output);
        said.lines().filter_map(|line| line.strip_prefix("warning: ").map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(
        warnings(&["generate", "x", "--vocal", "f", "--negative-tags", "edm"]),
        [
            "the service ignores --negative-tags without --style and --title",
            "the service ignores --vocal without --style and --title"
        ]
    );
    let short =
        "--duration: the service makes a song of 20 seconds when --duration is left out; ask for 10 to 360 seconds";
    let song = ["--route", "market", "generate", "x", "--style", "a", "--title", "b"];
    assert_eq!(warnings(&song), [short]);
    let quiet = [&song[..], &["--instrumental", "--duration", "60"]].concat();
    assert_eq!(warnings(&quiet), ["the service ignores PROMPT with --style, --title and --instrumental"]);
    let old = [&song[..], &["--duration", "60", "--model", "V5_5"]].concat();
    assert_eq!(
        warnings(&old),
        ["--model: KIE labels V5_5 as discontinued on the market route; the newest model is V6"]
    );
}

#[test]
fn closed_words_are_listed_and_a_wrong_one_is_wrong_usage() {
    let help = |verb: &str| {
        let help = stdout(&kie().args([verb, "--help"]).output().unwrap());
        help.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let generate = help("generate");
    for listed in ["[possible values: female, male]", "- voice: A cloned voice", "V5_5, V6, V6_MINI, V6_WILD]"] {
        assert!(generate.contains(listed), "{listed}: {generate}");
    }
    assert!(!generate.contains("V3_5"), "{generate}");
    assert!(help("sounds").contains("[possible values: Cm, C#m, Dm,"));
    for wrong in
        [&["generate", "x", "--vocal", "frau"][..], &["sounds", "x", "--key", "H"], &["extend", "x", "--at", "1:"]]
    {
        let output = kie().arg("--sandbox").args(wrong).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
    // A model can be newer than this version.
    let service = Service::new(Speed::Instant);
    let newer = service.kie().args(["generate", "x", "--model", "V9", "--no-wait"]).output().unwrap();
    assert!(stderr(&newer).contains("warning: --model: \"V9\" is not a word that this version knows"), "{newer:?}");
}
