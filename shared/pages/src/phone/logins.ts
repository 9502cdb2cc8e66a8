import { described } from "../common/agent.js";
import { enlist, listed } from "../common/storage.js";
import type { ClaimedChallenge } from "./phone.js";
import { nearest } from "./place.js";

/** Where a login was, and for what, which the backend's list does not know. */
export interface Where {
  browser?: string;
  place?: string;
  /** The name of the application that it was for. */
  application?: string;
}

const KEY = "scanlatch.logins";
const MOST = 20;

/** Keeps where this was, and for what, for the history of this phone. */
export function remember({ idempotencyKey, userAgent, application, ...seen }: ClaimedChallenge): void {
  if (!idempotencyKey) return;
  const [browser, place, name] = [described(userAgent), nearest(seen), application?.name];
  const where: Where = {
    ...(browser ? { browser } : {}),
    ...(place ? { place } : {}),
    ...(name ? { application: name } : {}),
  };
  enlist(KEY, idempotencyKey, where, MOST);
}

/** Where that login was, if this phone decided it. */
export function whereOf(id: string): Where {
  return listed<Where>(KEY).find(([known]) => known === id)?.[1] ?? {};
}
