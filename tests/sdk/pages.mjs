/** The pages of the running stack as people use them: phones that are set up, screens with a code, what a camera sees. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

import { stack } from "./stack.mjs";

const wasm = readFileSync(createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm"));
prepareZXingModule({ overrides: { wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.length) } });

/** Waits for a page's state. */
export const state = (page, ...wanted) =>
  page.waitForFunction((wanted) => wanted.includes(document.body.dataset.state), wanted, { timeout: 20_000 });

/** What a page says in its largest type. */
export const heading = (page) => page.locator("h1").innerText();

/** The phone page in a browser, set up for this name. */
export async function enrolled(context, name) {
  const phone = await context.newPage();
  await phone.setViewportSize({ width: 390, height: 844 });
  await phone.goto(`${stack.demoUrl}phone`);
  await state(phone, "enrol");
  await phone.getByTestId("name").fill(name);
  await phone.getByTestId("enrol").click();
  await state(phone, "home");
  return phone;
}

/** A screen that shows a code, and what its QR code says. */
export async function shown(context, path) {
  const page = await context.newPage();
  await page.goto(`${stack.demoUrl}${path}`);
  await state(page, "code");
  return { page, link: await seen(page) };
}

const SIDE = 480;

/** The code on a page as a camera sees it: a byte of grey for each of `SIDE` times `SIDE` pixels. */
export async function photographed(page) {
  await shownWhole(page);
  const png = (await page.locator("scanlatch-qr [part~=card]").screenshot()).toString("base64");
  // The page's own policy lets it load no such picture.
  const helper = await page.context().newPage();
  const grey = await helper.evaluate(async ({ png, side }) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = new OffscreenCanvas(side, side);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0, side, side);
    const { data } = context.getImageData(0, 0, side, side);
    return Array.from({ length: side * side }, (_, n) => data[4 * n]);
  }, { png, side: SIDE });
  await helper.close();
  return Buffer.from(grey);
}

/** A film of a code, as a camera would see it: YUV4MPEG2 in 4:2:0. */
export function film(code) {
  const frame = Buffer.concat([Buffer.from("FRAME\n"), code, Buffer.alloc(code.length / 2, 128)]);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${SIDE} H${SIDE} F10:1 Ip A1:1 C420jpeg\n`), ...Array(5).fill(frame)]);
}

/** What the QR code in a picture of a page says, as the system's camera of a phone reads it. */
export async function seen(page) {
  await shownWhole(page);
  const codes = await readBarcodes(await page.screenshot(), { formats: ["QRCode"], tryHarder: true });
  assert.equal(codes.length, 1);
  return codes[0].text;
}

/** A code that fades in would be grey in a picture. */
const shownWhole = (page) => page.emulateMedia({ reducedMotion: "reduce" });
