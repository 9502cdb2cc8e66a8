import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { open, screen, site } from "./browser.mjs";
import { backend, Phone, someone } from "./stack.mjs";

const ACTION = "login-with-qr-code";
let browser;
let pages;

before(async () => {
  browser = await open();
  pages = await site();
});
after(async () => {
  await browser?.close();
  pages?.close();
});

/** A page that shows a challenge, and the challenge. */
async function showing(options = {}, token) {
  const display = await screen(browser.context, pages.url);
  if (token) await display.setToken(token);
  const { data, error } = await display.start({ action: ACTION, ...options });
  assert.equal(error, undefined);
  return { display, id: data.challengeId, data };
}

for (const [mode, options] of [["WebSocket", {}], ["polling", { polling: true, pollInterval: 300 }]]) {
  describe(`the official browser SDK by ${mode}`, () => {
    it("logs in and the official server SDK validates", async () => {
      const userId = someone("login");
      const phone = await Phone.of(userId);
      const { display, id, data } = await showing({ ...options, custom: { deviceInfo: "Terminal A" } });
      assert.ok(Date.parse(data.expiresAt) > Date.now());
      const claimed = await phone.claim(id);
      assert.equal(claimed.status, 200);
      assert.deepEqual(claimed.body.custom, { deviceInfo: "Terminal A" });
      assert.match(claimed.body.userAgent, /Chrome/);
      await display.state("claimed");
      assert.equal((await phone.decide(id, true)).body.isVerified, true);
      const { token } = await display.state("approved");
      const result = await backend.validateChallenge({ token, userId, action: ACTION });
      assert.equal(result.isValid, true);
      assert.equal(result.state, "CHALLENGE_SUCCEEDED");
      assert.equal(result.userId, userId);
      assert.equal(result.verificationMethod, "DEVICE");
      await display.close();
    });

    it("hears of a rejection, without a token", async () => {
      const phone = await Phone.of(someone("reject"), { kind: "qr-code", platform: "ios" });
      const { display, id } = await showing(options);
      await phone.claim(id);
      await display.state("claimed");
      await phone.decide(id, false);
      assert.ok(!(await display.state("rejected")).token);
      assert.ok(!(await display.events()).some((event) => event.state === "approved"));
      await display.close();
    });

    it("refreshes by hand, with new custom data", async () => {
      const phone = await Phone.of(someone("manual"));
      const { display, id } = await showing({ ...options, custom: { deviceInfo: "Terminal A" } });
      await display.refresh({ custom: { deviceInfo: "Terminal B" } });
      const [next, expiresAt] = await display.refreshed();
      assert.notEqual(next, id);
      assert.ok(Date.parse(expiresAt) > Date.now());
      if (mode === "WebSocket") {
        const old = await phone.claim(id);
        assert.equal(old.status, 410);
        assert.equal(old.body.errorCode, "challenge_superseded");
      }
      const claimed = await phone.claim(next);
      assert.deepEqual(claimed.body.custom, { deviceInfo: "Terminal B" });
      await phone.decide(next, true);
      const { token } = await display.state("approved");
      assert.equal((await backend.validateChallenge({ token })).isValid, true);
      await display.close();
    });

    it("refreshes by itself, and no phone is told yes for a code that the SDK has forgotten", async () => {
      const phone = await Phone.of(someone("automatic"));
      const { display, id } = await showing({ ...options, refreshInterval: 1200 });
      assert.equal((await phone.claim(id)).status, 200);
      const [next] = await display.refreshed();
      assert.notEqual(next, id);
      const decided = await phone.decide(id, true);
      if (mode === "WebSocket") {
        assert.deepEqual([decided.status, decided.body.errorCode], [410, "challenge_superseded"]);
      } else {
        // A polling screen names no predecessor when it refreshes.
        assert.equal(decided.body.isVerified, true);
      }
      await display.refreshed(2);
      await display.disconnect();
      await display.close();
    });

    it("lets only the tracked user in, with the tracked values", async () => {
      const userId = someone("known");
      const [phone, other] = [await Phone.of(userId), await Phone.of(someone("other"))];
      const { token: trackToken, idempotencyKey } =
        await backend.track({ userId, action: ACTION, attributes: { custom: { amount: "12.50" } } });
      const { display, id } = await showing(options, trackToken);
      const refused = await other.claim(id);
      assert.equal(refused.status, 404);
      assert.ok(refused.body.error && refused.body.errorCode && refused.body.errorDescription);
      const claimed = await phone.claim(id);
      assert.deepEqual(claimed.body.custom, { amount: "12.50" });
      assert.equal(claimed.body.idempotencyKey, idempotencyKey);
      await phone.decide(id, true);
      const { token } = await display.state("approved");
      const result = await backend.validateChallenge({ token, userId, action: ACTION });
      assert.equal(result.state, "CHALLENGE_SUCCEEDED");
      assert.equal(result.idempotencyKey, idempotencyKey);
      await display.close();
    });

    it("shows one challenge after the other", async () => {
      const phone = await Phone.of(someone("twice"));
      const { display, id } = await showing(options);
      const { data } = await display.start({ action: ACTION, ...options });
      assert.notEqual(data.challengeId, id);
      await phone.claim(data.challengeId);
      await phone.decide(data.challengeId, true);
      await display.state("approved");
      await display.close();
    });
  });
}

it("a tenant that does not exist is refused before the socket opens", async () => {
  const display = await screen(browser.context, pages.url, "00000000-0000-4000-8000-000000000000");
  await assert.rejects(display.start({ action: ACTION }));
  const { error, errorCode } = await display.start({ action: ACTION, polling: true });
  assert.ok(error);
  assert.equal(errorCode, "unauthorized");
  await display.close();
});
