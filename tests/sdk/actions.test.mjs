import assert from "node:assert/strict";
import { it } from "node:test";

import { backend, login, Phone, poll, refused, show, someone, stranger, unauthorized } from "./stack.mjs";

const states = [
  "ALLOW",
  "BLOCK",
  "CHALLENGE_REQUIRED",
  "CHALLENGE_SUCCEEDED",
  "CHALLENGE_FAILED",
  "REVIEW_REQUIRED",
  "REVIEW_SUCCEEDED",
  "REVIEW_FAILED",
];
const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** A tracked action, by the three members that name it. */
async function tracked(name, action = "login") {
  const userId = someone(name);
  const { idempotencyKey } = await backend.track({ userId, action });
  return { userId, action, idempotencyKey };
}

it("getAction tells an action that waits for its challenge", async () => {
  const named = await tracked("waiting");
  const { createdAt, stateUpdatedAt, updatedAt, ...rest } = await backend.getAction(named);
  const { userId, action: actionCode, idempotencyKey } = named;
  assert.deepEqual(rest, { userId, actionCode, idempotencyKey, state: "CHALLENGE_REQUIRED", rules: [], output: {} });
  assert.match(createdAt, iso);
  assert.match(stateUpdatedAt, iso);
});

it("getAction tells which device approved", async () => {
  const userId = someone("approved");
  const { phone, idempotencyKey } = await login(userId);
  const action = await backend.getAction({ userId, action: "login", idempotencyKey });
  assert.equal(action.state, "CHALLENGE_SUCCEEDED");
  assert.equal(action.verificationMethod, "DEVICE");
  assert.equal(action.verifiedByAuthenticatorId, (await phone.credential()).body.userAuthenticatorId);
  assert.ok(action.stateUpdatedAt >= action.createdAt);
});

it("getAction tells of an action that was declined", async () => {
  const userId = someone("declined");
  const { idempotencyKey } = await login(userId, { approved: false });
  assert.equal((await backend.getAction({ userId, action: "login", idempotencyKey })).state, "CHALLENGE_FAILED");
});

it("getAction tells of an action that nobody tracked, once a phone approved it", async () => {
  const userId = someone("anonymous");
  const phone = await Phone.of(userId);
  const { challengeId } = await show(undefined, "enter");
  const { idempotencyKey } = (await phone.claim(challengeId)).body;
  await phone.decide(challengeId, true);
  assert.equal((await backend.getAction({ userId, action: "enter", idempotencyKey })).state, "CHALLENGE_SUCCEEDED");
});

it("an action of another name is a 404", async () => {
  const named = await tracked("names");
  for (const other of [{ userId: someone("other") }, { action: "other" }, { idempotencyKey: "other" }]) {
    await refused(backend.getAction({ ...named, ...other }), 404, "action_not_found");
    const attributes = { state: "ALLOW" };
    await refused(backend.updateAction({ ...named, ...other, attributes }), 404, "action_not_found");
  }
  assert.equal((await backend.getAction(named)).state, "CHALLENGE_REQUIRED");
});

it("an action code is made of 1 to 64 letters, digits, hyphens and underscores", async () => {
  const userId = someone("codes");
  for (const action of ["a", "A-Za_z0-9", "x".repeat(64)]) {
    assert.equal((await backend.track({ userId, action })).state, "CHALLENGE_REQUIRED");
  }
  for (const action of ["log in", "log.in", "x".repeat(65), "用"]) {
    await refused(backend.track({ userId, action }), 400, "invalid_request");
    await refused(backend.getAction({ userId, action, idempotencyKey: "k" }), 400, "invalid_request");
    await refused(backend.queryUserActions({ userId, actionCodes: [action] }), 400, "invalid_request");
  }
});

it("updateAction sets each of the eight states", async () => {
  const named = await tracked("states");
  for (const state of states) {
    const updated = await backend.updateAction({ ...named, attributes: { state } });
    assert.equal(updated.state, state);
    assert.deepEqual(await backend.getAction(named), updated);
  }
});

it("updateAction refuses what is no state, and changes nothing", async () => {
  const named = await tracked("no-state");
  for (const attributes of [{ state: "DONE" }, { state: "allow" }, { state: 1 }, { state: "" }, { state: null }, {}]) {
    await refused(backend.updateAction({ ...named, attributes }), 400, "invalid_request");
  }
  assert.equal((await backend.getAction(named)).state, "CHALLENGE_REQUIRED");
});

it("validateChallenge follows what updateAction set", async () => {
  const userId = someone("judged");
  const { resultToken: token, idempotencyKey } = await login(userId);
  assert.equal((await backend.validateChallenge({ token })).isValid, true);
  for (const state of states) {
    await backend.updateAction({ userId, action: "login", idempotencyKey, attributes: { state } });
    const validated = await backend.validateChallenge({ token, userId, action: "login" });
    assert.deepEqual([validated.isValid, validated.state], [state === "CHALLENGE_SUCCEEDED", state]);
    assert.equal(validated.userId, userId);
    assert.equal(validated.action, "login");
    assert.equal(validated.idempotencyKey, idempotencyKey);
  }
});

