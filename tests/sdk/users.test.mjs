import assert from "node:assert/strict";
import { it } from "node:test";

import { backend, login, Phone, poll, refused, show, someone, stranger, unauthorized } from "./stack.mjs";

/** Ids as the identity providers of backends make them. */
const odd = ["auth0|x", "a b", "a/b", "a+b", "a:b", "用户", "auth0|a b/c+d:e用"];

it("getUser knows of an unknown user that there is nothing to know, and is never a 404", async () => {
  assert.deepEqual(await backend.getUser({ userId: someone("unknown") }), {
    isEnrolled: false,
    emailVerified: false,
    phoneNumberVerified: false,
    enrolledVerificationMethods: [],
    allowedVerificationMethods: ["DEVICE"],
  });
});

it("updateUser makes a user, and getUser tells all of it", async () => {
  const userId = someone("update");
  const attributes = {
    email: "ann@example.com",
    emailVerified: true,
    phoneNumber: "+64271234567",
    phoneNumberVerified: true,
    username: "ann",
    displayName: "Ann Ångström",
    locale: "de-CH",
    custom: { plan: "gold", seats: 3, trial: false },
  };
  assert.deepEqual(await backend.updateUser({ userId, attributes }), attributes);
  const { isEnrolled, enrolledVerificationMethods, allowedVerificationMethods, ...known } = await backend.getUser({ userId });
  assert.deepEqual(known, attributes);
  assert.equal(isEnrolled, false);
});

it("updateUser leaves what is absent or null, and clears what is an empty text", async () => {
  const userId = someone("clear");
  await backend.updateUser({ userId, attributes: { email: "ann@example.com", username: "ann", displayName: "Ann" } });
  const changed = await backend.updateUser({ userId, attributes: { email: "", username: null, locale: "en" } });
  const expected = { emailVerified: false, phoneNumberVerified: false, username: "ann", displayName: "Ann", locale: "en" };
  assert.deepEqual(changed, expected);
  assert.equal((await backend.getUser({ userId })).email, undefined);
});

it("updateUser refuses what is no attribute's value, and changes nothing", async () => {
  const userId = someone("malformed");
  await backend.updateUser({ userId, attributes: { email: "ann@example.com" } });
  for (const wrong of [{ email: 7 }, { emailVerified: "yes" }, { custom: "text" }, { username: "a\u0000b" }]) {
    await refused(backend.updateUser({ userId, attributes: { email: "other@example.com", ...wrong } }), 400, "invalid_request");
  }
  assert.equal((await backend.getUser({ userId })).email, "ann@example.com");
});

it("a user id has 1 to 256 bytes and no control characters", async () => {
  assert.equal((await backend.getUser({ userId: "a".repeat(256) })).isEnrolled, false);
  for (const userId of ["a".repeat(257), "用".repeat(86), "a%00b", "a%0Ab", "a/b%00c"]) {
    await refused(backend.getUser({ userId }), 400, "invalid_request");
    await refused(backend.updateUser({ userId, attributes: {} }), 400, "invalid_request");
    await refused(backend.deleteUser({ userId }), 400, "invalid_request");
  }
});

it("getUser tells how a user is enrolled", async () => {
  const userId = someone("enrolled");
  await Phone.of(userId);
  const user = await backend.getUser({ userId });
  assert.equal(user.isEnrolled, true);
  assert.deepEqual(user.enrolledVerificationMethods, ["DEVICE"]);
  assert.equal(user.defaultVerificationMethod, "DEVICE");
});

for (const id of odd) {
  it(`the id ${id} is one user in every call`, async () => {
    const userId = someone(id);
    const username = someone("odd");
    await backend.updateUser({ userId, attributes: { username } });
    assert.equal((await backend.getUser({ userId })).username, username);
    assert.equal((await backend.queryUsers({ username })).users[0].userId, userId);

    const { phone, resultToken: token, idempotencyKey, challengeId } = await login(userId);
    const named = { userId, action: "login", idempotencyKey };
    assert.equal((await backend.getAction(named)).userId, userId);
    assert.deepEqual((await backend.queryUserActions({ userId, actionCodes: ["login"] })).map((one) => one.idempotencyKey), [
      idempotencyKey,
    ]);
    assert.equal((await backend.updateAction({ ...named, attributes: { state: "CHALLENGE_SUCCEEDED" } })).userId, userId);
    assert.deepEqual(await backend.getChallenge({ userId }), {});
    assert.equal((await backend.validateChallenge({ token, userId })).userId, userId);
    assert.ok((await backend.claimChallenge({ challengeId, userId })).token);
    const { accessToken } = await backend.createSession({ clientId: "demo", token });
    assert.equal((await backend.validateSession({ accessToken })).user.userId, userId);
    await backend.revokeUserSessions({ userId });
    await refused(backend.validateSession({ accessToken }), 401, "token_invalid");

    const enrolled = await backend.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "AUTHENTICATOR_APP" } });
    assert.equal(enrolled.authenticator.userId, userId);
    const authenticators = await backend.getAuthenticators({ userId });
    assert.deepEqual(authenticators.map((one) => one.userId), [userId, userId]);
    for (const { userAuthenticatorId } of authenticators) {
      await backend.deleteAuthenticator({ userId, userAuthenticatorId });
    }
    assert.equal((await phone.credential()).status, 401);
    await backend.deleteUser({ userId });
    assert.equal((await backend.getUser({ userId })).username, undefined);
  });
}

