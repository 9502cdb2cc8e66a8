/** Real Chromium, with the official browser SDK as it was published, on a page of another origin than the API's. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { stack } from "./stack.mjs";

/** The file of the official browser SDK. */
export const sdk = fileURLToPath(new URL("./node_modules/@authsignal/browser/dist/index.min.js", import.meta.url));
const candidates = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = candidates.find((path) => path && existsSync(path));
if (!executablePath) throw new Error("no Chromium was found; install one, or set CHROMIUM to its path");

const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** A browser; `args` are further flags. */
export async function open(...args) {
  const profile = mkdtempSync(join(tmpdir(), "scanlatch-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath, headless: true, args: [...quiet, ...args], permissions: ["clipboard-write"],
  });
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** Serves an empty page and the SDK's file, byte by byte. */
export function site() {
  const server = createServer((request, response) => {
    const script = request.url === "/authsignal.js";
    response.setHeader("Content-Type", script ? "text/javascript" : "text/html");
    response.end(script ? readFileSync(sdk) : "<!doctype html><script src=\"/authsignal.js\"></script>");
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve({ url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() }));
  });
}

/** A page with the SDK set up and a log of its callbacks. */
export async function screen(context, url, tenantId = stack.tenantId) {
  const page = await context.newPage();
  await page.goto(url);
  await page.evaluate(({ baseUrl, tenantId }) => {
    window.events = [];
    window.sdk = new window.authsignal.Authsignal({ baseUrl, tenantId });
    window.start = (options) => window.sdk.qrCode.challenge({
      ...options,
      onStateChange: (state, token) => window.events.push({ state, token }),
      onRefresh: (...all) => window.events.push({ refreshed: all }),
    });
  }, { baseUrl: stack.apiUrl, tenantId });
  const until = (what) => page.waitForFunction(what, undefined, { timeout: 20_000 });
  return {
    page,
    start: (options) => page.evaluate((options) => window.start(options), options),
    setToken: (token) => page.evaluate((token) => window.sdk.setToken(token), token),
    refresh: (options) => page.evaluate((options) => window.sdk.qrCode.refresh(options), options),
    disconnect: () => page.evaluate(() => window.sdk.qrCode.disconnect()),
    events: () => page.evaluate(() => window.events),
    /** The event of this state, once it is there. */
    async state(state) {
      await page.waitForFunction((state) => window.events.some((event) => event.state === state), state, { timeout: 20_000 });
      return (await this.events()).find((event) => event.state === state);
    },
    /** The challenge id of the n-th refresh, once it is there. */
    async refreshed(n = 1) {
      await page.waitForFunction((n) => window.events.filter((event) => event.refreshed).length >= n, n, { timeout: 20_000 });
      return (await this.events()).filter((event) => event.refreshed)[n - 1].refreshed;
    },
    until,
    close: () => page.close(),
  };
}
