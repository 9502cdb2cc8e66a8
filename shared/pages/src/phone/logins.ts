import { described } from "../common/agent.js";
import { read, write } from "../common/storage.js";
import type { ClaimedChallenge } from "./phone.js";
import { nearest } from "./place.js";

/** Where a login was, which the backend's list does not know. */
export interface Where {
  browser?: string;
  place?: string;
}

const KEY = "scanlatch.logins";
const MOST = 20;

/** Keeps where this was, for the history of this phone. */
export function remember({ idempotencyKey, userAgent, ...seen }: ClaimedChallenge): void {
  if (!idempotencyKey) return;
  const [browser, place] = [described(userAgent), nearest(seen)];
  const rest = remembered().filter(([id]) => id !== idempotencyKey);
  const all = [[idempotencyKey, { ...(browser ? { browser } : {}), ...(place ? { place } : {}) }], ...rest];
  write(KEY, JSON.stringify(all.slice(0, MOST)));
}

/** Where that login was, if this phone decided it. */
export function whereOf(id: string): Where {
  return remembered().find(([known]) => known === id)?.[1] ?? {};
}

function remembered(): [string, Where][] {
  try {
    const kept: unknown = JSON.parse(read(KEY) ?? "[]");
    return Array.isArray(kept)
      ? (kept as [string, Where][]).filter((entry) => Array.isArray(entry) && typeof entry[0] === "string")
      : [];
  } catch {
    return [];
  }
}
