/**
 * The three programs of README.md, as they stand there, log a person in. Screen and backend run on the official
 * packages, in Chromium and in Node. The mobile SDK needs a phone, so the phone's program runs on a stand-in.
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, it } from "node:test";
import { fileURLToPath } from "node:url";

import { open, sdk } from "./browser.mjs";
import { imported, snippet } from "./readme.mjs";
import { someone, stack } from "./stack.mjs";

const here = { YOUR_TENANT_ID: stack.tenantId, "http://localhost:3000/v1": stack.apiUrl };
const uqr = fileURLToPath(import.meta.resolve("uqr"));

const IMPORTS = { "@authsignal/browser": "/authsignal.mjs", uqr: "/uqr.mjs" };
const FILES = {
  "/": ["text/html", () => `<!doctype html><div id="code"></div>
    <script type="importmap">${JSON.stringify({ imports: IMPORTS })}</script>
    <script src="/authsignal.js"></script><script type="module" src="/screen.mjs"></script>`],
  // The published bundle sets a global; this is what a bundler makes of the package's name.
  "/authsignal.mjs": ["text/javascript", () => "export const { Authsignal } = window.authsignal;"],
  "/authsignal.js": ["text/javascript", () => readFileSync(sdk)],
  "/uqr.mjs": ["text/javascript", () => readFileSync(uqr)],
  "/screen.mjs": ["text/javascript", () => snippet("screen.mjs", here)],
};

let browser;
let backend;
let phone;
let server;

/** The screen's page, and `/login`, which asks the backend's program who approved. */
async function respond(request, response) {
  if (request.url !== "/login") {
    const [type, body] = FILES[request.url] ?? ["text/plain", () => ""];
    return response.setHeader("Content-Type", type).end(body());
  }
  const token = Buffer.concat(await request.toArray()).toString();
  return response.end(`Hello, ${await backend.whoApproved(token)}`);
}

before(async () => {
  Object.assign(process.env, { AUTHSIGNAL_SECRET_KEY: stack.secretKey, AUTHSIGNAL_API_URL: stack.apiUrl });
  backend = await imported("backend.mjs");
  phone = await imported("phone.mjs", { ...here, "react-native-authsignal": "../react_native.mjs" });
  browser = await open();
  server = createServer(respond).listen(0, "127.0.0.1");
  await once(server, "listening");
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** The screen's page once it shows a code, and the id in it: the SDK's own message says it. */
async function shown() {
  const page = await browser.context.newPage();
  const created = new Promise((resolve) => {
    page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => {
      const { type, data } = JSON.parse(payload);
      if (type === "CHALLENGE_CREATED") resolve(data.challengeId);
    }));
  });
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const challengeId = await created;
  await page.locator("#code svg").waitFor();
  return { page, challengeId };
}

const says = (page, text) => page.getByText(text, { exact: true }).waitFor();

it("a phone that was enrolled approves, and the screen greets its user", async () => {
  const userId = someone("readme");
  const { error } = await phone.enrol(await backend.enrolmentToken(userId));
  assert.equal(error, undefined);

  const { page, challengeId } = await shown();
  await phone.answer(challengeId, async ({ ipAddress, userAgent }) => {
    await says(page, "Confirm on your phone");
    assert.ok(ipAddress);
    assert.match(userAgent, /Chrome/);
    return true;
  });
  await says(page, `Hello, ${userId}`);
  await page.close();
});

it("what is declined on the phone is declined on the screen", async () => {
  const { page, challengeId } = await shown();
  await phone.answer(challengeId, async () => false);
  await says(page, "Declined");
  await page.close();
});

it("a code that nobody showed is an error on the phone, and a token that nobody signed is nobody", async () => {
  await assert.rejects(phone.answer(crypto.randomUUID(), async () => true), /no challenge of this id/);
  assert.equal(await backend.whoApproved("forged"), null);
});
