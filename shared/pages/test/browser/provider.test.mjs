/** What people do on the pages that the OpenID provider sends them to. */

import assert from "node:assert/strict";
import { it } from "node:test";

import { tenantId } from "../play/api.mjs";
import { answered, applicationAt, authorizeAt, logOutAt, scannedFrom, sentBy, wide } from "../provider-scenes.mjs";
import { open } from "./chromium.mjs";
import { newest, scan, state, visit } from "./play.mjs";
import { world } from "./world.mjs";

const all = world();
const heading = (page) => page.locator("h1").innerText();
const atApplication = (page, path) => page.waitForURL(`${applicationAt(all.set.url)}${path}`);
const problemOf = (page) => page.locator("[data-problem]").getAttribute("data-problem");

/** Ann approves what the login page shows. */
async function approve() {
  const { url, api, screen, ann } = all.set;
  await scan(ann, url, api);
  await state(screen, "scanned");
  await ann.getByTestId("approve").click();
}

it("an approval leads back to the application with a code, where no socket opens", async () => {
  await all.set.screen.routeWebSocket(/ws-v1/, (socket) => socket.close());
  await sentBy(all.set);
  await approve();
  await atApplication(all.set.screen, "cb?code=*");
});

it("an approval leads back to the application with a code, where only the socket tells of it", async () => {
  const { screen } = all.set;
  const opened = screen.waitForEvent("websocket");
  await sentBy(all.set);
  await (await opened).waitForEvent("framereceived");
  await screen.route(/\/verify\/qr-code$/, (route) => route.abort());
  await approve();
  await atApplication(screen, "cb?code=*");
});

it("Back at the application does not lead to the code that was used", async () => {
  const { screen, url } = all.set;
  await screen.goto(applicationAt(url));
  await answered(all.set, "approve", "leaving").catch(() => undefined);
  await atApplication(screen, "cb?code=*");
  await screen.goBack();
  assert.equal(screen.url(), applicationAt(url));
});

it("the link back tells the application that nobody logged in", async () => {
  await sentBy(all.set);
  await all.set.screen.getByRole("button", { name: "Back to Team Wiki" }).click();
  await atApplication(all.set.screen, "cb?error=access_denied");
});

it("the link back names the code that no phone may approve any more", async () => {
  await sentBy(all.set);
  const { challengeId, deviceCode } = newest(all.set.api);
  await all.set.screen.getByTestId("back").click();
  await atApplication(all.set.screen, "cb?error=access_denied");
  assert.deepEqual(all.set.provider.denied, [{ challengeId, deviceCode }]);
});

it("who declined on the phone can try again with a new code", async () => {
  await answered(all.set, "decline", "declined");
  assert.equal(await heading(all.set.screen), "You declined on your phone");
  const before = newest(all.set.api);
  await all.set.screen.getByRole("button", { name: "Try again" }).click();
  await state(all.set.screen, "code");
  assert.notEqual(newest(all.set.api), before);
});

it("who declined on the phone can go back to the application", async () => {
  await answered(all.set, "decline", "declined");
  await all.set.screen.getByTestId("back").click();
  await atApplication(all.set.screen, "cb?error=access_denied");
});

it("the phone names the letters that a device shows, and not twice who asks", async () => {
  const { ann, url, api } = all.set;
  await sentBy(all.set);
  await ann.goto(`${url}phone?c=${newest(api).challengeId}&user_code=WDJB-MJHT`);
  await state(ann, "question");
  const text = await ann.locator("main").innerText();
  assert.match(text, /shows WDJB-MJHT/);
  assert.equal(text.split("Team Wiki").length - 1, 2, "in the question and as what the service knows");
});

it("each next code names the one that it replaces", async () => {
  await scannedFrom(all.set);
  const { challengeId, deviceCode } = newest(all.set.api);
  await all.set.screen.getByRole("button", { name: "Cancel" }).click();
  await state(all.set.screen, "code");
  assert.deepEqual(all.set.provider.asked.at(-1).replaces, { challengeId, deviceCode });
});

it("asks for letters only where the service makes them", async () => {
  await sentBy(all.set);
  assert.equal(all.set.provider.asked.at(-1).shortCode, undefined);
  all.set.api.hasShortCodes = true;
  await all.set.screen.reload();
  await state(all.set.screen, "code");
  assert.equal(all.set.provider.asked.at(-1).shortCode, true);
});