it("an action that is blocked while its login is under way cannot be approved", async () => {
  for (const state of ["BLOCK", "REVIEW_FAILED"]) {
    const userId = someone("blocked");
    const phone = await Phone.of(userId);
    const { token, idempotencyKey } = await backend.track({ userId, action: "login" });
    const screen = await show(token);
    await phone.claim(screen.challengeId);
    await backend.updateAction({ userId, action: "login", idempotencyKey, attributes: { state } });
    const decided = await phone.decide(screen.challengeId, true);
    assert.deepEqual([decided.status, decided.body.error], [403, "action_blocked"]);
    assert.equal((await poll(screen)).isVerified, false);
    assert.equal((await backend.getAction({ userId, action: "login", idempotencyKey })).state, state);
    assert.equal((await show(token)).error, "action_blocked");
  }
});

it("queryUserActions lists a user's actions, the newest first", async () => {
  const userId = someone("listed");
  const { phone, idempotencyKey: first } = await login(userId);
  const { idempotencyKey: second } = await backend.track({ userId, action: "pay" });
  await backend.track({ userId: someone("another"), action: "pay" });
  const actions = await backend.queryUserActions({ userId, actionCodes: ["login", "pay"] });
  assert.deepEqual(actions.map((one) => one.idempotencyKey), [second, first]);
  const [pay, done] = actions;
  assert.equal(pay.actionCode, "pay");
  assert.equal(pay.state, "CHALLENGE_REQUIRED");
  assert.equal(pay.verificationMethod, undefined);
  assert.equal(done.actionCode, "login");
  assert.equal(done.state, "CHALLENGE_SUCCEEDED");
  assert.equal(done.verificationMethod, "DEVICE");
  assert.equal(done.verifiedByAuthenticatorId, (await phone.credential()).body.userAuthenticatorId);
  for (const one of actions) {
    for (const at of [one.createdAt, one.updatedAt, one.stateUpdatedAt]) assert.match(at, iso);
  }
});

it("queryUserActions chooses by code, state and date", async () => {
  const userId = someone("chosen");
  const keys = {};
  for (const action of ["login", "pay", "sign"]) keys[action] = (await backend.track({ userId, action })).idempotencyKey;
  await backend.updateAction({ userId, action: "pay", idempotencyKey: keys.pay, attributes: { state: "ALLOW" } });
  const codes = async (query) => (await backend.queryUserActions({ userId, ...query })).map((one) => one.actionCode);
  assert.deepEqual(await codes({}), ["sign", "pay", "login"]);
  assert.deepEqual(await codes({ actionCodes: ["pay", "login"] }), ["pay", "login"]);
  assert.deepEqual(await codes({ actionCodes: ["other"] }), []);
  assert.deepEqual(await codes({ state: "ALLOW" }), ["pay"]);
  assert.deepEqual(await codes({ state: "ALLOW", actionCodes: ["login"] }), []);
  const { createdAt } = await backend.getAction({ userId, action: "pay", idempotencyKey: keys.pay });
  assert.deepEqual(await codes({ fromDate: createdAt }), ["sign", "pay"]);
  assert.deepEqual(await codes({ fromDate: "2020-01-01" }), ["sign", "pay", "login"]);
  assert.deepEqual(await codes({ fromDate: "2020-01-01T00:00:00+02:00" }), ["sign", "pay", "login"]);
  assert.deepEqual(await codes({ fromDate: "2035-01-01T00:00:00Z" }), []);
});

it("queryUserActions refuses what is no date or no state, and knows nothing of an unknown user", async () => {
  const userId = someone("query");
  for (const query of [{ fromDate: "yesterday" }, { fromDate: "2026-13-01" }, { fromDate: "1767225600" }, { state: "DONE" }]) {
    await refused(backend.queryUserActions({ userId, ...query }), 400, "invalid_request");
  }
  assert.deepEqual(await backend.queryUserActions({ userId }), []);
});

it("track keeps what the backend says of the user", async () => {
  const userId = someone("profile");
  const attributes = { email: "ann@example.com", phoneNumber: "+64271234567", username: "ann" };
  await backend.track({ userId, action: "login", attributes });
  await backend.track({ userId, action: "login", attributes: { email: "new@example.com" } });
  const { email, phoneNumber, username, isEnrolled } = await backend.getUser({ userId });
  assert.deepEqual({ email, phoneNumber, username }, { ...attributes, email: "new@example.com" });
  assert.equal(isEnrolled, false);
});

it("tracking an idempotency key again addresses the same action", async () => {
  const userId = someone("same");
  const track = () => backend.track({ userId, action: "pay", attributes: { idempotencyKey: "order 7/用" } });
  assert.equal((await track()).idempotencyKey, "order 7/用");
  const named = { userId, action: "pay", idempotencyKey: "order 7%2F用" };
  await backend.updateAction({ ...named, attributes: { state: "REVIEW_REQUIRED" } });
  assert.equal((await track()).state, "REVIEW_REQUIRED");
  assert.equal((await backend.queryUserActions({ userId })).length, 1);
});

it("a wrong secret key is a 401 with the known text in every call about actions", async () => {
  const attributes = { state: "DONE" };
  for (const userId of ["ann", "a/b"]) {
    for (const idempotencyKey of ["key", ""]) {
      const named = { userId, action: "login", idempotencyKey };
      await unauthorized(stranger.getAction(named));
      await unauthorized(stranger.updateAction({ ...named, attributes }));
    }
    await unauthorized(stranger.queryUserActions({ userId, fromDate: "yesterday" }));
    await unauthorized(stranger.track({ userId, action: "log in", attributes: { custom: "text" } }));
  }
});
