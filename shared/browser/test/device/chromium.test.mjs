/** The device in Chromium: what real storage, keys and windows do. */

import assert from "node:assert/strict";
import { verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, describe, it } from "node:test";

import { launch } from "../element/chromium.mjs";

const TENANT = "7b2d6c1e-4a58-4f0e-9d3b-1c5e8a7f2b64";
const CHALLENGE = "3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063";
const PATH = "/v1/client/user-authenticators/device";
const FILES = {
  "/": ["text/html", () => "<!doctype html><title>Phone</title>"],
  "/sandboxed": ["text/html", () => '<!doctype html><iframe sandbox="allow-scripts" src="/"></iframe>'],
  "/device.js": ["text/javascript", () => readFileSync(new URL("../../dist/device.js", import.meta.url))],
};

/** A service that takes a call for good if the signature over the challenge's id is right. */
function service() {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://site");
    const [type, read] = FILES[pathname] ?? [];
    const headers = {
      "Content-Type": type ?? "application/json",
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Allow-Headers": "authorization, content-type",
    };
    if (type) return response.writeHead(200, headers).end(read());
    if (request.method === "OPTIONS" || !pathname.startsWith(PATH)) return response.writeHead(204, headers).end();
    let text = "";
    for await (const chunk of request) text += chunk;
    const body = text ? JSON.parse(text) : {};
    const answer = (status, members) => response.writeHead(status, headers).end(JSON.stringify(members));
    if (pathname === PATH) {
      return answer(200, { userAuthenticatorId: "a-credential", userId: "ann", verifiedAt: "2026-11-24T10:15:00.000Z" });
    }
    const signed = pathname === `${PATH}/remove` ? `${Math.floor(Date.now() / 600_000)}.0` : body.challengeId;
    const key = { key: Buffer.from(body.publicKey, "base64"), format: "der", type: "spki" };
    if (!verify("sha256", Buffer.from(signed), key, Buffer.from(body.signature, "base64"))) {
      return answer(401, { error: "invalid_credential", errorCode: "invalid_credential", errorDescription: "wrong" });
    }
    return answer(200, { success: true, isVerified: body.approved === true });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

let browser;
let server;
let port;
before(async () => {
  server = await service();
  port = server.address().port;
  browser = await launch("--host-resolver-rules=MAP phone.example 127.0.0.1");
});
after(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});

/** A page, and what calls the device's functions there by their names. */
async function open(context, url = `http://127.0.0.1:${port}/`) {
  const page = await context.newPage();
  await page.goto(url);
  return { page, call: (name, input) => call(page.mainFrame(), name, input) };
}

const call = (frame, name, input) =>
  frame.evaluate(
    async ([tenantId, name, input, base]) => {
      const { ScanlatchDevice } = await import(`${base}/device.js`);
      return new ScanlatchDevice({ tenantId, baseUrl: `${base}/v1` }).device[name](input);
    },
    [TENANT, name, input, `http://127.0.0.1:${port}`],
  );

describe("a browser as a phone", () => {
  it("claims and approves with the key that it keeps from one page to the next", async () => {
    const context = await browser.newContext();
    const first = await open(context);
    assert.equal((await first.call("addCredential", { token: "a-token" })).data.userId, "ann");
    await first.page.close();
    const { call } = await open(context);
    assert.deepEqual((await call("getCredential")).data.credentialId, "a-credential");
    for (let n = 0; n < 20; n += 1) assert.deepEqual((await call("claimChallenge", { challengeId: CHALLENGE })).error, undefined);
    assert.deepEqual(await call("updateChallenge", { challengeId: CHALLENGE, approved: true }), { data: true });
    assert.deepEqual(await call("removeCredential"), { data: true });
    assert.deepEqual(await call("getCredential"), { data: null, reason: "not_enrolled" });
    await context.close();
  });

  it("gives no script the private half", async () => {
    const context = await browser.newContext();
    const { page, call } = await open(context);
    await call("addCredential", { token: "a-token" });
    const exported = await page.evaluate(async (tenantId) => {
      const database = await new Promise((resolve) => {
        const opening = indexedDB.open("scanlatch", 1);
        opening.onsuccess = () => resolve(opening.result);
      });
      const pair = await new Promise((resolve) => {
        const reading = database.transaction("keys").objectStore("keys").get(tenantId);
        reading.onsuccess = () => resolve(reading.result);
      });
      return Promise.allSettled(["pkcs8", "jwk"].map((format) => crypto.subtle.exportKey(format, pair.privateKey)));
    }, TENANT);
    assert.deepEqual(exported.map(({ status }) => status), ["rejected", "rejected"]);
    await context.close();
  });

  it("says that a page by http can keep no key", async () => {
    const context = await browser.newContext();
    const { page } = await open(context, `http://phone.example:${port}/`);
    for (const [name, input] of [["getCredential"], ["addCredential", { token: "a-token" }]]) {
      assert.equal((await call(page.mainFrame(), name, input)).errorCode, "insecure_context");
    }
    await context.close();
  });

  it("says that a sandboxed frame can keep no key", async () => {
    const context = await browser.newContext();
    const { page } = await open(context, `http://127.0.0.1:${port}/sandboxed`);
    const frame = page.frames()[1];
    await frame.waitForLoadState();
    const { errorCode } = await call(frame, "addCredential", { token: "a-token" });
    assert.equal(errorCode, "storage_unavailable");
    await context.close();
  });
});
