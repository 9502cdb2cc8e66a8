import assert from "node:assert/strict";
import { it } from "node:test";

import { backend, login, Phone, poll, refused, show, someone, stranger, unauthorized } from "./stack.mjs";

const unknown = "00000000-0000-4000-8000-000000000000";

/** A challenge that waits for a user who was tracked. */
async function pending(name, action = "login") {
  const userId = someone(name);
  const { token } = await backend.track({ userId, action });
  return { userId, userToken: token, ...(await show(token, action)) };
}

it("getChallenge tells what is pending, with its end in whole seconds", async () => {
  const { userId, challengeId } = await pending("tell", "pay");
  const before = Date.now() / 1000;
  for (const request of [{ challengeId }, { userId }, { userId, action: "pay", verificationMethod: "DEVICE" }, { challengeId, userId }]) {
    const { expiresAt, ...rest } = await backend.getChallenge(request);
    assert.deepEqual(rest, { challengeId, userId, action: "pay", verificationMethod: "DEVICE" });
    assert.ok(Number.isInteger(expiresAt) && expiresAt > before && expiresAt < 2 ** 31, String(expiresAt));
  }
});

it("getChallenge tells of nobody's challenge that it is nobody's yet", async () => {
  const { challengeId } = await show();
  const found = await backend.getChallenge({ challengeId });
  assert.equal(found.challengeId, challengeId);
  assert.equal(found.userId, undefined);
});

it("getChallenge tells the newest of several", async () => {
  const { userId, userToken } = await pending("newest");
  const { challengeId } = await show(userToken);
  assert.equal((await backend.getChallenge({ userId })).challengeId, challengeId);
});

it("getChallenge finds nothing where nothing is pending", async () => {
  const { userId, challengeId } = await pending("nothing");
  for (const request of [
    { challengeId: unknown },
    { userId: someone("nobody") },
    { userId, action: "other" },
    { userId, verificationMethod: "SMS" },
    { challengeId, userId: someone("nobody") },
  ]) {
    assert.deepEqual(await backend.getChallenge(request), {});
  }
});

it("getChallenge no longer finds what was decided", async () => {
  for (const approved of [true, false]) {
    const { challengeId, userId } = await login(someone("decided"), { approved });
    assert.deepEqual(await backend.getChallenge({ challengeId }), {});
    assert.deepEqual(await backend.getChallenge({ userId }), {});
  }
});

it("getChallenge needs a challenge or a user, and refuses what is neither", async () => {
  for (const request of [{}, { action: "login" }, { challengeId: "garbage" }, { userId: "a".repeat(257) }]) {
    await refused(backend.getChallenge(request), 400, "invalid_request");
  }
});

it("claimChallenge gives the token of an approved challenge to the backend of the user who approved", async () => {
  const userId = someone("claim");
  const { challengeId } = await login(userId);
  const { token, verificationMethod } = await backend.claimChallenge({ challengeId, userId });
  assert.equal(verificationMethod, "DEVICE");
  const validated = await backend.validateChallenge({ token, userId, action: "login" });
  assert.deepEqual([validated.isValid, validated.state], [true, "CHALLENGE_SUCCEEDED"]);
  assert.ok((await backend.claimChallenge({ challengeId, userId, skipVerificationCheck: false })).token);
});

it("claimChallenge gives the token of an anonymous challenge, once a phone approved it", async () => {
  const userId = someone("claim-anonymous");
  const phone = await Phone.of(userId);
  const { challengeId } = await show();
  await refused(backend.claimChallenge({ challengeId, userId }), 409, "challenge_not_approved");
  await phone.claim(challengeId);
  await refused(backend.claimChallenge({ challengeId, userId }), 409, "challenge_not_approved");
  await phone.decide(challengeId, true);
  const { token } = await backend.claimChallenge({ challengeId, userId });
  assert.equal((await backend.validateChallenge({ token, userId })).isValid, true);
});

it("claimChallenge of a declined challenge is refused", async () => {
  const { challengeId, userId } = await login(someone("declined"), { approved: false });
  await refused(backend.claimChallenge({ challengeId, userId }), 409, "challenge_not_approved");
});

