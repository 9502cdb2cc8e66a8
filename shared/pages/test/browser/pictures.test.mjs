/**
 * What cameras see: the code of every screen is read from pictures of the page, in all sizes, light and dark, and the
 * login is done with what was read.
 */

import assert from "node:assert/strict";
import { it } from "node:test";

import { state } from "./play.mjs";
import { stack } from "./stack.mjs";
import { seen } from "./zbar.mjs";

const SIZES = { 320: 640, 768: 1024, 1440: 900, 3840: 2160 };
/** Each screen, and what it shows once its login is done. */
const SCREENS = { login: "welcome", kiosk: "greeting", tv: "welcome", terminal: "paid" };

const all = stack("Zoe");

/** A page of that screen with a code. A terminal first needs to know who pays. */
async function shown(name) {
  await all.screens.context.clearCookies();
  const page = await all.screens.context.newPage();
  await page.goto(all.url + name);
  if (name === "terminal") {
    await page.locator(".order > .button").click();
    await page.getByTestId("who").fill(all.name);
    await page.getByTestId("who").press("Enter");
  }
  await state(page, "code");
  return page;
}

for (const [name, done] of Object.entries(SCREENS)) {
  for (const [width, height] of Object.entries(SIZES)) {
    it(`${name}: at ${width} pixels its code is read in light and dark, and logs in`, { timeout: 60_000 }, async () => {
      const page = await shown(name);
      try {
        await page.setViewportSize({ width: Number(width), height });
        const links = [];
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme });
          links.push(await seen(page));
        }
        const [[link]] = links;
        assert.match(link ?? "", /\/phone\?c=[0-9a-f-]{36}$/, "no code was read");
        assert.deepEqual(links, [[link], [link]]);
        await all.mine.goto(link);
        await state(all.mine, "question");
        await all.mine.getByTestId("approve").click();
        await state(page, done);
      } finally {
        await page.close();
      }
    });
  }
}
