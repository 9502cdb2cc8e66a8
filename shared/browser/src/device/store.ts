import type { DeviceKey, KeyStore, Proof } from "../device.js";
import { base64, der } from "./der.js";
import { DeviceError } from "./failure.js";

const DATABASE = "scanlatch";
const KEYS = "keys";
/** How long IndexedDB may take, in milliseconds. Some browsers never answer where they allow no storage. */
const STORAGE_MS = 8_000;

/** Keeps keys in IndexedDB. The private halves cannot be exported, so a script can use a key but not carry it away. */
export class BrowserKeyStore implements KeyStore {
  async get(tenantId: string): Promise<DeviceKey | undefined> {
    // First, because a page without it will never have a key, and should hear that before it offers to enrol.
    const crypto = subtle();
    const saved = await inKeys("readonly", (keys) => keys.get(tenantId));
    // What another script put there, or what a browser made of a key that it cannot keep, is no key.
    return isPair(saved) ? deviceKey(crypto, saved) : undefined;
  }

  async getOrCreate(tenantId: string): Promise<DeviceKey> {
    const saved = await this.get(tenantId);
    if (saved) return saved;
    const made = await generate(subtle());
    await inKeys("readwrite", (keys) => {
      const before = keys.get(tenantId);
      before.onsuccess = () => {
        // Another tab may have been faster.
        if (isPair(before.result)) return;
        try {
          keys.put(made, tenantId);
        } catch {
          // A browser that cannot store a key throws here.
          keys.transaction.abort();
        }
      };
      return before;
    });
    const kept = await this.get(tenantId);
    if (kept) return kept;
    throw unavailable("This browser does not keep keys; a private window or a web view may be the reason.");
  }

  async delete(tenantId: string): Promise<void> {
    await inKeys("readwrite", (keys) => keys.delete(tenantId));
  }
}

async function generate(crypto: SubtleCrypto): Promise<CryptoKeyPair> {
  try {
    return await crypto.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  } catch (error) {
    throw new DeviceError("create_key_pair_failed", `This browser cannot make a P-256 key: ${String(error)}`);
  }
}

async function deviceKey(crypto: SubtleCrypto, { privateKey, publicKey }: CryptoKeyPair): Promise<DeviceKey> {
  const spki = new Uint8Array(await crypto.exportKey("spki", publicKey));
  return {
    publicKey: base64(spki),
    async prove(text: string): Promise<Proof> {
      const algorithm = { name: "ECDSA", hash: "SHA-256" };
      const raw = await crypto.sign(algorithm, privateKey, new TextEncoder().encode(text));
      return { signature: base64(der(new Uint8Array(raw))) };
    },
  };
}

function subtle(): SubtleCrypto {
  const found = globalThis.crypto?.subtle;
  if (found) return found;
  throw new DeviceError("insecure_context", "Keys need a secure context: open the page by https, or on localhost.");
}

function isPair(value: unknown): value is CryptoKeyPair {
  const pair = value as Partial<CryptoKeyPair> | undefined | null;
  return pair?.privateKey?.type === "private" && pair.publicKey?.type === "public";
}

/** Carries one request out in a transaction of its own. Its result counts once the transaction is complete. */
async function inKeys<T>(mode: IDBTransactionMode, use: (keys: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await withinTime<T>((resolve, reject) => {
      const transaction = database.transaction(KEYS, mode, { durability: "strict" });
      const request = use(transaction.objectStore(KEYS));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? "the browser does not keep this");
    });
  } finally {
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  return withinTime((resolve, reject) => {
    // Reading the property may already throw, as in a sandboxed frame.
    const factory = globalThis.indexedDB;
    if (!factory) return reject("there is no IndexedDB");
    const request = factory.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(KEYS);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => resolve(request.result);
  });
}

async function withinTime<T>(work: (resolve: (value: T) => void, reject: (reason: unknown) => void) => void): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      timer = setTimeout(() => reject("it does not answer"), STORAGE_MS);
      work(resolve, reject);
    });
  } catch (error) {
    throw unavailable(`This browser gives the page no storage for a key: ${error instanceof Error ? error.message : String(error)}.`);
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(message: string): DeviceError {
  return new DeviceError("storage_unavailable", message);
}
