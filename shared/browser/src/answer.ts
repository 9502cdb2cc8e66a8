import type { Event } from "./machine.js";

/** What the service answered, the same for socket and REST. */
export interface Answer {
  event: Extract<
    Event,
    "created" | "unclaimed" | "claimed" | "approved" | "rejected" | "gone" | "refused" | "busy" | "failed"
  >;
  challengeId?: string;
  deviceCode?: string;
  /** When the challenge expires, ISO 8601 by the service's clock. */
  expiresAt?: string;
  /** When the challenge was made, likewise; not every service tells. */
  createdAt?: string;
  /** Where the socket is; not every service tells. */
  socketUrl?: string;
  /** What can be typed in the place of the id. */
  shortCode?: string;
  /** Until when the phone that has claimed must decide, ISO 8601 by the service's clock. */
  decideBy?: string;
  /** What the person must type on the phone. */
  verificationCode?: string;
  /** The result token of an approval. */
  token?: string;
  error?: string;
  errorCode?: string;
}

const TEXTS = [
  "challengeId",
  "deviceCode",
  "expiresAt",
  "createdAt",
  "socketUrl",
  "shortCode",
  "decideBy",
  "verificationCode",
] as const;
const GONE = ["challenge_expired", "challenge_superseded", "challenge_cancelled", "challenge_not_found"];
const BUSY = ["too_many_requests", "unavailable", "internal_error"];

/** What a refusal means for the screen. */
export function refusal(body: Record<string, unknown>): Answer {
  const errorCode = text(body["errorCode"]) ?? text(body["error"]) ?? "unexpected_error";
  const error = text(body["errorDescription"]) ?? errorCode;
  const event = GONE.includes(errorCode) ? "gone" : BUSY.includes(errorCode) ? "busy" : "refused";
  return { event, error, errorCode };
}

/** The members that say which challenge this is about. */
export function described(event: Answer["event"], data: Record<string, unknown>): Answer {
  const answer: Answer = { event };
  for (const name of TEXTS) {
    const value = text(data[name]);
    if (value !== undefined) answer[name] = value;
  }
  const token = text(data["accessToken"]) ?? text(data["token"]);
  if (token !== undefined) answer.token = token;
  return answer;
}

/** The value if it is an object, and not a list. */
export function record(value: unknown): Record<string, unknown> | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
