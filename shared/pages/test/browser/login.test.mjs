/** What people do on the pages, from the code to its end. */

import assert from "node:assert/strict";
import { it } from "node:test";

import { isOnPhone, narrow } from "../scenes.mjs";
import { open } from "./chromium.mjs";
import { newest, scan, state } from "./play.mjs";
import { world } from "./world.mjs";

const all = world();
const heading = (page) => page.locator("h1").innerText();

/** A screen's page with a code that Ann's phone has scanned. */
async function scanned(path) {
  const { url, api, screen, ann } = all.set;
  await screen.goto(url + path);
  await state(screen, "code");
  await scan(ann, url, api);
  await state(screen, "scanned");
  return all.set;
}

/** A terminal with a code for Ann, which her phone has scanned. */
async function due() {
  const { url, api, screen, ann } = all.set;
  await screen.goto(`${url}terminal`);
  await screen.locator(".order > .button").click();
  await screen.getByRole("button", { name: "Ann" }).click();
  await state(screen, "code");
  await scan(ann, url, api);
  await state(screen, "scanned");
  return all.set;
}

for (const mode of ["", "?polling"]) {
  it(`a web login${mode} is a session that a reload keeps and a log-out ends`, async () => {
    const { screen, ann } = await scanned(`login${mode}`);
    await ann.getByTestId("approve").click();
    await state(screen, "welcome");
    await screen.reload();
    await state(screen, "welcome");
    await screen.getByRole("button", { name: "Log out" }).click();
    await state(screen, "code");
  });
}

it("the phone asks in one sentence: what, on what, and near where", async () => {
  const { ann } = await scanned("login");
  assert.equal(await heading(ann), "Log in to Acme on Chrome, Linux, near Berlin?");
});

it("the phone asks in German whom it speaks German with", async () => {
  const { url, api, screen, ann } = all.set;
  await screen.goto(`${url}login`);
  await state(screen, "code");
  await ann.goto(`${url}phone?lang=de&c=${newest(api).challengeId}`);
  await state(ann, "question");
  assert.equal(await heading(ann), "Bei Acme auf Chrome, Linux, nahe Berlin, anmelden?");
  await ann.evaluate(() => localStorage.removeItem("scanlatch.language"));
});

it("what the screen says of itself stands below what the service has seen, and is marked", async () => {
  const { ann } = await scanned("login");
  const sections = await ann.locator(".ask section h2").allInnerTexts();
  assert.deepEqual(
    sections.map((text) => text.replace(/\s+/g, " ").trim()),
    ["Seen by the service", "What the screen says of itself not checked"],
  );
});

it("declining is as large as approving, and both stay in reach of a thumb", async () => {
  const { ann } = await scanned("login");
  await ann.setViewportSize({ width: 320, height: 568 });
  const [no, yes] = await Promise.all(["decline", "approve"].map((id) => ann.getByTestId(id).boundingBox()));
  const rounded = ({ width, height, y }) => [width, height, y].map(Math.round);
  assert.deepEqual(rounded(no), rounded(yes));
  assert.ok(yes.y > 568 / 2 && yes.y + yes.height <= 568);
});

it("a declined login logs nobody in, and can be tried again", async () => {
  const { screen, ann } = await scanned("login");
  await ann.getByTestId("decline").click();
  await state(screen, "declined");
  await screen.getByRole("button", { name: "Show a new code" }).click();
  await state(screen, "code");
});

it("cancelling on the screen takes the question from the phone", async () => {
  const { screen, ann } = await scanned("login");
  await screen.getByRole("button", { name: "Cancel" }).click();
  await state(screen, "code");
  await ann.getByTestId("approve").click();
  await state(ann, "problem");
  assert.equal(await ann.locator(".notice").getAttribute("data-problem"), "superseded");
});

it("a login that was not mine is ended from the history, and its page forgets it", async () => {
  const { screen, ann } = await scanned("login");
  await ann.getByTestId("approve").click();
  await state(screen, "welcome");
  await ann.getByRole("button", { name: "That was not me" }).click();
  await ann.getByTestId("end").click();
  await ann.getByText("That login was ended.").waitFor();
  await screen.reload();
  await state(screen, "code");
});

it("a screen that loses its socket while a phone decides still logs in", async () => {
  const { screen, ann } = await scanned("login");
  all.server.cut();
  await ann.getByTestId("approve").click();
  await state(screen, "welcome");
});

it("an outage between approval and session costs no second scan", async () => {
  const { screen, ann, played } = await scanned("login");
  await screen.route(/demo\/session/, (route) =>
    route.request().method() === "POST" ? route.abort() : route.continue(),
  );
  await ann.getByTestId("approve").click();
  await state(screen, "failed");
  assert.equal(played.isBackendDown, false);
  await screen.unroute(/demo\/session/);
  await screen.getByRole("button", { name: "Try again" }).click();
  await state(screen, "welcome");
});

