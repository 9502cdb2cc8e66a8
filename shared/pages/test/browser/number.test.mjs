/** The number that a person reads from the screen and types on the phone, and what the phone says of the screen. */

import assert from "node:assert/strict";
import { it } from "node:test";

import { scannedFrom } from "../provider-scenes.mjs";
import { enter } from "../scenes.mjs";
import { newest, scan, state } from "./play.mjs";
import { world } from "./world.mjs";

const all = world();
const heading = (page) => page.locator("h1").innerText();
const approve = ({ ann }) => ann.getByTestId("approve");
const problemOf = (page) => page.locator(".notice").getAttribute("data-problem");
const text = async (locator) => (await locator.innerText()).replace(/\s+/g, " ").trim();

/** A screen's page with a code that Ann's phone has scanned; `more` is how the service is set. */
async function scanned(path = "login", more = {}) {
  const { url, api, screen, ann } = all.set;
  Object.assign(api, more);
  await screen.goto(url + path);
  await state(screen, "code");
  await scan(ann, url, api);
  await state(screen, "scanned");
  return all.set;
}

for (const path of ["login", "kiosk", "tv"]) {
  it(`the page ${path} shows the number large, and says what to do with it`, async () => {
    const { screen } = await scanned(path, { number: "47" });
    assert.match(await heading(screen), /47/);
    const { height } = await screen.locator("scanlatch-qr [part=number]").boundingBox();
    assert.ok(height > 100, `${height} px`);
  });
}

it("the till shows the number beside the amount", async () => {
  const { url, api, screen, ann } = all.set;
  api.number = "47";
  await screen.goto(`${url}terminal`);
  await screen.locator(".order > .button").click();
  await screen.getByRole("button", { name: "Ann" }).click();
  await state(screen, "code");
  await scan(ann, url, api);
  await state(screen, "scanned");
  assert.equal(await text(screen.locator(".state")), "Enter 47 on the phone");
  assert.equal(await heading(screen), "Pay €11.50 to Cafe Nord");
});

it("the number is told to who cannot see it, once", async () => {
  const { screen } = await scanned("login", { number: "47" });
  assert.match(await screen.locator("body > [role=status]").innerText(), /^Enter 47 on your phone\./);
  assert.equal(await screen.locator("scanlatch-qr [part=number]").getAttribute("aria-hidden"), "true");
});

for (const mode of ["", "?polling"]) {
  it(`the right number logs in${mode}`, async () => {
    const { screen } = await scanned(`login${mode}`, { number: "47" });
    await enter(all.set, "47");
    await state(screen, "welcome");
  });
}

it("the right number leads back to an application", async () => {
  all.set.api.number = "47";
  await scannedFrom(all.set);
  assert.match(await heading(all.set.screen), /^Enter 47/);
  await enter(all.set, "47");
  await all.set.screen.waitForURL(/cb\?code=/);
});

it("a wrong number approves nothing, and the phone says that it is over", async () => {
  const { ann } = await scanned("login", { number: "47" });
  await enter(all.set, "74");
  await state(ann, "problem");
  assert.equal(await problemOf(ann), "number");
});

it("the screen says after a wrong number that it may have been one", async () => {
  const { screen } = await scanned("login", { number: "47" });
  await enter(all.set, "74");
  await state(screen, "declined");
  assert.match(await screen.locator(".lead").innerText(), /another number/);
});

it("a code whose number was wrong is not asked about again", async () => {
  const { url, api, ann } = await scanned("login", { number: "47" });
  await enter(all.set, "74");
  await state(ann, "problem");
  await scan(ann, url, api, { state: "problem" });
  assert.equal(await problemOf(ann), "used");
});

it("nothing can be approved until both digits are typed", async () => {
  const { ann } = await scanned("login", { number: "47" });
  const seen = [];
  for (const typed of ["", "4", "47", "4", "47"]) {
    await ann.getByTestId("number").fill(typed);
    seen.push(await approve(all.set).isEnabled());
  }
  assert.deepEqual(seen, [false, false, true, false, true]);
});

