/** The running stack, as its ready file describes it, and the people who use it. */

import { createSign, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";

import { Authsignal } from "@authsignal/node";

const path = process.env.SCANLATCH_READY;
if (!path) throw new Error("SCANLATCH_READY must name the ready file of a running stack; tests/run sets it");

export const stack = JSON.parse(readFileSync(path, "utf8"));

/** The official server SDK. */
export const backend = new Authsignal({ apiSecretKey: stack.secretKey, apiUrl: stack.apiUrl });

let people = 0;
/** A user whom no other test knows. */
export const someone = (name) => `${name}-${process.pid}-${Date.now()}-${(people += 1)}`;

const base64url = (text) => Buffer.from(text).toString("base64url");

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
    const { token } = await backend.track({ userId, action: "enrol", attributes: { scope: "add:authenticators" } });
    const body = { publicKey: phone.publicKey, deviceName: "Test phone", devicePlatform: phone.platform };
    const { status, body: answer } = await phone.call("", { authorization: `Bearer ${token}`, body });
    if (status !== 200) throw new Error(JSON.stringify(answer));
    return phone;
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
