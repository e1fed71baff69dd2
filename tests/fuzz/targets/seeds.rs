//! Seeds, which are valid inputs for each fuzz target. Most of them are made from the fixtures.

use std::{fs, path::Path};

use kie_suno::types::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER, UnverifiedCallback};
use serde_json::Value;

use super::receiver::{NOW, key};

/// A name and an input. In most cases, the name is the name of the fixture from which the input is made.
pub type Seed = (String, Vec<u8>);

/// Returns the seeds of a target, in a fixed order. `fixtures` is the folder `tests/fixtures`.
pub fn seeds(target: &str, fixtures: &Path) -> Vec<Seed> {
    let documented = fixtures.join("documented");
    match target {
        "records" => read(&documented, "").into_iter().filter_map(response).collect(),
        "requests" => {
            let documented = read(&documented, "").into_iter().filter_map(documented_request);
            let generated = read(&fixtures.join("generated/requests"), "generated/").into_iter();
            documented.chain(generated.flat_map(generated_requests)).collect()
        }
        "market" => {
            let market = fixtures.join("market");
            let responses = ["records", "submits"].map(|folder| read(&market.join(folder), &format!("{folder}/")));
            responses.into_iter().flatten().filter_map(market_response).collect()
        }
        "callbacks" => callbacks(fixtures),
        "receiver" => callbacks(fixtures).into_iter().map(|(name, body)| (name, delivery(&body))).collect(),
        "redirects" => redirects(),
        _ => Vec::new(),
    }
}

/// Returns the JSON documents in the folder and below it, with their paths, in the order of the paths.
fn read(folder: &Path, prefix: &str) -> Vec<(String, Value)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            files.extend(read(&entry.path(), &format!("{name}/")));
        } else if let Some(name) = name.strip_suffix(".json") {
            files.push((name.to_owned(), serde_json::from_slice(&fs::read(entry.path()).unwrap()).unwrap()));
        }
    }
    files.sort_by(|one, other| one.0.cmp(&other.0));
    files
}

/// Returns the body of a documented message.
fn body(fixture: &Value) -> Vec<u8> {
    fixture["body_text"].as_str().map_or_else(|| fixture["body"].to_string(), str::to_owned).into_bytes()
}

/// Returns the name of the operation of a documented message. `name` is the path of the message, and its first folder
/// has the name of the operation. The messages in the folder `envelope` belong to no operation, and are read as
/// responses of `get-music-details`.
fn operation(name: &str) -> &str {
    match name.split('/').next() {
        Some("envelope") | None => "get-music-details",
        Some(operation) => operation,
    }
}

fn response((name, fixture): (String, Value)) -> Option<Seed> {
    let head = format!("{} {}\n", operation(&name), fixture["http_status"].as_u64()?);
    Some((name, [head.as_bytes(), &body(&fixture)].concat()))
}

fn market_response((name, fixture): (String, Value)) -> Option<Seed> {
    let head = format!("{} {}\n", fixture["operation"].as_str()?, fixture["http_status"].as_u64()?);
    Some((name, [head.as_bytes(), &body(&fixture)].concat()))
}

fn documented_request((name, fixture): (String, Value)) -> Option<Seed> {
    let head = format!("{}\n", operation(&name));
    (fixture["kind"] == "request").then(|| (name, [head.as_bytes(), &body(&fixture)].concat()))
}

/// Returns the requests in a generated file, which contains a list.
fn generated_requests((name, requests): (String, Value)) -> Vec<Seed> {
    let operation = name.rsplit('/').next().unwrap_or_default();
    let requests = requests.as_array().into_iter().flatten().enumerate();
    requests.map(|(number, request)| (format!("{name}-{number}"), format!("{operation}\n{request}").into())).collect()
}

fn callbacks(fixtures: &Path) -> Vec<Seed> {
    let files =
        ["documented", "market"].map(|folder| read(&fixtures.join(folder).join("callbacks"), &format!("{folder}/")));
    files.into_iter().flatten().map(|(name, fixture)| (name, body(&fixture))).collect()
}

/// Returns the request that delivers a callback with a valid signature.
fn delivery(body: &[u8]) -> Vec<u8> {
    let label = UnverifiedCallback::read(body).unwrap();
    let signature = key().sign(label.task_ids().next().unwrap_or_default(), &NOW.to_string());
    let query = "kie_receipt=0123456789abcdef0123456789abcdef";
    let head = format!("POST /kie?{query}\n{TIMESTAMP_HEADER}: {NOW}\n{SIGNATURE_HEADER}: {signature}\n\n");
    [head.as_bytes(), body].concat()
}

/// Returns a chain of redirects for each pair of an address and a location.
fn redirects() -> Vec<Seed> {
    const ADDRESSES: [&str; 5] = [
        "https://cdn.example/a/b.mp3?x=1",
        "https://cdn.example/a_Lead Vocal ü.mp3",
        "https://[2606:4700::1]/c.mp3",
        "http://127.0.0.1:8080/a/b.mp3",
        "http://localhost/a",
    ];
    const LOCATIONS: [&str; 24] = [
        "https://other.example/c.mp3",
        "//other.example/c.mp3",
        "/c.mp3?y=2",
        "?sig=2",
        "../c d.mp3#t=1",
        "/d?src=https://cdn.example/x.mp3",
        "HTTPS://other.example:443/c[1].mp3",
        "/100%.mp3",
        "http://files.example.net/x",
        "ftp://files.example.net/x",
        "https://name:word@files.example.net/x",
        "https://10.0.0.1/x",
        "https://192.168.1.1:8443/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[fd00::1]/x",
        "https://[fe80::1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://0.0.0.0/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://0x7f.0.0.1/x",
        "https://localhost./x",
        "http://localhost:9/x",
        "http://[::1]/x",
    ];
    let chains = ADDRESSES.iter().enumerate().flat_map(|(from, address)| {
        LOCATIONS.iter().enumerate().map(move |(to, location)| {
            (format!("{from}-{to}"), format!("{address}\n{location}\n/elsewhere\n{location}"))
        })
    });
    chains.map(|(name, chain)| (name, chain.into_bytes())).collect()
}