it("declining needs no number", async () => {
  const { screen, ann } = await scanned("login", { number: "47" });
  await ann.getByTestId("decline").click();
  await state(screen, "declined");
  await state(ann, "declined");
});

it("the field has a name, a keyboard of digits, and takes nothing else", async () => {
  const { ann } = await scanned("login", { number: "47" });
  const field = ann.getByRole("textbox", { name: "Number on the screen" });
  assert.equal(await field.getAttribute("inputmode"), "numeric");
  await field.pressSequentially("x4 7a9");
  assert.equal(await field.inputValue(), "47");
});

it("Enter in the field leads to the answer, and does not give it", async () => {
  const { ann } = await scanned("login", { number: "47" });
  await ann.getByTestId("number").fill("47");
  await ann.getByTestId("number").press("Enter");
  assert.equal(await ann.evaluate(() => document.activeElement?.dataset.testid), "approve");
  assert.equal(newest(all.set.api).state, "claimed");
});

it("no number is asked for where the service asks for none", async () => {
  const { ann, screen } = await scanned("login");
  assert.equal(await ann.getByTestId("number").count(), 0);
  assert.equal(await approve(all.set).isEnabled(), true);
  assert.equal(await heading(screen), "Scanned");
});

it("a site that begins to ask for numbers meanwhile gets one", async () => {
  const { ann, screen } = await scanned("login");
  newest(all.set.api).number = all.set.api.number = "47";
  await approve(all.set).click();
  await ann.getByTestId("number").waitFor();
  await enter(all.set, "47");
  await state(screen, "welcome");
});

it("each value stands under whose word it is", async () => {
  const { url, api, screen, ann } = all.set;
  Object.assign(api, { hasSources: true });
  await screen.goto(`${url}login`);
  await state(screen, "code");
  Object.assign(newest(api), { isTracked: true });
  await scan(ann, url, api);
  const sections = await ann.locator(".ask section").allInnerTexts();
  assert.deepEqual(
    sections.map((section) => section.split(/\n+/)[0].trim()),
    ["Seen by the service", "Told by Acme", "What the screen says of itself"],
  );
  assert.match(sections[1], /Screen\s+Web page/);
  assert.match(sections[2], /not checked/);
});

it("the page that asks is named", async () => {
  const { ann, url } = await scanned("login", { hasSources: true });
  assert.match(await text(ann.locator("[data-source=service]")), new RegExp(`Web page ${new URL(url).origin}`));
});

it("a screen that is far away is a warning before all else", async () => {
  const { ann } = await scanned("login", { proximity: "far", number: "47" });
  assert.match(await text(ann.locator(".ask > :nth-child(2)")), /^This screen is far away from you: Berlin, Germany\./);
});

it("the time for the answer is said, and not read out at each second", async () => {
  const { ann } = await scanned("login", { decisionMs: 120_000 });
  const timer = ann.getByRole("timer");
  assert.equal(await timer.innerText(), "You have about 2 minutes to answer.");
  assert.equal(await timer.getAttribute("aria-live"), "off");
});

it("the time for the answer runs down, and then the question is over", async () => {
  await all.set.ann.clock.install();
  const { ann } = await scanned("login", { decisionMs: 60_000 });
  await ann.clock.runFor(30_000);
  assert.match(await ann.getByRole("timer").innerText(), /^You have (29|30|31) seconds to answer\.$/);
  await ann.clock.runFor(31_000);
  await state(ann, "problem");
  assert.equal(await problemOf(ann), "late");
});

it("a screen whose question nobody answers shows a new code by itself", async () => {
  const { screen, api } = await scanned("login", { decisionMs: -9_000 });
  const first = newest(api);
  await state(screen, "code");
  assert.notEqual(newest(api), first);
});
