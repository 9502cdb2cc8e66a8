/** The example backend of BACKEND.md, which asks `api.mjs` as a backend with its secret key would ask the service. */

import { randomBytes } from "node:crypto";

import { Refused } from "./api.mjs";

const prices = { "flat-white": 350, "cinnamon-bun": 400, "orange-juice": 450, sandwich: 550 };
const currency = "EUR";
const payee = "Cafe Nord";
const PAYMENT_MS = 600_000;

const secret = (bytes = 32) => randomBytes(bytes).toString("base64url");

export class Backend {
  config = { baseUrl: "v1", site: "Acme" };
  /** Where every phone is said to be; nowhere if absent. */
  here = { city: "Berlin", country: "DE" };
  sessions = new Map();
  phones = new Map();
  names = new Map();
  payments = new Map();
  #api;
  #served = new Map();

  constructor(api) {
    this.#api = api;
  }

  /** Answers a call below `/demo`: the body, and the cookie to set, if any. */
  answered(method, path, body, cookies, ipAddress) {
    const session = this.sessions.get(cookies.scanlatch_session);
    const phone = this.phones.get(cookies.scanlatch_phone);
    const [first, second, third] = path.split("/");
    switch (`${method} ${first === "payments" && second ? ["payments", "*", third].filter(Boolean).join("/") : path}`) {
      case "GET config":
        return { body: { ...this.config, shortCodes: this.#api.hasShortCodes } };
      case "GET session":
        return { body: { session: session?.told ?? null } };
      case "POST session":
        return this.#enter(body, cookies.scanlatch_session);
      case "DELETE session":
        this.sessions.delete(cookies.scanlatch_session);
        return { body: {}, cookie: "scanlatch_session=; Path=/demo; HttpOnly; SameSite=Strict; Max-Age=0" };
      case "POST kiosk":
        return { body: this.#greet(body) };
      case "GET menu":
        return { body: { payee, currency, items: items(), customers: [...this.names.values()].reverse().slice(0, 4) } };
      case "POST payments":
        return { body: this.#track(body) };
      case "GET payments/*":
        return { body: this.#payment(second) };
      case "POST payments/*/settle":
        return { body: this.#settle(second, body) };
      case "POST phone/enrol":
        return this.#enrol(body);
      default:
        if (first !== "phone") throw new Refused(404, "not_found");
        if (!phone) throw new Refused(401, "not_enrolled");
        if (`${method} ${path}` === "GET phone/here")
          return { body: { ipAddress, ...(this.here ? { location: this.here } : {}) } };
        return { body: this.#phone(method, path.split("/").slice(1), phone) };
    }
  }

  #enter({ token }, own) {
    const before = this.#served.get(token);
    if (typeof token !== "string") throw new Refused(400, "invalid_request");
    if (before && before === own && this.sessions.has(own)) return { body: this.sessions.get(own).told };
    const result = this.#api.validate(token);
    const isOne = result.isValid && ["login-with-qr-code", "tv-login"].includes(result.action);
    if (!isOne || before) throw new Refused(401, "login_refused");
    const key = secret();
    const told = { userId: result.userId, name: this.#name(result.userId), since: new Date().toISOString() };
    this.sessions.set(key, { told, login: result.idempotencyKey });
    this.#served.set(token, key);
    return { body: told, cookie: `scanlatch_session=${key}; Path=/demo; HttpOnly; SameSite=Strict` };
  }

  #greet({ token }) {
    if (typeof token !== "string") throw new Refused(400, "invalid_request");
    const result = this.#api.validate(token, { action: "kiosk-identify" });
    if (!result.isValid) throw new Refused(401, "login_refused");
    const { points = 0, usual } = this.#api.users.get(result.userId) ?? {};
    return {
      name: this.#name(result.userId),
      points,
      usual: usual in prices ? { id: usual, price: prices[usual] } : null,
      currency,
    };
  }

  #track({ name, items }) {
    const userId = typeof name === "string" ? idOf(name) : undefined;
    if (!userId || !Array.isArray(items) || items.length === 0) throw new Refused(400, "invalid_request");
    for (const { id, count } of items) {
      if (!(id in prices) || !Number.isInteger(count) || count < 1 || count > 9)
        throw new Refused(400, "invalid_request");
    }
    if (this.#api.devicesOf(userId).length === 0) throw new Refused(404, "unknown_customer");
    const lines = items.map(({ id, count }) => ({ id, count, price: prices[id] }));
    const amount = lines.reduce((sum, { count, price }) => sum + count * price, 0);
    const paymentId = secret(16);
    const { token } = this.#api.track(userId, "payment", {
      idempotencyKey: paymentId,
      custom: { amount, currency, payee },
    });
    this.payments.set(paymentId, {
      paymentId,
      status: "open",
      payee,
      amount,
      currency,
      name: this.#name(userId),
      items: lines,
      at: new Date().toISOString(),
      userId,
    });
    return { ...this.#payment(paymentId), token };
  }

  #payment(id) {
    const found = this.payments.get(id);
    if (!found) throw new Refused(404, "payment_not_found");
    const { userId, ...told } = found;
    if (told.status !== "open") return told;
    if (this.#api.actions.get(id)?.state === "CHALLENGE_FAILED") return { ...told, status: "declined" };
    return Date.now() - Date.parse(told.at) > PAYMENT_MS ? { ...told, status: "expired" } : told;
  }

  #settle(id, { token }) {
    const found = this.payments.get(id);
    if (!found) throw new Refused(404, "payment_not_found");
    if (typeof token !== "string") throw new Refused(400, "invalid_request");
    const result = this.#api.validate(token, { userId: found.userId, action: "payment" });
    if (!result.isValid || result.idempotencyKey !== id) throw new Refused(403, "payment_refused");
    if (found.status === "open")
      Object.assign(found, { status: "paid", at: new Date().toISOString(), receipt: `N-${1000 + this.payments.size}` });
    return this.#payment(id);
  }

  #enrol({ name }) {
    const userId = typeof name === "string" ? idOf(name) : undefined;
    if (!userId) throw new Refused(400, "invalid_request");
    this.names.delete(userId);
    this.names.set(userId, shown(name));
    if (!this.#api.users.has(userId)) this.#api.users.set(userId, { points: 420, usual: "flat-white" });
    const { token } = this.#api.track(userId, "enrol", { scope: "add:authenticators read:authenticators" });
    const key = secret();
    this.phones.set(key, userId);
    return {
      body: { token, userId, name: this.#name(userId) },
      cookie: `scanlatch_phone=${key}; Path=/demo/phone; HttpOnly; SameSite=Strict; Max-Age=34560000`,
    };
  }

  #phone(method, [what, id, verb], userId) {
    const open = (login) => [...this.sessions].filter(([, session]) => session.login === login);
    switch (`${method} ${[what, id && "*", verb].filter(Boolean).join("/")}`) {
      case "GET history": {
        const decided = [...this.#api.actions.values()].filter(
          (one) => one.userId === userId && /SUCCEEDED|FAILED/.test(one.state),
        );
        const logins = decided.map(({ id, action, state, at }) => ({
          id,
          action,
          state,
          at: at.toISOString(),
          isActive: open(id).length > 0,
        }));
        return { logins: logins.sort((a, b) => b.at.localeCompare(a.at)).slice(0, 20) };
      }
      case "POST history/*/report": {
        if (this.#api.actions.get(id)?.userId !== userId) throw new Refused(404, "login_not_found");
        const ended = open(id);
        for (const [key] of ended) this.sessions.delete(key);
        return { ended: ended.length };
      }
      case "GET devices":
        return {
          devices: this.#api.devicesOf(userId).map(({ id, name, since, lastUsed }) => ({
            id,
            name,
            since: since.toISOString(),
            ...(lastUsed ? { lastUsed: lastUsed.toISOString() } : {}),
          })),
        };
      case "DELETE devices/*":
        if (!this.#api.revoke(userId, id)) throw new Refused(404, "device_not_found");
        return {};
      default:
        throw new Refused(404, "not_found");
    }
  }

  #name(userId) {
    return this.names.get(userId) ?? userId;
  }
}

const items = () => Object.entries(prices).map(([id, price]) => ({ id, price }));

/** Without controls and format characters, which nobody sees. */
const shown = (name) => [...name.replace(/\s+/g, " ").replace(/\p{C}/gu, "").trim()].slice(0, 64).join("");

function idOf(name) {
  const id = name
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 64);
  return /[\p{L}\p{N}]/u.test(id) ? id : undefined;
}
