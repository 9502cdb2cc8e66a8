import {
  type ClaimedChallenge,
  type DeviceCredential,
  type DeviceResponse,
  ScanlatchDevice,
  type Source,
} from "@scanlatch/browser/device";

import { ask, type Config, Refusal } from "../common/backend.js";
import { forget, read, write } from "../common/storage.js";

export type { ClaimedChallenge, DeviceCredential, Source };

const NAME = "scanlatch.name";
const PENDING = "scanlatch.pending";

/** This browser as somebody's phone. Every call throws a `Refusal` with the code of the service or of the SDK. */
export class Phone {
  readonly config: Config;
  readonly #sdk: ScanlatchDevice;
  credential: DeviceCredential | undefined;

  constructor(config: Config) {
    this.config = config;
    this.#sdk = new ScanlatchDevice({ tenantId: config.tenantId, baseUrl: config.baseUrl });
  }

  /** The name that the person gave; after a loss of storage, the user's. */
  get name(): string {
    return read(NAME) ?? this.userId;
  }

  /** Whose phone this is; nobody's until it is set up. */
  get userId(): string {
    return this.credential?.userId ?? "";
  }

  /** Looks for this phone's credential: whether there is one, or whether there was. */
  async find(): Promise<"enrolled" | "new" | "lost"> {
    const response = await this.#sdk.device.getCredential();
    if (response.errorCode) throw new Refusal(response.errorCode, response.error ?? "");
    this.credential = response.data ?? undefined;
    if (this.credential) return "enrolled";
    return response.reason === "key_lost" ? "lost" : "new";
  }

  /** Makes this the phone of whoever bears the name. A key that was removed elsewhere is replaced. */
  async enrol(name: string): Promise<void> {
    const given = await ask<{ token: string; name: string }>("POST", "phone/enrol", { name });
    let response = await this.#sdk.device.addCredential({ token: given.token });
    if (response.errorCode === "credential_taken" || response.errorCode === "invalid_credential") {
      await this.#sdk.device.removeCredential();
      response = await this.#sdk.device.addCredential({ token: given.token });
    }
    this.credential = got(response);
    write(NAME, given.name);
  }

  async claim(code: string): Promise<ClaimedChallenge> {
    return got(paused(await this.#sdk.device.claimChallenge({ challengeId: code })));
  }

  /** By the letters that somebody typed. `too_many_tries` if five were wrong within an hour. */
  async claimTyped(shortCode: string): Promise<ClaimedChallenge & { challengeId: string }> {
    const response = await this.#sdk.device.claimChallenge({ shortCode });
    const isTooMany = response.errorCode === "too_many_requests";
    const { challengeId, ...claimed } = got(isTooMany ? { ...response, errorCode: "too_many_tries" } : response);
    if (!challengeId) throw new Refusal("unavailable", "The service does not say which challenge the code is of.");
    return { ...claimed, challengeId };
  }

  /** `number` is what the screen shows, where that is asked for. `wrong_number` if it is another one; then all is over. */
  async decide(code: string, approved: boolean, number?: string): Promise<void> {
    const decision = { challengeId: code, approved, ...(number ? { verificationCode: number } : {}) };
    const isApproved = got(paused(await this.#sdk.device.updateChallenge(decision)));
    if (isApproved === approved) return;
    if (approved && number) throw new Refusal("wrong_number", "The screen shows another number.");
    throw new Refusal("challenge_already_decided", "The other decision stands.");
  }

  /** Forgets this phone. The service may be away: its key is gone in any case. */
  async leave(): Promise<void> {
    await this.#sdk.device.removeCredential();
    this.credential = undefined;
    forget(NAME);
  }
}

/** The service lets a phone wait that leaves questions open, or tries numbers. That passes, and not in a moment. */
function paused<T>(response: DeviceResponse<T>): DeviceResponse<T> {
  return response.errorCode === "too_many_requests" ? { ...response, errorCode: "paused" } : response;
}

function got<T>({ data, error, errorCode }: DeviceResponse<T>): T {
  if (data === undefined || errorCode) throw new Refusal(errorCode ?? "unexpected_error", error ?? "");
  return data;
}

/** A code that waits until the phone is set up; a reload in between does not lose it. */
export const pending = {
  get: (): string | undefined => {
    try {
      return sessionStorage.getItem(PENDING) ?? undefined;
    } catch {
      return undefined;
    }
  },
  set: (code: string | undefined): void => {
    try {
      if (code) sessionStorage.setItem(PENDING, code);
      else sessionStorage.removeItem(PENDING);
    } catch {
      // The address still holds it.
    }
  },
};
