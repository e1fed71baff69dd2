// Compiles each standalone schema and each component of the documents with ajv.
import { readFileSync, readdirSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const read = (file) => JSON.parse(readFileSync(`documents/${file}`, "utf8"));

/** Returns a compiler that is strict, but for two rules against unions of types and against `required` in a part. */
function compiler() {
  const ajv = new Ajv({ strict: true, strictRequired: false, strictTypes: false });
  addFormats(ajv);
  // The words of OpenAPI, and those of these documents.
  ajv.addVocabulary(["components", "discriminator", "example", "x-aliases", "x-alias-of", "x-default", "x-enum-varnames", "x-limits", "x-retention", "x-rules"]);
  // Formats of OpenAPI that say nothing about the JSON.
  for (const format of ["int64", "double", "binary", "byte"]) ajv.addFormat(format, true);
  return ajv;
}

let components = 0;
for (const name of ["openapi", "uploads", "market"]) {
  const ajv = compiler();
  const document = read(`${name}.json`);
  ajv.addSchema({ $id: `urn:document:${name}`, components: document.components }, undefined, undefined, false);
  for (const component of Object.keys(document.components.schemas)) {
    ajv.compile({ $ref: `urn:document:${name}#/components/schemas/${component}` });
    components += 1;
  }
}
const files = readdirSync("documents/schemas").filter((file) => file.endsWith(".json"));
const ajv = compiler();
for (const file of files) {
  const schema = read(`schemas/${file}`);
  if (schema.$id !== `urn:kie-types:${file.replace(".json", "")}`) throw new Error(`${file}: $id is ${schema.$id}`);
  ajv.compile(schema);
}
console.log(`${components} components and ${files.length} schemas compile`);
