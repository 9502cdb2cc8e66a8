/** Short codes: from the letters on a screen to its login, and what becomes of letters that lead nowhere. */

import assert from "node:assert/strict";
import { it } from "node:test";

import { phone, state, typed } from "./play.mjs";
import { stack } from "./stack.mjs";

const all = stack("Lena");

/** A TV with a code, and what it says to type. */
async function shown() {
  await all.screens.context.clearCookies();
  const screen = await all.screens.context.newPage();
  await screen.goto(`${all.url}tv`);
  await state(screen, "code");
  const letters = await screen.locator(".short").innerText();
  assert.match(letters, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
  return { screen, letters };
}

/** What the phone page says of the code that was typed last. */
async function said(page) {
  await state(page, "typing");
  await page.locator("#typed-error:not(:empty)").waitFor();
  return page.locator("#typed-error").innerText();
}

/** Another code that no screen shows. */
const another = (letters) => [...letters].reverse().join("");

for (const [how, written] of Object.entries({
  "as it stands on the screen": (letters) => letters,
  "in small letters, with a space": (letters) => ` ${letters.toLowerCase().replace("-", " ")} `,
  "without its hyphen": (letters) => letters.replace("-", ""),
})) {
  it(`a code that is typed ${how} logs in`, { timeout: 60_000 }, async () => {
    const { screen, letters } = await shown();
    await typed(all.mine, all.url, written(letters));
    await state(all.mine, "question");
    await state(screen, "scanned");
    await all.mine.getByTestId("approve").click();
    await state(screen, "welcome");
    await screen.close();
  });
}

it("a question that was reached by letters is still there after a reload", { timeout: 60_000 }, async () => {
  const { screen, letters } = await shown();
  await typed(all.mine, all.url, letters);
  await state(all.mine, "question");
  await all.mine.reload();
  await state(all.mine, "question");
  await all.mine.getByTestId("decline").click();
  await state(screen, "declined");
  await screen.close();
});

it("a code that was used leads nowhere", { timeout: 60_000 }, async () => {
  const { screen, letters } = await shown();
  await typed(all.mine, all.url, letters);
  await state(all.mine, "question");
  await all.mine.getByTestId("decline").click();
  await state(all.mine, "declined");
  await typed(all.mine, all.url, letters);
  assert.match(await said(all.mine), /was used already/);
  await screen.close();
});

it("a code that its screen has replaced is said to be no more", { timeout: 60_000 }, async () => {
  const { screen, letters } = await shown();
  await screen.getByRole("button", { name: "New code" }).click();
  await screen.waitForFunction((before) => document.querySelector(".short")?.textContent !== before, letters);
  await typed(all.mine, all.url, letters);
  await state(all.mine, "typing", "problem");
  assert.match(await all.mine.locator("main").innerText(), /No screen waits for this code|There is a newer code/);
  await screen.close();
});

it("after five wrong codes no code can be typed for an hour, also a right one", { timeout: 60_000 }, async () => {
  const { screen, letters } = await shown();
  const page = await phone(all.screens.context, all.url, "Max");
  for (let n = 0; n < 5; n += 1) {
    await typed(page, all.url, another(letters));
    assert.match(await said(page), /No screen waits for this code/);
  }
  await typed(page, all.url, letters);
  await state(page, "problem");
  assert.match(await page.locator("main").innerText(), /Too many wrong codes[\s\S]*for an hour[\s\S]*scan/);
  await page.close();
  await screen.close();
});
