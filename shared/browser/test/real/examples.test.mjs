/** An example page in Chromium, whose address is in `EXAMPLE_URL`. */

import assert from "node:assert/strict";
import { after, before, it } from "node:test";

import { launch } from "../element/chromium.mjs";
import { PATIENCE_MS, Phone, site } from "./browser.mjs";
import { Backend, running, someone } from "./stack.mjs";

const url = process.env.EXAMPLE_URL;
if (!url) throw new Error("EXAMPLE_URL must name a running example; tests/run sets it");
const ready = running();
const faults = [];
let [browser, place, phone, page, userId] = [];

before(async () => {
  [browser, place] = await Promise.all([launch(), site()]);
  userId = someone("example");
  phone = await Phone.of(browser, place.url, ready, await new Backend(ready).enrolmentToken(userId));
  page = await browser.newPage();
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.addInitScript(() => {
    document.addEventListener("scanlatch-state", ({ detail }) => Object.assign(window, { shown: detail }));
  });
  await page.goto(url);
});
after(async () => {
  await browser?.close();
  place?.close();
});

/** The code that is shown, once it is another than `before`. */
async function code(before) {
  const isNew = (before) => window.shown?.state === "code" && window.shown.challengeId !== before;
  await page.waitForFunction(isNew, before, { timeout: PATIENCE_MS });
  return page.evaluate(() => window.shown.challengeId);
}

let declined;
it("the example shows that the user declined, and another code", async () => {
  declined = await code();
  await phone.claim({ challengeId: declined });
  await phone.decide(declined, false);
  const button = page.locator("scanlatch-qr").locator("[part=button]");
  await page.waitForSelector("scanlatch-qr[data-state=declined]", { timeout: PATIENCE_MS });
  await button.click();
  assert.notEqual(await code(declined), declined);
});

it("the example logs in whoever approves", async () => {
  const challengeId = await code(declined);
  await phone.claim({ challengeId });
  await phone.decide(challengeId, true);
  const hello = page.locator("#status", { hasText: `Hello, ${userId}.` });
  await hello.waitFor({ timeout: PATIENCE_MS });
  const me = await page.evaluate(async () => (await fetch("me")).json());
  assert.deepEqual(me, { userId });
});

it("the example breaks nothing in its page", () => assert.deepEqual(faults, []));
