import assert from "node:assert/strict";
import { it } from "node:test";

import { backend, login, Phone, poll, refused, show, someone, stranger, unauthorized } from "./stack.mjs";

const nobodys = "00000000-0000-4000-8000-000000000000";
const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** A user with one phone, and the id that it is revoked by. */
async function enrolled(name) {
  const userId = someone(name);
  const phone = await Phone.of(userId);
  const { userAuthenticatorId } = (await phone.credential()).body;
  return { userId, phone, userAuthenticatorId };
}

/** Insists that a phone is unknown, whatever it tries. */
async function revoked(phone, challengeId) {
  for (const answer of [await phone.credential(), await phone.claim(challengeId), await phone.decide(challengeId, true)]) {
    assert.deepEqual([answer.status, answer.body.error], [401, "invalid_credential"]);
  }
}

it("an unknown user has no authenticators", async () => {
  assert.deepEqual(await backend.getAuthenticators({ userId: someone("unknown") }), []);
});

it("a phone is listed as a device, under the id that it knows itself", async () => {
  const { userId, userAuthenticatorId } = await enrolled("listed");
  const [device, ...more] = await backend.getAuthenticators({ userId });
  assert.deepEqual(more, []);
  assert.equal(device.userId, userId);
  assert.equal(device.userAuthenticatorId, userAuthenticatorId);
  assert.equal(device.verificationMethod, "DEVICE");
  assert.equal(device.displayName, "Test phone");
  assert.match(device.createdAt, iso);
  assert.match(device.verifiedAt, iso);
});

it("a phone that approved tells when it last did", async () => {
  const { userId, phone } = await enrolled("last");
  await login(userId, { phone });
  const [{ verifiedAt, lastVerifiedAt }] = await backend.getAuthenticators({ userId });
  assert.match(lastVerifiedAt, iso);
  assert.ok(lastVerifiedAt >= verifiedAt);
});

it("enrollVerifiedAuthenticator adds each method that a backend can verify by itself", async () => {
  const userId = someone("methods");
  const [email, phoneNumber] = ["ann@example.com", "+64271234567"];
  const wanted = [
    { verificationMethod: "SMS", phoneNumber },
    { verificationMethod: "EMAIL_OTP", email },
    { verificationMethod: "EMAIL_MAGIC_LINK", email },
    { verificationMethod: "AUTHENTICATOR_APP" },
  ];
  for (const attributes of wanted) {
    const { authenticator } = await backend.enrollVerifiedAuthenticator({ userId, attributes });
    const { userAuthenticatorId, createdAt, verifiedAt, ...rest } = authenticator;
    assert.deepEqual(rest, { userId, ...attributes });
    assert.ok(userAuthenticatorId);
    assert.match(createdAt, iso);
    assert.match(verifiedAt, iso);
  }
  const methods = wanted.map((one) => one.verificationMethod).sort();
  assert.deepEqual((await backend.getAuthenticators({ userId })).map((one) => one.verificationMethod).sort(), methods);
  const user = await backend.getUser({ userId });
  assert.equal(user.isEnrolled, true);
  assert.deepEqual(user.enrolledVerificationMethods.toSorted(), methods);
});

it("enrolling the same one again gives the first, and another address another", async () => {
  const userId = someone("repeated");
  const enrol = async (phoneNumber) =>
    (await backend.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "SMS", phoneNumber } })).authenticator;
  const first = await enrol("+64271234567");
  assert.deepEqual(await enrol("+64271234567"), first);
  assert.notEqual((await enrol("+64277654321")).userAuthenticatorId, first.userAuthenticatorId);
  assert.equal((await backend.getAuthenticators({ userId })).length, 2);
});

it("enrollVerifiedAuthenticator refuses a method without its address, and one that takes a ceremony", async () => {
  const userId = someone("refused");
  for (const attributes of [
    { verificationMethod: "SMS" },
    { verificationMethod: "SMS", phoneNumber: "" },
    { verificationMethod: "SMS", email: "ann@example.com" },
    { verificationMethod: "EMAIL_OTP" },
    { verificationMethod: "EMAIL_MAGIC_LINK", phoneNumber: "+64271234567" },
    { verificationMethod: "EMAIL_OTP", email: 7 },
    { verificationMethod: "DEVICE" },
    { verificationMethod: "PASSKEY" },
    { verificationMethod: "PUSH" },
    { verificationMethod: "sms", phoneNumber: "+64271234567" },
    { phoneNumber: "+64271234567" },
  ]) {
    await refused(backend.enrollVerifiedAuthenticator({ userId, attributes }), 400, "invalid_request");
  }
  assert.deepEqual(await backend.getAuthenticators({ userId }), []);
  assert.equal((await backend.getUser({ userId })).isEnrolled, false);
});

