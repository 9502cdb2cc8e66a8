import assert from "node:assert/strict";
import { it } from "node:test";

import { createRemoteJWKSet, jwtVerify } from "jose";

import { backend, login, refused, someone, stack, stranger, unauthorized } from "./stack.mjs";

const clientId = "demo";

/** A user who logged in and whose backend keeps them so. */
async function begun(name) {
  const userId = someone(name);
  const done = await login(userId);
  return { ...done, ...(await backend.createSession({ clientId, token: done.resultToken })) };
}

it("a session tells its user, its end in whole seconds and how the user proved themselves", async () => {
  const { userId, accessToken } = await begun("tell");
  await backend.updateUser({ userId, attributes: { email: "ann@example.com", custom: { plan: "gold" } } });
  const before = Date.now() / 1000;
  const { expiresAt, ...rest } = await backend.validateSession({ accessToken });
  assert.deepEqual(rest, {
    user: { userId, email: "ann@example.com", emailVerified: false, phoneNumberVerified: false, custom: { plan: "gold" } },
    verificationMethod: "DEVICE",
    clientId,
  });
  assert.ok(Number.isInteger(expiresAt) && expiresAt > before && expiresAt < 2 ** 31, String(expiresAt));
});

it("creating a session again from the same login gives the same tokens", async () => {
  const { resultToken: token, accessToken, refreshToken } = await begun("repeat");
  assert.deepEqual(await backend.createSession({ clientId, token, action: "login" }), { accessToken, refreshToken });
});

it("any JOSE library verifies an access token, and for whom it is", async () => {
  const { userId, accessToken } = await begun("jose");
  const keys = createRemoteJWKSet(new URL(`${stack.apiUrl}/client/public/${stack.tenantId}/.well-known/jwks`));
  const { payload } = await jwtVerify(accessToken, keys, { audience: clientId });
  assert.equal(payload.sub, userId);
});

it("a session begins only at a registered application, with the result of a login for that action", async () => {
  const { resultToken: token, userToken } = await login(someone("begin"));
  for (const unknown of ["other", "DEMO"]) {
    await refused(backend.createSession({ clientId: unknown, token }), 400, "unknown_client");
  }
  const { accessToken, refreshToken } = await begun("begin-other");
  for (const wrong of [userToken, "garbage", "", "a.b.c", accessToken, refreshToken]) {
    await refused(backend.createSession({ clientId, token: wrong }), 401, "token_invalid");
  }
  await refused(backend.createSession({ clientId, token, action: "pay" }), 401, "token_invalid");
  await refused(backend.createSession({ clientId, token: 7 }), 400, "invalid_request");
  await refused(backend.createSession({ token }), 400, "invalid_request");
  assert.ok((await backend.createSession({ clientId, token, action: "login" })).accessToken);
});

it("a session is valid at the applications that are asked for", async () => {
  const { accessToken, userId } = await begun("clients");
  for (const clientIds of [undefined, [clientId], ["other", clientId]]) {
    assert.equal((await backend.validateSession({ accessToken, clientIds })).user.userId, userId);
  }
  for (const clientIds of [[], ["other"]]) {
    await refused(backend.validateSession({ accessToken, clientIds }), 401, "token_invalid");
  }
});

it("no other token passes for an access token, nor for a refresh token", async () => {
  const { accessToken, refreshToken, userToken, resultToken } = await begun("kinds");
  const [header, claims, signature] = accessToken.split(".");
  const forged = `${header}.${claims}.${signature[0] === "A" ? "B" : "A"}${signature.slice(1)}`;
  for (const wrong of [refreshToken, userToken, resultToken, forged, "garbage", ""]) {
    await refused(backend.validateSession({ accessToken: wrong }), 401, "token_invalid");
  }
  for (const wrong of [accessToken, userToken, resultToken, "garbage", ""]) {
    await refused(backend.refreshSession({ refreshToken: wrong }), 401, "token_invalid");
  }
  await refused(backend.validateSession({}), 400, "invalid_request");
  await refused(backend.refreshSession({}), 400, "invalid_request");
});