it("claimChallenge knows neither an unknown challenge nor one that another user approved", async () => {
  const { challengeId } = await login(someone("owner"));
  const userId = someone("thief");
  for (const skipVerificationCheck of [undefined, false, true]) {
    for (const id of [challengeId, unknown]) {
      const call = backend.claimChallenge({ challengeId: id, userId, skipVerificationCheck });
      await refused(call, 404, "challenge_not_found");
    }
  }
});

it("claimChallenge refuses what is no challenge id and no user id", async () => {
  const { challengeId } = await show();
  for (const request of [{ challengeId: "garbage", userId: "ann" }, { challengeId, userId: "" }, { challengeId }, { userId: "ann" }]) {
    await refused(backend.claimChallenge(request), 400, "invalid_request");
  }
});

it("claimChallenge before the approval binds an open challenge to its user", async () => {
  const [userId, other] = [someone("bound"), someone("bound-other")];
  const [phone, thief] = [await Phone.of(userId), await Phone.of(other)];
  const screen = await show();
  const { challengeId } = screen;
  const { token } = await backend.claimChallenge({ challengeId, userId, skipVerificationCheck: true });
  const validated = await backend.validateChallenge({ token, userId });
  assert.deepEqual([validated.isValid, validated.state], [false, "CHALLENGE_REQUIRED"]);
  assert.equal((await backend.getChallenge({ userId })).challengeId, challengeId);

  const stolen = await thief.claim(challengeId);
  assert.deepEqual([stolen.status, stolen.body.error], [404, "challenge_not_found"]);
  assert.equal((await phone.claim(challengeId)).status, 200);
  assert.equal((await phone.decide(challengeId, true)).status, 200);
  const { accessToken } = await poll(screen);
  const done = await backend.validateChallenge({ token: accessToken, userId });
  assert.deepEqual([done.isValid, done.idempotencyKey], [true, validated.idempotencyKey]);
});

it("track binds an open challenge to its user and action", async () => {
  const [userId, other] = [someone("track"), someone("track-other")];
  const [phone, thief] = [await Phone.of(userId), await Phone.of(other)];
  const screen = await show();
  const { challengeId } = screen;
  const attributes = { challengeId, custom: { amount: "12.50" } };
  const { idempotencyKey } = await backend.track({ userId, action: "pay", attributes });
  assert.equal((await thief.claim(challengeId)).status, 404);
  const claimed = (await phone.claim(challengeId)).body;
  assert.deepEqual([claimed.actionCode, claimed.idempotencyKey], ["pay", idempotencyKey]);
  assert.deepEqual(claimed.custom, { amount: "12.50" });
  await phone.decide(challengeId, true);
  const { accessToken: token } = await poll(screen);
  const validated = await backend.validateChallenge({ token, userId, action: "pay" });
  assert.deepEqual([validated.isValid, validated.idempotencyKey], [true, idempotencyKey]);
});

it("track binds no challenge that is claimed, over, unknown or another user's", async () => {
  const userId = someone("not-open");
  const phone = await Phone.of(someone("claimer"));
  const { challengeId: claimed } = await show();
  await phone.claim(claimed);
  const { challengeId: over } = await login(someone("over"));
  const { challengeId: anothers } = await pending("anothers");
  for (const challengeId of [claimed, over, unknown, anothers]) {
    await refused(backend.track({ userId, action: "login", attributes: { challengeId } }), 401, "challenge_not_open");
  }
  assert.deepEqual(await backend.queryUserActions({ userId }), []);
});

it("a wrong secret key is a 401 with the known text in every call about challenges", async () => {
  await unauthorized(stranger.getChallenge({}));
  await unauthorized(stranger.getChallenge({ challengeId: unknown }));
  await unauthorized(stranger.claimChallenge({ challengeId: unknown, userId: "ann" }));
  await unauthorized(stranger.claimChallenge({ challengeId: "garbage", userId: "" }));
});

it("what is not served is a 404 that the SDK can read", async () => {
  await refused(backend.challenge({ verificationMethod: "SMS", phoneNumber: "+64271234567" }), 404, "not_found");
  await refused(backend.verify({ challengeId: unknown, verificationCode: "123456" }), 404, "not_found");
  await unauthorized(stranger.challenge({ verificationMethod: "SMS" }));
  await unauthorized(stranger.verify({ challengeId: unknown, verificationCode: "123456" }));
});
