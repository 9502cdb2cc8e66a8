import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { fileURLToPath } from "node:url";

import { open } from "./browser.mjs";
import { drawn as drawnLogin } from "./picture.mjs";
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

/** A challenge claimed on the phone page, which now asks. */
async function asked(link) {
  await phone.goto(link);
  await state(phone, "enrolled");
  await at(phone, "claim").click();
  await state(phone, "claimed");
}

/** Every call of a page to this path ends so. */
const intercept = (page, path, handler) => page.route(`${stack.apiUrl}${path}`, handler);

/** The service answers, but says that the challenge lives for so long only. */
const living = (millis) => async (route) => {
  const response = await route.fetch();
  const expiresAt = new Date(Date.now() + millis).toISOString();
  await route.fulfill({ response, json: { ...(await response.json()), expiresAt } });
};

const saying = (page, words) =>
  page.waitForFunction((words) => document.getElementById("status").textContent.includes(words), words, { timeout: 20_000 });

it("the start page leads to both pages", async () => {
  const page = await browser.context.newPage();
  for (const url of [new URL("/", stack.demoUrl).href, stack.demoUrl]) {
    assert.equal((await page.goto(url)).status(), 200);
    assert.equal(page.url(), stack.demoUrl);
  }
  await picture(page, "start");
  for (const name of ["Phone", "Screen"]) {
    const [opened] = await Promise.all([browser.context.waitForEvent("page"), page.getByRole("link", { name }).click()]);
    await opened.waitForLoadState();
    assert.equal(opened.url(), `${stack.demoUrl}${name.toLowerCase()}`);
    await opened.close();
  }
  await page.close();
});

it("a picture of a login, for README.md if SCANLATCH_PICTURES says where to keep it", async () => {
  const own = await open("--user-agent=Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0");
  try {
    const phone = await enrolled(own.context, "ann");
    const screen = await own.context.newPage();
    await screen.setViewportSize({ width: 390, height: 690 });
    await screen.goto(`${stack.demoUrl}screen`);
    await state(screen, "waiting");
    await screen.evaluate(() => document.getElementById("qr").decode());
    const shots = [{ caption: "1. The screen shows a code", png: await screen.screenshot() }];
    await phone.setViewportSize({ width: 390, height: 690 });
    await phone.goto(`${stack.demoUrl}phone?challengeId=${await at(screen, "challenge-id").innerText()}`);
    await state(phone, "enrolled");
    await at(phone, "claim").click();
    await state(phone, "claimed");
    shots.push({ caption: "2. The phone shows who is asking", png: await phone.screenshot() });
    await at(phone, "approve").click();
    await state(screen, "approved");
    await at(screen, "welcome").waitFor();
    shots.push({ caption: "3. The screen is logged in", png: await screen.screenshot() });
    await drawnLogin(own.context, join(process.env.SCANLATCH_PICTURES ?? pictures, "login.png"), shots);
  } finally {
    await own.close();
  }
});

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

/** A screen page that polls and takes its first code as `first` says, and every later one as `then` says. */
async function polling(first, then) {
  const page = await browser.context.newPage();
  let codes = 0;
  await intercept(page, "/client/challenge/qr-code", (route) => ((codes += 1) === 1 ? first(route) : then(route)));
  await page.goto(`${stack.demoUrl}screen?polling`);
  await state(page, "waiting");
  return page;
}

it("a code is replaced before it expires, however short its life is", async () => {
  const page = await polling(living(2_000), (route) => route.continue());
  const id = await at(page, "challenge-id").innerText();
  await page.waitForFunction((id) => document.getElementById("challenge-id").textContent !== id, id, { timeout: 20_000 });
  assert.equal(await page.evaluate(() => document.body.dataset.state), "waiting");
  await page.close();
});

it("a code that cannot be replaced goes when it expires, and another comes once one can be had", async () => {
  let away = true;
  const page = await polling(living(2_000), (route) => (away ? route.abort() : route.continue()));
  await state(page, "error");
  assert.equal(await at(page, "qr").isVisible(), false);
  assert.match(await at(page, "status").innerText(), /expired|cannot be reached/);
  await picture(page, "screen-expired");
  away = false;
  await state(page, "waiting");
  await page.close();
});

it("a polling screen says that the service is away, and goes on when it is back", async () => {
  const { page, link } = await shown("?polling");
  await intercept(page, "/client/verify/qr-code", (route) => route.abort());
  await saying(page, "cannot be reached");
  await picture(page, "screen-away");
  await page.unroute(`${stack.apiUrl}/client/verify/qr-code`);
  await saying(page, "Scan this code");
  await asked(link);
  await at(phone, "approve").click();
  await state(page, "approved");
  await page.close();
});

it("a screen whose socket is lost opens another one", async () => {
  const page = await browser.context.newPage();
  let cut;
  await page.routeWebSocket(/ws-v1-challenge/, (socket) => {
    const server = socket.connectToServer();
    cut = () => Promise.all([server.close(), socket.close({ code: 1001 })]);
  });
  await page.goto(`${stack.demoUrl}screen`);
  await state(page, "waiting");
  const id = await at(page, "challenge-id").innerText();
  await cut();
  await saying(page, "The connection was lost");
  assert.equal(await at(page, "qr").isVisible(), false);
  await state(page, "waiting");
  assert.notEqual(await at(page, "challenge-id").innerText(), id);
  await page.close();
});

it("a question whose code is over is no longer asked", async () => {
  const { page, link } = await shown();
  for (const [status, code, sentence] of [
    [410, "challenge_expired", /expired\. Scan the new one/],
    [409, "challenge_already_decided", /answered already/],
  ]) {
    await asked(link);
    const body = { error: code, errorCode: code, errorDescription: "raw" };
    await intercept(phone, "/client/user-authenticators/device/challenge", (route) => route.fulfill({ status, json: body }));
    await at(phone, "approve").click();
    await at(phone, "error").waitFor();
    assert.match(await at(phone, "error").innerText(), sentence);
    assert.equal(await at(phone, "approve").isVisible(), false);
    await picture(phone, `phone-${code}`);
    await phone.unroute(`${stack.apiUrl}/client/user-authenticators/device/challenge`);
  }
  await page.close();
});

it("an answer that did not arrive can be given again", async () => {
  const { page, link } = await shown();
  await asked(link);
  await intercept(phone, "/client/user-authenticators/device/challenge", (route) => route.abort());
  await at(phone, "approve").click();
  await at(phone, "error").waitFor();
  assert.match(await at(phone, "error").innerText(), /cannot be reached/);
  await phone.unroute(`${stack.apiUrl}/client/user-authenticators/device/challenge`);
  await at(phone, "approve").click();
  await state(page, "approved");
  await page.close();
});

it("a known user's code is refused to another phone with a sentence", async () => {
  const { page, link } = await shown(`?user=${encodeURIComponent(someone("else"))}`);
  await phone.goto(link);
  await at(phone, "claim").click();
  await at(phone, "error").waitFor();
  assert.match(await at(phone, "error").innerText(), /unknown, or it is meant for somebody else/);
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
