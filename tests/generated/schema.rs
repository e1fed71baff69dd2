//! Tests that compare the OpenAPI document with the catalog of operations, the fixtures and the limits.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use kie_types::{
    Endpoint, Host, Method, Rule, TaskEndpoint, Weight,
    catalog::{self, OPERATIONS, Operation, Visitor},
    characters, check,
    suno::music::{generate_mashup, generate_music, generate_persona, generate_sounds, replace_section},
};
use serde_json::{Map, Value, json};

/// Returns the documents of the classic route and of the uploads as one.
fn document() -> Value {
    let mut document: Value = serde_json::from_str(kie_types::OPENAPI).unwrap();
    let mut uploads: Value = serde_json::from_str(kie_types::OPENAPI_UPLOADS).unwrap();
    for place in ["/paths", "/components/schemas"] {
        let more = uploads.pointer_mut(place).and_then(Value::as_object_mut).unwrap();
        document.pointer_mut(place).and_then(Value::as_object_mut).unwrap().append(more);
    }
    document
}

fn operation<'a>(document: &'a Value, operation: &Operation) -> &'a Value {
    &document["paths"][operation.path][operation.method.as_str().to_lowercase()]
}

/// Returns the schema of an operation's request. For a `GET`, each query parameter becomes a property of the schema.
fn request(document: &Value, of: &Operation) -> Value {
    let described = operation(document, of);
    if of.method == Method::Post {
        let contents = described["requestBody"]["content"].as_object().unwrap();
        return resolve(document, &contents.values().next().unwrap()["schema"]).clone();
    }
    let parameters = described["parameters"].as_array().unwrap();
    let name = |parameter: &Value| parameter["name"].as_str().unwrap().to_owned();
    let properties: Map<_, _> = parameters.iter().map(|it| (name(it), it["schema"].clone())).collect();
    let required: Vec<_> = parameters.iter().filter(|it| it["required"] == true).map(name).collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let Some(reference) = schema.get("$ref") else { return schema };
    let pointer = reference.as_str().unwrap().strip_prefix('#').expect("a reference inside the document");
    document.pointer(pointer).unwrap_or_else(|| panic!("{reference} is not in the document"))
}

/// Returns a message for each part of the value that does not match the schema. `at` is the path of the value.
/// Understands only the schema keywords that the document uses.
fn misfits(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    let fits = |schema: &Value| misfits(document, schema, value, at).is_empty();
    let number = |limit: &Value| limit.as_f64().unwrap();
    let length = value.as_str().map_or(0, characters);
    for (keyword, rule) in schema.as_object().unwrap() {
        let is_well = match keyword.as_str() {
            "$ref" => fits(resolve(document, schema)),
            "type" => {
                rule.as_array().cloned().unwrap_or_else(|| vec![rule.clone()]).iter().any(|kind| is_a(value, kind))
            }
            "enum" => rule.as_array().unwrap().contains(value),
            "const" => rule == value,
            "not" => !fits(rule),
            "anyOf" => rule.as_array().unwrap().iter().any(fits),
            "minLength" => length as f64 >= number(rule) || !value.is_string(),
            "maxLength" => length as f64 <= number(rule),
            "minimum" => value.as_f64().is_none_or(|value| value >= number(rule)),
            "maximum" => value.as_f64().is_none_or(|value| value <= number(rule)),
            "minItems" => value.as_array().is_none_or(|items| items.len() as f64 >= number(rule)),
            "maxItems" => value.as_array().is_none_or(|items| items.len() as f64 <= number(rule)),
            "required" => rule.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some()),
            "items" => {
                for item in value.as_array().into_iter().flatten() {
                    found.extend(misfits(document, rule, item, &format!("{at}[]")));
                }
                true
            }
            "properties" => {
                for (name, value) in value.as_object().into_iter().flatten() {
                    let Some(schema) = rule.get(name) else { continue };
                    found.extend(misfits(document, schema, value, &format!("{at}.{name}")));
                }
                true
            }
            "description" | "format" | "contentMediaType" => true,
            keyword if keyword.starts_with("x-") => true,
            other => panic!("the test cannot check {other}"),
        };
        if !is_well {
            found.push(format!("{at} breaks {keyword} {rule}"));
        }
    }
    found
}

fn is_a(value: &Value, kind: &Value) -> bool {
    match kind.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        other => panic!("the test cannot check {other}"),
    }
}

/// Visitor that returns the examples of an operation. The second value is `true` if the operation's rules accept the
/// body in this struct.
struct Examine<'a>(&'a Value);

impl Visitor for Examine<'_> {
    type Output = (Vec<Value>, bool);

    fn call<E: Endpoint>(self) -> Self::Output {
        let examples = catalog::examples(E::NAME).unwrap();
        (examples, check::<E>(self.0).result.is_ok())
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        self.call::<E>()
    }
}

