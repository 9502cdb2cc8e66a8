// Lints the AsyncAPI file that the command line names, and holds its examples against their schemas, which the linter
// does not do for version 3.

import { readFile } from "node:fs/promises";
import { Parser } from "@asyncapi/parser";
import Ajv from "ajv";
import formats from "ajv-formats";

// 3.1.0 adds nothing that is used here, and fewer tools read it.
const accepted = ["asyncapi-latest-version"];

const file = process.argv[2];
const { document, diagnostics } = await new Parser().parse(await readFile(file, "utf8"));
const problems = diagnostics
  .filter(({ code }) => !accepted.includes(code))
  .map(({ code, path, message }) => `${path.join(".")}: ${message} (${code})`);

const ajv = new Ajv({ strict: false, allErrors: true });
formats(ajv);
for (const message of document?.allMessages().all() ?? []) {
  const examples = message.examples().all();
  if (examples.length === 0) problems.push(`${message.id()}: there is no example`);
  for (const example of examples) {
    for (const part of ["payload", "headers"]) {
      const schema = message[part]()?.json();
      if (schema && !ajv.validate(schema, example[part]())) {
        problems.push(`${message.id()}, example ${example.name()}, ${part}: ${ajv.errorsText()}`);
      }
    }
  }
}
for (const problem of problems) console.error(`${file}: ${problem}`);
process.exitCode = problems.length > 0 || !document ? 1 : 0;
