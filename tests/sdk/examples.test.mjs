/** The example page on one of the example backends, whose address is in EXAMPLE_URL, in Chromium. */

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, it } from "node:test";

import { open } from "./browser.mjs";
import { backend, Phone, someone } from "./stack.mjs";

const url = process.env.EXAMPLE_URL;
if (!url) throw new Error("EXAMPLE_URL must name a running example; tests/run sets it");

let browser;
let page;
let phone;
let userId;

const says = (text) => page.waitForFunction((text) => document.getElementById("status").textContent === text, text, { timeout: 20_000 });

/** The id in the code that the page shows, once it is another than `before`. */
async function code(before) {
  await page.waitForFunction((before) => {
    const { challengeId } = document.getElementById("code").dataset;
    return challengeId && challengeId !== before;
  }, before, { timeout: 20_000 });
  return page.locator("#code").getAttribute("data-challenge-id");
}

async function claimed(challengeId) {
  assert.equal((await phone.claim(challengeId)).status, 200);
  await says("Confirm on your phone.");
}

async function approved(challengeId) {
  await claimed(challengeId);
  assert.equal((await phone.decide(challengeId, true)).body.isVerified, true);
  await says(`Hello, ${userId}.`);
}

before(async () => {
  browser = await open();
  userId = someone("example");
  phone = await Phone.of(userId);
});
after(() => browser?.close());
beforeEach(async () => {
  await browser.context.clearCookies();
  page = await browser.context.newPage();
  await page.goto(url);
});
afterEach(() => page.close());

it("an approval logs in, a cookie that no script reads keeps it, and logging out ends it", async () => {
  const first = await code();
  await page.locator("#code svg").waitFor();
  await approved(first);
  const cookies = (await browser.context.cookies(url)).filter(({ name }) => name.startsWith("session"));
  assert.ok(cookies.length > 0);
  for (const { httpOnly, sameSite } of cookies) assert.deepEqual([httpOnly, sameSite], [true, "Lax"]);
  await page.reload();
  await says(`Hello, ${userId}.`);
  await page.getByRole("button", { name: "Log out" }).click();
  await code();
  await page.reload();
  await says("Scan this code with your phone.");
});

it("a code for one user is that user's alone, and the next one is anybody's again", async () => {
  let shown = await code();
  for (const [user, status] of [[someone("else"), 404], [userId, 200], ["", 200]]) {
    await page.locator("#user").fill(user);
    await page.getByRole("button", { name: "New code" }).click();
    shown = await code(shown);
    assert.equal((await phone.claim(shown)).status, status);
  }
  const stranger = await Phone.of(someone("stranger"));
  assert.equal((await stranger.claim(shown)).status, 409);
  await says("Confirm on your phone.");
});

it("what is declined can be tried again", async () => {
  const first = await code();
  await claimed(first);
  await phone.decide(first, false);
  await says("Declined on the phone.");
  await page.getByRole("button", { name: "Try again" }).click();
  await approved(await code(first));
});

const post = (path, body) =>
  fetch(new URL(path, url), { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

it("nothing but an approval logs in", async () => {
  const { token } = await backend.track({ userId, action: "login", attributes: {} });
  for (const unfinished of [token, "forged"]) {
    const answer = await post("login", { token: unfinished });
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get("set-cookie"), null);
  }
  for (const malformed of [{}, { token: "" }, { token: 1 }]) {
    assert.ok([400, 422].includes((await post("login", malformed)).status), JSON.stringify(malformed));
  }
  assert.equal((await fetch(new URL("me", url))).status, 401);
});

it("what tracking a name gives enrols nobody's phone", async () => {
  const { token } = await (await post("track", { userId: someone("typed") })).json();
  const { status, body } = await new Phone().add(token);
  assert.deepEqual([status, body.errorCode], [403, "insufficient_scope"]);
});
