import { described } from "../common/agent.js";
import { enlist, listed } from "../common/storage.js";
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
  enlist(KEY, idempotencyKey, { ...(browser ? { browser } : {}), ...(place ? { place } : {}) }, MOST);
}

/** Where that login was, if this phone decided it. */
export function whereOf(id: string): Where {
  return listed<Where>(KEY).find(([known]) => known === id)?.[1] ?? {};
}
