/** A kiosk in Chromium for a minute on a real stack, whose network is cut and which is killed under it. */

import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { launch } from "../element/chromium.mjs";
import { PATIENCE_MS, Phone, site } from "./browser.mjs";
import { Cable } from "./cable.mjs";
import { Backend, someone, Stack } from "./stack.mjs";

const PLAY_MS = 60_000;
const stack = new Stack();
const events = [];
let [browser, place, cable, backend, phone, kiosk, userId] = [];

before(async () => {
  await stack.start();
  [browser, place, cable] = await Promise.all([launch(), site(), Cable.to(new URL(stack.ready.apiUrl).port)]);
  backend = new Backend(stack.ready);
  userId = someone("guest");
  phone = await Phone.of(browser, place.url, stack.ready, await backend.enrolmentToken(userId));
  kiosk = await opened();
});
after(async () => {
  await browser?.close();
  cable?.close();
  place?.close();
  await stack.remove();
});

/** A page that shows a code as a kiosk does: whenever a login is over, it begins the next. */
async function opened() {
  const page = await (await browser.newContext()).newPage();
  page.on("pageerror", (error) => events.push(`fault of the page: ${error}`));
  await page.goto(place.url);
  const baseUrl = stack.ready.apiUrl.replace(/:\d+/, `:${cable.port}`);
  await page.evaluate(
    async ({ baseUrl, tenantId }) => {
      const { Scanlatch } = await import("/index.js");
      const seen = (window.seen = { code: undefined, status: undefined, claimed: [], tokens: [] });
      const { qrCode } = new Scanlatch({ baseUrl, tenantId });
      const options = {
        action: "login",
        onRefresh: ({ challengeId }) => (seen.code = challengeId),
        onStatus: (status) => (seen.status = status),
        onStateChange: (state, token) => {
          if (state === "claimed") seen.claimed.push(seen.status.challengeId);
          if (state === "approved") seen.tokens.push(token);
          if (state !== "claimed") begin();
        },
      };
      const begin = async () => {
        const { data, error } = await qrCode.challenge(options);
        if (error) throw new Error(error);
        seen.code = data.challengeId;
      };
      void begin();
    },
    { baseUrl, tenantId: stack.ready.tenantId },
  );
  return page;
}

const until = (holds, value) => kiosk.waitForFunction(holds, value, { timeout: PATIENCE_MS });

/** The code that a person sees, once there is one and the connection to hear of it. */
async function shown() {
  await until(() => {
    const { code, status } = window.seen;
    return code && code === status?.challengeId && ["online", "polling"].includes(status.state);
  });
  return kiosk.evaluate(() => window.seen.code);
}

/** Somebody logs in with what is shown; `interruption` comes once it is claimed, before the approval. */
async function login(interruption = async () => {}) {
  const before = await kiosk.evaluate(() => window.seen.tokens.length);
  const challengeId = await shown();
  await phone.claim({ challengeId });
  await until((id) => window.seen.claimed.includes(id), challengeId);
  await interruption();
  await phone.decide(challengeId, true);
  await until((before) => window.seen.tokens.length > before, before);
  const token = await kiosk.evaluate(() => window.seen.tokens.at(-1));
  const answer = await backend.validate(token);
  assert.deepEqual([answer.state, answer.userId], ["CHALLENGE_SUCCEEDED", userId]);
}

const seconds = (from) => `${((performance.now() - from) / 1000).toFixed(1)} s`;

/** What a kiosk goes through. */
const TROUBLES = {
  "its sockets are cut": async () => cable.cut(),
  "the stack is killed and started again": async () => {
    await stack.kill();
    await sleep(2_000);
    await stack.start();
  },
  "the browser is offline for 3 s": async () => {
    await kiosk.context().setOffline(true);
    await sleep(3_000);
    await kiosk.context().setOffline(false);
  },
  "the network is gone for 4 s": async () => {
    cable.pull();
    await sleep(4_000);
    cable.mend();
  },
  "the network says nothing for 8 s": async () => {
    cable.hang();
    await sleep(8_000);
    cable.mend();
  },
};

/** Each trouble alone, and then those that lose what is under way once more, while a phone decides. */
const PLAYED = [
  ...Object.keys(TROUBLES).map((what) => ({ what, isBetween: false })),
  ...Object.keys(TROUBLES).slice(0, 3).map((what) => ({ what, isBetween: true })),
];

it("a kiosk has a live code after each trouble of a minute, and loses no login", { timeout: 600_000 }, async () => {
  const began = performance.now();
  const isPlayed = (logins) => logins > PLAYED.length && performance.now() - began >= PLAY_MS;
  await login();
  let logins = 1;
  for (; !isPlayed(logins); logins += 1) {
    const { what, isBetween } = PLAYED[(logins - 1) % PLAYED.length];
    if (isBetween) {
      await login(TROUBLES[what]);
      events.push(`${what}, before the approval: it came`);
    } else {
      await TROUBLES[what]();
      const back = performance.now();
      await login();
      events.push(`${what}: a login ${seconds(back)} later`);
    }
  }
  console.log([`a kiosk for ${seconds(began)}, with ${logins} logins:`, ...events].join("\n  "));
  assert.deepEqual(events.filter((event) => event.startsWith("fault")), []);
});
