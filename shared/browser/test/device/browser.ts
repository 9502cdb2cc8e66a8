/** A browser for tests: storage that lives as long as the test, and can be taken away. */

import { IDBFactory, IDBObjectStore } from "fake-indexeddb";
import { vi } from "vitest";

import type { DeviceService } from "./service.js";

export class Browser {
  /** What `localStorage` holds. */
  readonly notes = new Map<string, string>();
  /** How often the page asked for storage that is not cleared away. */
  persistRequests = 0;

  constructor(service: DeviceService) {
    vi.stubGlobal("fetch", service.fetch);
    vi.stubGlobal("indexedDB", new IDBFactory());
    vi.stubGlobal("navigator", {
      userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1",
      maxTouchPoints: 5,
      storage: { persist: async () => (this.persistRequests += 1) > 0 },
    });
    const { notes } = this;
    vi.stubGlobal("localStorage", {
      getItem: (key: string) => notes.get(key) ?? null,
      setItem: (key: string, value: string) => notes.set(key, value),
      removeItem: (key: string) => notes.delete(key),
    });
  }

  /** The browser clears the keys away, and leaves the rest. */
  loseKeys(): void {
    vi.stubGlobal("indexedDB", new IDBFactory());
  }

  /** The browser clears all storage of the site away, as Safari does after seven days without a visit. */
  forget(): void {
    this.loseKeys();
    this.notes.clear();
  }

  /** IndexedDB works, and does not take a key, as in some private windows. */
  refuseKeys(): void {
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("The object could not be cloned.", "DataCloneError");
    });
  }

  /** There is an IndexedDB, and it says no. */
  failToOpen(): void {
    vi.stubGlobal("indexedDB", {
      open() {
        const request = { error: new DOMException("A mutation operation was attempted", "InvalidStateError") } as unknown as IDBOpenDBRequest;
        queueMicrotask(() => request.onerror?.(new Event("error")));
        return request;
      },
    });
  }

  /** Everything that IndexedDB holds of the SDK. */
  keys(): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open("scanlatch", 1);
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const all = opening.result.transaction("keys").objectStore("keys").getAll();
        all.onsuccess = () => resolve(all.result);
      };
    });
  }

  end(): void {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  }
}