/// Returns the documented bodies of this operation by the path of their file. `kind` is the kind of the bodies, such as
/// `request`.
fn documented(of: &Operation, kind: &str) -> BTreeMap<String, Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documented").join(of.name);
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let fixture: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        if fixture["kind"] == kind && !fixture["body"].is_null() {
            found.insert(path.display().to_string(), fixture["body"].clone());
        }
    }
    found
}

fn limits() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/generated/limits.json");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn every_operation_is_in_the_document_under_its_own_name() {
    let document = document();
    for of in OPERATIONS {
        let described = operation(&document, of);
        assert_eq!(described["operationId"], of.name);
        assert_eq!(described["externalDocs"]["url"], of.docs);
        assert!(!described["summary"].as_str().unwrap().is_empty(), "{}", of.name);
        assert_eq!(described.get("callbacks").is_some(), of.job.is_some(), "{}", of.name);
    }
    let paths = document["paths"].as_object().unwrap().values();
    let methods = paths.flat_map(|item| item.as_object().unwrap().keys()).filter(|key| *key == "get" || *key == "post");
    assert_eq!(methods.count(), OPERATIONS.len());
}

#[test]
fn each_document_has_one_server_and_the_operations_of_this_host() {
    for (document, host) in [(kie_types::OPENAPI, Host::Api), (kie_types::OPENAPI_UPLOADS, Host::Upload)] {
        let document: Value = serde_json::from_str(document).unwrap();
        assert_eq!(document["servers"], json!([{ "url": host.base_url() }]));
        let of_host: BTreeSet<_> = OPERATIONS.iter().filter(|of| of.host == host).map(|of| of.path).collect();
        let paths: BTreeSet<_> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(paths, of_host);
    }
}

#[test]
fn every_reference_resolves_and_no_text_contains_rust_paths() {
    fn walk(document: &Value, value: &Value) {
        resolve(document, value);
        if let Some(text) = value.get("description").and_then(Value::as_str) {
            for rust in ["](", "[`", "Limits::", "Self::", "crate::", "```"] {
                assert!(!text.contains(rust), "{text}");
            }
        }
        for inner in value.as_object().into_iter().flat_map(Map::values).chain(value.as_array().into_iter().flatten()) {
            walk(document, inner);
        }
    }
    let document = document();
    walk(&document, &document["components"]);
    walk(&document, &document["paths"]);
    walk(&document, &document["webhooks"]);
}

#[test]
fn every_example_and_every_valid_documented_request_matches_its_schema() {
    let document = document();
    let mut taken = 0;
    for of in OPERATIONS {
        let schema = request(&document, of);
        let (examples, _) = catalog::visit(of.name, Examine(&Value::Null)).unwrap();
        for example in examples {
            assert_eq!(misfits(&document, &schema, &example, of.name), [""; 0]);
        }
        for (file, body) in documented(of, "request") {
            if catalog::visit(of.name, Examine(&body)).unwrap().1 {
                assert_eq!(misfits(&document, &schema, &body, &file), [""; 0]);
                taken += 1;
            }
        }
    }
    assert!(taken > 50, "{taken} requests are documented");
}

#[test]
fn every_documented_record_matches_its_schema() {
    // A user of the service reported this record. Even its code is a text instead of a number, so it does not match the
    // schema.
    const EXPECTED_MISMATCH: &str = "record-numbers-as-text.json";
    let document = document();
    for of in OPERATIONS {
        let schema = &operation(&document, of)["responses"]["200"]["content"]["application/json"]["schema"];
        for (file, body) in documented(of, "record") {
            assert_eq!(
                misfits(&document, schema, &body, &file).is_empty(),
                !file.ends_with(EXPECTED_MISMATCH),
                "{file}"
            );
        }
    }
}

#[test]
fn the_fields_without_which_an_operation_cannot_be_sent_are_required() {
    let document = document();
    for of in OPERATIONS {
        let schema = request(&document, of);
        let (examples, _) = catalog::visit(of.name, Examine(&Value::Null)).unwrap();
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            let mut without = examples[0].clone();
            without.as_object_mut().unwrap().remove(name.as_str().unwrap());
            assert!(!catalog::visit(of.name, Examine(&without)).unwrap().1, "{} without {name}", of.name);
            assert!(!misfits(&document, &schema, &without, of.name).is_empty(), "{} without {name}", of.name);
        }
    }
}

