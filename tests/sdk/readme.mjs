/** The programs in README.md, as files that can be imported and served. */

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const folder = new URL("./.readme/", import.meta.url);

/** The fenced block whose info string is `js NAME`, with these texts replaced, each of which must be there. */
export function snippet(name, replacements = {}) {
  const blocks = [...readme.matchAll(/^```js (\S+)\n([^]*?)^```$/gm)].filter(([, named]) => named === name);
  assert.equal(blocks.length, 1, `README.md has ${blocks.length} blocks ${name}`);
  return Object.entries(replacements).reduce((text, [from, to]) => {
    assert.ok(text.includes(from), `${name} does not hold ${from}`);
    return text.replaceAll(from, to);
  }, blocks[0][2]);
}

/** Imports a snippet. The file lies in this folder, so that it finds the packages. */
export async function imported(name, replacements) {
  mkdirSync(folder, { recursive: true });
  const file = new URL(name, folder);
  writeFileSync(fileURLToPath(file), snippet(name, replacements));
  return import(file);
}
