/** The pages of the local stack in real Chromium, on the real service. Their own tests meet every state of theirs. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { fileURLToPath } from "node:url";

import { open } from "./browser.mjs";
import { enrolled, film, heading, photographed, seen, shown, state } from "./pages.mjs";
import { drawn as drawnLogin } from "./picture.mjs";
import { someone, stack } from "./stack.mjs";

const pictures = fileURLToPath(new URL("./.screenshots/", import.meta.url));
mkdirSync(pictures, { recursive: true });
let browser;
let phone;
let name;

const picture = (page, name) => page.screenshot({ path: `${pictures}${name}.png` });

before(async () => {
  browser = await open();
  name = someone("Ann");
  phone = await enrolled(browser.context, name);
});
after(() => browser?.close());

/** A screen whose code the phone was led to, and asks about. */
async function asked(path) {
  const { page, link } = await shown(browser.context, path);
  await phone.goto(link);
  await state(phone, "question");
  await state(page, "scanned");
  return page;
}

/** Approves what a screen shows with a phone of that name whose page looks at it through a camera. */
async function approvedByCamera(page, by) {
  const folder = mkdtempSync(join(tmpdir(), "scanlatch-camera-"));
  writeFileSync(join(folder, "code.y4m"), film(await photographed(page)));
  const own = await open(
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
    `--use-file-for-fake-video-capture=${join(folder, "code.y4m")}`,
  );
  try {
    const camera = await enrolled(own.context, by);
    await camera.getByTestId("scan").click();
    await state(camera, "question");
    await camera.getByTestId("approve").click();
    await state(camera, "approved");
  } finally {
    await own.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A till that shows this phone's user a code. */
async function due() {
  const page = await browser.context.newPage();
  await page.goto(`${stack.demoUrl}terminal`);
  await page.locator(".order > .button").click();
  await page.getByTestId("who").fill(name);
  await page.getByRole("button", { name: "Show the code" }).click();
  await state(page, "code");
  return page;
}

it("the gallery is the front door and leads to every page", async () => {
  const page = await browser.context.newPage();
  assert.equal((await page.goto(stack.demoUrl)).status(), 200);
  await state(page, "ready");
  await picture(page, "gallery");
  for (const path of ["phone", "login", "kiosk", "tv", "terminal"]) {
    await page.goto(stack.demoUrl);
    await page.locator(`a[href="${path}"]`).click();
    await page.waitForURL(`${stack.demoUrl}${path}`);
    await page.waitForFunction(() => document.body.dataset.state);
  }
  await page.close();
});

it("a picture of a login, for README.md if SCANLATCH_PICTURES says where to keep it", async () => {
  const own = await open("--user-agent=Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0");
  const size = { width: 390, height: 844 };
  try {
    const ann = await enrolled(own.context, "Ann");
    const { page, link } = await shown(own.context, "login");
    await page.setViewportSize(size);
    const shots = [{ caption: "1. The screen shows a code", png: await page.screenshot() }];
    await ann.goto(link);
    await state(ann, "question");
    shots.push({ caption: "2. The phone shows who is asking", png: await ann.screenshot() });
    await ann.getByTestId("approve").click();
    await state(page, "welcome");
    shots.push({ caption: "3. The screen is logged in", png: await page.screenshot() });
    await drawnLogin(own.context, join(process.env.SCANLATCH_PICTURES ?? pictures, "login.png"), shots);
  } finally {
    await own.close();
  }
});

for (const [mode, path] of [["socket", "login"], ["polling", "login?polling"]]) {
  it(`by ${mode}: a login is a session that a reload keeps and a log-out ends`, async () => {
    const page = await asked(path);
    assert.match(await heading(phone), /^Log in to Acme on Chrome/);
    await picture(phone, `phone-question-${mode}`);
    await phone.getByTestId("approve").click();
    await state(page, "welcome");
    await state(phone, "approved");
    await page.reload();
    await state(page, "welcome");
    assert.ok((await page.locator("main").innerText()).includes(name));
    await picture(page, `login-welcome-${mode}`);
    await page.getByRole("button", { name: "Log out" }).click();
    await state(page, "code");
    await page.close();
  });

  it(`by ${mode}: a login that is declined can be tried again`, async () => {
    const page = await asked(path);
    await phone.getByTestId("decline").click();
    await state(page, "declined");
    await state(phone, "declined");
    await page.getByRole("button", { name: "Show a new code" }).click();
    await state(page, "code");
    await page.close();
  });
}

it("what a phone's camera sees on the kiosk greets the guest by name and points", async () => {
  const { page } = await shown(browser.context, "kiosk");
  const [greeting] = await Promise.all([
    page.waitForFunction(() => document.body.dataset.state === "greeting" && document.querySelector("main").innerText, undefined, { timeout: 60_000 }),
    approvedByCamera(page, name),
  ]);
  const text = await greeting.jsonValue();
  assert.ok(text.includes(name) && /420 points\s+Your usual\?\s+Flat white/.test(text), text);
  await state(page, "code");
  await page.close();
});

it("what a phone's camera sees on the TV signs in there", async () => {
  const { page } = await shown(browser.context, "tv");
  await approvedByCamera(page, name);
  await state(page, "welcome");
  await picture(page, "tv-welcome");
  // The TV's session is this browser's, and other tests begin without one.
  await browser.context.clearCookies({ name: "scanlatch_session" });
  await page.close();
});

for (const [answer, outcome, told] of [["approve", "paid", /€11\.50[\s\S]*N-\d+/], ["decline", "declined", /Nothing was charged/]]) {
  it(`a payment asks for the backend's amount, and its ${answer} reaches both sides`, async () => {
    const page = await due();
    await phone.goto(await seen(page));
    await state(phone, "question");
    assert.equal(await heading(phone), "Pay €11.50 to Cafe Nord?");
    await phone.getByTestId(answer).click();
    await state(page, outcome);
    assert.match(await page.locator("main").innerText(), told);
    await picture(page, `terminal-${outcome}`);
    await page.close();
  });
}

it("a payment is for somebody with a phone", async () => {
  const page = await browser.context.newPage();
  await page.goto(`${stack.demoUrl}terminal`);
  await page.locator(".order > .button").click();
  await page.getByTestId("who").fill(someone("Nobody"));
  await page.getByRole("button", { name: "Show the code" }).click();
  await page.getByText("No phone is set up for this name").waitFor();
  await page.close();
});

it("a login that was not mine is ended from the history, and its page forgets it", async () => {
  const page = await asked("login");
  await phone.getByTestId("approve").click();
  await state(page, "welcome");
  await phone.getByRole("button", { name: "That was not me" }).click();
  await phone.getByTestId("end").click();
  await phone.getByText("That login was ended.").waitFor();
  await picture(phone, "phone-history");
  await page.reload();
  await state(page, "code");
  await page.close();
});

it("a screen whose socket is lost while the phone decides still logs in", async () => {
  const page = await browser.context.newPage();
  let cut;
  await page.routeWebSocket(/ws-v1-challenge/, (socket) => {
    const server = socket.connectToServer();
    cut = () => Promise.all([server.close(), socket.close({ code: 1001 })]);
  });
  await page.goto(`${stack.demoUrl}login`);
  await state(page, "code");
  await phone.goto(await seen(page));
  await state(phone, "question");
  await cut();
  await phone.getByTestId("approve").click();
  await state(page, "welcome");
  await page.close();
});

it("another's phone cannot answer for the customer of a payment", async () => {
  const page = await due();
  const own = await open();
  try {
    const other = await enrolled(own.context, someone("Ben"));
    await other.goto(await seen(page));
    await state(other, "problem");
    assert.equal(await other.getByTestId("approve").count(), 0);
  } finally {
    await own.close();
    await page.close();
  }
});

it("a device that is removed can be set up again", async () => {
  await phone.goto(`${stack.demoUrl}phone`);
  await state(phone, "home");
  await phone.getByRole("button", { name: "Devices" }).click();
  // The phones with a camera are this user's too.
  const removals = phone.getByRole("button", { name: /^Remove/ });
  await removals.first().waitFor();
  await picture(phone, "phone-devices");
  while (await phone.evaluate(() => document.body.dataset.state !== "enrol")) {
    const before = await removals.count();
    await removals.first().click();
    await phone.getByTestId("remove").click();
    await phone.waitForFunction(
      (before) => document.body.dataset.state === "enrol" || document.querySelectorAll("ul.entries > li").length < before,
      before, { timeout: 20_000 },
    );
  }
  await phone.getByTestId("name").fill(name);
  await phone.getByTestId("enrol").click();
  await state(phone, "home");
});
