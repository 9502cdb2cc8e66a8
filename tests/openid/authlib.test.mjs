/** authlib, as it was published, in a Python application of its own. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, it } from "node:test";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { Person, issuer, register } from "./world.mjs";

const python = process.env.SCANLATCH_PYTHON;
if (!python) throw new Error("SCANLATCH_PYTHON must name a Python with requirements.txt; tests/run sets it");
const app = fileURLToPath(new URL("authlib_app.py", import.meta.url));
let cem;

before(async () => {
  cem = await Person.of("Openid Cem");
});
after(() => cem.close());

for (const [name, method, ...words] of [
  ["by basic", "client_secret_basic"],
  ["by post", "client_secret_post"],
  ["public, with PKCE", "none", "--public"],
])
  it(`authlib logs in ${name}`, async () => {
    const { id, secret } = register("Judge", "--redirect-uri", "http://127.0.0.1/cb", ...words);
    const child = spawn(python, ["-B", app, issuer, id, secret ?? "", method], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const { url } = JSON.parse((await lines.next()).value);
      await cem.logIn(await cem.screen(), url);
      const { sub, told } = JSON.parse((await lines.next()).value);
      assert.deepEqual([sub, told.sub], ["openid-cem", "openid-cem"]);
    } finally {
      child.kill();
    }
  });
