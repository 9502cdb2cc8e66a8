/**
 * Takes a picture of every state of every page: `node test/shots.mjs [PATTERN]`. They go to `.shots`, or to the folder
 * that SCANLATCH_PICTURES names. SCANLATCH_LANGUAGE=de takes them in German.
 */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { open } from "./browser/chromium.mjs";
import { isOnPhone, narrow, wide } from "./scenes.mjs";
import { serve } from "./server.mjs";
import { stage } from "./stage.mjs";

const folder = process.env.SCANLATCH_PICTURES ?? fileURLToPath(new URL("../.shots", import.meta.url));
const pattern = new RegExp(process.argv[2] ?? ".");
const sizes = { 320: 640, 768: 1024, 1440: 900, 3840: 2160 };
const phoneSizes = { 320: 568, 390: 844 };

mkdirSync(folder, { recursive: true });
const server = await serve();
const locale = process.env.SCANLATCH_LANGUAGE === "de" ? "de-DE" : "en-GB";
const screens = await open({
  locale,
  userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36",
});
const phones = await open({ locale });
let failures = 0;
for (const [name, scene] of Object.entries({ ...wide, ...narrow })) {
  if (!pattern.test(name)) continue;
  const set = await stage(server, screens.context, phones.context);
  const page = isOnPhone(name) ? set.ann : set.screen;
  const shown = name in wide ? sizes : phoneSizes;
  try {
    await page.setViewportSize({ width: 1440, height: 900 });
    await scene(set);
    for (const [width, height] of Object.entries(shown)) {
      await page.setViewportSize({ width: Number(width), height });
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), caret: "initial" });
      }
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wider > 0) console.log(`${name}: ${wider} px too wide at ${width}`);
    }
  } catch (error) {
    failures += 1;
    console.log(
      name,
      error.message.split("\n")[0],
      await page.evaluate(() => [document.body.dataset.state, document.body.innerText.slice(0, 200)]).catch(() => ""),
    );
  }
  await set.close();
}
await screens.close();
await phones.close();
server.close();
process.exitCode = failures > 0 ? 1 : 0;