it("an answer that was lost on the way back is fetched again by itself", async () => {
  const { screen, ann } = all.set;
  let calls = 0;
  await screen.route(/\/sign-in\/complete$/, async (route) => {
    calls += 1;
    if (calls > 1) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await scannedFrom(all.set);
  await ann.getByTestId("approve").click();
  await state(screen, "failed");
  await atApplication(screen, "cb?code=*");
});

it("a socket that drops while the phone decides costs nothing", async () => {
  const { screen, ann } = all.set;
  await scannedFrom(all.set);
  all.server.cut();
  await ann.getByTestId("approve").click();
  await atApplication(screen, "cb?code=*");
});

it("a login that is over while its code is shown takes the code away at once", async () => {
  const { screen, provider, api } = all.set;
  api.lifeMs = 21_000;
  await sentBy(all.set);
  for (const request of provider.requests.values()) request.isLate = true;
  await state(screen, "over");
  api.lifeMs = 600_000;
  assert.equal(await problemOf(screen), "late");
});

it("a login that was finished cannot be opened again, and says so", async () => {
  const { screen } = all.set;
  await sentBy(all.set);
  const address = screen.url();
  await approve();
  await atApplication(screen, "cb?code=*");
  await visit(screen, address, "over");
  assert.equal(await problemOf(screen), "over");
});

it("a login that began in another browser cannot be finished in this one", async () => {
  await sentBy(all.set);
  await visit(all.set.ann, all.set.screen.url(), "over");
  assert.equal(await problemOf(all.set.ann), "over");
});

it("an address that changes under the page is read again", async () => {
  const { screen } = all.set;
  await sentBy(all.set);
  await screen.evaluate(() => (location.hash = "#t=half"));
  await state(screen, "over");
});

const problems = {
  missing: "missing",
  damaged: "damaged",
  over: "over",
  late: "late",
  "no-application": "application",
  "no-site": "site",
  closed: "closed",
  "not-counted": "refused",
  busy: "busy",
  "cut-off": "network",
  "no-backend": "network",
};
for (const [name, wanted] of Object.entries(problems)) {
  it(`the login page says what is wrong: ${name}`, async () => {
    await wide[`sign-in-${name}`](all.set);
    assert.equal(await problemOf(all.set.screen), wanted);
  });
}

it("the login page says without a network that there is none", async () => {
  await wide["sign-in-offline"](all.set);
  assert.equal(await heading(all.set.screen), "No connection");
});

it("a phone, which cannot scan itself, is led to the question by a button", { timeout: 60_000 }, async () => {
  const coarse = "--blink-settings=primaryPointerType=2,availablePointerTypes=2";
  const own = await open({ args: [coarse], hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });
  try {
    const page = await own.context.newPage();
    await visit(page, authorizeAt(all.set.url), "code");
    const link = page.getByRole("link", { name: "Open on this phone" });
    assert.equal(await link.getAttribute("href"), `${all.set.url}phone?c=${newest(all.set.api).challengeId}`);
    assert.ok((await link.boundingBox()).y < 300, "below the code");
  } finally {
    await own.close();
  }
});

it("no button for this phone is shown where there is a mouse", async () => {
  await sentBy(all.set);
  assert.equal(await all.set.screen.getByRole("link", { name: "Open on this phone" }).count(), 0);
});

it("an application's name is a text, whatever it holds", async () => {
  all.set.provider.applications.get("wiki").name = "<b>Wiki</b> \u0001&amp;";
  await scannedFrom(all.set);
  assert.equal(await heading(all.set.ann), "Log in to <b>Wiki</b> &amp; on Chrome, Linux, near Berlin?");
});

it("the phone says that the site knows the application, before what the screen says of itself", async () => {
  await scannedFrom(all.set);
  const sections = await all.set.ann.locator(".ask section h2").allInnerTexts();
  assert.deepEqual(
    sections.map((text) => text.replace(/\s+/g, " ").trim()),
    ["Acme knows this application", "Seen by the service", "What the screen says of itself not checked"],
  );
});

it("what a screen calls an application is none that the site knows", async () => {
  const { url, api, screen, ann } = all.set;
  await visit(screen, `${url}login`, "code");
  newest(api).custom = { application: { clientId: "wiki", name: "Team Wiki" } };
  await scan(ann, url, api);
  assert.doesNotMatch(await ann.locator("main").innerText(), /knows this application/);
  assert.equal(await heading(ann), "Log in to Acme on Chrome, Linux, near Berlin?");
});

it("the history names the application", async () => {
  await answered(all.set, "decline", "declined");
  await visit(all.set.ann, `${all.set.url}phone`, "home");
  await all.set.ann.getByTestId("history").click();
  await all.set.ann.locator(".entries b", { hasText: "Login to Team Wiki" }).first().waitFor();
});

it("a log-out that the person confirms leads back to the application", async () => {
  const { screen, url } = all.set;
  await visit(screen, logOutAt(url, { state: "x&y", post_logout_redirect_uri: `${applicationAt(url)}bye` }), "ask");
  await screen.getByRole("button", { name: "Log out" }).click();
  await atApplication(screen, "bye");
  const form = Object.fromEntries(all.set.provider.loggedOut.at(-1));
  assert.deepEqual([form.client_id, form.state, form.confirmed], ["wiki", "x&y", "yes"]);
});

it("a log-out without a way back ends on a page that says so", async () => {
  const { screen, url } = all.set;
  await visit(screen, logOutAt(url), "ask");
  await screen.keyboard.press("Tab");
  await screen.keyboard.press("Enter");
  await state(screen, "done");
  assert.equal(await heading(screen), "You are logged out");
});

it("nobody is logged out by opening the page alone", async () => {
  const { screen, url } = all.set;
  await visit(screen, `${url}sign-out#t=${tenantId}&confirmed=yes`, "ask");
  assert.deepEqual(all.set.provider.loggedOut, []);
});
