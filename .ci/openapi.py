"""Validates openapi.json against the OpenAPI standard, and the documented bodies against its schemas."""

import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "tests" / "fixtures"

# Documented bodies that do not match the schemas, with the reasons.
EXPECTED_MISMATCHES = {
    "documented/generate-music/response-null-data.json": "accepted without an id: the outcome is unknown",
    "documented/generate-music/response-without-id.json": "accepted without an id: the outcome is unknown",
    "documented/generate-persona/response-without-id.json": "accepted without an id: the outcome is unknown",
    "documented/get-music-details/record-numbers-as-text.json": "a client's report; the code itself is a text there",
    "documented/recovery-audio/request-sister.json": "the sister service's names",
    "documented/replace-section/request-without-full-lyrics.json": "refused by the rules as well",
}

document = json.loads((ROOT / "crates/kie-types/openapi.json").read_text())
validate(document)

registry = Registry().with_resource("urn:openapi", Resource(contents=document, specification=DRAFT202012))
problems = []
count = 0


def check(name, body, schema):
    global count
    count += 1
    text = json.dumps(schema).replace('"#/', '"urn:openapi#/')
    for error in Draft202012Validator(json.loads(text), registry=registry).iter_errors(body):
        problems.append(f"{name}: {error.json_path}: {error.message[:200]}")


operations = {
    operation["operationId"]: operation
    for item in document["paths"].values()
    for method, operation in item.items()
    if method in ("get", "post")
}


def json_schema(holder):
    """Returns the schema of a body. One operation has a form, all others have JSON."""
    (content,) = holder["content"].values()
    return content["schema"]


def request_schema(operation):
    if "requestBody" in operation:
        return json_schema(operation["requestBody"])
    fields = operation["parameters"]
    return {
        "properties": {field["name"]: field["schema"] for field in fields},
        "required": [field["name"] for field in fields if field["required"]],
    }


for name, operation in operations.items():
    for index, body in enumerate(json.loads((FIXTURES / f"generated/requests/{name}.json").read_text())):
        check(f"{name} example {index}", body, request_schema(operation))

for path in sorted((FIXTURES / "documented").rglob("*.json")):
    fixture = json.loads(path.read_text())
    body, name = fixture.get("body"), path.parent.name
    if body is None or name not in operations or fixture.get("http_status", 200) != 200:
        continue
    where = str(path.relative_to(FIXTURES))
    if fixture["kind"] == "request":
        check(where, body, request_schema(operations[name]))
    elif fixture["kind"] == "callback":
        job = operations[name]["callbacks"]
        pointer = next(iter(next(iter(job.values())).values()))["$ref"].rsplit("/", 1)[1]
        check(where, body, json_schema(document["components"]["pathItems"][pointer]["post"]["requestBody"]))
    elif fixture["kind"] in ("response", "record", "refusal"):
        check(where, body, json_schema(operations[name]["responses"]["200"]))

unexpected = [problem for problem in problems if problem.split(": ")[0] not in EXPECTED_MISMATCHES]
unexpected += [f"{name}: matches its schema, remove it from EXPECTED_MISMATCHES" for name in EXPECTED_MISMATCHES if not any(it.startswith(name) for it in problems)]
for problem in unexpected:
    print(problem, file=sys.stderr)
print(f"openapi.json is valid, {count} bodies checked")
sys.exit(1 if unexpected else 0)
