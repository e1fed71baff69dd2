//! Generates clients in TypeScript and Python from each document, with four tools.

use super::{
    documents::DOCUMENTS,
    names::numbered,
    results::Results,
    tools::{Tools, renew},
};

pub(crate) fn run(tools: &Tools, results: &mut Results) -> anyhow::Result<()> {
    renew(&tools.file("made"))?;
    for name in DOCUMENTS {
        let document = format!("documents/{name}.json");
        openapi_typescript(tools, name, &document)?;
        hey_api(tools, name, &document)?;
        datamodel_code_generator(tools, name, &document)?;
        openapi_python_client(tools, name, &document)?;
    }
    let types = numbered(&tools.file("made"))?;
    results
        .add("generators", "openapi-typescript, hey-api, datamodel-code-generator, openapi-python-client: no warnings");
    results.add("names", &format!("{types} types are generated, no name is numbered"));
    Ok(())
}

fn openapi_typescript(tools: &Tools, name: &str, document: &str) -> anyhow::Result<()> {
    let folder = "made/typescript/openapi-fetch";
    tools.run("openapi-typescript", &[document, "--output", &format!("{folder}/{name}.ts")])?;
    let import = format!("{{ components }} from \"./{name}.js\"");
    examples(tools, document, "components[\"schemas\"][\"*\"]", &import, &format!("{folder}/{name}-examples.ts"))
}

fn hey_api(tools: &Tools, name: &str, document: &str) -> anyhow::Result<()> {
    let folder = "made/typescript/hey-api";
    // Without `./`, the tool takes the path for the name of a project on a server.
    let input = format!("./{document}");
    tools.run("openapi-ts", &["--input", &input, "--output", &format!("{folder}/{name}"), "--no-log-file"])?;
    let import = format!("* as Made from \"./{name}/types.gen.js\"");
    examples(tools, document, "Made.*", &import, &format!("{folder}/{name}-examples.ts"))
}

/// Writes the examples of the document's requests as TypeScript with the generated types.
fn examples(tools: &Tools, document: &str, of: &str, import: &str, file: &str) -> anyhow::Result<()> {
    tools.run("node", &["typescript/examples.mjs", document, of, import, file])?;
    Ok(())
}

fn datamodel_code_generator(tools: &Tools, name: &str, document: &str) -> anyhow::Result<()> {
    let output = format!("made/python/pydantic/{name}.py");
    let mut arguments = vec!["--input", document, "--input-file-type", "openapi", "--output", &output];
    arguments.extend(["--output-model-type", "pydantic_v2.BaseModel", "--target-python-version", "3.11"]);
    arguments.extend(["--use-operation-id-as-name", "--openapi-scopes", "schemas", "paths", "webhooks"]);
    arguments.extend(["--use-subclass-enum", "--formatters", "builtin"]);
    tools.run("datamodel-codegen", &arguments)?;
    Ok(())
}

fn openapi_python_client(tools: &Tools, name: &str, document: &str) -> anyhow::Result<()> {
    let output = format!("made/python/client/{name}");
    let arguments = ["generate", "--path", document, "--output-path", &output, "--meta", "none", "--fail-on-warning"];
    tools.run("openapi-python-client", &arguments)?;
    Ok(())
}
