/** Who may enrol, under both settings: tests/stages/sdk.sh runs this for a tenant of each. */

import assert from "node:assert/strict";
import { it } from "node:test";

import { backend, firstNeedsScope, Phone, someone } from "./stack.mjs";

const scope = "add:authenticators";

/** Insists on the refusal that says what to ask for. */
function needsScope({ status, body }) {
  assert.deepEqual([status, body.errorCode], [403, "insufficient_scope"]);
  assert.match(body.errorDescription, /scope: "add:authenticators"/);
}

/** Insists that a first device is enrolled or needs the scope, as the tenant has it. */
function comesFirst(answer) {
  if (firstNeedsScope) needsScope(answer);
  else assert.equal(answer.status, 200);
}

async function deleteAll(userId) {
  for (const { userAuthenticatorId } of await backend.getAuthenticators({ userId })) {
    await backend.deleteAuthenticator({ userId, userAuthenticatorId });
  }
}

it("a first device comes by any token only where the tenant says so", async () => {
  comesFirst(await new Phone().enrol(someone("first")));
});

it("a further device needs the scope", async () => {
  const userId = someone("further");
  await Phone.of(userId);
  needsScope(await new Phone().enrol(userId));
  assert.equal((await new Phone().enrol(userId, { scope: `read:authenticators ${scope}` })).status, 200);
});

it("a device of a user with a verified method needs the scope", async () => {
  const userId = someone("verified");
  await backend.enrollVerifiedAuthenticator({ userId, attributes: { verificationMethod: "AUTHENTICATOR_APP" } });
  needsScope(await new Phone().enrol(userId));
});

it("what a backend revoked lets nobody come first", async () => {
  const userId = someone("revoked");
  const phone = await Phone.of(userId);
  await deleteAll(userId);
  needsScope(await new Phone().enrol(userId));
  needsScope(await phone.enrol(userId));
  assert.equal((await phone.enrol(userId, { scope })).status, 200);
});

it("a device that removed itself lets the next one come first", async () => {
  const userId = someone("removed");
  const phone = await Phone.of(userId);
  assert.equal((await phone.remove()).status, 200);
  comesFirst(await new Phone().enrol(userId));
});

it("a user who was deleted begins anew", async () => {
  const userId = someone("deleted");
  await Phone.of(userId);
  await deleteAll(userId);
  await backend.deleteUser({ userId });
  comesFirst(await new Phone().enrol(userId));
});

it("a token enrols one device of each kind", async () => {
  const userId = someone("token");
  const { token } = await backend.track({ userId, action: "enrol", attributes: { scope } });
  const authorization = `Bearer ${token}`;
  for (const kind of ["device", "qr-code", "in-app"]) {
    const [one, other] = [new Phone({ kind }), new Phone({ kind })];
    const answers = [];
    for (const { publicKey } of [one, one, other]) {
      answers.push(await one.call("", { authorization, body: { publicKey } }));
    }
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 403]);
    assert.equal(answers[2].body.errorCode, "token_spent");
  }
});