it("an answer that was lost on the way is given again", async () => {
  const { screen, ann } = await scanned("login");
  await ann.route(/qr-code\/challenge$|device\/challenge$/, (route) => route.abort());
  await ann.getByTestId("approve").click();
  await state(ann, "problem");
  await ann.unroute(/qr-code\/challenge$|device\/challenge$/);
  await ann.getByRole("button", { name: "Try again" }).click();
  await state(screen, "welcome");
});

it("the kiosk greets by what the backend knows, and forgets the guest", async () => {
  const { screen, ann } = await scanned("kiosk");
  await ann.getByTestId("approve").click();
  await state(screen, "greeting");
  assert.match(await screen.locator("main").innerText(), /Hi Ann\s+420 points\s+Your usual\?\s+Flat white/);
  await state(screen, "code");
  const kept = await screen.evaluate(
    () => document.documentElement.outerHTML + JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie,
  );
  assert.doesNotMatch(kept, /Ann\b|420/);
});

it("a TV is signed in to and out of by its remote control alone", async () => {
  const { screen, ann } = await scanned("tv");
  await ann.getByTestId("approve").click();
  await state(screen, "welcome");
  await screen.keyboard.press("ArrowDown");
  await screen.keyboard.press("ArrowRight");
  assert.equal(await screen.evaluate(() => document.activeElement.className), "tile tile-5");
  await screen.keyboard.press("Escape");
  assert.equal(await screen.evaluate(() => document.activeElement.className), "tile tile-0");
  for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowUp", "Enter"]) await screen.keyboard.press(key);
  await state(screen, "code");
});

it("the phone's headline of a payment is the backend's, and both sides say it at the end", async () => {
  const { screen, ann } = await due();
  assert.equal(await heading(ann), "Pay €11.50 to Cafe Nord?");
  await ann.getByTestId("approve").click();
  await state(screen, "paid");
  await state(ann, "approved");
  assert.match(await ann.locator("main").innerText(), /You agreed to pay €11\.50 to Cafe Nord\./);
  assert.match(await screen.locator("main").innerText(), /€11\.50[\s\S]*N-\d+/);
});

it("a declined payment charges nothing, and both sides say so", async () => {
  const { screen, ann } = await due();
  await ann.getByTestId("decline").click();
  await state(screen, "declined");
  assert.match(await screen.locator("main").innerText(), /Nothing was charged/);
  assert.match(await ann.locator("main").innerText(), /Nothing was charged/);
});

it("a page that opens a payment of its own cannot have it approved", async () => {
  const { url, api, screen, ann } = all.set;
  await screen.goto(`${url}login`);
  await state(screen, "code");
  Object.assign(newest(api), { action: "payment", custom: { amount: 1, payee: "Cafe Nord" } });
  await scan(ann, url, api, { state: "problem" });
  assert.equal(await ann.getByTestId("approve").count(), 0);
});

it("a name and a value of any length stay within a phone's width", async () => {
  const { url, api, screen, ann } = all.set;
  await screen.goto(`${url}login`);
  await state(screen, "code");
  newest(api).custom = { ["K".repeat(200)]: "v".repeat(200), "<img src=x onerror=alert(1)>": "value" };
  await scan(ann, url, api);
  const [width, most] = await ann.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(width <= most, `${width} > ${most}`);
  await ann.getByTestId("decline").click();
});

it("who types the phone page's address is not asked for a screen from before", async () => {
  const { url, api, screen, ann } = all.set;
  await screen.goto(`${url}login`);
  await state(screen, "code");
  await scan(ann, url, api);
  await ann.goto(`${url}phone`);
  await state(ann, "home");
});

it("a phone that the site has forgotten is not called removed", async () => {
  const { url, ann } = all.set;
  await ann.goto(`${url}phone`);
  await state(ann, "home");
  await ann.context().clearCookies({ name: "scanlatch_phone" });
  await ann.getByRole("button", { name: "Devices" }).click();
  await state(ann, "problem");
  assert.equal(await heading(ann), "Set this phone up again");
  await ann.getByRole("button", { name: "Set up" }).click();
  await state(ann, "enrol");
  await ann.getByTestId("enrol").click();
  await state(ann, "home");
});

it("a payment is for its customer alone", async () => {
  const { url, screen } = all.set;
  await screen.goto(`${url}terminal`);
  await screen.locator(".order > .button").click();
  await screen.getByTestId("who").fill("Somebody");
  await screen.getByRole("button", { name: "Show the code" }).click();
  await screen.getByText("No phone is set up for this name").waitFor();
});

it("a new phone is set up on its way to the question", async () => {
  const { url, api, screen } = all.set;
  await screen.goto(`${url}login`);
  await state(screen, "code");
  const fresh = await all.screens.context.newPage();
  await fresh.goto(`${url}phone?c=${newest(api).challengeId}`);
  await state(fresh, "enrol");
  await fresh.getByTestId("name").fill("Ben");
  await fresh.keyboard.press("Enter");
  await state(fresh, "question");
  await fresh.close();
});

