/**
 * A screen and a phone that come over the network: `--host` serves them by https on another address of this machine, with
 * the certificate that the stack made for it.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";

import { Stack } from "../../../browser/test/real/stack.mjs";
import { open } from "../browser/chromium.mjs";
import { phone, state } from "../browser/play.mjs";
import { seen } from "../browser/zbar.mjs";

const stack = new Stack(["--host", "127.0.0.2"]);
const homes = [];
let url;

before(async () => {
  await stack.start();
  url = `${stack.ready.hostUrl}/`;
});
after(async () => {
  await stack.remove();
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

/** A home folder whose certificates Chromium reads; those in `trusted` are as good as an authority's. */
function home(...trusted) {
  const folder = mkdtempSync(join(tmpdir(), "scanlatch-home-"));
  homes.push(folder);
  const store = join(folder, ".pki/nssdb");
  mkdirSync(store, { recursive: true });
  const certutil = (...words) => execFileSync("certutil", ["-d", `sql:${store}`, ...words], { stdio: "pipe" });
  certutil("-N", "--empty-password");
  for (const file of trusted) certutil("-A", "-n", "scanlatch", "-t", "P,,", "-i", file);
  return folder;
}

const chromium = (HOME) => open({ env: { ...process.env, HOME } });

/** The first page in a browser that takes the certificate. */
async function trusting(browser) {
  const page = await browser.context.newPage();
  await page.goto(url);
  return page;
}

/** The first page in a browser whose warning a person clicks away. */
async function warned(browser) {
  const page = await browser.context.newPage();
  await assert.rejects(page.goto(url), /ERR_CERT_AUTHORITY_INVALID/);
  await page.locator("#details-button").click();
  await page.locator("#proceed-link").click();
  await page.waitForURL(url);
  return page;
}

/** Somebody sets up a phone, reads the code of a login page with it, and approves. */
async function login(screens, phones, enter, name) {
  await (await enter(phones)).close();
  const mine = await phone(phones.context, url, name);
  const screen = await enter(screens);
  await screen.goto(`${url}login`);
  await state(screen, "code");
  const [link] = await seen(screen);
  assert.ok(link?.startsWith(`${url}phone?c=`), `the code says ${link}`);
  await mine.goto(link);
  await state(mine, "question");
  await state(screen, "scanned");
  await mine.getByTestId("approve").click();
  await state(screen, "welcome");
  assert.match(await screen.locator("main").innerText(), new RegExp(name));
}

for (const [name, [what, enter, certificates]] of Object.entries({
  Tess: ["that trusts the certificate", trusting, () => [stack.ready.certificateFile]],
  Walt: ["in which a person clicked the warning away", warned, () => []],
})) {
  it(`a login completes over the network in a Chromium ${what}`, { timeout: 120_000 }, async () => {
    const folder = home(...certificates());
    const browsers = [await chromium(folder), await chromium(folder)];
    try {
      await login(...browsers, enter, name);
    } finally {
      for (const browser of browsers) await browser.close();
    }
  });
}
