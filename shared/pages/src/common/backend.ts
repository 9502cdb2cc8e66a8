/** The server that the pages come from; `BACKEND.md` describes its calls. */

export interface Config {
  tenantId: string;
  baseUrl: string;
  socketUrl?: string;
  site: string;
  phoneUrl: string;
  shortCodes: boolean;
}

export interface Session {
  userId: string;
  name: string;
  since: string;
}

export interface Guest {
  name: string;
  points: number;
  usual: { id: string; price: number } | null;
  currency: string;
}

export interface Menu {
  payee: string;
  currency: string;
  items: { id: string; price: number }[];
  customers: string[];
}

export interface Payment {
  paymentId: string;
  status: "open" | "paid" | "declined" | "expired";
  payee: string;
  amount: number;
  currency: string;
  name: string;
  items: { id: string; count: number; price: number }[];
  at: string;
  receipt?: string;
}

/** A call that did not succeed. `code` is the server's, or `unreachable`. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string, description: string) {
    super(description);
    this.code = code;
  }

  /** Whether the same call may succeed later. */
  get isPassing(): boolean {
    return ["unreachable", "unavailable", "internal_error", "too_many_requests"].includes(this.code);
  }
}

/** The folder of the pages, which may be anywhere on the host. */
export const root = new URL(".", location.href);

/** Where the backend's calls are; the configuration may name another place. */
let backend = new URL("demo/", root);

/** How long an answer may take before the call counts as lost, in milliseconds. */
const PATIENCE_MS = 15_000;

/** Asks the backend. Throws nothing but a `Refusal`. */
export function ask<T>(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<T> {
  return call(method, new URL(path, backend), body);
}

/** Asks anybody who speaks JSON, with the cookies that this browser has for them. Throws nothing but a `Refusal`. */
export async function call<T>(
  method: "GET" | "POST" | "DELETE",
  url: URL,
  body?: unknown,
  signal = AbortSignal.timeout(PATIENCE_MS),
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      credentials: "include",
      cache: "no-store",
      signal,
      ...(method === "GET"
        ? {}
        : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) }),
    });
  } catch (reason) {
    throw new Refusal("unreachable", String(reason));
  }
  const answer = (await response.json().catch(() => undefined)) as Record<string, unknown> | undefined;
  if (response.ok && answer && typeof answer === "object") return answer as T;
  // Where a team has put no backend, something else answers.
  const other = response.status === 404 ? "no_backend" : "unavailable";
  const code = typeof answer?.["errorCode"] === "string" ? answer["errorCode"] : other;
  throw new Refusal(code, typeof answer?.["errorDescription"] === "string" ? answer["errorDescription"] : code);
}

/** Which deployment these pages belong to, with whole URLs. */
export async function config(): Promise<Config> {
  const given = await ask<Partial<Config> & { backendUrl?: string }>("GET", "config");
  if (!given.tenantId || !given.baseUrl) throw new Refusal("misconfigured", "demo/config names no tenant or base URL.");
  if (given.backendUrl) backend = new URL(given.backendUrl, root);
  return {
    tenantId: given.tenantId,
    baseUrl: new URL(given.baseUrl, root).href,
    ...(given.socketUrl ? { socketUrl: given.socketUrl } : {}),
    site: given.site || location.hostname,
    phoneUrl: new URL(given.phoneUrl || "phone", root).href,
    shortCodes: given.shortCodes === true,
  };
}

/** What the QR code of a challenge holds. The id goes in as it is, so that a placeholder can take its place. */
export function linkTo({ phoneUrl }: Config, challengeId: string): string {
  const url = new URL(phoneUrl);
  url.searchParams.delete("c");
  url.searchParams.append("c", "");
  return url.href + challengeId;
}

/** An address as people type it. Without its scheme browsers ask a port of its own by http, so https is said there. */
export function typeable(url: string): string {
  const { protocol, port, href } = new URL(url);
  return protocol === "https:" && port ? href : href.replace(/^https?:\/\//, "");
}

/** Where people type a short code: the phone page by the name that is easier to type. */
export function typedAddress({ phoneUrl }: Config): string {
  return typeable(phoneUrl).replace(/phone$/, "device");
}
