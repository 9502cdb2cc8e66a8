/** Pages in Chromium that use the bundles in `dist`: a screen, and a browser that is the phone. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const BUNDLES = { "/index.js": "index.js", "/device.js": "device.js", "/element.js": "element.js" };
/** How long a page may take for what it does at once, in milliseconds. */
export const PATIENCE_MS = 60_000;

/** Serves an empty page beside the bundles, and further scripts by path. */
export async function site(scripts = {}) {
  const server = createServer((request, response) => {
    const bundle = BUNDLES[request.url];
    const script = scripts[request.url] ?? (bundle && readFileSync(new URL(`../../dist/${bundle}`, import.meta.url)));
    response.setHeader("Content-Type", script ? "text/javascript" : "text/html");
    response.end(script ?? "<!doctype html><title>Test</title>");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A browser that is a user's phone, enrolled by a token of the backend. */
export class Phone {
  #page;

  static async of(browser, url, { apiUrl: baseUrl, tenantId }, token) {
    const phone = new Phone();
    const context = await browser.newContext();
    phone.#page = await context.newPage();
    await phone.#page.goto(url);
    await phone.#page.evaluate(
      async (options) => {
        const { ScanlatchDevice } = await import("/device.js");
        window.authsignal = new ScanlatchDevice(options);
      },
      { baseUrl, tenantId, token },
    );
    const { error } = await phone.call("addCredential");
    assert.equal(error, undefined);
    return phone;
  }

  /** What a call of the device gives. */
  call(name, input) {
    return this.#page.evaluate(([name, input]) => window.authsignal.device[name](input), [name, input]);
  }

  /** Runs a text as the body of an async function, which is given these values by name. */
  run(code, values) {
    return this.#page.evaluate(
      ([code, values]) => {
        const names = Object.keys(values);
        return new Function(...names, `return (async () => {${code}})();`)(...Object.values(values));
      },
      [code, values],
    );
  }

  async claim(input) {
    const { data, error } = await this.call("claimChallenge", input);
    assert.equal(error, undefined);
    return data;
  }

  async decide(challengeId, approved) {
    const { data, error } = await this.call("updateChallenge", { challengeId, approved });
    assert.equal(error, undefined);
    assert.equal(data, approved);
  }
}
