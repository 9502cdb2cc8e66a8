/** Pages whose code is renewed while people look at it. */

import assert from "node:assert/strict";
import { it } from "node:test";

import { newest, state } from "./play.mjs";
import { world } from "./world.mjs";

const all = world();

/** A page that shows a code, and whose clock runs when a test says so. */
async function showing(path = "login", more = {}) {
  const { url, api, screen } = all.set;
  Object.assign(api, more);
  await screen.clock.install();
  await screen.goto(url + path);
  await state(screen, "code");
  return all.set;
}

/** Lets time pass in steps that are short enough for answers on the way. */
async function pass(ms) {
  for (let passed = 0; passed < ms; passed += 500) await all.set.screen.clock.runFor(500);
}

/** Lets a minute pass, until the next code is there. */
async function renewed() {
  const { screen, api } = all.set;
  const before = newest(api);
  await pass(61_000);
  await screen.waitForFunction((id) => !document.querySelector("a[data-code]")?.href.endsWith(id), before.challengeId);
  assert.notEqual(newest(api), before);
  return before;
}

it("a code that nobody has claimed is another one after a minute", async () => {
  const { screen, api } = await showing();
  await renewed();
  assert.ok((await screen.locator(".same").getAttribute("href")).endsWith(newest(api).challengeId));
});

it("the code before can still be claimed, and the screen hears of it", async () => {
  const { screen, ann, url } = await showing();
  const before = await renewed();
  await ann.goto(`${url}phone?c=${before.challengeId}`);
  await state(ann, "question");
  await state(screen, "scanned");
  await ann.getByTestId("approve").click();
  await state(screen, "welcome");
});

it("the next code takes the focus from nobody, and is not read out", async () => {
  const { screen } = await showing();
  await screen.locator(".nophone summary").click();
  await screen.locator(".nophone a").focus();
  await screen.evaluate(() => {
    window.said = 0;
    const live = document.querySelector("body > [role=status]");
    new MutationObserver(() => (window.said += 1)).observe(live, { childList: true, characterData: true, subtree: true });
  });
  await renewed();
  assert.equal(await screen.evaluate(() => document.activeElement?.matches(".nophone a")), true);
  assert.equal(await screen.evaluate(() => window.said), 0);
});

it("letters to type are asked for when somebody wants them, and then the code stays", async () => {
  const { screen, api } = await showing("login", { hasShortCodes: true });
  assert.equal(newest(api).shortCode, undefined);
  await screen.locator(".nophone summary").click();
  await screen.locator(".short").waitFor();
  const asked = newest(api);
  assert.equal(await screen.locator(".short").innerText(), asked.shortCode);
  await pass(180_000);
  assert.equal(newest(api), asked);
});

it("the code is renewed again once nobody wants letters any more", async () => {
  const { screen, api } = await showing("login", { hasShortCodes: true });
  await screen.locator(".nophone summary").click();
  await screen.locator(".short").waitFor();
  await screen.locator(".nophone summary").click();
  await screen.locator(".short").waitFor({ state: "hidden" });
  await renewed();
  assert.equal(newest(api).shortCode, undefined);
});

it("the TV shows letters all the time, so its code stays", async () => {
  const { screen, api } = await showing("tv", { hasShortCodes: true });
  const first = newest(api);
  await pass(180_000);
  assert.equal(newest(api), first);
  assert.equal(await screen.locator(".short").innerText(), first.shortCode);
});
