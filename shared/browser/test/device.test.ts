/** A browser as a person's device, against a model of the service that checks every signature. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { type DeviceKey, type KeyStore, ScanlatchDevice } from "../src/device.js";
import { Browser } from "./device/browser.js";
import { BASE_URL, bytes, CHALLENGE, DeviceService, TENANT } from "./device/service.js";

let service: DeviceService;
let browser: Browser;
beforeEach(() => {
  service = new DeviceService();
  browser = new Browser(service);
});
afterEach(() => browser.end());

const open = () => new ScanlatchDevice({ tenantId: TENANT, baseUrl: BASE_URL });
async function enrolled(token = "token-of-ann"): Promise<ScanlatchDevice> {
  const sdk = open();
  expect((await sdk.device.addCredential({ token })).error).toBeUndefined();
  return sdk;
}
const ANN = {
  credentialId: "credential-of-ann",
  userId: "ann",
  createdAt: "2026-11-24T10:15:00.000Z",
  lastAuthenticatedAt: "2026-11-24T10:15:00.000Z",
};

describe("addCredential", () => {
  it("gives the credential under the names of the mobile SDKs", async () => {
    expect(await open().device.addCredential({ token: "token-of-ann" })).toEqual({ data: ANN });
  });

  it("sends the key as SubjectPublicKeyInfo of a P-256 key", async () => {
    await enrolled();
    expect(String(service.requests[0]?.body["publicKey"])).toMatch(/^MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/);
    expect(bytes(String(service.requests[0]?.body["publicKey"]))).toHaveLength(91);
  });

  it("tells what this browser is called", async () => {
    await enrolled();
    expect(service.requests[0]?.body).toMatchObject({ deviceName: "Safari on iPhone", devicePlatform: "web" });
  });

  it("lets the page name the device", async () => {
    await open().device.addCredential({ token: "token-of-ann", deviceName: "Ann's iPhone" });
    expect(service.requests[0]?.body["deviceName"]).toBe("Ann's iPhone");
  });

  it("keeps a private half that no script can export", async () => {
    await enrolled();
    const [pair] = (await browser.keys()) as CryptoKeyPair[];
    expect([pair?.privateKey.type, pair?.privateKey.extractable]).toEqual(["private", false]);
  });

  it("asks the browser once to keep the key", async () => {
    await enrolled();
    expect(browser.persistRequests).toBe(1);
  });

  it("does not ask to keep what the service refused", async () => {
    await open().device.addCredential({ token: "wrong" });
    expect(browser.persistRequests).toBe(0);
  });

  it("enrols the same key again", async () => {
    const sdk = await enrolled();
    await sdk.device.addCredential({ token: "token-of-ann" });
    expect(service.owners.size).toBe(1);
  });

  it("leaves the key alone that another tab has enrolled while this one made its own", async () => {
    const generate = crypto.subtle.generateKey.bind(crypto.subtle) as (...all: unknown[]) => Promise<CryptoKeyPair>;
    let goOn = () => {};
    const held = new Promise<void>((resolve) => (goOn = resolve));
    vi.spyOn(crypto.subtle, "generateKey").mockImplementationOnce((async (...all: unknown[]) => {
      await held;
      return generate(...all);
    }) as never);
    const slow = open().device.addCredential({ token: "token-of-ann" });
    // The slow tab has found no key by then.
    await vi.waitFor(() => expect(crypto.subtle.generateKey).toHaveBeenCalled());
    await enrolled();
    goOn();
    expect((await slow).error).toBeUndefined();
    expect(service.owners.size).toBe(1);
  });

  it("takes the token that was set", async () => {
    const sdk = open();
    sdk.setToken("token-of-ann");
    expect((await sdk.device.addCredential()).data?.userId).toBe("ann");
  });

  it("says that there is no token, and asks nobody", async () => {
    expect((await open().device.addCredential()).errorCode).toBe("token_not_set");
    expect(service.requests).toEqual([]);
  });

  it("says that the key is another user's", async () => {
    const sdk = await enrolled("token-of-ann");
    expect(await sdk.device.addCredential({ token: "token-of-bob" })).toEqual({
      error: "Refused: credential_taken.",
      errorCode: "credential_taken",
    });
  });

  it("enrols another user after the first was removed", async () => {
    const sdk = await enrolled("token-of-ann");
    await sdk.device.removeCredential();
    expect((await sdk.device.addCredential({ token: "token-of-bob" })).data?.userId).toBe("bob");
  });
});

describe("getCredential", () => {
  it("finds the credential on the next visit", async () => {
    await enrolled();
    expect(await open().device.getCredential()).toEqual({ data: ANN });
  });

  it("says of a new browser that it is not enrolled, and asks nobody", async () => {
    expect(await open().device.getCredential()).toEqual({ data: null, reason: "not_enrolled" });
    expect(service.requests).toEqual([]);
  });

  it("says after seven days in Safari that it is not enrolled, which is no error", async () => {
    await enrolled();
    browser.forget();
    expect(await open().device.getCredential()).toEqual({ data: null, reason: "not_enrolled" });
  });

  it("says which credential has lost its key", async () => {
    await enrolled();
    browser.loseKeys();
    expect(await open().device.getCredential()).toEqual({
      data: null,
      reason: "key_lost",
      lost: { credentialId: "credential-of-ann", userId: "ann" },
    });
  });

  it("finds an enrolment whose answer was lost", async () => {
    service.interrupt = () => {
      const key = String(service.requests.at(-1)?.body["publicKey"]);
      service.owners.set(key, "ann");
      throw new TypeError("Failed to fetch");
    };
    expect((await open().device.addCredential({ token: "token-of-ann" })).errorCode).toBe("network_error");
    service.interrupt = undefined;
    expect((await open().device.getCredential()).data?.userId).toBe("ann");
  });

  it("says of a key whose enrolment was refused that it is not enrolled", async () => {
    await open().device.addCredential({ token: "wrong" });
    expect(await open().device.getCredential()).toEqual({ data: null, reason: "not_enrolled" });
  });

  it("tells by an error that the credential was removed elsewhere", async () => {
    const sdk = await enrolled();
    service.owners.clear();
    expect((await sdk.device.getCredential()).errorCode).toBe("invalid_credential");
  });

  it("is not taken in by what another script left in the place of the key", async () => {
    await enrolled();
    browser.loseKeys();
    await open().device.getCredential();
    await new Promise<void>((resolve) => {
      const opening = indexedDB.open("scanlatch", 1);
      opening.onsuccess = () => {
        const writing = opening.result.transaction("keys", "readwrite");
        writing.objectStore("keys").put({ privateKey: "x" }, TENANT);
        writing.oncomplete = () => resolve();
      };
    });
    expect((await open().device.getCredential()).reason).toBe("key_lost");
  });
});

describe("claimChallenge", () => {
  it("gives who is asking, as the service tells it", async () => {
    const sdk = await enrolled();
    expect(await sdk.device.claimChallenge({ challengeId: CHALLENGE })).toEqual({ data: service.claimed });
  });

  it("tells which application asks", async () => {
    service.claimed = { ...service.claimed, application: { clientId: "wiki", name: "Team Wiki" } };
    const { data } = await (await enrolled()).device.claimChallenge({ challengeId: CHALLENGE });
    expect(data?.application?.name).toBe("Team Wiki");
  });

  it("takes the link that a camera found", async () => {
    const sdk = await enrolled();
    await sdk.device.claimChallenge({ challengeId: `https://login.example/phone?challengeId=${CHALLENGE}` });
    expect(service.state).toBe("claimed");
  });

  it.each(["2966600.0", "", "hello", undefined as unknown as string])("signs nothing that is no id: %j", async (challengeId) => {
    const sdk = await enrolled();
    expect((await sdk.device.claimChallenge({ challengeId })).errorCode).toBe("invalid_challenge_id");
    expect(service.requests).toHaveLength(1);
  });

  it("says that there is no key", async () => {
    expect((await open().device.claimChallenge({ challengeId: CHALLENGE })).errorCode).toBe("credential_not_found");
  });

  it("says what the service refuses, in its words", async () => {
    const sdk = await enrolled();
    const challengeId = CHALLENGE.replace("3", "4");
    expect(await sdk.device.claimChallenge({ challengeId })).toEqual({
      error: "Refused: challenge_not_found.",
      errorCode: "challenge_not_found",
    });
  });

  it("goes by the paths of both generations of mobile SDKs", async () => {
    const sdk = await enrolled();
    await sdk.device.claimChallenge({ challengeId: CHALLENGE });
    await sdk.qr.claimChallenge({ challengeId: CHALLENGE });
    expect(service.requests.slice(1).map(({ path }) => path)).toEqual([
      "/client/user-authenticators/device/challenge/claim",
      "/client/user-authenticators/qr-code/challenge/claim",
    ]);
  });
});

describe("updateChallenge", () => {
  it.each([true, false])("gives whether the challenge is approved: %s", async (approved) => {
    const sdk = await enrolled();
    await sdk.device.claimChallenge({ challengeId: CHALLENGE });
    expect(await sdk.device.updateChallenge({ challengeId: CHALLENGE, approved })).toEqual({ data: approved });
  });

  it("sends the code that the person has read, or null as phones do", async () => {
    const sdk = await enrolled();
    await sdk.device.claimChallenge({ challengeId: CHALLENGE });
    await sdk.device.updateChallenge({ challengeId: CHALLENGE, approved: true, verificationCode: "42" });
    await sdk.device.updateChallenge({ challengeId: CHALLENGE, approved: true });
    expect(service.requests.slice(2).map(({ body }) => body["verificationCode"])).toEqual(["42", null]);
  });

  it("signs anew each time", async () => {
    const sdk = await enrolled();
    for (let n = 0; n < 2; n += 1) await sdk.device.claimChallenge({ challengeId: CHALLENGE });
    expect(service.requests[1]?.body["signature"]).not.toBe(service.requests[2]?.body["signature"]);
  });

  it("says that the key went since the claim", async () => {
    const sdk = await enrolled();
    await sdk.device.claimChallenge({ challengeId: CHALLENGE });
    browser.forget();
    expect((await sdk.device.updateChallenge({ challengeId: CHALLENGE, approved: true })).errorCode).toBe("credential_not_found");
  });
});

describe("removeCredential", () => {
  it("removes the credential at the service", async () => {
    const sdk = await enrolled();
    expect(await sdk.device.removeCredential()).toEqual({ data: true });
    expect(service.owners.size).toBe(0);
  });

  it("leaves no key and no note in the browser", async () => {
    const sdk = await enrolled();
    await sdk.device.removeCredential();
    expect([await browser.keys(), browser.notes.size]).toEqual([[], 0]);
  });

  it("leaves no key in the browser if the service cannot be reached", async () => {
    const sdk = await enrolled();
    service.interrupt = () => {
      throw new TypeError("Failed to fetch");
    };
    expect((await sdk.device.removeCredential()).errorCode).toBe("network_error");
    expect(await browser.keys()).toEqual([]);
  });

  it("is no error where nothing is enrolled", async () => {
    expect(await open().device.removeCredential()).toEqual({ data: false });
  });
});

describe("a browser that cannot keep a key says so", () => {
  it.each<[string, () => void]>([
    ["there is no IndexedDB", () => vi.stubGlobal("indexedDB", undefined)],
    ["IndexedDB does not open", () => browser.failToOpen()],
    ["IndexedDB refuses keys", () => browser.refuseKeys()],
  ])("where %s", async (_, take) => {
    take();
    const { error, errorCode } = await open().device.addCredential({ token: "token-of-ann" });
    expect(errorCode).toBe("storage_unavailable");
    expect(error).toMatch(/^This browser .+\.$/);
    expect(service.requests).toEqual([]);
  });

  it("where a frame may not look at IndexedDB", async () => {
    Object.defineProperty(globalThis, "indexedDB", {
      configurable: true,
      get() {
        throw new DOMException("denied for this document", "SecurityError");
      },
    });
    expect((await open().device.getCredential()).errorCode).toBe("storage_unavailable");
  });

  it("where IndexedDB never answers", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    vi.stubGlobal("indexedDB", { open: () => ({}) });
    const answer = open().device.getCredential();
    await vi.advanceTimersByTimeAsync(60_000);
    vi.useRealTimers();
    expect((await answer).errorCode).toBe("storage_unavailable");
  });

  it("where the page came by http, before it offers to enrol", async () => {
    vi.stubGlobal("crypto", {});
    expect((await open().device.getCredential()).errorCode).toBe("insecure_context");
  });

  it("where notes cannot be kept, only without them", async () => {
    vi.stubGlobal("localStorage", undefined);
    const sdk = await enrolled();
    expect((await sdk.device.getCredential()).data?.userId).toBe("ann");
  });
});

describe("an answer that is not the service's", () => {
  it.each<[string, { status: number; body: unknown }]>([
    ["a network's login page", { status: 200, body: "<!doctype html>" }],
    ["an empty one", { status: 502, body: "" }],
    ["a list", { status: 200, body: [] }],
    ["an object of somebody else", { status: 200, body: { hello: "world" } }],
    ["an object with a failed status", { status: 500, body: { message: "Internal Server Error" } }],
  ])("counts as no answer: %s", async (_, reply) => {
    const sdk = await enrolled();
    service.interrupt = () => reply;
    const calls = [
      sdk.device.getCredential(),
      sdk.device.claimChallenge({ challengeId: CHALLENGE }),
      sdk.device.updateChallenge({ challengeId: CHALLENGE, approved: true }),
    ];
    expect((await Promise.all(calls)).map(({ errorCode }) => errorCode)).toEqual(Array(3).fill("network_error"));
  });

  it("does not pass for a removal", async () => {
    const sdk = await enrolled();
    service.interrupt = () => ({ status: 502, body: { message: "Bad Gateway" } });
    expect((await sdk.device.removeCredential()).errorCode).toBe("network_error");
  });

  it("does not hide a refusal without words", async () => {
    const sdk = await enrolled();
    service.interrupt = () => ({ status: 429, body: { error: "too_many_requests" } });
    expect(await sdk.device.getCredential()).toEqual({ error: "too_many_requests", errorCode: "too_many_requests" });
  });
});

describe("a key store of the page's own", () => {
  it("gives the key and what proves it", async () => {
    const key: DeviceKey = { publicKey: "a2V5", prove: async (text) => ({ signature: `signed ${text}` }) };
    const keyStore: KeyStore = { get: async () => key, getOrCreate: async () => key, delete: async () => {} };
    const sdk = new ScanlatchDevice({ tenantId: TENANT, baseUrl: BASE_URL, keyStore });
    await sdk.device.claimChallenge({ challengeId: CHALLENGE });
    expect(service.requests[0]?.body).toEqual({ challengeId: CHALLENGE, publicKey: "a2V5", signature: `signed ${CHALLENGE}` });
  });
});

it("answers a page that forgets the input, and does not throw", async () => {
  const sdk = await enrolled();
  const claimed = await sdk.device.claimChallenge(undefined as never);
  expect(claimed.errorCode).toBe("unexpected_error");
});

it("needs a tenant and a base URL", () => {
  expect(() => new ScanlatchDevice({ tenantId: "", baseUrl: BASE_URL })).toThrow("tenantId must be given");
});
