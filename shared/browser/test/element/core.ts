/** Stands in for the core: a test says what it tells the element. */

import type { ChallengeOptions, ChallengeResponse, ScanlatchOptions, Status } from "../../src/index.js";

export const CODE = "3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063";
export const NEXT_CODE = "98634c7b-6673-44ea-9a6b-503cccdf0430";

export class FakeScanlatch {
  /** All that were made, oldest first. */
  static made: FakeScanlatch[] = [];
  /** How many of them go on. */
  static get live(): number {
    return FakeScanlatch.made.filter((core) => !core.isDisconnected && core.asked.length > 0).length;
  }
  static get last(): FakeScanlatch {
    const core = FakeScanlatch.made.at(-1);
    if (!core) throw new Error("the element has made no core");
    return core;
  }

  readonly options: ScanlatchOptions;
  readonly asked: ChallengeOptions[] = [];
  readonly tokens: string[] = [];
  isDisconnected = false;
  /** Answers the call of `challenge`. */
  settle: (response: ChallengeResponse) => void = () => {};

  constructor(options: ScanlatchOptions) {
    if (options.socketUrl?.startsWith("http")) throw new TypeError("socketUrl must begin with wss://");
    this.options = options;
    FakeScanlatch.made.push(this);
  }

  readonly qrCode = {
    challenge: (options: ChallengeOptions) => {
      this.asked.push(options);
      options.onStatus?.({ state: "connecting" });
      return new Promise<ChallengeResponse>((settle) => (this.settle = settle));
    },
    disconnect: () => {
      this.isDisconnected = true;
      this.settle({ error: "The page has disconnected.", errorCode: "disconnected" });
    },
  };

  setToken(token: string): void {
    this.tokens.push(token);
  }

  tell(status: Status): void {
    this.asked.at(-1)?.onStatus?.(status);
  }

  /** A code comes, as the core tells of one. */
  show(challengeId = CODE, nextMs = 540_000, shortCode?: string): void {
    const shown = { challengeId, expiresAt: "2026-11-24T10:25:00.000Z", ...(shortCode && { shortCode }) };
    this.tell({ state: "online", ...shown, remainingMs: nextMs + 60_000, nextMs });
    this.settle({ data: shown });
  }

  /** A phone claims, whose user must type these digits. */
  number(digits: string | undefined): void {
    this.asked.at(-1)?.onVerificationCode?.(digits);
  }

  reach(state: "claimed" | "approved" | "rejected", token?: string): void {
    this.asked.at(-1)?.onStateChange?.(state, token);
  }

  refuse(errorCode: string): void {
    this.tell({ state: "expired", error: `Refused: ${errorCode}.`, errorCode });
    this.settle({ error: `Refused: ${errorCode}.`, errorCode });
  }
}
