import { type World, browser } from "./clock.js";
import { Skew } from "./code.js";
import type { ChallengeOptions, ChallengeResponse, RefreshOptions, ScanlatchOptions } from "./options.js";
import { Rest } from "./poll.js";
import { Session } from "./session.js";
import { checkedSocketUrl, derivedSocketUrl, rememberedSocketUrl, rememberSocketUrl, trimmed } from "./urls.js";

/** Logins by QR code on this screen. */
export class QrCode {
  readonly #session: Session;

  /** @internal */
  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * Asks for a code to show, and follows it until the user has decided. New codes replace it by themselves; `onRefresh`
   * tells of each. A second call goes on with other options and a new code.
   *
   * Waits while the service cannot be reached, for a screen may start before its network; `onStatus` tells. Gives
   * `error` and `errorCode` if the service refuses, and `disconnected` if `disconnect` came first. Never rejects.
   */
  async challenge(options: ChallengeOptions): Promise<ChallengeResponse> {
    const { custom, error } = copied(options.custom);
    return error ?? this.#session.challenge({ ...options, ...custom });
  }

  /**
   * Shows the next code, also in the place of one that a phone has claimed, and after a decision. Callbacks stay.
   * Gives what `challenge` gives, and `challenge_already_decided` if the user was faster.
   *
   * @throws Error if `challenge` was not called before.
   */
  async refresh(options: RefreshOptions = {}): Promise<ChallengeResponse> {
    const { custom, error } = copied(options.custom);
    return error ?? this.#session.refresh(custom?.custom);
  }

  /** Ends everything: the code can be claimed for one more minute at most, and no callback comes any more. */
  disconnect(): void {
    this.#session.disconnect();
  }
}

/** A page's way to a Scanlatch deployment. */
export class Scanlatch {
  /** Logins by QR code on this screen. */
  readonly qrCode: QrCode;
  #token: string | undefined;
  #told: string | undefined;

  constructor(options: ScanlatchOptions);
  /** @internal */
  constructor(options: ScanlatchOptions, world: World);
  constructor({ tenantId, baseUrl, socketUrl, token }: ScanlatchOptions, world: World = browser) {
    for (const [name, value] of Object.entries({ tenantId, baseUrl })) {
      if (typeof value !== "string" || value === "") throw new TypeError(`${name} must be given`);
    }
    if (socketUrl !== undefined && !/^wss?:\/\//.test(socketUrl)) {
      throw new TypeError("socketUrl must begin with wss://");
    }
    this.#token = token;
    this.qrCode = new QrCode(
      new Session({
        world,
        rest: new Rest(world, baseUrl, tenantId),
        skew: new Skew(world),
        tenantId,
        token: () => this.#token,
        socketUrl: () =>
          socketUrl ?? (this.#told ??= rememberedSocketUrl(baseUrl)) ?? derivedSocketUrl(trimmed(baseUrl)),
        learn: (url) => {
          const checked = checkedSocketUrl(url, baseUrl);
          if (!checked || checked === this.#told) return false;
          this.#told = checked;
          rememberSocketUrl(baseUrl, checked);
          return true;
        },
      }),
    );
  }

  /** Sets the token of a tracked action. The next code is for its user alone. */
  setToken(token: string): void {
    this.#token = token;
  }
}

/** What the page gives, as the service gets it, so that the page may change its own later. */
function copied(custom: Record<string, unknown> | undefined): {
  custom?: { custom: Record<string, unknown> };
  error?: ChallengeResponse;
} {
  if (custom === undefined || custom === null) return {};
  try {
    return { custom: { custom: JSON.parse(JSON.stringify(custom)) as Record<string, unknown> } };
  } catch (reason) {
    return { error: { error: `custom cannot be written as JSON: ${String(reason)}`, errorCode: "invalid_request" } };
  }
}
