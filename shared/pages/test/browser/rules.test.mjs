/** What holds for every state of every page. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { it } from "node:test";

import { isOnPhone, narrow, wide } from "../scenes.mjs";
import { world } from "./world.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const all = world();

/** What accessibility rules say of the page as it is now. */
async function findings(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join("; ")}`,
  );
}

/** What a person with a thumb cannot hit: controls that are lower or narrower than 24 CSS pixels. */
const small = (page) =>
  page.evaluate(() => {
    const controls = [...document.querySelectorAll("button, a, input, summary")].filter(
      (element) => element.getClientRects().length > 0,
    );
    const isSmall = (element) => {
      const { width, height } = element.getBoundingClientRect();
      return Math.min(width, height) < 24;
    };
    return controls.filter(isSmall).map(({ outerHTML }) => outerHTML);
  });

for (const [name, scene] of Object.entries({ ...wide, ...narrow })) {
  it(`${name}: readable, reachable, and without a complaint of the browser`, { timeout: 60_000 }, async () => {
    const page = isOnPhone(name) ? all.set.ann : all.set.screen;
    await page.emulateMedia({ reducedMotion: "reduce" });
    await scene(all.set);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      assert.deepEqual(await findings(page), [], colorScheme);
    }
    const text = await page.evaluate(() => `${document.title}\n${document.body.innerText}`);
    assert.doesNotMatch(text, /undefined|\bnull\b|NaN|\[object|Invalid Date|\bat \S+:\d+:\d+/);
    await page.setViewportSize({ width: 320, height: 568 });
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320, "wider than a small phone");
    assert.deepEqual(await small(page), []);
    assert.deepEqual(all.complaints, []);
  });
}

for (const name of ["phone-home", "kiosk-code"]) {
  it(`${name}: says nothing of a wait that is over`, { timeout: 60_000 }, async () => {
    const page = isOnPhone(name) ? all.set.ann : all.set.screen;
    await { ...wide, ...narrow }[name](all.set);
    assert.doesNotMatch(await page.evaluate(() => document.body.innerText), /One moment/);
  });
}

it("the gallery stands in the middle of a wall, with as much room above as below", async () => {
  const { screen } = all.set;
  await screen.setViewportSize({ width: 3840, height: 2160 });
  await wide.gallery(all.set);
  const [above, below] = await screen.evaluate(() => {
    const inner = document.querySelector(".gallery").getBoundingClientRect();
    const outer = document.querySelector("main").getBoundingClientRect();
    return [inner.top - outer.top, outer.bottom - inner.bottom].map(Math.round);
  });
  assert.ok(Math.abs(above - below) < 60, `${above} above, ${below} below`);
});
