/** How long everything takes, in milliseconds. */

/** How long a code is shown, unless the page or the code's lifetime says otherwise. */
export const REFRESH_MS = 540_000;
/** How long a code that nobody has claimed is shown on the socket, and the least that a page may say. */
export const RENEW_MS = 60_000;
export const LEAST_RENEW_MS = 30_000;
/** How long the service lets a phone claim a code after that was renewed. */
export const OVERLAP_MS = 30_000;
/** How long after `decideBy` the service gives a claimed code up, and a second for the way. */
export const LAPSE_MS = 11_000;
export const POLL_MS = 3_000;

/** How long the socket may take to open, and to answer, and a REST call. */
export const OPEN_MS = 6_000;
export const ANSWER_MS = 4_000;
export const CALL_MS = 6_000;

/**
 * How long the socket may be quiet. A network that drops it without a word is found out while the service still lets a
 * phone claim the code, and the message keeps the networks between from forgetting the socket.
 */
export const QUIET_MS = 45_000;
/** The same while a phone decides, when somebody waits. */
export const QUIET_CLAIMED_MS = 15_000;

/**
 * How long a code is shown after the socket's last word. The service lets nobody claim it a minute after it has lost the
 * socket.
 */
export const GRACE_MS = 55_000;

/** When a socket's successor is opened at the latest: API Gateway closes each after two hours. */
export const RETIRE_MS = 110 * 60_000;

/** The first wait, and the longest where nobody answers, which costs nobody anything, and where the service is busy. */
export const FIRST_WAIT_MS = 500;
export const UNREACHABLE_MS = 4_000;
export const BUSY_MS = 30_000;
/** The first and the longest wait before sockets are tried again. */
export const FIRST_PROBE_MS = 2_000;
export const PROBE_MS = 600_000;

/** What the page gives, if it makes sense. */
export function atLeast(least: number, given: number | undefined, otherwise: number): number {
  return given !== undefined && given > 0 ? Math.max(least, given) : otherwise;
}
