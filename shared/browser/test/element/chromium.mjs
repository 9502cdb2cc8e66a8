/** Real Chromium. `CHROMIUM` names another than those that are looked for. */

import { existsSync } from "node:fs";

import { chromium } from "playwright-core";

const candidates = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = candidates.find((path) => path && existsSync(path));

/** A browser; `args` are further flags. */
export function launch(...args) {
  if (!executablePath) throw new Error("no Chromium was found; install one, or set CHROMIUM to its path");
  return chromium.launch({ executablePath, headless: true, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", ...args] });
}
