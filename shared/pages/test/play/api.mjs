/**
 * Plays the service for the pages' tests: challenges by socket and by REST, devices with real signatures, and tokens that
 * only this process knows. It plays what the pages use, with the refusals that people can meet; it is no proof of the
 * service itself.
 */

import { createPublicKey, createVerify, randomBytes, randomUUID } from "node:crypto";

export const tenantId = "7b2d6c1e-4a58-4f0e-9d3b-1c5e8a7f2b64";

const sentences = { challenge_superseded: "The screen shows a newer code. Scan that one." };

export class Refused extends Error {
  constructor(status, errorCode) {
    super(sentences[errorCode] ?? `Refused: ${errorCode}.`);
    Object.assign(this, { status, errorCode });
  }

  get body() {
    return { error: this.errorCode, errorCode: this.errorCode, errorDescription: this.message };
  }
}

export class Api {
  /** How long a code lives, in milliseconds. */
  lifeMs = 600_000;
  /** Where every screen is said to be; nowhere if absent. */
  location = { city: "Berlin", country: "DE" };
  /** What every screen's address is said to be; its own if absent. */
  address;
  hasShortCodes = false;
  /** What people must type who scan the code of a screen that can show it; nothing if absent. */
  number;
  /** How long a phone has to decide, in milliseconds; as long as the code lives if absent. */
  decisionMs;
  /** How far every phone is from its screen. */
  proximity;
  /** Whether the service says whose word each value is. */
  hasSources = false;
  isDown = false;
  /** Why every call of a screen or phone is refused; none is if absent. */
  refusal;
  challenges = new Map();
  credentials = new Map();
  actions = new Map();
  users = new Map();
  /** Wrong short codes by user; none of them is ever forgiven. */
  tries = new Map();
  #tokens = new Map();

  // The backend's calls

  track(userId, action, { idempotencyKey = randomUUID(), custom, scope } = {}) {
    const token = this.#token({ kind: "user", userId, action, idempotencyKey, scope });
    this.actions.set(idempotencyKey, {
      id: idempotencyKey,
      userId,
      action,
      custom,
      state: "CHALLENGE_REQUIRED",
      at: new Date(),
    });
    return { token, idempotencyKey };
  }

  validate(token, { userId, action } = {}) {
    const known = this.#tokens.get(token);
    if (known?.kind !== "result") return { isValid: false };
    if ((userId && known.userId !== userId) || (action && known.action !== action)) return { isValid: false };
    return { isValid: true, state: "CHALLENGE_SUCCEEDED", ...known };
  }

  devicesOf(userId) {
    return [...this.credentials.values()].filter((credential) => credential.userId === userId);
  }

  revoke(userId, id) {
    const found = this.devicesOf(userId).find((credential) => credential.id === id);
    if (found) this.credentials.delete(found.publicKey);
    return found !== undefined;
  }

  // Screens

  identify(name) {
    if (name === `x.authsignal.tenant.${tenantId}`) return {};
    const known = this.#tokens.get(name?.replace("x.authsignal.token.", ""));
    return known?.kind === "user" ? known : undefined;
  }

  bearer(header = "") {
    const known = this.#tokens.get(header.replace("Bearer ", ""));
    if (known?.kind === "user") return known;
    if (header.startsWith("Basic ") && Buffer.from(header.slice(6), "base64").toString().replace(/:$/, "") === tenantId)
      return {};
    throw new Refused(401, "unauthorized");
  }

  create({ action, custom, shortCode, showsNumber, application }, screen, identity) {
    const tracked = identity.userId ? this.actions.get(identity.idempotencyKey) : undefined;
    const challenge = {
      challengeId: randomUUID(),
      deviceCode: randomBytes(32).toString("base64url"),
      state: "unclaimed",
      createdAt: new Date(),
      expiresAt: new Date(Date.now() + this.lifeMs),
      action: tracked?.action ?? action,
      custom: tracked ? tracked.custom : custom,
      idempotencyKey: tracked?.id ?? randomUUID(),
      forUser: tracked?.userId,
      isTracked: tracked !== undefined,
      showsNumber: showsNumber === true,
      application,
      ...screen,
    };
    if (this.hasShortCodes && shortCode === true) challenge.shortCode = letters();
    this.challenges.set(challenge.challengeId, challenge);
    return challenge;
  }

