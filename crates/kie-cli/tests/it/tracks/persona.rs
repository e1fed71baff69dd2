//! Tests of `kie persona`.

use serde_json::json;

use super::{ROUTES, Studio};
use crate::stage::service::{stderr, stdout};

const DESCRIPTION: [&str; 2] = ["--description", "warm alto"];

#[test]
fn a_persona_is_printed_with_the_command_that_sings_with_it() {
    for route in ROUTES {
        let studio = Studio::new(route);
        let output = studio.run(&[&["persona", "--last"][..], &DESCRIPTION].concat());
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        // Standard output is the id alone, so that a shell can use it.
        let (said, told) = (stdout(&output), stderr(&output));
        let id = said.trim_end();
        assert!(id.len() == 32 && !id.contains('\n'), "{said}");
        assert!(told.contains("price: 0 credits") && told.contains("price 0 credits, "), "{told}");
        let sent = studio.sent("generate-persona");
        assert_eq!((&sent["name"], &sent["description"]), (&json!("Tram"), &json!("warm alto")));
        assert_eq!((&sent["taskId"], &sent["audioId"]), (&json!(studio.task()), &json!(studio.track(0))));

        let next = told.lines().find_map(|line| line.strip_prefix("next: ")).expect(&told);
        let next: Vec<_> = super::words(next)[2..].to_vec();
        assert_eq!(studio.run(&next).status.code(), Some(0), "{next:?}");
        let song = studio.sent("generate-music");
        assert_eq!((&song["personaId"], &song["style"]), (&json!(id), &json!("STYLE")));
    }
}

#[test]
fn all_options_of_a_persona_are_sent_and_its_document_has_its_id() {
    for route in ROUTES {
        let studio = Studio::new(route);
        std::fs::write(studio.path("about.txt"), "slow waltz\n").unwrap();
        let persona = [
            "persona",
            studio.task(),
            "--track",
            "2",
            "--persona-name",
            "Tram singer",
            "--description",
            "@about.txt",
            "--style",
            "chamber pop",
            "--from",
            "0:12.5",
            "--to",
            "25.8",
        ];
        let persona = studio.json(0, &persona);
        let sent = studio.sent("generate-persona");
        let fields = ["audioId", "name", "description", "style", "vocalStart", "vocalEnd"].map(|field| &sent[field]);
        let expected = [studio.track(1), "Tram singer", "slow waltz", "chamber pop"].map(|text| json!(text));
        assert_eq!(fields[..4], expected.iter().collect::<Vec<_>>());
        assert_eq!((fields[4].as_f64(), fields[5].as_f64()), (Some(12.5), Some(25.8)));
        assert_eq!((&persona["operation"], &persona["route"]), (&json!("generate-persona"), &json!(route)));
        assert_eq!((&persona["outcome"], &persona["files"]), (&json!("success"), &json!([])));
        assert_eq!(persona["response"]["name"], "Tram singer");
        let id = persona["response"]["personaId"].as_str().unwrap();
        assert!(persona["next"][0].as_str().unwrap().contains(id), "{persona}");
        assert_eq!(["price", "creditsBefore", "creditsLeft"].map(|key| persona[key].is_f64()), [true; 3], "{persona}");
    }
}

#[test]
fn a_named_persona_is_made_once_and_a_second_one_is_refused_with_the_first() {
    for route in ROUTES {
        let studio = Studio::new(route);
        let named = [&["persona", "--last", "--name", "order-1"][..], &DESCRIPTION].concat();
        let first = studio.json(0, &named);
        let again = studio.json(0, &named);
        assert_eq!(first["response"], again["response"]);
        assert_eq!((again["price"].is_null(), studio.requests("generate-persona").len()), (true, 1));

        let other = ["persona", "--last", "--name", "order-1", "--description", "other"];
        studio.refuse(3, &other);
        let second = studio.run(&[&["persona", "--last"][..], &DESCRIPTION].concat());
        assert_eq!(second.status.code(), Some(4), "{second:?}");
        let id = first["response"]["personaId"].as_str().unwrap();
        assert!(stderr(&second).contains(&format!("the track has the persona {id}")), "{second:?}");
    }
}

#[test]
fn an_invalid_persona_is_refused() {
    let studio = Studio::new("classic");
    let refuse = |code, more: &[&str]| studio.refuse(code, &[&["persona"], more].concat());
    assert!(
        refuse(3, &["--last", "--description", "d", "--from", "10", "--to", "12"])
            .contains("--to is 12, allowed is 20 to 40")
    );
    assert!(refuse(3, &["--last", "--description", ""]).contains("--description"));
    assert!(refuse(3, &["--last", "--description", "d", "--persona-name", ""]).contains("--persona-name"));
    assert!(refuse(2, &["--last"]).contains("--description"));
    assert!(refuse(2, &["--last", "--description", "d", "--from", "1m"]).contains("minutes and seconds"));
    // A track that the ledger does not know has neither a task nor a title.
    let unknown = "7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a";
    assert!(refuse(3, &[unknown, "--description", "d"]).contains("--persona-name"));
    assert!(refuse(3, &[unknown, "--description", "d", "--persona-name", "n"]).contains("--task TASK_ID"));
    // A track of another operation is warned of, because the service was seen to refuse it.
    let extended = studio.json(0, &["extend", studio.track(0), "--model", "V5_5"]);
    let of_extended = ["persona", extended["taskId"].as_str().unwrap(), "--description", "d", "--persona-name", "n"];
    let output = studio.run(&of_extended);
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    assert!(
        stderr(&output).contains("warning: the service was seen to accept only tracks of kie generate"),
        "{output:?}"
    );
}
