/** The server, a browser for screens and one for phones: what every file of tests begins with. */

import { after, afterEach, before, beforeEach } from "node:test";

import { serve } from "../server.mjs";
import { stage } from "../stage.mjs";
import { open } from "./chromium.mjs";

const CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";

/** A world whose `set` has fresh pages for each test. `complaints` are what the pages said on the console. */
export function world() {
  const all = { complaints: [] };
  before(async () => {
    all.server = await serve();
    all.screens = await open({ userAgent: CHROME });
    all.phones = await open();
    for (const { context } of [all.screens, all.phones]) {
      context.on("page", (page) => {
        page.on("pageerror", (error) => all.complaints.push(`${page.url()} ${error.name}: ${error.message}`));
        page.on("console", (message) => {
          // The browser itself reports each answer that is no success.
          const isExpected = /Failed to load resource|WebSocket connection to/.test(message.text());
          if (message.type() === "error" && !isExpected) all.complaints.push(`${page.url()} ${message.text()}`);
        });
      });
    }
  });
  beforeEach(async () => {
    all.complaints.length = 0;
    all.set = await stage(all.server, all.screens.context, all.phones.context);
  });
  afterEach(() => all.set.close());
  after(async () => {
    await all.screens?.close();
    await all.phones?.close();
    all.server?.close();
  });
  return all;
}