  told({ challengeId, deviceCode, createdAt, expiresAt, shortCode }) {
    const times = { createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() };
    return { challengeId, deviceCode, ...times, ...(shortCode ? { shortCode } : {}) };
  }

  find(challengeId, deviceCode) {
    const challenge = this.challenges.get(challengeId);
    if (!challenge || challenge.deviceCode !== deviceCode) throw new Refused(404, "challenge_not_found");
    return challenge;
  }

  /** The code that has taken the place of another; one of both can be claimed for a while. */
  renew(before, next) {
    if (before && !isDecided(before)) Object.assign(before, { next, fadesAt: Date.now() + 30_000 });
  }

  supersede(challenge) {
    if (challenge && !isDecided(challenge)) challenge.over = "challenge_superseded";
  }

  // Phones

  enrol({ publicKey, deviceName }, identity) {
    if (!identity.userId) throw new Refused(403, "insufficient_scope");
    const before = this.credentials.get(publicKey);
    if (before && before.userId !== identity.userId) throw new Refused(409, "credential_taken");
    const credential = before ?? {
      id: randomUUID(),
      userId: identity.userId,
      publicKey,
      name: deviceName,
      since: new Date(),
    };
    this.credentials.set(publicKey, credential);
    return this.credentialTold(credential);
  }

  credentialTold({ id, userId, since, lastUsed }) {
    return {
      userAuthenticatorId: id,
      userId,
      verifiedAt: since.toISOString(),
      ...(lastUsed ? { lastVerifiedAt: lastUsed.toISOString() } : {}),
    };
  }

  credential(publicKey) {
    const found = this.credentials.get(publicKey);
    if (!found) throw new Refused(401, "invalid_credential");
    return found;
  }

  signed({ publicKey, signature }, text) {
    const credential = this.credential(publicKey);
    const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
    const isRight = createVerify("sha256")
      .update(text)
      .verify({ key, dsaEncoding: "der" }, Buffer.from(signature, "base64"));
    if (!isRight) throw new Refused(401, "invalid_credential");
    return credential;
  }

  claim(body) {
    if (body.shortCode) return this.#claimTyped(body);
    return this.#claimed(this.challenges.get(body.challengeId), this.signed(body, body.challengeId));
  }

  #claimTyped(body) {
    const letters = body.shortCode.toUpperCase().replace(/[\s-]/g, "");
    if (!/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/.test(letters)) throw new Refused(400, "invalid_request");
    const credential = this.signed(body, `claim-short-code:${letters}`);
    const tries = this.tries.get(credential.userId) ?? 0;
    if (tries >= 5) throw new Refused(429, "too_many_requests");
    const isLive = (one) =>
      one.shortCode?.replace("-", "") === letters &&
      !one.over &&
      Date.now() < one.expiresAt.getTime() &&
      (!one.by || (one.by === credential && !isDecided(one)));
    const challenge = [...this.challenges.values()].find(isLive);
    if (!challenge) {
      this.tries.set(credential.userId, tries + 1);
      throw new Refused(404, "challenge_not_found");
    }
    return { ...this.#claimed(challenge, credential), challengeId: challenge.challengeId };
  }

