/** A login with the code that a person types, from the element to the token, on a real stack. */

import assert from "node:assert/strict";
import { after, before, it } from "node:test";

import { launch } from "../element/chromium.mjs";
import { PATIENCE_MS, Phone, site } from "./browser.mjs";
import { Backend, running, someone } from "./stack.mjs";

const ready = running();
const backend = new Backend(ready);
let [browser, place, phone, userId] = [];

before(async () => {
  [browser, place] = await Promise.all([launch(), site()]);
  userId = someone("typist");
  phone = await Phone.of(browser, place.url, ready, await backend.enrolmentToken(userId));
});
after(async () => {
  await browser?.close();
  place?.close();
});

/** A page with the element. */
async function screen(attributes) {
  const page = await browser.newPage();
  await page.goto(place.url);
  await page.evaluate(
    async ({ apiUrl, tenantId, attributes }) => {
      await import("/element.js");
      window.tokens = [];
      document.addEventListener("scanlatch-token", ({ detail }) => window.tokens.push(detail.token));
      const element = document.createElement("scanlatch-qr");
      const all = { "base-url": apiUrl, "tenant-id": tenantId, action: "login", ...attributes };
      for (const [name, value] of Object.entries(all)) element.setAttribute(name, value);
      document.body.append(element);
    },
    { ...ready, attributes },
  );
  await page.waitForSelector("scanlatch-qr[data-state=code]", { timeout: PATIENCE_MS });
  return page;
}

const letters = (page) => page.locator("scanlatch-qr").locator("[part=short-code-letters]");

for (const [how, attributes] of [["on a socket", {}], ["polling", { polling: "" }]]) {
  it(`a short code that somebody reads from the screen and types logs in, ${how}`, async () => {
    const page = await screen({ "short-code": "", ...attributes });
    const typed = (await letters(page).textContent()).toLowerCase().replace("-", " ");
    const { challengeId } = await phone.claim({ shortCode: typed });
    await page.waitForSelector("scanlatch-qr[data-state=scanned]", { timeout: PATIENCE_MS });
    await phone.decide(challengeId, true);
    await page.waitForSelector("scanlatch-qr[data-state=approved]", { timeout: PATIENCE_MS });
    const [token] = await page.evaluate(() => window.tokens);
    assert.equal((await backend.validate(token)).userId, userId);
  });
}

it("a screen that does not ask shows none", async () => {
  assert.equal(await letters(await screen({})).isVisible(), false);
});

it("a code that nobody shows is refused", async () => {
  const { errorCode } = await phone.call("claimChallenge", { shortCode: "BBBB-BBBB" });
  assert.equal(errorCode, "challenge_not_found");
});
