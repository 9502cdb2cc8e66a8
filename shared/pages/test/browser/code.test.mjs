/** What leads to a phone: the gallery's code, and the phone page's own scanner. `pictures.test.mjs` reads the screens' codes. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";

import { open } from "./chromium.mjs";
import { phone, state } from "./play.mjs";
import { world } from "./world.mjs";
import { seen } from "./zbar.mjs";

const all = world();

it("the gallery's code leads to the phone page", async () => {
  const { screen, url } = all.set;
  await screen.goto(url);
  await state(screen, "ready");
  assert.deepEqual(await seen(screen), [`${url}phone`]);
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
    await screen.goto(`${url}login`);
    await state(screen, "code");
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
