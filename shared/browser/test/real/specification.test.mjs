/**
 * All snippets of the specification in one login on a real stack: the screen's in Chromium and in Node, the phone's in
 * Chromium, the backend's in Node with the official server SDK. Only the object's name is mapped, and the token that the
 * text abbreviates is the one that the screen was given.
 */

import assert from "node:assert/strict";
import { after, before, it } from "node:test";

import { Authsignal } from "@authsignal/node";

import { Scanlatch } from "../../dist/index.js";
import { launch } from "../element/chromium.mjs";
import { snippet, withLabels } from "../specification/snippets.mjs";
import { PATIENCE_MS, Phone, site } from "./browser.mjs";
import { Backend, running, someone } from "./stack.mjs";

const ready = running();
const options = { tenantId: ready.tenantId, baseUrl: ready.apiUrl };
let [browser, place, phone] = [];

/** What the snippets call, as a script of its own, which notes each call. */
const PAGE = `
export const noted = [];
export const names = {
  console: { log: (text) => noted.push(["console.log", text]) },
  validateChallengeOnBackend: (token) => noted.push(["validateChallengeOnBackend", token]),
  updateQRCode: (challengeId) => noted.push(["updateQRCode", challengeId]),
  displayQRCode: (challengeId) => noted.push(["displayQRCode", challengeId]),
};
export const run = (code, authsignal) =>
  new Function("authsignal", ...Object.keys(names), "return (async () => {" + code + "})();")(authsignal, ...Object.values(names));
`;

before(async () => {
  [browser, place] = await Promise.all([launch(), site({ "/page.js": PAGE })]);
  const token = await new Backend(ready).enrolmentToken(someone("reader"));
  phone = await Phone.of(browser, place.url, ready, token);
});
after(async () => {
  await browser?.close();
  place?.close();
});

/** A page of each kind: what runs a snippet there, and what was noted so far. */
const SCREENS = {
  async Chromium() {
    const page = await browser.newPage();
    await page.goto(place.url);
    await page.evaluate(async (options) => {
      const [{ Scanlatch }, { run, noted }] = await Promise.all([import("/index.js"), import("/page.js")]);
      const authsignal = new Scanlatch(options);
      Object.assign(window, { noted, run: (code) => run(code, authsignal), end: () => authsignal.qrCode.disconnect() });
    }, options);
    return {
      run: (code) => page.evaluate((code) => window.run(code), code),
      noted: () => page.evaluate(() => window.noted),
      end: () => page.evaluate(() => window.end()),
    };
  },
  async Node() {
    const { run, noted } = await import(`data:text/javascript,${encodeURIComponent(PAGE)}//${(pages += 1)}`);
    const authsignal = new Scanlatch(options);
    return { run: (code) => run(code, authsignal), noted: async () => noted, end: async () => authsignal.qrCode.disconnect() };
  },
};
let pages = 0;

/** What a screen has noted last of a call, once it has. */
async function last(screen, name) {
  for (const began = Date.now(); Date.now() - began < PATIENCE_MS; ) {
    const found = (await screen.noted()).findLast(([called]) => called === name);
    if (found) return found[1];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the snippets did not call ${name}`);
}

const claim = (challengeId) => phone.run(withLabels(snippet("device.claimChallenge")).replace("await ", "return "), { challengeId });

/** What the backend's snippet makes of a token; the text leaves empty what is done then. */
async function validated(token) {
  const authsignal = new Authsignal({ apiSecretKey: ready.secretKey, apiUrl: ready.apiUrl });
  const code = snippet("authsignal.validateChallenge");
  assert.ok(code.includes('"eyJhbGciOiJ..."'));
  const filled = code.replace('"eyJhbGciOiJ..."', JSON.stringify(token));
  return new Function("authsignal", `return (async () => {${filled}\nreturn response;})();`)(authsignal);
}

for (const [where, open] of Object.entries(SCREENS)) {
  it(`the snippets make a login whose screen is in ${where}`, async () => {
    const screen = await open();
    await screen.run(snippet("qrCode.challenge"));
    const challengeId = await last(screen, "displayQRCode");
    const { data } = await claim(challengeId);
    assert.deepEqual([data.actionCode, data.custom], ["login-with-qr-code", { deviceInfo: "Terminal A" }]);
    assert.equal(await last(screen, "console.log"), "QR code claimed by user");
    const decision = withLabels(snippet("device.updateChallenge")).replace("await ", "return ");
    assert.deepEqual(await phone.run(decision, { challengeId }), { data: true });
    const token = await last(screen, "validateChallengeOnBackend");
    assert.equal((await validated(token)).state, "CHALLENGE_SUCCEEDED");
    await screen.end();
  });

  it(`the snippet that refreshes shows the other context, on a screen in ${where}`, async () => {
    const screen = await open();
    await screen.run(snippet("qrCode.challenge"));
    const before = await last(screen, "displayQRCode");
    await screen.run(snippet("qrCode.refresh"));
    const challengeId = await last(screen, "updateQRCode");
    assert.notEqual(challengeId, before);
    assert.deepEqual((await claim(challengeId)).data.custom, { deviceInfo: "Terminal B" });
    await screen.end();
  });
}

it("the backend's snippet takes nothing for a login that is none", async () => {
  assert.notEqual((await validated("eyJhbGciOiJ...")).state, "CHALLENGE_SUCCEEDED");
});