it("deleteAuthenticator takes a verified method away, and may be repeated", async () => {
  const userId = someone("verified");
  const attributes = { verificationMethod: "EMAIL_OTP", email: "ann@example.com" };
  const { authenticator } = await backend.enrollVerifiedAuthenticator({ userId, attributes });
  const { userAuthenticatorId } = authenticator;
  await backend.deleteAuthenticator({ userId, userAuthenticatorId });
  assert.deepEqual(await backend.getAuthenticators({ userId }), []);
  assert.equal((await backend.getUser({ userId })).isEnrolled, false);
  await backend.deleteAuthenticator({ userId, userAuthenticatorId });
});

it("deleteAuthenticator of what never existed, or is another user's, is a 404 and changes nothing", async () => {
  const { userId, phone, userAuthenticatorId } = await enrolled("mine");
  const attributes = { verificationMethod: "AUTHENTICATOR_APP" };
  const { authenticator } = await backend.enrollVerifiedAuthenticator({ userId, attributes });
  const other = someone("other");
  await Phone.of(other);
  for (const id of [nobodys, userAuthenticatorId, authenticator.userAuthenticatorId]) {
    await refused(backend.deleteAuthenticator({ userId: other, userAuthenticatorId: id }), 404, "authenticator_not_found");
  }
  await refused(backend.deleteAuthenticator({ userId, userAuthenticatorId: nobodys }), 404, "authenticator_not_found");
  assert.equal((await phone.credential()).status, 200);
  assert.equal((await backend.getAuthenticators({ userId })).length, 2);
});

it("a device that is deleted can neither claim nor decide from then on", async () => {
  const { userId, phone, userAuthenticatorId } = await enrolled("device");
  const { token } = await backend.track({ userId, action: "login" });
  const [anonymous, known] = [await show(), await show(token)];
  await backend.deleteAuthenticator({ userId, userAuthenticatorId });
  for (const { challengeId } of [anonymous, known]) await revoked(phone, challengeId);
  assert.deepEqual(await backend.getAuthenticators({ userId }), []);
  assert.equal((await backend.getUser({ userId })).isEnrolled, false);
  await backend.deleteAuthenticator({ userId, userAuthenticatorId });
});

it("a device that is deleted after its claim cannot approve any more", async () => {
  const { userId, phone, userAuthenticatorId } = await enrolled("claimed");
  const { token } = await backend.track({ userId, action: "login" });
  const screens = [await show(), await show(token)];
  for (const { challengeId } of screens) assert.equal((await phone.claim(challengeId)).status, 200);
  await backend.deleteAuthenticator({ userId, userAuthenticatorId });
  for (const screen of screens) {
    await revoked(phone, screen.challengeId);
    const { isVerified, accessToken } = await poll(screen);
    assert.deepEqual([isVerified, accessToken], [false, undefined]);
  }
});

it("deleting one of two devices leaves the other at work", async () => {
  const { userId, userAuthenticatorId } = await enrolled("two");
  const second = await Phone.of(userId);
  await backend.deleteAuthenticator({ userId, userAuthenticatorId });
  const { resultToken: token } = await login(userId, { phone: second });
  assert.equal((await backend.validateChallenge({ token, userId })).isValid, true);
  assert.equal((await backend.getAuthenticators({ userId })).length, 1);
});

it("a key may be enrolled again after its device was deleted", async () => {
  const { userId, phone, userAuthenticatorId } = await enrolled("again");
  await backend.deleteAuthenticator({ userId, userAuthenticatorId });
  const { token } = await backend.track({ userId, action: "enrol", attributes: { scope: "add:authenticators" } });
  const body = { publicKey: phone.publicKey, deviceName: "Test phone", devicePlatform: phone.platform };
  assert.equal((await phone.call("", { authorization: `Bearer ${token}`, body })).status, 200);
  assert.equal((await phone.credential()).status, 200);
});

it("a wrong secret key is a 401 with the known text in every call about authenticators", async () => {
  for (const userId of ["ann", "a/b"]) {
    await unauthorized(stranger.getAuthenticators({ userId }));
    await unauthorized(stranger.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "PASSKEY" } }));
    await unauthorized(stranger.deleteAuthenticator({ userId, userAuthenticatorId: nobodys }));
    await unauthorized(stranger.deleteAuthenticator({ userId, userAuthenticatorId: "garbage" }));
  }
});
