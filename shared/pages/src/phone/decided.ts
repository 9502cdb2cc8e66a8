import { enlist, listed } from "../common/storage.js";

/**
 * What this phone has decided, by its challenges. The service answers a claim that its holder repeats, so the page itself
 * has to know which codes need no question any more.
 */

const KEY = "scanlatch.decided";
const MOST = 50;

interface Decision {
  userId: string;
  /** Left out if the code was decided, but nobody here knows how. */
  approved?: boolean;
}

export function noteDecision(challengeId: string, decision: Decision): void {
  enlist(KEY, challengeId, decision, MOST);
}

/** The user's decision; nothing of anybody who had this phone before. */
export function decisionOf(challengeId: string, userId: string): Decision | undefined {
  const found = listed<Decision>(KEY).find(([id]) => id === challengeId)?.[1];
  return found?.userId === userId ? found : undefined;
}
