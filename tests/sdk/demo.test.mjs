import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { fileURLToPath } from "node:url";

import { open } from "./browser.mjs";
import { someone, stack } from "./stack.mjs";

const pictures = fileURLToPath(new URL("./.screenshots/", import.meta.url));
mkdirSync(pictures, { recursive: true });
let browser;
let phone;
let userId;

const at = (page, id) => page.getByTestId(id);
const state = (page, wanted) => page.waitForFunction((wanted) => document.body.dataset.state === wanted, wanted, { timeout: 20_000 });
const picture = (page, name) => page.screenshot({ path: `${pictures}${name}.png` });

/** The phone page in a browser, with a user's key in it. */
async function enrolled(context, userId) {
  const phone = await context.newPage();
  await phone.setViewportSize({ width: 390, height: 780 });
  await phone.goto(`${stack.demoUrl}phone`);
  await state(phone, "new");
  await picture(phone, "phone-new");
  await at(phone, "user").fill(userId);
  await at(phone, "enrol").click();
  await state(phone, "enrolled");
  await picture(phone, "phone-enrolled");
  return phone;
}

before(async () => {
  browser = await open();
  userId = someone("demo");
  phone = await enrolled(browser.context, userId);
});
after(() => browser?.close());

const SIDE = 480;

/** The QR code on a screen page, `SIDE` pixels wide and high, a byte of grey for each. */
async function drawn(page) {
  const grey = await page.evaluate(async (side) => {
    const image = document.getElementById("qr");
    await image.decode();
    const canvas = new OffscreenCanvas(side, side);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0, side, side);
    const { data } = context.getImageData(0, 0, side, side);
    return Array.from({ length: side * side }, (_, n) => data[4 * n]);
  }, SIDE);
  return Buffer.from(grey);
}

/** A screen page, its QR code, and the link that the stack's own reader sees in it. */
async function shown(query = "") {
  const page = await browser.context.newPage();
  await page.goto(`${stack.demoUrl}screen${query}`);
  await state(page, "waiting");
  const code = await drawn(page);
  const response = await fetch(`${stack.demoUrl}scan?width=${SIDE}&height=${SIDE}`, { method: "POST", body: code });
  const link = (await response.json()).text;
  assert.match(link, /challengeId=[0-9a-f-]{36}$/);
  return { page, link, code };
}

/** A film of a code, as a camera would see it: YUV4MPEG2 in 4:2:0. */
function film(code) {
  const frame = Buffer.concat([Buffer.from("FRAME\n"), code, Buffer.alloc(code.length / 2, 128)]);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${SIDE} H${SIDE} F10:1 Ip A1:1 C420jpeg\n`), ...Array(5).fill(frame)]);
}

for (const [mode, query] of [["socket", ""], ["polling", "?polling"]]) {
  it(`by ${mode}: the link in the QR code leads to a login`, async () => {
    const { page, link } = await shown(query);
    await picture(page, `screen-waiting-${mode}`);
    await phone.goto(link);
    await state(phone, "enrolled");
    await at(phone, "claim").click();
    await state(phone, "claimed");
    await state(page, "claimed");
    assert.match(await at(phone, "context").innerText(), /Terminal A/);
    await picture(phone, `phone-claimed-${mode}`);
    await picture(page, `screen-claimed-${mode}`);
    await at(phone, "approve").click();
    await state(phone, "approved");
    await state(page, "approved");
    await at(page, "welcome").waitFor();
    assert.equal(await at(page, "who").innerText(), userId);
    assert.match(await at(page, "validated").innerText(), /CHALLENGE_SUCCEEDED/);
    await picture(page, `screen-approved-${mode}`);
    await picture(phone, `phone-approved-${mode}`);
    await page.close();
  });

  it(`by ${mode}: a pasted id can be declined and tried again`, async () => {
    const { page } = await shown(query);
    const id = await at(page, "challenge-id").innerText();
    await phone.goto(`${stack.demoUrl}phone`);
    await at(phone, "challenge-input").fill(id);
    await at(phone, "claim").click();
    await state(phone, "claimed");
    await at(phone, "decline").click();
    await state(phone, "declined");
    await state(page, "rejected");
    await picture(page, `screen-rejected-${mode}`);
    await at(page, "again").click();
    await state(page, "waiting");
    assert.notEqual(await at(page, "challenge-id").innerText(), id);
    await page.close();
  });
}

it("by camera: what the phone sees is claimed", async () => {
  const { page, code } = await shown();
  const folder = mkdtempSync(join(tmpdir(), "scanlatch-camera-"));
  writeFileSync(join(folder, "code.y4m"), film(code));
  const seeing = await open(
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
    `--use-file-for-fake-video-capture=${join(folder, "code.y4m")}`,
  );
  try {
    const camera = await enrolled(seeing.context, userId);
    await at(camera, "scan").click();
    await state(camera, "claimed");
    await at(camera, "approve").click();
    await state(page, "approved");
  } finally {
    await seeing.close();
    rmSync(folder, { recursive: true, force: true });
    await page.close();
  }
});

it("a known user's code is refused to another phone with a sentence", async () => {
  const { page, link } = await shown(`?user=${encodeURIComponent(someone("else"))}`);
  await phone.goto(link);
  await at(phone, "claim").click();
  await at(phone, "error").waitFor();
  assert.match(await at(phone, "error").innerText(), /no challenge/);
  await picture(phone, "phone-error");
  await page.close();
});

it("a removed phone can enrol again", async () => {
  await phone.goto(`${stack.demoUrl}phone`);
  await state(phone, "enrolled");
  await at(phone, "remove").click();
  await state(phone, "new");
  await at(phone, "user").fill(userId);
  await at(phone, "enrol").click();
  await state(phone, "enrolled");
});
