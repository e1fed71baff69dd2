//! Tests of `kie style` and `kie lyrics`.

use std::{fs, process::Stdio};

use kie_sandbox::{Sandbox, Speed};
use serde_json::json;
use tempfile::tempdir;

use super::{ROUTES, Studio};
use crate::{
    stage::desk::Desk,
    stage::service::{document, kie, stderr, stdout},
};

#[test]
fn a_style_is_the_only_text_on_standard_output() {
    for route in ROUTES {
        let desk = Desk::new(Speed::Instant);
        fs::write(desk.path("style.txt"), "dusty soul\n").unwrap();
        for text in ["dusty soul", "@style.txt"] {
            let output = desk.run(&["--route", route, "style", text]);
            let style = "dusty soul, warm analogue sound, wide stereo, an unhurried groove\n";
            assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), style), "{output:?}");
            assert!(stderr(&output).contains("cost 0.4 credits, "), "{output:?}");
        }
        let style = desk.json(0, &["--route", route, "style", "polka", "--name", "order-1"]);
        assert_eq!((&style["route"], &style["credits"], &style["price"]), (&json!(route), &json!(0.4), &json!(0.4)));
        assert_eq!(style["response"]["param"], "polka");
        let again = desk.json(0, &["--route", route, "style", "polka", "--name", "order-1"]);
        assert_eq!(again["response"], style["response"]);
        assert_eq!(desk.service.sandbox.requests("boost-music-style").len(), 3);
        let refused = desk.json(3, &["--route", route, "style", ""]);
        assert_eq!(refused["violations"][0]["field"], "content");
        assert_eq!(desk.service.sandbox.requests("boost-music-style").len(), 3);
    }
}

#[test]
fn a_result_that_the_market_route_makes_in_a_task_is_waited_for() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sandbox = Sandbox::builder().speed(Speed::Instant).market_inline(false).build();
    let server = runtime.block_on(sandbox.listen(([127, 0, 0, 1], 0))).unwrap();
    let folder = tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut kie = kie();
        kie.env("KIE_BASE_URL", server.base_url()).args(["--ledger", "l.db", "--route", "market", "--format", "json"]);
        kie.current_dir(folder.path()).args(arguments).stdin(Stdio::null()).output().unwrap()
    };
    let style = document(&run(&["style", "dusty soul"]));
    assert!(style["response"]["result"].as_str().unwrap().starts_with("dusty soul, "), "{style}");
    assert_eq!(run(&["generate", "a waltz"]).status.code(), Some(0));
    let persona = run(&["persona", "--last", "--description", "d"]);
    assert_eq!(persona.status.code(), Some(0), "{persona:?}");
    assert_eq!(document(&persona)["response"]["personaId"].as_str().unwrap().len(), 32);
}

#[test]
fn lyrics_are_written_and_sung() {
    for route in ROUTES {
        let studio = Studio::new(route);
        let lyrics = ["--route", route, "lyrics", "a night tram", "--save", "lyrics"];
        let lyrics = studio.json(0, &lyrics);
        assert_eq!(studio.sent("generate-lyrics")["prompt"], "a night tram");
        assert_eq!((lyrics["items"].as_array().unwrap().len(), lyrics["files"].as_array().unwrap().len()), (2, 2));
        let file = lyrics["files"][0]["path"].as_str().unwrap();
        let text = fs::read_to_string(studio.path(file)).unwrap();
        assert!(text.starts_with("[Verse]\na night tram,"), "{text}");
        let next = lyrics["next"][0].as_str().unwrap();
        assert!(next.contains(&format!("generate '@{file}'")), "{next}");

        let printed = stdout(&studio.run(&["--route", route, "lyrics", "a night tram"]));
        assert!(printed.contains("Lamps\n[Verse]\na night tram,"), "{printed}");
        let long = "x".repeat(201);
        assert!(studio.refuse(3, &["--route", route, "lyrics", &long]).contains("200"));
        studio.refuse(3, &["lyrics", ""]);
        studio.refuse(1, &["lyrics", "@nowhere.txt"]);
    }
}
