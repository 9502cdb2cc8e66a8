import assert from "node:assert/strict";
import { it } from "node:test";

import { Authsignal } from "@authsignal/node";
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";

import { backend, Phone, someone, stack } from "./stack.mjs";

/** The user token and the result token of a finished login. */
async function login(userId) {
  const phone = await Phone.of(userId);
  const { token: userToken } = await backend.track({ userId, action: "login" });
  const tenant = `Basic ${Buffer.from(stack.tenantId).toString("base64")}`;
  const post = async (path, authorization, body) => {
    const headers = { Authorization: authorization, "Content-Type": "application/json" };
    return (await fetch(stack.apiUrl + path, { method: "POST", headers, body: JSON.stringify(body) })).json();
  };
  const { challengeId, deviceCode } = await post("/client/challenge/qr-code", `Bearer ${userToken}`, { action: "login" });
  await phone.claim(challengeId);
  await phone.decide(challengeId, true);
  const { accessToken } = await post("/client/verify/qr-code", tenant, { challengeId, deviceCode });
  return { userToken, resultToken: accessToken };
}

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
  const stranger = new Authsignal({ apiSecretKey: "wrong", apiUrl: stack.apiUrl });
  await assert.rejects(stranger.validateChallenge({ token: "garbage" }), (error) => {
    assert.equal(error.statusCode, 401);
    assert.equal(error.errorCode, "unauthorized");
    assert.equal(error.errorDescription, "The request is unauthorized. Check that your API key and region base URL are correctly configured.");
    return true;
  });
});

it("any JOSE library verifies both kinds of token, and tells them apart", async () => {
  const userId = someone("jose");
  const { userToken, resultToken } = await login(userId);
  const keys = createRemoteJWKSet(new URL(`${stack.apiUrl}/.well-known/jwks.json`));
  const [user, result] = [await jwtVerify(userToken, keys), await jwtVerify(resultToken, keys)];
  for (const { payload } of [user, result]) {
    assert.equal(payload.sub, userId);
    assert.equal(payload.other.tenantId, stack.tenantId);
    assert.ok(payload.exp - payload.iat === 600);
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