it("a decided code is not asked for again by a reload", async () => {
  const { ann } = await scanned("login");
  await ann.getByTestId("decline").click();
  await state(ann, "declined");
  await ann.reload();
  await state(ann, "home");
});

for (const [answer, language, said] of [
  ["approve", "en", "You approved this already"],
  ["decline", "en", "You declined this already"],
  ["approve", "de", "Das haben Sie schon bestätigt"],
  ["decline", "de", "Das haben Sie schon abgelehnt"],
]) {
  it(`a code that is opened again after ${answer} is not asked for again, but says so (${language})`, async () => {
    const { url, api, ann } = await scanned("login");
    await ann.getByTestId(answer).click();
    await state(ann, "approved", "declined");
    await ann.goto(`${url}phone?c=${newest(api).challengeId}&lang=${language}`);
    await state(ann, "question", "problem");
    await ann.evaluate(() => localStorage.removeItem("scanlatch.language"));
    assert.equal(await heading(ann), said);
  });
}

it("a code that was decided otherwise is called used when it is opened again", async () => {
  const { url, api, ann } = await scanned("login");
  const challenge = newest(api);
  await ann.route(/(qr-code|device)\/challenge$/, (route) =>
    route.fulfill({ status: 409, json: { error: "challenge_already_decided", errorCode: "challenge_already_decided" } }),
  );
  await ann.getByTestId("approve").click();
  await state(ann, "problem");
  await ann.unroute(/(qr-code|device)\/challenge$/);
  await ann.goto(`${url}phone?c=${challenge.challengeId}`);
  await state(ann, "question", "problem");
  assert.equal(await heading(ann), "This code was used already");
});

it("the last device that is removed leaves a phone that can be set up again", async () => {
  const { url, ann } = all.set;
  await ann.goto(`${url}phone`);
  await state(ann, "home");
  await ann.getByRole("button", { name: "Devices" }).click();
  await ann
    .getByRole("button", { name: /^Remove/ })
    .first()
    .click();
  await ann.getByTestId("remove").click();
  await state(ann, "enrol");
  all.server.api.credentials.clear();
});

it("a phone that is set up at the address for typing is asked for the code next", async () => {
  const { url, api } = all.set;
  api.hasShortCodes = true;
  const own = await open();
  try {
    const fresh = await own.context.newPage();
    await fresh.goto(`${url}device`);
    await state(fresh, "enrol");
    await fresh.getByTestId("name").fill("Eve");
    await fresh.keyboard.press("Enter");
    await state(fresh, "typing");
  } finally {
    await own.close();
  }
});

it("no screen shows a code to type where the service makes none", async () => {
  const { url, screen } = all.set;
  await screen.goto(`${url}tv`);
  await state(screen, "code");
  assert.equal(await screen.locator(".short").count(), 0);
});

const problems = {
  broken: "broken",
  empty: "broken",
  two: "broken",
  "foreign-link": "foreign",
  unknown: "unknown",
  expired: "expired",
  superseded: "superseded",
  cancelled: "cancelled",
  taken: "taken",
  used: "used",
  foreign: "foreign",
  "typed-often": "tries",
  removed: "removed",
  stranger: "stranger",
  busy: "busy",
  "no-storage": "storage",
  private: "storage",
  "cut-off": "network",
  "no-answer": "network",
  insecure: "insecure",
  "no-camera": "nocamera",
  "camera-blocked": "denied",
};
for (const [name, wanted] of Object.entries(problems)) {
  it(`the phone says what is wrong: ${name}`, async () => {
    await narrow[`phone-${name}`](all.set);
    const page = isOnPhone(`phone-${name}`) ? all.set.ann : all.set.screen;
    assert.equal(await page.locator(".notice").getAttribute("data-problem"), wanted);
    if (name === "removed") all.server.api.credentials.clear();
  });
}

it("a code says that the next one comes, and is renewed by itself", { timeout: 60_000 }, async () => {
  const { url, api, screen } = all.set;
  api.lifeMs = 21_000;
  await screen.goto(`${url}login`);
  await state(screen, "code");
  api.lifeMs = 600_000;
  const first = newest(api);
  await screen.locator('scanlatch-qr[data-state="expiring"]').waitFor();
  await screen.locator('scanlatch-qr[data-state="code"]').waitFor();
  assert.notEqual(newest(api), first);
  assert.equal(await screen.evaluate(() => document.body.dataset.state), "code");
});

it("the panel for developers tells what happened, and no secret", async () => {
  const { url, api, screen, ann } = all.set;
  await screen.goto(`${url}login`);
  await state(screen, "code");
  const challenge = newest(api);
  await scan(ann, url, api);
  await ann.getByTestId("approve").click();
  await state(screen, "welcome");
  await screen.locator(".hood summary").click();
  const told = await screen.locator(".hood-list").innerText();
  assert.match(told, /approved/);
  const page = await screen.evaluate(() => document.documentElement.outerHTML);
  assert.ok(![challenge.accessToken, challenge.deviceCode].some((secret) => page.includes(secret)));
});