it("ids that only differ in how they are written in a path are different users", async () => {
  const unique = someone("apart");
  const ids = odd.map((id) => `${id}-${unique}`);
  for (const userId of ids) await backend.updateUser({ userId, attributes: { displayName: userId } });
  for (const userId of ids) assert.equal((await backend.getUser({ userId })).displayName, userId);
});

it("an id with a question mark, which the SDK writes into the path as it is, never means another user", async () => {
  const userId = someone("victim");
  await backend.updateUser({ userId, attributes: { username: userId } });
  await refused(backend.deleteUser({ userId: `${userId}?x` }), 400, "invalid_request");
  await refused(backend.getUser({ userId: `${userId}?x` }), 400, "invalid_request");
  assert.equal((await backend.getUser({ userId })).username, userId);
});

it("queryUsers finds by each attribute, exactly, and by all of them together", async () => {
  const [userId, other] = [someone("query"), someone("query-other")];
  const attributes = { username: someone("name"), email: `${someone("mail")}+a@example.com`, phoneNumber: `+${someone("64")}` };
  await backend.updateUser({ userId, attributes: { ...attributes, emailVerified: true } });
  await backend.updateUser({ userId: other, attributes: { username: attributes.username } });
  const ids = async (query) => (await backend.queryUsers(query)).users.map((user) => user.userId);

  assert.deepEqual(await ids({ email: attributes.email }), [userId]);
  assert.deepEqual(await ids({ phoneNumber: attributes.phoneNumber }), [userId]);
  assert.deepEqual((await ids({ username: attributes.username })).sort(), [userId, other].sort());
  assert.deepEqual(await ids(attributes), [userId]);
  assert.deepEqual(await ids({ username: attributes.username.slice(0, -1) }), []);
  assert.deepEqual(await ids({ username: attributes.username.toUpperCase() }), []);
  assert.deepEqual(await ids({ ...attributes, email: "nobody@example.com" }), []);

  const { users } = await backend.queryUsers({ email: attributes.email });
  const { locale, displayName, custom, ...listed } = users[0];
  assert.deepEqual(listed, { userId, ...attributes, emailVerified: true, phoneNumberVerified: false });
});

it("queryUsers no longer finds a user by what was changed or deleted", async () => {
  const [userId, before, after] = [someone("renamed"), someone("before"), someone("after")];
  await backend.updateUser({ userId, attributes: { username: before } });
  await backend.updateUser({ userId, attributes: { username: after } });
  assert.deepEqual((await backend.queryUsers({ username: before })).users, []);
  assert.equal((await backend.queryUsers({ username: after })).users.length, 1);
  await backend.deleteUser({ userId });
  assert.deepEqual((await backend.queryUsers({ username: after })).users, []);
});

it("a list goes on after the last user that was told, until each came once", async () => {
  const username = someone("page");
  const ids = [1, 2, 3, 4, 5].map((n) => someone(`page-${n}`));
  for (const userId of ids) await backend.updateUser({ userId, attributes: { username } });
  const seen = [];
  const sizes = [];
  for (let lastEvaluatedUserId; sizes.length < 10; ) {
    const page = await backend.queryUsers({ username, limit: 2, lastEvaluatedUserId });
    seen.push(...page.users.map((user) => user.userId));
    sizes.push(page.users.length);
    lastEvaluatedUserId = page.lastEvaluatedUserId;
    if (!lastEvaluatedUserId) break;
  }
  assert.deepEqual(seen.sort(), ids.sort());
  assert.deepEqual(sizes, [2, 2, 1]);
  assert.equal((await backend.queryUsers({ username, limit: 100 })).lastEvaluatedUserId, undefined);
});

it("a list holds 20 users unless a limit from 1 to 100 is given", async () => {
  const username = someone("many");
  for (let n = 0; n < 21; n += 1) await backend.updateUser({ userId: someone("many"), attributes: { username } });
  const page = await backend.queryUsers({ username });
  assert.equal(page.users.length, 20);
  assert.equal((await backend.queryUsers({ username, lastEvaluatedUserId: page.lastEvaluatedUserId })).users.length, 1);
  for (const limit of [101, -1, 1.5]) await refused(backend.queryUsers({ username, limit }), 400, "invalid_request");
});

it("a continuation that was tampered with is refused", async () => {
  const username = someone("tamper");
  for (let n = 0; n < 2; n += 1) await backend.updateUser({ userId: someone("tamper"), attributes: { username } });
  const { lastEvaluatedUserId: good } = await backend.queryUsers({ username, limit: 1 });
  const middle = Math.floor(good.length / 2);
  const flipped = good.slice(0, middle) + (good[middle] === "A" ? "B" : "A") + good.slice(middle + 1);
  for (const bad of [flipped, good.slice(0, -4), `A${good}`, someone("tamper"), "garbage", "%00"]) {
    await refused(backend.queryUsers({ username, limit: 1, lastEvaluatedUserId: bad }), 400, "invalid_request");
  }
});

