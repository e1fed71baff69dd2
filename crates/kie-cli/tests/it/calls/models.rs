//! Tests of `kie models`.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    thread,
};

use kie_sandbox::Speed;
use kie_suno::requests::catalog::OPERATIONS;
use serde_json::{Value, json};

use crate::stage::service::{Service, document, kie, stderr, stdout};

#[test]
fn the_simulator_has_the_tables_of_this_version() {
    let service = Service::new(Speed::Instant);
    let output = service.kie().args(["models", "--live"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(stdout(&output), "there are no differences\n");
    let told = stderr(&output);
    let reason = "not compared, because the service has no schema of the operation: ai-music-api/generate, ";
    assert!(told.contains(reason), "{told}");
    assert_eq!(service.sandbox.balance().get(), 1000.0, "the calls are free");
}

#[test]
fn the_models_are_listed_with_their_limits_without_a_key() {
    let listed = |route: &str| stdout(&kie().args(["models", "--route", route]).output().unwrap());
    let row = |route: &str, model: &str| {
        let listed = listed(route);
        let row = listed.lines().find(|line| line.split(' ').next() == Some(model)).expect(model);
        row.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(row("classic", "V4"), "V4 3000 3000 200 80");
    assert_eq!(row("classic", "V5_5"), "V5_5 3000 5000 1000 80 newest documented for this route");
    assert_eq!(row("market", "V5_5"), "V5_5 3000 5000 1000 80 5000 labelled as discontinued");
    assert_eq!(row("market", "V6"), "V6 3000 5000 1000 80 5000 newest documented for this route");
    assert!(!listed("classic").contains("V3_5"), "no operation accepts it");

    let document = document(&kie().args(["--format", "json", "--route", "market", "models"]).output().unwrap());
    let model = document["models"].as_array().unwrap().iter().find(|model| model["model"] == "V4").unwrap().clone();
    assert_eq!((&document["route"], &model["newest"]), (&json!("market"), &json!(false)));
    assert_eq!(model["discontinued"], true);
    let style = model["limits"].as_array().unwrap().iter().find(|limit| limit["field"] == "style").unwrap();
    assert_eq!(style["bound"], json!({ "characters": 200 }));
}

/// Serves a catalogue with one request per connection. `answer` returns the `data` for a path.
fn serve(answer: impl Fn(&str) -> Value + Send + 'static) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            respond(connection, &answer).ok();
        }
    });
    url
}

fn respond(mut connection: TcpStream, answer: &impl Fn(&str) -> Value) -> std::io::Result<()> {
    let mut lines = BufReader::new(connection.try_clone()?).lines();
    let request = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let data = answer(request.split(' ').nth(1).unwrap_or_default());
    let body = json!({ "code": 200, "msg": "success", "data": data }).to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    connection.write_all((head + &body).as_bytes())
}

/// Returns the catalogue of a service that has changed since this version was made.
fn changed(path: &str) -> Value {
    let model = |slug: &str, price: &str| json!({ "model": slug, "title": "A title", "pricingDesc": price });
    let known = OPERATIONS.iter().filter_map(|operation| Some((operation, operation.market?)));
    match path.strip_prefix("/api/v1/models") {
        Some("") => {
            let models = known.filter(|(_, slug)| !slug.ends_with("/mashup")).map(|(operation, slug)| {
                let price = operation.price.map(|price| price.to_string().replace(" to ", " credits to "));
                model(slug, if slug.ends_with("/extend") { "15 credits" } else { price.as_deref().unwrap_or("free") })
            });
            let others = [model("ai-music-api/shift-pitch", "1 credit"), model("veo/veo3", "60 credits")];
            json!({ "total": 24, "models": models.chain(others).collect::<Vec<_>>() })
        }
        Some("/ai-music-api/generate/schema") => {
            let input = json!({ "properties": {
                "title": { "type": "string", "maxLength": 90 }, "custom_mode": { "type": "boolean" },
                "tempo": { "type": "integer" }, "vocal_gender": { "enum": ["m", "f", "x"] },
                "style": { "$ref": "#/components/schemas/Missing" }, "lyrics": { "maxLength": 5000 },
            } });
            json!({ "model": "ai-music-api/generate", "openapi": {
                "openapi": "3.1.0",
                "paths": { "/api/v1/jobs/createTask": { "post": { "requestBody": { "content": { "application/json": {
                    "schema": { "properties": { "input": { "$ref": "#/components/schemas/Input" } } },
                } } } } } },
                "components": { "schemas": { "Input ": input } },
            } })
        }
        _ => json!({ "model": path, "openapi": null }),
    }
}

#[test]
fn what_the_service_has_changed_is_told() {
    let url = serve(changed);
    let run = |more: &[&str]| kie().args(["--base-url", &url]).args(more).args(["models", "--live"]).output().unwrap();
    let output = run(&[]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let told = stdout(&output);
    let mut lines: Vec<_> = told.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "ai-music-api/extend: the price is \"15 credits\", and 12 credits is listed here",
            "ai-music-api/generate: the field tempo is new",
            "ai-music-api/generate: title is limited to at most 90, and at most 80 is listed here",
            "ai-music-api/generate: vocal_gender accepts f, m, x, and f, m is listed here",
            "ai-music-api/mashup is missing in the list of the service",
            "ai-music-api/shift-pitch is new: \"A title\"",
        ]
    );
    let broken = "not compared, because its schema has a broken reference to #/components/schemas/Missing: ai-music-api/generate";
    assert!(stderr(&output).contains(broken), "{output:?}");

    let document = document(&run(&["--format", "json"]));
    let price = json!({
        "slug": "ai-music-api/extend", "kind": "price", "field": null, "service": "15 credits", "listed": "12 credits",
    });
    assert!(document["differences"].as_array().unwrap().contains(&price), "{document}");
    assert!(document["unchecked"].as_array().unwrap().len() >= 20, "{document}");
}
