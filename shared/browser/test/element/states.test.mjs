/** Every state in Chromium, as people see it. `SCREENSHOTS` names a folder for the pictures. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { launch } from "./chromium.mjs";
import { site, STATES } from "./site.mjs";

const pictures = process.env.SCREENSHOTS ?? mkdtempSync(join(tmpdir(), "scanlatch-element-"));
const WIDTHS = { 320: 640, 1440: 900 };

let browser;
let place;
const pages = new Map();
before(async () => {
  mkdirSync(pictures, { recursive: true });
  [browser, place] = await Promise.all([launch(), site()]);
  await Promise.all(Object.keys(STATES).map(async (state) => pages.set(state, await open(state))));
});
after(async () => {
  await browser.close();
  place.close();
  console.log(`screenshots: ${pictures}`);
});

/** A page whose element shows this state, and a list of what it asked other origins for. */
async function open(state, parameters) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const foreign = [];
  const faults = [];
  page.on("request", (request) => request.url().startsWith(place.origin) || foreign.push(request.url()));
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.goto(place.url(state, parameters));
  await page.waitForSelector(`scanlatch-qr[data-state=${state}]`, { timeout: 30_000 });
  return { page, foreign, faults };
}

/** Whether nothing makes the page wider than its window. */
const isWithin = (page) => page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
const events = (page) => page.evaluate(() => window.events);

for (const state of Object.keys(STATES)) {
  describe(`an element that shows ${state}`, () => {
    it("breaks no rule of a strict page", async () => {
      const { page, foreign, faults } = pages.get(state);
      assert.deepEqual([(await events(page)).filter(({ violation }) => violation), foreign, faults], [[], [], []]);
    });

    it("tells the state", async () => {
      const told = (await events(pages.get(state).page)).filter(({ name }) => name === "scanlatch-state");
      assert.equal(told.at(-1).state, state);
    });

    for (const [width, height] of Object.entries(WIDTHS)) {
      it(`fits ${width} pixels`, async () => {
        const { page } = pages.get(state);
        await page.setViewportSize({ width: Number(width), height });
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme });
          await page.screenshot({ path: join(pictures, `${state}-${width}-${colorScheme}.png`) });
        }
        assert.ok(await isWithin(page));
      });
    }
  });
}

describe("people who hear the page", () => {
  it("hear what the code is, and what to do", async () => {
    const snapshot = await pages.get("code").page.locator("scanlatch-qr").ariaSnapshot();
    assert.match(snapshot, /img "QR code\. Scan it with your phone\."/);
    assert.match(snapshot, /status:\s+- paragraph: Scan with your phone/);
  });

  it("hear nothing of the next code", async () => {
    const snapshot = await pages.get("expiring").page.locator("scanlatch-qr").ariaSnapshot();
    assert.doesNotMatch(snapshot, /A new code/);
  });

  it("hear no picture once the code is gone", async () => {
    assert.doesNotMatch(await pages.get("scanned").page.locator("scanlatch-qr").ariaSnapshot(), /img/);
  });
});

describe("people who cannot scan", () => {
  it("hear the short code after what to do with it", async () => {
    const { page } = await open("code", { attributes: "short-code" });
    assert.match(await page.locator("scanlatch-qr").ariaSnapshot(), /paragraph: "?Cannot scan\? Type this on your phone: WDJB-MJHT/);
  });
});

describe("people who use the keyboard", () => {
  it("reach the button and are seen to", async () => {
    const { page } = pages.get("declined");
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(() => getComputedStyle(document.querySelector("scanlatch-qr").shadowRoot.activeElement).outlineStyle);
    assert.equal(outline, "solid");
  });
});

describe("a page that asks for less motion", () => {
  it("gets none", async () => {
    const { page } = pages.get("connecting");
    await page.emulateMedia({ reducedMotion: "reduce" });
    const running = await page.evaluate(() => document.querySelector("scanlatch-qr").shadowRoot.getAnimations({ subtree: true }).length);
    assert.equal(running, 0);
  });
});

describe("a page in forced colours", () => {
  it("still has a code that can be scanned", async () => {
    const { page } = await open("code");
    await page.emulateMedia({ forcedColors: "active", colorScheme: "dark" });
    await page.screenshot({ path: join(pictures, "code-forced.png") });
    const [ink, paper] = await page.evaluate(() => {
      const { color, backgroundColor } = getComputedStyle(document.querySelector("scanlatch-qr").shadowRoot.querySelector(".code"));
      return [color, backgroundColor];
    });
    assert.deepEqual([ink, paper], ["rgb(10, 15, 20)", "rgb(255, 255, 255)"]);
  });
});

describe("pages of other kinds", () => {
  for (const [name, state, parameters] of [
    ["german", "code", { lang: "de" }],
    ["right-to-left", "scanned", { lang: "ar", dir: "rtl", attributes: "texts='{\"scanned\":\"تم المسح\",\"scannedHint\":\"أكد الآن على هاتفك.\",\"cancel\":\"إلغاء\"}'" }],
    ["with a short code", "code", { attributes: "short-code" }],
    ["with a short code, german", "code", { lang: "de", attributes: "short-code" }],
    ["with a short code, right-to-left", "code", { lang: "ar", dir: "rtl", attributes: "short-code texts='{\"shortCode\":\"لا يمكنك المسح؟ اكتب هذا على هاتفك:\"}'" }],
    ["branded", "code", { attributes: 'class="brand"' }],
  ]) {
    it(`that are ${name} fit 320 pixels without a word that runs over`, async () => {
      const { page } = await open(state, parameters);
      await page.setViewportSize({ width: 320, height: 640 });
      await page.screenshot({ path: join(pictures, `${state}-${name.replaceAll(/\W+/g, "-")}.png`), fullPage: true });
      assert.ok(await isWithin(page));
      await page.close();
    });
  }
});
