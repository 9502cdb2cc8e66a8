import type { ElementState } from "../element.js";
import type { Status } from "../index.js";

/** What the core has told of a login so far. */
export interface Facts {
  status: Status | undefined;
  /** Whether the service could not be reached when the core last told of the connection. */
  isOffline: boolean;
  /** How far the person is with the code of the status. */
  progress: "unclaimed" | "claimed" | "approved" | "rejected";
  /** What the person must type on the phone that has claimed. */
  number: string | undefined;
  /** Whether the code will be replaced in a moment. */
  isDue: boolean;
  /** Why there will be no code. */
  error: { error: string; errorCode: string } | undefined;
}

export const NOTHING_YET: Facts = {
  status: undefined,
  isOffline: false,
  progress: "unclaimed",
  number: undefined,
  isDue: false,
  error: undefined,
};

/** The facts after the core has told of a status. */
export function told(facts: Facts, status: Status): Facts {
  const isNewCode = status.challengeId !== undefined && status.challengeId !== facts.status?.challengeId;
  const isOffline = status.state === "expired" ? facts.isOffline : status.state === "offline";
  const error =
    status.errorCode === undefined ? undefined : { error: status.error ?? status.errorCode, errorCode: status.errorCode };
  const since = isNewCode ? { progress: "unclaimed", number: undefined, isDue: false } as const : {};
  return { ...facts, ...since, status, isOffline, error };
}

/** What the person is shown. */
export function standing({ status, isOffline, progress, isDue, error }: Facts): ElementState {
  if (progress === "approved") return "approved";
  if (progress === "rejected") return "declined";
  if (error) return "error";
  const isShowable = status?.challengeId !== undefined && status.state !== "expired";
  if (isShowable && progress === "claimed") return "scanned";
  // A screen that has just lost its connection can still be found by a phone that has one.
  if (isShowable) return isDue ? "expiring" : "code";
  if (isOffline) return "offline";
  return status?.state === "expired" ? "expired" : "connecting";
}