  #claimed(challenge, credential) {
    if (!challenge || (challenge.forUser && challenge.forUser !== credential.userId))
      throw new Refused(404, "challenge_not_found");
    // Who has decided may claim once more, and hears the same.
    const isRepeated = isDecided(challenge) && challenge.by === credential;
    if (!isRepeated) {
      if (challenge.over) throw new Refused(410, challenge.over);
      if (Date.now() > challenge.expiresAt.getTime()) throw new Refused(410, "challenge_expired");
      if (!challenge.by && Date.now() > (challenge.fadesAt ?? Infinity)) throw new Refused(410, "challenge_superseded");
      if (isDecided(challenge)) throw new Refused(409, "challenge_already_decided");
      if (challenge.by && challenge.by !== credential) throw new Refused(409, "challenge_already_claimed");
      for (const other of this.challenges.values()) {
        if (other.next === challenge || challenge.next === other) this.supersede(other);
      }
      Object.assign(challenge, {
        by: credential,
        state: "claimed",
        number: challenge.showsNumber ? this.number : undefined,
        decideBy: this.decisionMs === undefined ? undefined : new Date(Date.now() + this.decisionMs),
      });
      challenge.tell?.({ state: "claimed", ...this.claimTold(challenge) });
    }
    const { ipAddress, userAgent, action, idempotencyKey, custom, application, origin, isTracked } = challenge;
    const sources = {
      ipAddress: "service",
      userAgent: "screen",
      ...(this.location ? { location: "service" } : {}),
      ...(origin ? { origin: "service" } : {}),
      ...(custom ? { custom: isTracked ? "backend" : "screen" } : {}),
      ...(application ? { application: "service" } : {}),
    };
    return {
      success: true,
      ipAddress,
      userAgent,
      actionCode: action,
      idempotencyKey,
      user: { custom: this.users.get(credential.userId) ?? {} },
      ...(this.location ? { location: this.location } : {}),
      ...(custom ? { custom } : {}),
      ...(application ? { application } : {}),
      ...(challenge.decideBy ? { decideBy: challenge.decideBy.toISOString() } : {}),
      ...(challenge.number ? { verificationCodeRequired: true } : {}),
      ...(this.proximity ? { proximity: this.proximity } : {}),
      ...(this.hasSources ? { sources, ...(origin ? { origin } : {}) } : {}),
    };
  }

  /** What a screen is told of a claim. */
  claimTold({ state, number, decideBy }) {
    if (state !== "claimed") return {};
    return {
      ...(number ? { verificationCode: number } : {}),
      ...(decideBy ? { decideBy: decideBy.toISOString() } : {}),
    };
  }

  /** Nobody has decided in time. */
  lapse(challenge) {
    if (challenge.state === "claimed" && Date.now() > challenge.decideBy?.getTime() + 10_000) challenge.state = "rejected";
  }

  decide(body) {
    const credential = this.signed(body, body.challengeId);
    const challenge = this.challenges.get(body.challengeId);
    if (!challenge) throw new Refused(404, "challenge_not_found");
    if (challenge.over) throw new Refused(410, challenge.over);
    if (Date.now() > challenge.expiresAt.getTime()) throw new Refused(410, "challenge_expired");
    this.lapse(challenge);
    const isNumberAsked = body.approved && challenge.number !== undefined && !isDecided(challenge);
    if (isNumberAsked && !body.verificationCode) throw new Refused(400, "verification_code_needed");
    if (isNumberAsked && body.verificationCode !== challenge.number) body.approved = false;
    const wanted = body.approved ? "approved" : "rejected";
    if (isDecided(challenge) && challenge.state !== wanted) throw new Refused(409, "challenge_already_decided");
    if (challenge.by !== credential) throw new Refused(409, "challenge_not_claimed");
    challenge.state = wanted;
    credential.lastUsed = new Date();
    const { userId } = credential;
    const { action, idempotencyKey } = challenge;
    const state = body.approved ? "CHALLENGE_SUCCEEDED" : "CHALLENGE_FAILED";
    this.actions.set(idempotencyKey, {
      ...this.actions.get(idempotencyKey),
      id: idempotencyKey,
      userId,
      action,
      state,
      at: new Date(),
    });
    if (body.approved) challenge.accessToken ??= this.#token({ kind: "result", userId, action, idempotencyKey });
    challenge.tell?.({ state: wanted, ...(body.approved ? { accessToken: challenge.accessToken } : {}) });
    return { isVerified: body.approved === true };
  }

  #token(meaning) {
    const token = ["e30", randomBytes(24).toString("base64url"), "c2ln"].join(".");
    this.#tokens.set(token, meaning);
    return token;
  }
}

export const isDecided = ({ state }) => state === "approved" || state === "rejected";

const LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

function letters() {
  const all = [...randomBytes(8)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
  return `${all.slice(0, 4)}-${all.slice(4)}`;
}
