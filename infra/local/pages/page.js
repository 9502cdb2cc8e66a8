/** What both pages use. Text from elsewhere is only ever put in as text. */

export const element = (id) => document.getElementById(id);

export function setState(state) {
  document.body.dataset.state = state;
}

export async function config() {
  return (await fetch("/demo/config.json")).json();
}

/** What people are told, by the service's error code. */
const SENTENCES = {
  challenge_not_found: "This code is unknown, or it is meant for somebody else.",
  challenge_expired: "This code has expired. Scan the new one.",
  challenge_superseded: "The screen shows a newer code. Scan that one.",
  challenge_cancelled: "The screen that showed this code has left.",
  challenge_already_claimed: "Another phone has scanned this code. Scan a new one.",
  challenge_not_claimed: "Scan the code first.",
  challenge_already_decided: "This code was answered already.",
  challenge_not_open: "This code can no longer be answered. Scan the new one.",
  action_already_succeeded: "This was approved already.",
  signature_spent: "This answer was sent before. Scan the new code.",
  action_blocked: "This login is blocked. Ask whoever runs the site.",
  invalid_credential: "This phone is not enrolled any more. Enrol it again.",
  credential_taken: "This phone belongs to another user. Remove it there first.",
  too_many_devices: "You have as many phones as this site allows. Remove one first.",
  token_spent: "This permit was used already. Ask the site for a new one.",
  insufficient_scope: "You have a phone already. Ask the site to add another one.",
  expired_token: "That took too long. Try again.",
  token_invalid: "That took too long. Try again.",
  too_many_requests: "Too many tries. Wait a moment and try again.",
  unavailable: "The service cannot answer right now. Try again.",
  internal_error: "The service cannot answer right now. Try again.",
  unreachable: "The service cannot be reached. Check the connection and try again.",
};

/** Why a call failed: `code` is the service's, or `unreachable`; `passing` is true if the same call may succeed later. */
export class CallError extends Error {
  constructor(code, description, passing) {
    super(SENTENCES[code] ?? description);
    this.code = code;
    this.passing = passing;
  }
}

/** A call with a JSON answer. Everything else becomes a CallError with a sentence for people. */
export async function call(url, { method = "POST", authorization, body } = {}) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  if (authorization) headers.Authorization = authorization;
  let response;
  try {
    response = await fetch(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new CallError("unreachable", undefined, true);
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const passing = response.status === 429 || response.status >= 500;
  const code = answer.errorCode ?? (passing ? "unavailable" : undefined);
  throw new CallError(code, answer.errorDescription ?? "The service refused this. Try again.", passing);
}

/** Fills a list with names and values. */
export function fillList(list, entries) {
  list.replaceChildren(...entries.flatMap(([name, value]) => {
    const [term, text] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = name;
    text.textContent = typeof value === "object" ? JSON.stringify(value) : String(value);
    return [term, text];
  }));
}
