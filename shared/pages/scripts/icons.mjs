/** Draws the icons of the manifest from icon.svg: `node scripts/icons.mjs`. Needed only when that changes. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { open } from "../test/browser/chromium.mjs";

const assets = fileURLToPath(new URL("../src/static/assets/", import.meta.url));
const text = readFileSync(`${assets}icon.svg`, "utf8");
const browser = await open();
const page = await browser.context.newPage();

async function draw(name, side, svg) {
  await page.setViewportSize({ width: side, height: side });
  await page.setContent(
    `<body style="margin:0">${svg.replace("<svg ", `<svg width="${side}" height="${side}" style="display:block" `)}`,
  );
  await page.screenshot({ path: `${assets}${name}.png`, omitBackground: true });
}

for (const side of [180, 192, 512]) await draw(`icon-${side}`, side, text);
// Android cuts a circle out of this one, so its ground has no corners and its mark is smaller.
await draw(
  "icon-maskable-512",
  512,
  text
    .replace('rx="15"', "")
    .replace('viewBox="0 0 64 64"', 'viewBox="-4 -4 72 72" class="m"')
    .replace('<rect width="64" height="64"', '<rect x="-4" y="-4" width="72" height="72"'),
);
await browser.close();
