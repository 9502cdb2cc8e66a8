import assert from "node:assert/strict";
import { it } from "node:test";

import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";

import { backend, login, Phone, someone, stack, stranger, unauthorized } from "./stack.mjs";

it("track gives all that the SDK's type promises", async () => {
  const userId = someone("auth0|track me");
  const tracked = await backend.track({ userId, action: "login", attributes: { custom: { a: 1 }, redirectToSettings: false } });
  assert.equal(tracked.state, "CHALLENGE_REQUIRED");
  assert.equal(tracked.isEnrolled, false);
  assert.match(tracked.url, /\?/);
  assert.equal(tracked.token.split(".").length, 3);
  assert.ok(tracked.allowedVerificationMethods.includes("DEVICE"));
  const again = await backend.track({ userId, action: "login", attributes: { idempotencyKey: tracked.idempotencyKey } });
  assert.equal(again.idempotencyKey, tracked.idempotencyKey);
});

it("an unfinished token validates as unfinished, with its action", async () => {
  const userId = someone("unfinished");
  const { token, idempotencyKey } = await backend.track({ userId, action: "login" });
  const result = await backend.validateChallenge({ token });
  assert.equal(result.isValid, false);
  assert.equal(result.state, "CHALLENGE_REQUIRED");
  assert.equal(result.userId, userId);
  assert.equal(result.action, "login");
  assert.equal(result.idempotencyKey, idempotencyKey);
});

it("a mismatch is never a success", async () => {
  const userId = someone("mismatch");
  const { resultToken: token } = await login(userId);
  for (const wrong of [{ userId: someone("else") }, { action: "other" }]) {
    const result = await backend.validateChallenge({ token, ...wrong });
    assert.equal(result.isValid, false);
    assert.notEqual(result.state, "CHALLENGE_SUCCEEDED");
  }
  assert.equal((await backend.validateChallenge({ token, userId, action: "login" })).isValid, true);
});

it("garbage is invalid and a wrong secret key is a 401 with the known text", async () => {
  assert.equal((await backend.validateChallenge({ token: "garbage" })).isValid, false);
  await unauthorized(stranger.validateChallenge({ token: "garbage" }));
});

it("any JOSE library verifies both kinds of token, and tells them apart", async () => {
  const userId = someone("jose");
  const { userToken, resultToken } = await login(userId);
  const keys = createRemoteJWKSet(new URL(`${stack.apiUrl}/.well-known/jwks.json`));
  const [user, result] = [await jwtVerify(userToken, keys), await jwtVerify(resultToken, keys)];
  for (const [{ payload }, seconds] of [[user, 600], [result, 120]]) {
    assert.equal(payload.sub, userId);
    assert.equal(payload.other.tenantId, stack.tenantId);
    assert.equal(payload.exp - payload.iat, seconds);
  }
  assert.notEqual(user.payload.aud, result.payload.aud);
  assert.notEqual(decodeProtectedHeader(userToken).typ, decodeProtectedHeader(resultToken).typ);
  assert.equal((await backend.validateChallenge({ token: userToken })).isValid, false);
});

it("both platforms and both path generations know the same credential", async () => {
  const phone = await Phone.of(someone("paths"));
  const first = await phone.credential();
  assert.equal(first.status, 200);
  for (const kind of ["device", "qr-code"]) {
    for (const platform of ["android", "ios"]) {
      assert.deepEqual(await Object.assign(phone, { kind, platform }).credential(), first);
    }
  }
});
