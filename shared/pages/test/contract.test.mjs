/**
 * What BACKEND.md says of the example backend's calls. Runs on the played server; with SCANLATCH_PAGES_URL, the root of the
 * pages with a slash at its end, on any other that is running, such as the local stack. Only HTTP is used, and challenges
 * are polled, so that both are asked the same.
 */

import assert from "node:assert/strict";
import { createSign, generateKeyPairSync, randomUUID } from "node:crypto";
import { after, before, it } from "node:test";

let root = process.env.SCANLATCH_PAGES_URL;
let played;
let config;

let people = 0;
/** A name that nobody has used on that server. */
const someone = (name) => `${name} ${randomUUID().slice(0, 8)} ${(people += 1)}`;

/** Keeps cookies as a browser does, by their path. */
class Browser {
  cookies = new Map();
  /** The last answer's `set-cookie`, if it had one. */
  set;

  async ask(method, path, body, headers = { "content-type": "application/json" }) {
    const cookie = [...this.cookies].filter(([, { at }]) => `/demo/${path}`.startsWith(at));
    const response = await fetch(`${root}demo/${path}`, {
      method,
      headers: {
        ...(method === "GET" ? {} : headers),
        ...(cookie.length > 0 ? { cookie: cookie.map(([name, { value }]) => `${name}=${value}`).join("; ") } : {}),
      },
      ...(method === "GET" ? {} : { body: typeof body === "string" ? body : JSON.stringify(body ?? {}) }),
    });
    assert.equal(response.headers.get("cache-control"), "no-store", path);
    [this.set] = response.headers.getSetCookie();
    if (this.set) {
      const [, name, value, at] = /^(\w+)=([^;]*); Path=([^;]+)/.exec(this.set);
      if (/Max-Age=0/.test(this.set)) this.cookies.delete(name);
      else this.cookies.set(name, { value, at });
    }
    return { status: response.status, body: await response.json() };
  }

  async ok(...call) {
    const { status, body } = await this.ask(...call);
    assert.equal(status, 200, `${call.slice(0, 2).join(" ")}: ${JSON.stringify(body)}`);
    return body;
  }

  async refused(status, code, ...call) {
    const answer = await this.ask(...call);
    assert.deepEqual([answer.status, answer.body.error, answer.body.errorCode], [status, code, code]);
    assert.equal(typeof answer.body.errorDescription, "string");
  }
}

