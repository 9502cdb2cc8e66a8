import type { ClaimedChallenge, DeviceCredential, DeviceKey } from "../device.js";
import { DeviceError } from "./failure.js";

/** How long a call may take, in milliseconds. */
const CALL_MS = 10_000;
/** The signed text of a removal counts these since 1970, in milliseconds. */
const REMOVAL_WINDOW_MS = 600_000;

/** What goes before a short code's letters in the signed text, so that the signature serves for nothing else. */
const SHORT_CODE_PREFIX = "claim-short-code:";

type Body = Record<string, unknown>;

/** A phone's calls of the wire. Each throws a `DeviceError`: the service's refusal, or `network_error`. */
export class Service {
  readonly #path: string;
  readonly #tenant: string;
  /** How far the service's clock is ahead of this browser's, as far as an answer has told, in milliseconds. */
  #aheadMs = 0;

  /** The kind tells the generations of mobile SDKs apart; the service treats both alike. */
  constructor(baseUrl: string, tenantId: string, kind: "device" | "qr-code") {
    this.#path = `${baseUrl.replace(/\/+$/, "")}/client/user-authenticators/${kind}`;
    this.#tenant = `Basic ${btoa(`${encodeURIComponent(tenantId)}:`)}`;
  }

  async add(token: string, body: { publicKey: string; deviceName: string; devicePlatform: string }): Promise<DeviceCredential> {
    return credential(await this.#call("", `Bearer ${token}`, body));
  }

  async get(publicKey: string): Promise<DeviceCredential> {
    // The wire has base64 of the base64 text here.
    const query = `?publicKey=${encodeURIComponent(btoa(publicKey))}`;
    return credential(await this.#call(query, this.#tenant));
  }

  async remove(key: DeviceKey): Promise<void> {
    // Phones print the number as a double.
    const text = `${Math.floor(Date.now() / REMOVAL_WINDOW_MS)}.0`;
    await this.#call("/remove", this.#tenant, { publicKey: key.publicKey, ...(await key.prove(text)) });
  }

  async claim(challengeId: string, key: DeviceKey): Promise<ClaimedChallenge> {
    return this.#claimed(await signed(challengeId, key));
  }

  /** The code is of the form `WDJB-MJHT`. */
  async claimByShortCode(shortCode: string, key: DeviceKey): Promise<ClaimedChallenge> {
    const proof = await key.prove(SHORT_CODE_PREFIX + shortCode.replace("-", ""));
    const claimed = await this.#claimed({ shortCode, publicKey: key.publicKey, ...proof });
    if (typeof claimed.challengeId !== "string") throw foreign();
    return claimed;
  }

  async #claimed(body: Body): Promise<ClaimedChallenge> {
    const answer = await this.#call("/challenge/claim", this.#tenant, body);
    if (typeof answer["success"] !== "boolean") throw foreign();
    const decideWithinMs = Date.parse(String(answer["decideBy"])) - Date.now() - this.#aheadMs;
    return { ...(answer as unknown as ClaimedChallenge), ...(!Number.isNaN(decideWithinMs) && { decideWithinMs }) };
  }

  /** Whether the challenge is approved now. */
  async decide(
    challengeId: string,
    key: DeviceKey,
    decision: { approved: boolean; verificationCode: string | null },
  ): Promise<boolean> {
    const { isVerified } = await this.#call("/challenge", this.#tenant, { ...(await signed(challengeId, key)), ...decision });
    if (typeof isVerified !== "boolean") throw foreign();
    return isVerified;
  }

  async #call(path: string, authorization: string, body?: Body): Promise<Body> {
    let status: number;
    let answer: unknown;
    try {
      const response = await fetch(this.#path + path, {
        method: body ? "POST" : "GET",
        headers: { Authorization: authorization, ...(body && { "Content-Type": "application/json" }) },
        ...(body && { body: JSON.stringify(body) }),
        cache: "no-store",
        credentials: "omit",
        signal: AbortSignal.timeout(CALL_MS),
      });
      status = response.status;
      // Only a page of the service's own origin is sure to see it.
      const time = Date.parse(response.headers.get("Date") ?? "");
      if (!Number.isNaN(time)) this.#aheadMs = time - Date.now();
      answer = await response.json();
    } catch (error) {
      throw new DeviceError("network_error", `The service did not answer: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (typeof answer !== "object" || answer === null || Array.isArray(answer)) throw foreign();
    const members = answer as Body;
    const code = text(members["errorCode"]) ?? text(members["error"]);
    if (code) throw new DeviceError(code, text(members["errorDescription"]) ?? code);
    if (status !== 200) throw foreign();
    return members;
  }
}

async function signed(challengeId: string, key: DeviceKey): Promise<Body> {
  return { challengeId, publicKey: key.publicKey, ...(await key.prove(challengeId)) };
}

function credential(answer: Body): DeviceCredential {
  const { userAuthenticatorId, userId, verifiedAt, lastVerifiedAt } = answer;
  if (typeof userAuthenticatorId !== "string" || typeof userId !== "string" || typeof verifiedAt !== "string") throw foreign();
  return {
    credentialId: userAuthenticatorId,
    userId,
    createdAt: verifiedAt,
    ...(typeof lastVerifiedAt === "string" && { lastAuthenticatedAt: lastVerifiedAt }),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Something between page and service has answered, such as the login page of a network. */
function foreign(): DeviceError {
  return new DeviceError("network_error", "What answered is not the service.");
}
