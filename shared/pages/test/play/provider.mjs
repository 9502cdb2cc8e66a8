/**
 * Plays the OpenID provider for the pages: an application sends a browser, the page shows codes for its request, and the
 * browser goes back. What it plays are the redirects, the cookie that ties a request to its browser, and the refusals.
 */

import { randomBytes } from "node:crypto";

import { Refused, tenantId } from "./api.mjs";
import { shown } from "./wire.mjs";

const COOKIE = "scanlatch-browser";
const secret = () => randomBytes(32).toString("base64url");

export class Provider {
  applications = new Map();
  requests = new Map();
  /** What was asked for each code, the newest last. */
  asked = [];
  /** The code that the page showed, for each login that was given up. */
  denied = [];
  /** The forms that people have confirmed a log-out with, the newest last. */
  loggedOut = [];
  /** Why the next calls of the page are refused, by their last part; none is if absent. */
  refusals = {};
  #api;

  constructor(api) {
    this.#api = api;
    this.reset();
  }

  /** As before the first call, with one application. */
  reset() {
    this.applications = new Map([["wiki", { clientId: "wiki", name: "Team Wiki" }]]);
    Object.assign(this, { asked: [], denied: [], loggedOut: [], refusals: {} });
    this.requests.clear();
  }

  /** Answers a call below `/v1/t/`. */
  answered(request, url, text, cookies) {
    const [tenant, ...path] = url.pathname.replace("/v1/t/", "").split("/");
    if (tenant !== tenantId) throw new Refused(404, "tenant_not_found");
    if (this.#api.isDown) throw new Refused(503, "unavailable");
    const call = `${request.method} ${path.join("/")}`;
    const refusal = this.refusals[path.at(-1)];
    if (refusal) throw new Refused(...refusal);
    switch (call) {
      case "GET authorize":
        return this.#authorize(url.searchParams, cookies[COOKIE]);
      case "POST sign-in":
        return { body: this.#open(JSON.parse(text), cookies[COOKIE], request) };
      case "POST sign-in/complete":
        return { body: { redirectTo: this.#complete(JSON.parse(text), cookies[COOKIE]) } };
      case "POST sign-in/deny":
        return { body: { redirectTo: this.#deny(JSON.parse(text), cookies[COOKIE]) } };
      case "GET logout":
        return away(`/sign-out#t=${tenantId}&${url.searchParams}`);
      case "POST logout":
        return this.#logOut(request, new URLSearchParams(text));
      default:
        throw new Refused(404, "not_found");
    }
  }

  #authorize(query, own) {
    const handle = secret();
    const browser = own ?? secret();
    const [client, redirectUri] = [query.get("client_id"), query.get("redirect_uri")];
    this.requests.set(handle, { client, redirectUri, browser, state: "open" });
    const locales = query.get("ui_locales");
    const to = `/sign-in#t=${tenantId}&r=${handle}${locales ? `&l=${locales.replaceAll(" ", "+")}` : ""}`;
    return away(to, { "set-cookie": `${COOKIE}=${browser}; Path=/; HttpOnly; SameSite=Lax` });
  }

  #open({ request: handle, shortCode, showsNumber, replaces }, browser, request) {
    const found = this.#request(handle, browser);
    if (found.state !== "open") throw new Refused(404, "challenge_not_found");
    const application = this.applications.get(found.client);
    if (!application) throw new Refused(400, "unknown_client");
    if (replaces) this.#api.supersede(this.#api.find(replaces.challengeId, replaces.deviceCode));
    this.asked.push({ handle, shortCode, replaces });
    const asked = { action: "openid-login", shortCode, showsNumber, application };
    const made = this.#api.create(asked, shown(this.#api, request), {});
    made.request = handle;
    const createdAt = new Date(made.expiresAt.getTime() - this.#api.lifeMs).toISOString();
    return { ...this.#api.told(made), createdAt, application };
  }

  #complete({ request: handle, token }, browser) {
    const found = this.#request(handle, browser);
    const approved = [...this.#api.challenges.values()].find((one) => one.accessToken === token);
    if (!token || approved?.request !== handle) throw new Refused(401, "token_invalid");
    if (found.state === "denied") throw new Refused(404, "challenge_not_found");
    Object.assign(found, { state: "authorized", code: found.code ?? secret() });
    return `${found.redirectUri}?code=${found.code}`;
  }

  #deny({ request: handle, shows }, browser) {
    this.denied.push(shows);
    const found = this.#request(handle, browser);
    if (found.state === "authorized") throw new Refused(404, "challenge_not_found");
    found.state = "denied";
    return `${found.redirectUri}?error=access_denied`;
  }

  #request(handle, browser) {
    const found = this.requests.get(handle);
    if (!found || found.browser !== browser) throw new Refused(404, "challenge_not_found");
    if (found.isLate) throw new Refused(410, "challenge_expired");
    return found;
  }

  #logOut(request, form) {
    const isForm = request.headers["content-type"] === "application/x-www-form-urlencoded";
    if (!isForm) throw new Refused(400, "invalid_request");
    if (request.headers["sec-fetch-site"] !== "same-origin" || form.get("confirmed") !== "yes")
      return away(`/sign-out#t=${tenantId}&${form}`);
    this.loggedOut.push([...form]);
    return away(form.get("post_logout_redirect_uri") ?? "/signed-out");
  }
}

const away = (location, headers = {}) => ({ status: 303, headers: { location, ...headers } });