/** A call of the API. */
async function api(path, authorization, body) {
  const response = await fetch(`${new URL(config.baseUrl, root)}/client/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(authorization ? { authorization } : {}) },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  assert.ok(response.ok, `${path}: ${JSON.stringify(answer)}`);
  return answer;
}

const tenant = () => `Basic ${Buffer.from(config.tenantId).toString("base64")}`;

/** A person's phone: a browser with a key that is enrolled. */
class Phone extends Browser {
  static async of(name) {
    const phone = new Phone();
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    phone.privateKey = privateKey;
    phone.publicKey = publicKey.export({ format: "der", type: "spki" }).toString("base64");
    phone.enrolled = await phone.ok("POST", "phone/enrol", { name });
    const device = { publicKey: phone.publicKey, deviceName: "Test phone", devicePlatform: "web" };
    phone.credential = await api("user-authenticators/qr-code", `Bearer ${phone.enrolled.token}`, device);
    return phone;
  }

  signed(challengeId) {
    const signature = createSign("SHA256").update(challengeId).sign(this.privateKey).toString("base64");
    return { challengeId, publicKey: this.publicKey, signature };
  }

  /** Claims and decides what a screen shows, and tells what the screen is told: a result token, if it was approved. */
  async decide({ action, userToken }, approved = true) {
    const screen = userToken ? `Bearer ${userToken}` : tenant();
    const { challengeId, deviceCode } = await api("challenge/qr-code", screen, { action });
    const claimed = await api("user-authenticators/qr-code/challenge/claim", tenant(), this.signed(challengeId));
    await api("user-authenticators/qr-code/challenge", tenant(), { ...this.signed(challengeId), approved });
    const { accessToken } = await api("verify/qr-code", tenant(), { challengeId, deviceCode });
    return { token: accessToken, claimed };
  }
}

/** A screen that this phone has logged in. */
async function loggedIn(phone, action = "login-with-qr-code") {
  const browser = new Browser();
  const { token } = await phone.decide({ action });
  const session = await browser.ok("POST", "session", { token });
  return { browser, token, session };
}

before(async () => {
  if (!root) {
    // The played server needs packages, which a run on another does not.
    played = await (await import("./server.mjs")).serve();
    root = played.url;
  }
  config = (await new Browser().ask("GET", "config")).body;
});
after(() => played?.close());

const order = (name) => ({
  name,
  items: [
    { id: "flat-white", count: 2 },
    { id: "orange-juice", count: 1 },
  ],
});

it("the configuration names the tenant, the API and the site", () => {
  assert.match(config.tenantId, /^[0-9a-f-]{36}$/);
  assert.match(new URL(config.baseUrl, root).href, /\/v1$/);
  assert.equal(config.site, "Acme");
});

it("a call that does not say that it is JSON is refused", async () => {
  const calls = [
    ["POST", "session"],
    ["DELETE", "session"],
    ["POST", "kiosk"],
    ["POST", "payments"],
    ["POST", "payments/none/settle"],
    ["POST", "phone/enrol"],
    ["POST", "phone/history/none/report"],
    ["DELETE", "phone/devices/none"],
  ];
  for (const [method, path] of calls) {
    for (const headers of [{}, { "content-type": "text/plain" }, { "content-type": "multipart/form-data" }])
      await new Browser().refused(415, "invalid_request", method, path, "{}", headers);
  }
});

it("a body that is no JSON object is refused", async () => {
  for (const body of ["", "{", "[]", "null", '"text"', "{}"])
    for (const path of ["session", "kiosk", "payments", "phone/enrol"])
      await new Browser().refused(400, "invalid_request", "POST", path, body || " ");
});

it("a user's id is their name in lower case without anything but letters and digits", async () => {
  for (const [name, userId] of [
    ["Ann", "ann"],
    ["  Zoë / 7?", "zoë-7"],
    [`${"x".repeat(80)}`, "x".repeat(64)],
  ])
    assert.equal((await new Browser().ok("POST", "phone/enrol", { name })).userId, userId);
});

it("a name is told without what nobody sees", async () => {
  const { name } = await new Browser().ok("POST", "phone/enrol", { name: " A\0nn\r\nset-cookie\u202e " });
  assert.equal(name, "Ann set-cookie");
});

it("a name without letter and digit is refused", async () => {
  for (const name of ["", " ", "?!", 7, null])
    await new Browser().refused(400, "invalid_request", "POST", "phone/enrol", { name });
});

for (const action of ["login-with-qr-code", "tv-login"]) {
  it(`an approval of ${action} is a session until it is left`, async () => {
    const name = someone("Ann");
    const { browser, session } = await loggedIn(await Phone.of(name), action);
    assert.equal(session.name, name);
    assert.equal(new Date(session.since).toISOString(), session.since);
    assert.deepEqual((await browser.ok("GET", "session")).session, session);
    assert.deepEqual(await browser.ok("DELETE", "session"), {});
    assert.equal((await browser.ok("GET", "session")).session, null);
  });
}

it("a session's cookie is read by no script and sent by no other site", async () => {
  const { browser } = await loggedIn(await Phone.of(someone("Ann")));
  const { token } = await (await Phone.of(someone("Ben"))).decide({ action: "tv-login" });
  await browser.ok("POST", "session", { token });
  assert.match(browser.set, /^scanlatch_session=[\w-]{43}; Path=\/demo; HttpOnly; SameSite=Strict$/);
});

it("a token serves the browser that brought it first, and no other", async () => {
  const { browser, token, session } = await loggedIn(await Phone.of(someone("Ann")));
  assert.deepEqual(await browser.ok("POST", "session", { token }), session);
  await new Browser().refused(401, "login_refused", "POST", "session", { token });
});

it("a token does not bring back the session that was left", async () => {
  const { browser, token } = await loggedIn(await Phone.of(someone("Ann")));
  const cookie = browser.cookies.get("scanlatch_session");
  await browser.ok("DELETE", "session");
  browser.cookies.set("scanlatch_session", cookie);
  await browser.refused(401, "login_refused", "POST", "session", { token });
});

it("no login is made of nonsense, of a user token, or of another action's approval", async () => {
  const phone = await Phone.of(someone("Ann"));
  const { token } = await phone.decide({ action: "kiosk-identify" });
  for (const wrong of ["nonsense", phone.enrolled.token, token])
    await new Browser().refused(401, "login_refused", "POST", "session", { token: wrong });
  const login = await phone.decide({ action: "login-with-qr-code" });
  for (const wrong of ["nonsense", phone.enrolled.token, login.token])
    await new Browser().refused(401, "login_refused", "POST", "kiosk", { token: wrong });
});

it("a kiosk greets its guest by what the backend keeps of them, without a cookie", async () => {
  const name = someone("Ann");
  const { token } = await (await Phone.of(name)).decide({ action: "kiosk-identify" });
  const kiosk = new Browser();
  const guest = await kiosk.ok("POST", "kiosk", { token });
  assert.deepEqual(guest, { name, points: 420, usual: { id: "flat-white", price: 350 }, currency: "EUR" });
  assert.equal(kiosk.set, undefined);
});

it("the menu has its prices, and who has set up a phone last, four at most", async () => {
  const names = ["A", "B", "C", "D", "E"].map(someone);
  for (const name of names) await Phone.of(name);
  const { payee, currency, items, customers } = await new Browser().ok("GET", "menu");
  assert.deepEqual([payee, currency], ["Cafe Nord", "EUR"]);
  assert.deepEqual(items[3], { id: "sandwich", price: 550 });
  assert.deepEqual(customers, names.slice(1).reverse());
});

it("a payment is made of the backend's prices, and its token is told once", async () => {
  const name = someone("Ann");
  await Phone.of(name);
  const { token, ...made } = await new Browser().ok("POST", "payments", order(name));
  assert.match(made.paymentId, /^[\w-]{22}$/);
  assert.deepEqual([made.status, made.amount, made.currency, made.name], ["open", 1150, "EUR", name]);
  assert.deepEqual(made.items[0], { id: "flat-white", count: 2, price: 350 });
  assert.equal(typeof token, "string");
  assert.deepEqual(await new Browser().ok("GET", `payments/${made.paymentId}`), made);
});

it("an order that cannot be is refused", async () => {
  const name = someone("Ann");
  await Phone.of(name);
  for (const items of [[], [{ id: "tea", count: 1 }], ...[0, 10, 1.5, "2", null].map((count) => [{ id: "sandwich", count }])])
    await new Browser().refused(400, "invalid_request", "POST", "payments", { name, items });
  await new Browser().refused(400, "invalid_request", "POST", "payments", { ...order("?!") });
});

it("nobody pays who has no phone", () =>
  new Browser().refused(404, "unknown_customer", "POST", "payments", order(someone("Nobody"))));

it("a payment that nobody made is not found", async () => {
  await new Browser().refused(404, "payment_not_found", "GET", "payments/none");
  await new Browser().refused(404, "payment_not_found", "POST", "payments/none/settle", { token: "x" });
});

it("an approved payment is settled once, however often that is asked", async () => {
  const name = someone("Ann");
  const phone = await Phone.of(name);
  const till = new Browser();
  const { paymentId, token: userToken } = await till.ok("POST", "payments", order(name));
  const { token, claimed } = await phone.decide({ action: "payment", userToken });
  assert.equal(claimed.idempotencyKey, paymentId);
  const paid = await till.ok("POST", `payments/${paymentId}/settle`, { token });
  assert.equal(paid.status, "paid");
  assert.match(paid.receipt, /^N-\d+$/);
  assert.deepEqual(await till.ok("POST", `payments/${paymentId}/settle`, { token }), paid);
  assert.deepEqual(await phone.ok("GET", `payments/${paymentId}`), paid);
});

it("an approval pays for its own payment and for no other", async () => {
  const name = someone("Ann");
  const phone = await Phone.of(name);
  const till = new Browser();
  const [one, other] = [await till.ok("POST", "payments", order(name)), await till.ok("POST", "payments", order(name))];
  const { token } = await phone.decide({ action: "payment", userToken: one.token });
  const login = await phone.decide({ action: "login-with-qr-code" });
  for (const wrong of [token, login.token, other.token, "nonsense"])
    await till.refused(403, "payment_refused", "POST", `payments/${other.paymentId}/settle`, { token: wrong });
  assert.equal((await till.ok("GET", `payments/${other.paymentId}`)).status, "open");
});

it("a payment that its customer declines says so", async () => {
  const name = someone("Ann");
  const phone = await Phone.of(name);
  const { paymentId, token: userToken } = await new Browser().ok("POST", "payments", order(name));
  await phone.decide({ action: "payment", userToken }, false);
  assert.equal((await phone.ok("GET", `payments/${paymentId}`)).status, "declined");
});

it("without a phone's cookie nothing is told of anybody", async () => {
  const strangers = [new Browser(), new Browser()];
  strangers[1].cookies.set("scanlatch_phone", { value: "nonsense", at: "/demo/phone" });
  for (const stranger of strangers) {
    for (const path of ["here", "history", "devices"])
      await stranger.refused(401, "not_enrolled", "GET", `phone/${path}`);
    await stranger.refused(401, "not_enrolled", "POST", "phone/history/none/report");
    await stranger.refused(401, "not_enrolled", "DELETE", "phone/devices/none");
  }
});

it("a phone is told where it is seen", async () => {
  const { ipAddress } = await (await Phone.of(someone("Ann"))).ok("GET", "phone/here");
  assert.match(ipAddress, /^127\.|^::1$/);
});

it("the phone's cookie goes to the phone's calls alone", async () => {
  const phone = new Browser();
  await phone.ok("POST", "phone/enrol", { name: someone("Ann") });
  assert.match(phone.set, /^scanlatch_phone=[\w-]{43}; Path=\/demo\/phone; HttpOnly; SameSite=Strict; Max-Age=34560000$/);
});

it("the history has what was decided, the newest first, and which sessions are open", async () => {
  const phone = await Phone.of(someone("Ann"));
  await loggedIn(phone);
  await phone.decide({ action: "tv-login" }, false);
  const { logins } = await phone.ok("GET", "phone/history");
  assert.deepEqual(
    logins.map(({ action, state, isActive }) => [action, state, isActive]),
    [
      ["tv-login", "CHALLENGE_FAILED", false],
      ["login-with-qr-code", "CHALLENGE_SUCCEEDED", true],
    ],
  );
});

it("a login that was not mine is ended by its report", async () => {
  const phone = await Phone.of(someone("Ann"));
  const { browser } = await loggedIn(phone);
  const [{ id }] = (await phone.ok("GET", "phone/history")).logins;
  assert.deepEqual(await phone.ok("POST", `phone/history/${encodeURIComponent(id)}/report`), { ended: 1 });
  assert.equal((await browser.ok("GET", "session")).session, null);
  assert.deepEqual(await phone.ok("POST", `phone/history/${encodeURIComponent(id)}/report`), { ended: 0 });
});

it("nobody ends another's login, or one that never was", async () => {
  const [ann, ben] = [await Phone.of(someone("Ann")), await Phone.of(someone("Ben"))];
  const { browser } = await loggedIn(ann);
  const [{ id }] = (await ann.ok("GET", "phone/history")).logins;
  for (const other of [id, "none"])
    await ben.refused(404, "login_not_found", "POST", `phone/history/${encodeURIComponent(other)}/report`);
  assert.notEqual((await browser.ok("GET", "session")).session, null);
});

it("a device is listed, and is gone once it is removed", async () => {
  const phone = await Phone.of(someone("Ann"));
  const [device, ...more] = (await phone.ok("GET", "phone/devices")).devices;
  assert.deepEqual([device.id, device.name, more], [phone.credential.userAuthenticatorId, "Test phone", []]);
  assert.equal(new Date(device.since).toISOString(), device.since);
  assert.deepEqual(await phone.ok("DELETE", `phone/devices/${device.id}`), {});
  assert.deepEqual((await phone.ok("GET", "phone/devices")).devices, []);
});

it("nobody removes another's device, or one that never was", async () => {
  const [ann, ben] = [await Phone.of(someone("Ann")), await Phone.of(someone("Ben"))];
  for (const id of [ann.credential.userAuthenticatorId, randomUUID(), "none"])
    await ben.refused(404, "device_not_found", "DELETE", `phone/devices/${id}`);
  assert.equal((await ann.ok("GET", "phone/devices")).devices.length, 1);
});

it("a call that there is not is refused in the same shape", async () => {
  await new Browser().refused(404, "not_found", "GET", "nothing");
  await new Browser().refused(404, "not_found", "DELETE", "menu");
});
