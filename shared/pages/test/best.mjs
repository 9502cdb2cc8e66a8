/**
 * Takes the pictures that the documentation shows: `npm run pictures`. They go to `docs/images` as WebP, each smaller than
 * 120 kB. The browser itself compresses them.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { open } from "./browser/chromium.mjs";
import { isOnPhone, narrow, wide } from "./scenes.mjs";
import { serve } from "./server.mjs";
import { stage } from "./stage.mjs";

const folder = fileURLToPath(new URL("../../../docs/images", import.meta.url));
const MOST = 120_000;
/** Each picture: its scene, its width and height in CSS pixels, and its theme. */
const PICTURES = {
  login: ["login-code", 1280, 800, "light"],
  phone: ["phone-question", 390, 844, "light"],
  kiosk: ["kiosk-greeting", 810, 1080, "light"],
  tv: ["tv-short-code", 1280, 720, "dark"],
  terminal: ["terminal-code", 1280, 800, "light"],
  payment: ["phone-question-payment", 390, 844, "dark"],
};

/** A PNG as WebP of the same size. */
async function compressed(page, png) {
  const text = await page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.toDataURL("image/webp", 0.9).split(",")[1];
  }, png.toString("base64"));
  return Buffer.from(text, "base64");
}

mkdirSync(folder, { recursive: true });
const server = await serve();
const screens = await open({
  userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36",
});
const phones = await open();
try {
  server.backend.config.phoneUrl = "https://login.example/phone";
  for (const [name, [scene, width, height, colorScheme]] of Object.entries(PICTURES)) {
    const set = await stage(server, screens.context, phones.context);
    server.api.address = "203.0.113.7";
    await ({ ...wide, ...narrow })[scene](set);
    const page = isOnPhone(scene) ? set.ann : set.screen;
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const png = await page.screenshot();
    const blank = await screens.context.newPage();
    const webp = await compressed(blank, png);
    await Promise.all([blank.close(), set.close()]);
    if (webp.length > MOST) throw new Error(`${name} has ${webp.length} bytes, more than ${MOST}`);
    writeFileSync(join(folder, `${name}.webp`), webp);
    console.log(`${name.padEnd(9)} ${width} x ${height}  ${webp.length} bytes`);
  }
} finally {
  await screens.close();
  await phones.close();
  server.close();
}
