/** The running stack, as its ready file describes it, and the people who use it. */

import assert from "node:assert/strict";
import { createSign, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";

import { Authsignal } from "@authsignal/node";

const path = process.env.SCANLATCH_READY;
if (!path) throw new Error("SCANLATCH_READY must name the ready file of a running stack; tests/run sets it");

export const stack = JSON.parse(readFileSync(path, "utf8"));

/** Whether a user's first device needs the scope too, as tenants have it unless they say otherwise. */
export const firstNeedsScope = stack.enrolmentNeedsScope ?? true;

/** The official server SDK. */
export const backend = new Authsignal({ apiSecretKey: stack.secretKey, apiUrl: stack.apiUrl });

/** The same with a secret key that is nobody's. */
export const stranger = new Authsignal({ apiSecretKey: "wrong", apiUrl: stack.apiUrl });

/** Insists on a refusal, as the SDK reports it. */
export const refused = (call, status, code, description = /./) =>
  assert.rejects(call, (error) => {
    assert.deepEqual([error.statusCode, error.errorCode], [status, code], String(error));
    assert.match(error.errorDescription, description);
    return true;
  });

/** Insists on the text that integrators know of a wrong secret key. */
export const unauthorized = (call) =>
  refused(
    call,
    401,
    "unauthorized",
    /^The request is unauthorized\. Check that your API key and region base URL are correctly configured\.$/,
  );

let people = 0;
/** A user whom no other test knows. */
export const someone = (name) => `${name}-${process.pid}-${Date.now()}-${(people += 1)}`;

const base64url = (text) => Buffer.from(text).toString("base64url");

const tenant = `Basic ${Buffer.from(stack.tenantId).toString("base64")}`;

async function post(path, authorization, body) {
  const headers = { Authorization: authorization, "Content-Type": "application/json" };
  return (await fetch(stack.apiUrl + path, { method: "POST", headers, body: JSON.stringify(body) })).json();
}

/** A challenge on a screen that polls: anybody's, or of the user whose token is given. */
export const show = (userToken, action = "login") =>
  post("/client/challenge/qr-code", userToken ? `Bearer ${userToken}` : tenant, { action });

/** What that screen is told. */
export const poll = ({ challengeId, deviceCode }) =>
  post("/client/verify/qr-code", tenant, { challengeId, deviceCode });

/** A login that a phone claimed and decided: its two tokens, its challenge and its action. */
export async function login(userId, { phone, action = "login", approved = true } = {}) {
  const by = phone ?? (await Phone.of(userId));
  const { token: userToken, idempotencyKey } = await backend.track({ userId, action });
  const shown = await show(userToken);
  assert.equal((await by.claim(shown.challengeId)).status, 200);
  assert.equal((await by.decide(shown.challengeId, approved)).body.isVerified, approved);
  const { accessToken: resultToken } = await poll(shown);
  return { phone: by, userToken, resultToken, idempotencyKey, challengeId: shown.challengeId, userId, action };
}

/** A phone with a P-256 key, as the mobile SDKs of both generations and platforms speak. */
export class Phone {
  constructor({ kind = "device", platform = "android" } = {}) {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.privateKey = privateKey;
    this.publicKey = publicKey.export({ format: "der", type: "spki" }).toString("base64");
    this.kind = kind;
    this.platform = platform;
  }

  get authorization() {
    const name = `${stack.tenantId}:`;
    return `Basic ${this.platform === "ios" ? base64url(name) : Buffer.from(name).toString("base64")}`;
  }

  sign(text) {
    return createSign("SHA256").update(text).sign(this.privateKey).toString("base64");
  }

  async call(rest, { method = "POST", authorization = this.authorization, body } = {}) {
    const response = await fetch(`${stack.apiUrl}/client/user-authenticators/${this.kind}${rest}`, {
      method,
      headers: { Authorization: authorization, "Content-Type": "application/json" },
      body: body && JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  }

  /** Enrolled for a user by a token of the official server SDK. */
  static async of(userId, options) {
    const phone = new Phone(options);
    const { status, body } = await phone.enrol(userId, { scope: "add:authenticators" });
    if (status !== 200) throw new Error(JSON.stringify(body));
    return phone;
  }

  /** Enrols for a user by a token of the official server SDK with these attributes. */
  async enrol(userId, attributes) {
    const { token } = await backend.track({ userId, action: "enrol", attributes });
    return this.add(token);
  }

  /** Enrols by a user token. */
  add(token) {
    const body = { publicKey: this.publicKey, deviceName: "Test phone", devicePlatform: this.platform };
    return this.call("", { authorization: `Bearer ${token}`, body });
  }

  /** Removed by its own signature. */
  remove() {
    const signature = this.sign(`${Math.floor(Date.now() / 600_000)}.0`);
    return this.call("/remove", { body: { publicKey: this.publicKey, signature } });
  }

  credential() {
    const key = this.platform === "ios" ? base64url(this.publicKey) : Buffer.from(this.publicKey).toString("base64");
    return this.call(`?publicKey=${key}`, { method: "GET" });
  }

  #signed(challengeId) {
    return { challengeId, publicKey: this.publicKey, signature: this.sign(challengeId) };
  }

  claim(challengeId) {
    return this.call("/challenge/claim", { body: this.#signed(challengeId) });
  }

  decide(challengeId, approved) {
    return this.call("/challenge", { body: { ...this.#signed(challengeId), approved, verificationCode: null } });
  }
}