#[test]
fn the_maximum_lengths_are_those_of_the_limits() {
    let document = document();
    let mut longest: BTreeMap<(String, String), u64> = BTreeMap::new();
    for row in limits() {
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        let limit = longest.entry((text("operation"), text("field"))).or_default();
        *limit = row["limit"].as_u64().unwrap().max(*limit);
    }
    let mut written = BTreeMap::new();
    for of in OPERATIONS {
        for (field, schema) in request(&document, of)["properties"].as_object().into_iter().flatten() {
            if let Some(limit) = schema.get("maxLength") {
                written.insert((of.name.to_owned(), field.clone()), limit.as_u64().unwrap());
            }
        }
    }
    // The list has the limits of the classic route. Only the market route has `lyrics`, with one limit everywhere.
    let (lyrics, written): (BTreeMap<_, _>, _) = written.into_iter().partition(|((_, field), _)| field == "lyrics");
    assert_eq!(lyrics.into_values().collect::<Vec<_>>(), [5_000; 8]);
    assert_eq!(written, longest);
}

/// Visitor that returns the names of an operation's text fields whose length a rule limits. To find these fields, the
/// visitor puts a text that is too long into each field of each example.
struct Overdo;

impl Visitor for Overdo {
    type Output = Vec<String>;

    fn call<E: Endpoint>(self) -> Vec<String> {
        let mut limited = Vec::new();
        for example in catalog::examples(E::NAME).unwrap() {
            for (field, value) in example.as_object().unwrap() {
                let mut overdone = example.clone();
                overdone[field] = json!("x".repeat(20_000));
                let too_long =
                    |it: &kie_types::Violation| it.field == *field && matches!(it.rule, Rule::TooLong { .. });
                let broken = check::<E>(&overdone).result.err();
                if value.is_string() && broken.is_some_and(|broken| broken.violations().iter().any(too_long)) {
                    limited.push(field.clone());
                }
            }
        }
        limited
    }

    fn start<E: TaskEndpoint>(self) -> Vec<String> {
        self.call::<E>()
    }
}

#[test]
fn every_length_that_a_rule_limits_is_in_the_document() {
    let document = document();
    let mut count = 0;
    for of in OPERATIONS {
        let schema = request(&document, of);
        for field in catalog::visit(of.name, Overdo).unwrap() {
            assert!(schema["properties"][&field]["maxLength"].is_u64(), "{} {field}", of.name);
            count += 1;
        }
    }
    assert!(count > 20, "{count} fields are limited");
}

#[test]
fn numbers_and_counts_are_those_of_the_rules() {
    let document = document();
    let field = |name: &str, field: &str| {
        let of = OPERATIONS.iter().find(|of| of.name == name).unwrap();
        request(&document, of)["properties"][field].clone()
    };
    for name in ["generate-music", "generate-mashup", "upload-and-cover-audio"] {
        let duration = field(name, "duration");
        assert_eq!(duration["minimum"], generate_music::DURATION_MIN, "{name}");
        assert_eq!(duration["maximum"], generate_music::DURATION_MAX, "{name}");
        assert_eq!(field(name, "styleWeight")["maximum"], Weight::MAX, "{name}");
    }
    let tempo = field("generate-sounds", "soundTempo");
    assert_eq!(tempo["minimum"].as_f64(), Some(generate_sounds::TEMPO_MIN as f64));
    assert_eq!(tempo["maximum"].as_f64(), Some(generate_sounds::TEMPO_MAX as f64));
    let uploads = field("generate-mashup", "uploadUrlList");
    assert_eq!((&uploads["minItems"], &uploads["maxItems"]), (&json!(generate_mashup::UPLOADS), &uploads["minItems"]));
    assert_eq!(field("replace-section", "infillEndS")["minimum"], replace_section::SHORTEST);
    assert_eq!(field("generate-persona", "vocalEnd")["minimum"], generate_persona::SHORTEST);
}

#[test]
fn an_unknown_word_is_valid() {
    let document = document();
    let field = |schema: &str, field: &str| document["components"]["schemas"][schema]["properties"][field].clone();
    let status = field("MusicRecord", "status");
    assert_eq!(misfits(&document, &status, &json!("PAUSED"), "status"), [""; 0]);
    assert!(!misfits(&document, &status, &json!(7), "status").is_empty());
    let known = json!({ "$ref": "#/components/schemas/MusicStatusKnown" });
    assert_eq!(misfits(&document, &known, &json!("SUCCESS"), "status"), [""; 0]);
    assert!(!misfits(&document, &known, &json!("PAUSED"), "status").is_empty());
    // In the schema, the status of a cover is a number.
    let known = json!({ "$ref": "#/components/schemas/CoverStatusKnown" });
    assert_eq!(misfits(&document, &known, &json!(1), "successFlag"), [""; 0]);
    assert_eq!(misfits(&document, &field("CoverRecord", "successFlag"), &json!(9), "successFlag"), [""; 0]);
}
