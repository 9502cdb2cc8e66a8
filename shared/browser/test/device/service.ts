/** A service for tests: an honest model of a phone's calls, as `infra/openapi.yaml` describes them. */

declare const process: {
  getBuiltinModule(name: "node:crypto"): {
    verify(hash: string, data: Uint8Array, key: { key: Uint8Array; format: "der"; type: "spki" }, signature: Uint8Array): boolean;
  };
};
// Not WebCrypto, which would take the signature that the wire does not.
const { verify } = process.getBuiltinModule("node:crypto");

export const TENANT = "7b2d6c1e-4a58-4f0e-9d3b-1c5e8a7f2b64";
export const BASE_URL = "https://login.example/v1";
export const CHALLENGE = "3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063";
export const SHORT_CODE = "WDJB-MJHT";
const TIME = "2026-11-24T10:15:00.000Z";

type Body = Record<string, unknown>;
type Reply = { status: number; body: unknown };

export class DeviceService {
  /** Who is enrolled, by public key. */
  readonly owners = new Map<string, string>();
  /** All requests, oldest first. */
  readonly requests: { method: string; path: string; authorization: string; body: Body }[] = [];
  /** What the screen of the challenge is told. */
  state: "unclaimed" | "claimed" | "approved" | "rejected" = "unclaimed";
  claimed: Body = {
    success: true,
    ipAddress: "203.0.113.7",
    userAgent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
    location: { city: "Wellington", country: "NZ" },
    actionCode: "login",
    idempotencyKey: "order-7",
    custom: { amount: 12.5 },
    user: { custom: { tier: "gold" } },
  };
  /** What the person must type, as the screen shows it; nothing if absent. */
  number: string | undefined;
  /** Further headers of each answer. */
  headers: Record<string, string> = {};
  /** What happens to a call before the service sees it. */
  interrupt: (() => Reply | undefined) | undefined;
  #spent = new Set<string>();

  /** Takes the place of `fetch`. */
  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { method = "GET", headers, body } = init;
    const request = {
      method,
      path: url.slice(BASE_URL.length),
      authorization: (headers as Record<string, string>)["Authorization"] ?? "",
      body: body ? (JSON.parse(String(body)) as Body) : {},
    };
    this.requests.push(request);
    const reply = this.interrupt?.() ?? this.#reply(request);
    const text = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
    return new Response(text, { status: reply.status, headers: { "Content-Type": "application/json", ...this.headers } });
  };

  #reply({ method, path, authorization, body }: DeviceService["requests"][number]): Reply {
    const found = /^\/client\/user-authenticators\/(device|qr-code)(\/remove|\/challenge\/claim|\/challenge)?(\?.*)?$/.exec(path);
    if (!found) return refusal(404, "not_found");
    const [, , call = "", query = ""] = found;
    if (call === "" && method === "POST") return this.#add(authorization, body);
    if (authorization !== `Basic ${btoa(`${TENANT}:`)}`) return refusal(401, "unauthorized");
    if (call === "") return this.#get(atob(new URLSearchParams(query).get("publicKey") ?? ""));
    if (body["shortCode"] !== undefined) return this.#claimByShortCode(body);
    const text = call === "/remove" ? `${Math.floor(Date.now() / 600_000)}.0` : String(body["challengeId"]);
    if (!this.#proves(body, text)) return refusal(401, "invalid_credential");
    if (call === "/remove") return this.#remove(String(body["publicKey"]));
    if (text !== CHALLENGE) return refusal(404, "challenge_not_found");
    return call === "/challenge" ? this.#decide(body) : this.#claim(body);
  }

  #add(authorization: string, body: Body): Reply {
    const user = /^Bearer token-of-(\w+)$/.exec(authorization)?.[1];
    const key = String(body["publicKey"]);
    if (!user) return refusal(401, "token_invalid");
    if ((this.owners.get(key) ?? user) !== user) return refusal(409, "credential_taken");
    this.owners.set(key, user);
    return this.#get(key);
  }

  #get(key: string): Reply {
    const userId = this.owners.get(key);
    if (!userId) return refusal(401, "invalid_credential");
    return { status: 200, body: { userAuthenticatorId: `credential-of-${userId}`, userId, verifiedAt: TIME, lastVerifiedAt: TIME } };
  }

  #remove(key: string): Reply {
    const userId = this.owners.get(key);
    this.owners.delete(key);
    return { status: 200, body: userId ? { removedAuthenticatorId: `credential-of-${userId}` } : {} };
  }

  #claim(body: Body): Reply {
    this.#spent.add(String(body["signature"]));
    this.state = "claimed";
    return { status: 200, body: this.claimed };
  }

  #claimByShortCode(body: Body): Reply {
    const letters = String(body["shortCode"]).replaceAll(/[ -]/g, "").toUpperCase();
    if (!this.#proves(body, `claim-short-code:${letters}`)) return refusal(401, "invalid_credential");
    if (letters !== SHORT_CODE.replace("-", "")) return refusal(404, "challenge_not_found");
    this.state = "claimed";
    return { status: 200, body: { ...this.claimed, challengeId: CHALLENGE } };
  }

  #decide(body: Body): Reply {
    if (this.state === "unclaimed") return refusal(409, "challenge_not_claimed");
    if (this.#spent.has(String(body["signature"]))) return refusal(409, "signature_spent");
    const isNumberAsked = body["approved"] === true && this.number !== undefined;
    if (isNumberAsked && body["verificationCode"] === null) return refusal(400, "verification_code_needed");
    const isApproved = body["approved"] === true && (!isNumberAsked || body["verificationCode"] === this.number);
    this.state = isApproved ? "approved" : "rejected";
    return { status: 200, body: { isVerified: isApproved } };
  }

  #proves(body: Body, text: string): boolean {
    const key = String(body["publicKey"]);
    const spki = { key: bytes(key), format: "der", type: "spki" } as const;
    return this.owners.has(key) && verify("sha256", new TextEncoder().encode(text), spki, bytes(String(body["signature"])));
  }
}

function refusal(status: number, code: string): Reply {
  return { status, body: { error: code, errorCode: code, errorDescription: `Refused: ${code}.` } };
}

export function bytes(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
