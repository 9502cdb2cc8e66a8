import type { AskedChallenge } from "@scanlatch/browser";

import { call, Refusal } from "../common/backend.js";
import { sentBy } from "../common/fragment.js";

/** An authorization request: an application waits for this person. */
export interface Asked {
  tenantId: string;
  /** Names the request to the provider. A secret of this browser. */
  request: string;
}

export interface Application {
  clientId: string;
  name: string;
}

interface Opened {
  application: Application;
  challengeId: string;
  deviceCode: string;
}

const HANDLE = /^[\w-]{43}$/;

/** The request that a fragment names. */
export function askedBy(hash: string): Asked | "missing" | "damaged" {
  const sent = sentBy(hash);
  if (typeof sent === "string") return sent;
  const [request = "", ...others] = sent.rest.filter(([name]) => name === "r").map(([, value]) => value);
  return others.length === 0 && HANDLE.test(request) ? { tenantId: sent.tenantId, request } : "damaged";
}

/** The OpenID provider's calls for one request. Each may be repeated, and throws nothing but a `Refusal`. */
export class Provider {
  readonly #at: (path: string) => URL;
  readonly #request: string;
  /** The code that the page shows. */
  #shows: { challengeId: string; deviceCode: string } | undefined;

  constructor(baseUrl: string, { tenantId, request }: Asked) {
    this.#at = (path) => new URL(`${baseUrl.replace(/\/+$/, "")}/t/${tenantId}/sign-in${path}`);
    this.#request = request;
  }

  /** A code for the request, as the SDK wants it. */
  async open({ shortCode, showsNumber, replaces }: AskedChallenge, signal: AbortSignal): Promise<{ application: Application }> {
    const asked = { ...(shortCode && { shortCode }), ...(showsNumber && { showsNumber }), ...(replaces && { replaces }) };
    const body = { request: this.#request, ...asked };
    const answer = await call<Opened>("POST", this.#at(""), body, signal);
    const { challengeId, deviceCode } = answer;
    this.#shows = { challengeId, deviceCode };
    return answer;
  }

  /** Brings the approval. Gives where the application waits for it. */
  complete(token: string): Promise<string> {
    return this.#answered("/complete", { token });
  }

  /** Tells the application that the person does not log in, and lets no phone approve any more. Gives where it is. */
  deny(): Promise<string> {
    return this.#answered("/deny", this.#shows ? { shows: this.#shows } : {});
  }

  async #answered(path: string, more: object): Promise<string> {
    const { redirectTo } = await call<{ redirectTo?: unknown }>("POST", this.#at(path), { request: this.#request, ...more });
    if (typeof redirectTo === "string" && isPlace(redirectTo)) return redirectTo;
    throw new Refusal("unavailable", "The answer does not say where the application is.");
  }
}

/** Whether a browser can go there, be it a page or an app, without running what the address holds. */
function isPlace(text: string): boolean {
  return URL.canParse(text) && !/^(javascript|data|vbscript|blob):/.test(new URL(text).protocol);
}