it("a refresh renews both tokens, and repeating it at once gives the same new ones", async () => {
  const { refreshToken, userId } = await begun("rotate");
  const renewed = await backend.refreshSession({ refreshToken });
  assert.notEqual(renewed.refreshToken, refreshToken);
  assert.deepEqual(await backend.refreshSession({ refreshToken }), renewed);
  assert.equal((await backend.validateSession({ accessToken: renewed.accessToken })).user.userId, userId);
  const again = await backend.refreshSession({ refreshToken: renewed.refreshToken });
  assert.notEqual(again.refreshToken, renewed.refreshToken);
});

it("refreshes with one token at the same time give the same new tokens", async () => {
  const { refreshToken } = await begun("race");
  const [first, ...others] = await Promise.all(Array.from({ length: 8 }, () => backend.refreshSession({ refreshToken })));
  for (const other of others) assert.deepEqual(other, first);
});

it("an old refresh token that comes back ends the session", async () => {
  const { refreshToken: stolen } = await begun("stolen");
  const second = await backend.refreshSession({ refreshToken: stolen });
  const third = await backend.refreshSession({ refreshToken: second.refreshToken });
  await refused(backend.refreshSession({ refreshToken: stolen }), 401, "token_invalid");
  await refused(backend.refreshSession({ refreshToken: third.refreshToken }), 401, "token_invalid");
  await refused(backend.validateSession({ accessToken: third.accessToken }), 401, "token_invalid");
});

it("revokeSession ends one session, and may be repeated", async () => {
  const { accessToken, refreshToken, resultToken: token, userId, phone } = await begun("revoke");
  const { resultToken } = await login(userId, { phone });
  const other = await backend.createSession({ clientId, token: resultToken });
  await backend.revokeSession({ accessToken });
  await refused(backend.validateSession({ accessToken }), 401, "token_invalid");
  await refused(backend.refreshSession({ refreshToken }), 401, "token_invalid");
  await refused(backend.createSession({ clientId, token }), 401, "token_invalid");
  await backend.revokeSession({ accessToken });
  assert.equal((await backend.validateSession({ accessToken: other.accessToken })).user.userId, userId);
  await refused(backend.revokeSession({ accessToken: "garbage" }), 401, "token_invalid");
});

it("revokeUserSessions ends all sessions of a user, and no other", async () => {
  const { accessToken, refreshToken, userId, phone } = await begun("all");
  const { resultToken: token } = await login(userId, { phone });
  const second = await backend.createSession({ clientId, token });
  const other = await begun("all-other");
  await backend.revokeUserSessions({ userId });
  for (const ended of [{ accessToken, refreshToken }, second]) {
    await refused(backend.validateSession({ accessToken: ended.accessToken }), 401, "token_invalid");
    await refused(backend.refreshSession({ refreshToken: ended.refreshToken }), 401, "token_invalid");
  }
  await backend.revokeUserSessions({ userId });
  assert.equal((await backend.validateSession({ accessToken: other.accessToken })).user.userId, other.userId);

  const { resultToken } = await login(userId, { phone });
  const { accessToken: later } = await backend.createSession({ clientId, token: resultToken });
  assert.equal((await backend.validateSession({ accessToken: later })).user.userId, userId);
  await backend.revokeUserSessions({ userId: someone("nobody") });
  await refused(backend.revokeUserSessions({ userId: "" }), 400, "invalid_request");
});

it("a wrong secret key is a 401 with the known text in every call about sessions", async () => {
  const { accessToken, refreshToken, resultToken: token, userId } = await begun("stranger");
  await unauthorized(stranger.createSession({ clientId, token }));
  await unauthorized(stranger.validateSession({ accessToken }));
  await unauthorized(stranger.refreshSession({ refreshToken }));
  await unauthorized(stranger.revokeSession({ accessToken }));
  await unauthorized(stranger.revokeUserSessions({ userId }));
  await unauthorized(stranger.validateSession({}));
  assert.equal((await backend.validateSession({ accessToken })).user.userId, userId);
});
