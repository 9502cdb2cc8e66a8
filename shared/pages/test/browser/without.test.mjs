/** Pages that lack something: a script, the network, cookies, or a file of their own. */

import assert from "node:assert/strict";
import { it } from "node:test";

import { authorizeAt, logOutAt } from "../provider-scenes.mjs";
import { open } from "./chromium.mjs";
import { phone, state } from "./play.mjs";
import { world } from "./world.mjs";

const all = world();
const names = ["", "login", "kiosk", "tv", "terminal", "phone", "device", "sign-in", "sign-out"];

it("a page without JavaScript says so in both languages", { timeout: 60_000 }, async () => {
  const plain = await open({ javaScriptEnabled: false });
  try {
    const page = await plain.context.newPage();
    for (const name of names) {
      await page.goto(all.set.url + name);
      const text = await page.locator("body").innerText();
      assert.match(text, /needs JavaScript[\s\S]*braucht JavaScript/, name);
      assert.doesNotMatch(text, /not loaded completely/, name);
    }
  } finally {
    await plain.close();
  }
});

it("the page after a log-out says so without JavaScript too", { timeout: 60_000 }, async () => {
  const plain = await open({ javaScriptEnabled: false });
  try {
    const page = await plain.context.newPage();
    await page.goto(`${all.set.url}signed-out`);
    assert.match(await page.locator("body").innerText(), /You are logged out[\s\S]*Sie sind abgemeldet/);
  } finally {
    await plain.close();
  }
});

it("a page whose script does not arrive says so after a while", async () => {
  const { screen, url } = all.set;
  await screen.route(/assets\/login\.js/, (route) => route.abort());
  await screen.goto(`${url}login`);
  await screen.getByText("This page has not loaded completely").waitFor({ state: "visible" });
});

it("the phone without a network shows its own page, and comes back", { timeout: 60_000 }, async () => {
  const own = await open();
  try {
    const page = await phone(own.context, all.set.url, "Dora");
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.reload();
    await state(page, "home");
    await own.context.setOffline(true);
    await page.reload();
    await page.getByRole("heading", { name: "No connection" }).waitFor();
    await own.context.setOffline(false);
    await page.getByRole("link", { name: /Try again/ }).click();
    await state(page, "home");
  } finally {
    await own.close();
  }
});

it("the phone page can be installed", async () => {
  const { ann, url } = all.set;
  await ann.goto(`${url}phone`);
  const session = await ann.context().newCDPSession(ann);
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  // An incognito window or a browser without a screen is no matter of the page.
  const own = installabilityErrors.filter(({ errorId }) => !["in-incognito"].includes(errorId));
  assert.deepEqual(own, []);
});

it("a browser that keeps no cookies is told what becomes of the login", async () => {
  const { screen, ann, url, api } = all.set;
  await screen.goto(`${url}login`);
  await state(screen, "code");
  await screen.route(/demo\/session/, async (route) => {
    if (route.request().method() === "GET") return route.fulfill({ json: { session: null } });
    return route.continue();
  });
  await ann.goto(`${url}phone?c=${[...api.challenges.keys()].at(-1)}`);
  await state(ann, "question");
  await ann.getByTestId("approve").click();
  await state(screen, "welcome");
  await screen.getByText("This browser keeps no cookies here").waitFor();
});

const addresses = {
  login: (url) => `${url}login`,
  kiosk: (url) => `${url}kiosk`,
  tv: (url) => `${url}tv`,
  terminal: (url) => `${url}terminal`,
  "sign-in": (url) => authorizeAt(url),
  "sign-out": (url) => logOutAt(url),
};
for (const [name, at] of Object.entries(addresses)) {
  it(`${name}: works where the browser keeps nothing`, async () => {
    const { screen, url } = all.set;
    await screen.addInitScript(() => {
      for (const name of ["localStorage", "sessionStorage", "indexedDB"]) {
        Object.defineProperty(window, name, {
          get: () => {
            throw new DOMException("Access is denied.", "SecurityError");
          },
        });
      }
    });
    await screen.goto(at(url));
    await state(screen, { terminal: "order", "sign-out": "ask" }[name] ?? "code");
    assert.deepEqual(all.complaints, []);
  });
}

it("a name that was typed without a network is set up by trying again", async () => {
  const { screen, url } = all.set;
  await screen.goto(`${url}phone`);
  await state(screen, "enrol");
  await screen.route(/demo\/phone\/enrol/, (route) => route.abort());
  await screen.getByTestId("name").fill("Finn");
  await screen.getByTestId("enrol").click();
  await state(screen, "problem");
  await screen.unroute(/demo\/phone\/enrol/);
  await screen.getByRole("button", { name: "Try again" }).click();
  await screen.getByRole("heading", { name: "Ready, Finn" }).waitFor({ timeout: 5_000 });
});

it("a new phone is told of a broken code before it is set up", async () => {
  const { screen, url } = all.set;
  await screen.goto(`${url}phone?c=3f8e2a91-6c47`);
  await state(screen, "problem");
  assert.equal(await screen.locator(".notice").getAttribute("data-problem"), "broken");
});

it("a kiosk that starts before its network comes up by itself", async () => {
  const { screen, url, played } = all.set;
  played.isBackendDown = true;
  await screen.goto(`${url}kiosk`);
  await state(screen, "failed");
  played.isBackendDown = false;
  await state(screen, "code");
});

it("a page without a backend says that the site is not set up", async () => {
  const { screen, url } = all.set;
  await screen.route(/demo\/session/, (route) =>
    route.fulfill({ status: 404, contentType: "text/html", body: "<p>Not found</p>" }),
  );
  await screen.goto(`${url}login`);
  await screen.getByText("This site has no server that completes logins.", { exact: true }).waitFor();
});

it("every page is sent with a policy that allows no inline script or style and asks for trusted types", async () => {
  for (const name of [...names, "signed-out"]) {
    const policy = (await fetch(all.set.url + name)).headers.get("content-security-policy");
    assert.match(policy, /default-src 'none'.*style-src 'self'.*require-trusted-types-for 'script'/, name);
    assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'/, name);
  }
});
