/** The codes as cameras see them: read from pictures of the pages, and by the page's own scanner. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";

import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

import { open } from "./chromium.mjs";
import { newest, phone, state } from "./play.mjs";
import { world } from "./world.mjs";

const all = world();
const wasm = readFileSync(createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm"));
prepareZXingModule({ overrides: { wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.length) } });

/** The texts of all QR codes in a PNG. */
async function read(png) {
  const codes = await readBarcodes(png, { formats: ["QRCode"], tryHarder: true });
  return codes.filter(({ isValid }) => isValid).map(({ text }) => text);
}

/** A terminal needs a customer before it shows a code. */
async function shown(page, name) {
  await page.goto(all.set.url + name);
  if (name === "terminal") {
    await page.locator(".order > .button").click();
    await page.getByRole("button", { name: "Ann" }).click();
  }
  await state(page, "code");
}

const sizes = { 320: 640, 768: 1024, 1440: 900, 3840: 2160 };
for (const name of ["login", "kiosk", "tv", "terminal"]) {
  it(
    `${name}: its code is read from pictures of all sizes, light and dark, and leads to the question`,
    { timeout: 60_000 },
    async () => {
      const { screen, ann, url, api } = all.set;
      await shown(screen, name);
      const link = `${url}phone?c=${newest(api).challengeId}`;
      for (const [width, height] of Object.entries(sizes)) {
        await screen.setViewportSize({ width: Number(width), height });
        for (const colorScheme of ["light", "dark"]) {
          await screen.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          const png = await screen.screenshot();
          assert.deepEqual(await read(png), [link], `${width} ${colorScheme}`);
        }
      }
      await ann.goto(link);
      await state(ann, "question");
    },
  );
}

it("the gallery's code leads to the phone page", async () => {
  const { screen, url } = all.set;
  await screen.goto(url);
  await state(screen, "ready");
  assert.deepEqual(await read(await screen.screenshot()), [`${url}phone`]);
});

/** A film of a picture, as a camera would see it: YUV4MPEG2 in grey. */
function film({ grey, width, height }) {
  const frame = Buffer.concat([Buffer.from("FRAME\n"), grey, Buffer.alloc(grey.length / 2, 128)]);
  return Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`),
    ...Array(5).fill(frame),
  ]);
}

/** The code on a page, as a byte of grey for each pixel. */
async function photographed(page, side = 480) {
  const png = (await page.locator("scanlatch-qr .card").screenshot()).toString("base64");
  const helper = await all.phones.context.newPage();
  const values = await helper.evaluate(
    async ({ png, side }) => {
      const image = new Image();
      image.src = `data:image/png;base64,${png}`;
      await image.decode();
      const canvas = new OffscreenCanvas(side, side);
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0, side, side);
      return [...context.getImageData(0, 0, side, side).data].filter((_, n) => n % 4 === 0);
    },
    { png, side },
  );
  await helper.close();
  return { grey: Buffer.from(values), width: side, height: side };
}

it(
  "the page's own scanner sees the code of a screen, by a decoder that the page's policy allows",
  { timeout: 60_000 },
  async () => {
    const { screen, url } = all.set;
    await shown(screen, "login");
    const folder = mkdtempSync(join(tmpdir(), "scanlatch-camera-"));
    writeFileSync(join(folder, "code.y4m"), film(await photographed(screen)));
    const seeing = await open({
      args: [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        `--use-file-for-fake-video-capture=${join(folder, "code.y4m")}`,
      ],
    });
    try {
      const camera = await phone(seeing.context, url, "Cleo");
      const complaints = [];
      camera.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
      await camera.getByTestId("scan").click();
      await state(camera, "question", "problem");
      assert.deepEqual([await camera.evaluate(() => document.body.dataset.state), complaints], ["question", []]);
      await camera.getByTestId("approve").click();
      await state(screen, "welcome");
    } finally {
      await seeing.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