it("queryUsers by a token tells its user and what the token says", async () => {
  const userId = someone("token");
  const { userToken, resultToken } = await login(userId);
  for (const token of [userToken, resultToken]) {
    const { users, tokenPayload } = await backend.queryUsers({ token });
    assert.deepEqual(users.map((user) => user.userId), [userId]);
    assert.equal(tokenPayload.sub, userId);
    assert.equal(tokenPayload.other.actionCode, "login");
  }
  await refused(backend.queryUsers({ token: "garbage" }), 401, "token_invalid");
  const [header, claims, signature] = resultToken.split(".");
  const forged = `${header}.${claims}.${signature[0] === "A" ? "B" : "A"}${signature.slice(1)}`;
  await refused(backend.queryUsers({ token: forged }), 401, "token_invalid");
});

it("deleteUser leaves nothing of a user behind, and may be repeated", async () => {
  const userId = someone("gone");
  const username = someone("gone");
  const { phone, resultToken: token, userToken, idempotencyKey } = await login(userId);
  await backend.updateUser({ userId, attributes: { username } });
  await backend.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "EMAIL_OTP", email: "a@example.com" } });
  const { accessToken, refreshToken } = await backend.createSession({ clientId: "demo", token });

  await backend.deleteUser({ userId });
  const user = await backend.getUser({ userId });
  assert.equal(user.isEnrolled, false);
  assert.equal(user.username, undefined);
  assert.deepEqual(user.enrolledVerificationMethods, []);
  assert.deepEqual(await backend.getAuthenticators({ userId }), []);
  assert.deepEqual(await backend.queryUserActions({ userId }), []);
  await refused(backend.getAction({ userId, action: "login", idempotencyKey }), 404, "action_not_found");
  for (const gone of [token, userToken]) {
    const validated = await backend.validateChallenge({ token: gone });
    assert.equal(validated.isValid, false);
    assert.equal(validated.state, undefined);
  }
  await refused(backend.validateSession({ accessToken }), 401, "token_invalid");
  await refused(backend.refreshSession({ refreshToken }), 401, "token_invalid");
  await refused(backend.createSession({ clientId: "demo", token }), 401, "token_invalid");
  const { status, body } = await phone.credential();
  assert.deepEqual([status, body.error], [401, "invalid_credential"]);

  await backend.deleteUser({ userId });
  await backend.deleteUser({ userId: someone("never") });
});

it("a login under way when its user is deleted cannot be completed", async () => {
  const userId = someone("under-way");
  const phone = await Phone.of(userId);
  const { token } = await backend.track({ userId, action: "login" });
  const [shown, claimed, anonymous] = [await show(token), await show(token), await show()];
  for (const { challengeId } of [claimed, anonymous]) assert.equal((await phone.claim(challengeId)).status, 200);
  await backend.deleteUser({ userId });
  for (const { challengeId } of [shown, claimed, anonymous]) {
    for (const answer of [await phone.claim(challengeId), await phone.decide(challengeId, true)]) {
      assert.deepEqual([answer.status, answer.body.error], [401, "invalid_credential"]);
    }
  }
  for (const screen of [shown, claimed, anonymous]) {
    const polled = await poll(screen);
    assert.notEqual(polled.isVerified, true);
    assert.equal(polled.accessToken, undefined);
  }
});

it("a login that was approved when its user is deleted is no success any more", async () => {
  const userId = someone("too-late");
  const { resultToken: token } = await login(userId);
  await backend.deleteUser({ userId });
  const validated = await backend.validateChallenge({ token, userId });
  assert.equal(validated.isValid, false);
  assert.equal(validated.state, undefined);
});

it("a user who comes back after deletion begins anew", async () => {
  const userId = someone("again");
  const { phone, resultToken: token } = await login(userId);
  await backend.deleteUser({ userId });
  const again = await login(userId);
  assert.equal((await backend.validateChallenge({ token: again.resultToken })).isValid, true);
  assert.equal((await backend.validateChallenge({ token })).isValid, false);
  assert.equal((await phone.credential()).status, 401);
  assert.equal((await backend.getAuthenticators({ userId })).length, 1);
});

it("a wrong secret key is a 401 with the known text in every call about users", async () => {
  const attributes = { email: "ann@example.com" };
  for (const userId of ["ann", "a/b", "a".repeat(300)]) {
    await unauthorized(stranger.getUser({ userId }));
    await unauthorized(stranger.updateUser({ userId, attributes }));
    await unauthorized(stranger.deleteUser({ userId }));
    await unauthorized(stranger.track({ userId, action: "login" }));
  }
  await unauthorized(stranger.updateUser({ userId: "ann", attributes: { email: 7 } }));
  await unauthorized(stranger.queryUsers({}));
  await unauthorized(stranger.queryUsers({ limit: 1000, lastEvaluatedUserId: "garbage", token: "garbage" }));
});
