// Uses `kie mcp` as an agent does, with @modelcontextprotocol/client.
import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import Ajv from "ajv/dist/2020.js";

const [kie, baseUrl] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "kie-"));
const root = join(folder, "songs");
const ledger = join(folder, "ledger.db");
const args = ["mcp", "--root", root, "--budget", "30", "--base-url", baseUrl, "--ledger", ledger];
const client = new Client({ name: "contract", version: "1.0.0" });
await client.connect(new StdioClientTransport({ command: kie, args, env: { XDG_CONFIG_HOME: folder } }));

/** Returns the credits that the simulator has charged. */
const charged = async () => (await (await fetch(`${baseUrl}/sandbox/books`)).json()).charged;
const song = (name, more = {}, prompt = "a slow waltz") => ({
  name: "generate_music",
  arguments: { name, request: { prompt, customMode: false, instrumental: false, model: "V5" }, ...more },
});

const { tools } = await client.listTools();
const ajv = new Ajv({ strict: false });
for (const { inputSchema, outputSchema } of tools) for (const schema of [inputSchema, outputSchema]) ajv.compile(schema);
const maker = tools.find((tool) => tool.name === "generate_music");
assert.match(maker.description, /12 credits/);
assert.deepEqual(maker.annotations, {
  readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true,
});

// Two calls under one name at the same time are one song.
const messages = [];
const onprogress = ({ message }) => messages.push(message);
const [one, same] = await Promise.all([client.callTool(song("one"), { onprogress }), client.callTool(song("one"))]);
assert.equal(one.structuredContent.outcome, "success", one);
assert.equal(one.structuredContent.taskId, same.structuredContent.taskId);
assert.equal(await charged(), 12);
assert(messages.some((message) => message.includes("2 results finished")), messages);
const { files } = one.structuredContent;
for (const { path, bytes } of files) {
  assert(path.startsWith(realpathSync(root)), path);
  assert.equal(statSync(path).size, bytes);
}

// The songs are resources.
const { resources } = await client.listResources();
assert.deepEqual(resources.map(({ uri }) => uri).sort(), files.map(({ resource }) => resource).sort());
const [contents] = (await client.readResource({ uri: resources[0].uri })).contents;
assert.equal(Buffer.from(contents.blob, "base64").length, resources[0].size);

// A cancelled call is paid once, and its name leads to its song.
const abort = new AbortController();
const stop = ({ message }) => message.includes("started") && abort.abort();
await assert.rejects(client.callTool(song("two"), { signal: abort.signal, onprogress: stop }));
const two = (await client.callTool(song("two"))).structuredContent;
assert(two.outcome === "success" && two.joined, two);
assert.equal(await charged(), 24);

// Too little is left of the budget. A name belongs to one request. No path leads out of the folder.
const refused = [
  ["overBudget", song("three")],
  ["nameTaken", song("one", {}, "a march")],
  ["invalid", song("one", { folder: "../out" })],
  ["invalid", { name: "upload", arguments: { file: "/etc/hostname" } }],
];
for (const [word, call] of refused) {
  const { isError, structuredContent } = await client.callTool(call);
  assert(isError && structuredContent.error === word && structuredContent.charged === "no", structuredContent);
}
assert.equal(await charged(), 24);
await assert.rejects(client.readResource({ uri: "kie://files/../../ledger.db" }));
const version = client.getNegotiatedProtocolVersion?.() ?? "";
console.log(`${tools.length} tools, protocol ${version}: 2 songs, paid once each`);
await client.close();
