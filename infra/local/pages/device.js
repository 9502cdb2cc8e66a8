/** A phone's side of the wire: a P-256 key that the browser keeps and never shows, and calls signed with it. */

import { call } from "./page.js";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };

function store(mode, use) {
  return new Promise((resolve, reject) => {
    const open = indexedDB.open("scanlatch-phone", 1);
    open.onupgradeneeded = () => open.result.createObjectStore("keys");
    open.onerror = () => reject(open.error);
    open.onsuccess = () => {
      const request = use(open.result.transaction("keys", mode).objectStore("keys"));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    };
  });
}

export const savedKey = () => store("readonly", (keys) => keys.get("key"));
export const forgetKey = () => store("readwrite", (keys) => keys.delete("key"));

/** The saved key, or a new one whose private half cannot be exported. */
export async function key() {
  const saved = await savedKey();
  if (saved) return saved;
  const made = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  await store("readwrite", (keys) => keys.put(made, "key"));
  return made;
}

const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));

const publicKey = async (pair) => base64(await crypto.subtle.exportKey("spki", pair.publicKey));

/** An ASN.1 INTEGER: shortest form, with a zero before a set top bit. */
function integer(bytes) {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const digits = [...bytes.slice(start)];
  if (digits[0] & 0x80) digits.unshift(0);
  return [0x02, digits.length, ...digits];
}

/** WebCrypto signs as r||s; phones send DER. */
async function sign(pair, text) {
  const raw = new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, new TextEncoder().encode(text)));
  const body = [...integer(raw.slice(0, 32)), ...integer(raw.slice(32))];
  return base64(Uint8Array.from([0x30, body.length, ...body]));
}

/** The calls of a phone of this tenant. */
export function device({ apiUrl, tenantId }) {
  const path = `${apiUrl}/client/user-authenticators/device`;
  const authorization = `Basic ${btoa(`${tenantId}:`)}`;
  const signed = async (challengeId) => {
    const pair = await key();
    return { challengeId, publicKey: await publicKey(pair), signature: await sign(pair, challengeId) };
  };
  return {
    async credential() {
      const pair = await savedKey();
      if (!pair) return undefined;
      const query = encodeURIComponent(btoa(await publicKey(pair)));
      return call(`${path}?publicKey=${query}`, { method: "GET", authorization });
    },
    async enrol(token, deviceName) {
      const body = { publicKey: await publicKey(await key()), deviceName, devicePlatform: "android" };
      return call(path, { authorization: `Bearer ${token}`, body });
    },
    async remove() {
      const pair = await key();
      const window = `${Math.floor(Date.now() / 600000)}.0`;
      const body = { publicKey: await publicKey(pair), signature: await sign(pair, window) };
      await call(`${path}/remove`, { authorization, body });
      await forgetKey();
    },
    async claim(challengeId) {
      return call(`${path}/challenge/claim`, { authorization, body: await signed(challengeId) });
    },
    async decide(challengeId, approved) {
      return call(`${path}/challenge`, { authorization, body: { ...(await signed(challengeId)), approved, verificationCode: null } });
    },
  };
}
