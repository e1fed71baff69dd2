//! Tests of the check that each JSON document fits the schema of its verb.

use kie_sandbox::Speed;
use serde_json::{Value, json};

use crate::stage::{
    desk::Desk,
    schema::{problems, verb},
};

#[test]
fn a_document_without_a_key_does_not_fit_and_a_new_key_fits() {
    let desk = Desk::new(Speed::Instant);
    let songs = [
        ("generate", desk.json(0, &["generate", "x", "--name", "a"])),
        ("generate", desk.json(0, &["generate", "x", "--dry-run"])),
        ("list", desk.json(0, &["list"])),
        ("error", desk.json(3, &["generate", "y", "--name", "a"])),
    ];
    for (verb, document) in songs {
        // Keys that are there only if there is something to tell.
        let optional = ["credits", "keptUntil", "violations"];
        let keys = document.as_object().unwrap().keys().filter(|key| !optional.contains(&key.as_str()));
        for key in keys {
            let mut part = document.clone();
            part.as_object_mut().unwrap().remove(key);
            assert!(!problems(verb, &part).is_empty(), "kie {verb} without {key}: {part:#}");
        }
        let mut wrong = document.clone();
        wrong["version"] = json!(2);
        assert!(!problems(verb, &wrong).is_empty(), "{verb}");
        wrong["version"] = json!(1);
        wrong["aNewKey"] = Value::Null;
        assert_eq!(problems(verb, &wrong), [""; 0], "{verb}");
    }
}

#[test]
fn the_verb_of_a_command_names_the_schema() {
    for (arguments, name) in [
        (&["--format", "json", "generate", "x"][..], "generate"),
        (&["--route", "market", "voice", "phrase", "hum.wav"], "voice-phrase"),
        (&["config", "path"], "config-path"),
        (&["config"], "config"),
        (&["generat", "x"], "error"),
    ] {
        assert_eq!(verb(arguments.iter().map(std::ffi::OsStr::new)), name, "{arguments:?}");
    }
}
