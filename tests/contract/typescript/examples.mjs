// Writes the examples of the request bodies of a document as TypeScript, with the types that a generator made.
// Arguments: the document, the type of a schema with `*` in place of its name, the import of these types, the file.
import { readFileSync, writeFileSync } from "node:fs";

const [document, type, types, file] = process.argv.slice(2);
const { paths } = JSON.parse(readFileSync(document, "utf8"));
const lines = Object.entries(paths).flatMap(([path, { post }]) => {
  const body = post?.requestBody?.content["application/json"];
  if (!body) return [];
  if (!body.examples) throw new Error(`${path}: the body has no examples`);
  const names = JSON.stringify(body.schema).matchAll(/#\/components\/schemas\/(\w+)"/g);
  const union = [...new Set([...names].map(([, name]) => type.replace("*", name)))].join(" | ");
  const values = Object.values(body.examples).map(({ value }) => JSON.stringify(value, null, 2));
  return `  ${JSON.stringify(path)}: [${values.join(", ")}] satisfies (${union})[],\n`;
});
writeFileSync(file, `import type ${types};\n\nexport const examples = {\n${lines.join("")}};\n`);
