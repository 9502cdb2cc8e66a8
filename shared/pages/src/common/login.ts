import { type ChallengeOptions, type ChallengeResponse, Scanlatch, type Status } from "@scanlatch/browser";

import { type Config, linkTo } from "./backend.js";
import { noted } from "./record.js";

/** What a screen shows of a login. */
export type Step =
  | { name: "connecting" }
  | { name: "code"; code: Code; isShaky: boolean }
  | { name: "scanned"; isShaky: boolean }
  | { name: "approved"; token: string }
  | { name: "declined" }
  | { name: "offline" }
  | { name: "refused"; errorCode: string };

export interface Code {
  challengeId: string;
  /** What the QR code holds, so that a phone without any app is led to the question. */
  link: string;
  /** How long it is shown before the next one, in milliseconds, since it came. */
  shownMs: number;
  /** How much of that has passed, in milliseconds. */
  passedMs: number;
  /** What can be typed instead, where the service makes such codes. */
  shortCode?: string;
}

export interface Wish {
  config: Config;
  action: string;
  custom?: Record<string, unknown>;
  /** A tracked action's, whose user alone may claim the code. */
  token?: string;
  onStep(step: Step): void;
}

/** After how long a wait is called one, in milliseconds. */
const SLOW_MS = 8_000;

/** The SDK's own ways to end a request, which the page has asked for. */
const OWN = ["disconnected", "challenge_already_decided"];

/** How long the SDK shows a code that can be claimed for so long, in milliseconds: a part of its life is kept for a slow hand. */
function shownFor(lifeMs: number): number {
  const margin = Math.min(30_000, Math.max(3_000, lifeMs / 10));
  return Math.min(540_000, Math.max(0, lifeMs - margin));
}

/** One screen's logins, as steps that a page can draw. */
export class Login {
  readonly #wish: Wish;
  readonly #sdk: Scanlatch;
  #claimed: string | undefined;
  #isDecided = false;
  #shortCodes = new Map<string, string>();
  #told = "";
  #slow: ReturnType<typeof setTimeout> | undefined;

  constructor(wish: Wish) {
    this.#wish = wish;
    const { tenantId, baseUrl, socketUrl } = wish.config;
    const { token } = wish;
    this.#sdk = new Scanlatch({ tenantId, baseUrl, ...(socketUrl ? { socketUrl } : {}), ...(token ? { token } : {}) });
  }

  /** Asks for a code. What comes of it is told by `onStep`. */
  start(): void {
    const { action, custom, config } = this.#wish;
    this.#tell({ name: "connecting" });
    const options: ChallengeOptions & { shortCode?: boolean } = {
      action,
      ...(custom ? { custom } : {}),
      ...(config.shortCodes ? { shortCode: true } : {}),
      polling: new URLSearchParams(location.search).has("polling"),
      onStateChange: (state, token) => {
        noted("state", state);
        if (state === "claimed") {
          this.#claimed = this.#shown;
          this.#tell({ name: "scanned", isShaky: false });
        } else if (state === "approved" && token) {
          this.#isDecided = true;
          this.#tell({ name: "approved", token });
        } else if (state === "rejected") {
          this.#isDecided = true;
          this.#tell({ name: "declined" });
        }
      },
      onRefresh: (shown) => {
        noted("code", shown.challengeId);
        this.#learn(shown);
      },
      onStatus: (status) => {
        noted("connection", status.errorCode ? `${status.state}: ${status.errorCode}` : status.state);
        this.#hear(status);
      },
    };
    void this.#sdk.qrCode.challenge(options).then((response) => this.#answered(response));
  }

  /** Shows the next code: after a decision, or to take a claimed one back. */
  again(): void {
    this.#isDecided = false;
    this.#claimed = undefined;
    this.#tell({ name: "connecting" });
    void this.#sdk.qrCode.refresh().then((response) => this.#answered(response));
  }

  stop(): void {
    clearTimeout(this.#slow);
    this.#isDecided = true;
    this.#sdk.qrCode.disconnect();
  }

  #shown: string | undefined;
  #last: Status | undefined;
  /** How long the code on the screen could be claimed when it came. */
  #life = { challengeId: "", ms: 0 };

  #answered({ data, error, errorCode = "unexpected_error" }: ChallengeResponse): void {
    if (data) {
      noted("code", data.challengeId);
      return this.#learn(data);
    }
    if (OWN.includes(errorCode)) return;
    noted("refused", error ?? errorCode);
    this.#tell({ name: "refused", errorCode });
  }

  /** A short code, if the service has made one, comes a moment after the status. */
  #learn(shown: { challengeId: string; shortCode?: unknown }): void {
    if (typeof shown.shortCode !== "string") return;
    this.#shortCodes = new Map([[shown.challengeId, shown.shortCode]]);
    if (this.#last) this.#hear(this.#last);
  }

  #hear(status: Status): void {
    this.#last = status;
    if (this.#isDecided) return;
    const { challengeId, state, errorCode, remainingMs = 0 } = status;
    const isShaky = state === "offline";
    if (errorCode) return this.#tell({ name: "refused", errorCode });
    if (!challengeId || state === "expired") return this.#tell({ name: isShaky ? "offline" : "connecting" });
    this.#shown = challengeId;
    if (challengeId === this.#claimed) return this.#tell({ name: "scanned", isShaky });
    const shortCode = this.#shortCodes.get(challengeId);
    const link = linkTo(this.#wish.config, challengeId);
    if (this.#life.challengeId !== challengeId) this.#life = { challengeId, ms: remainingMs };
    const passedMs = this.#life.ms - remainingMs;
    const code: Code = {
      challengeId,
      link,
      shownMs: shownFor(this.#life.ms),
      passedMs,
      ...(shortCode ? { shortCode } : {}),
    };
    return this.#tell({ name: "code", code, isShaky });
  }

  /** Tells a step that differs from the one before. A wait that goes on is told as an outage. */
  #tell(step: Step): void {
    clearTimeout(this.#slow);
    if (step.name === "connecting") {
      this.#slow = setTimeout(() => this.#tell({ name: "offline" }), SLOW_MS);
    }
    const key = JSON.stringify(
      step.name === "code" ? [step.isShaky, step.code.challengeId, step.code.shortCode] : step,
    );
    if (key === this.#told) return;
    this.#told = key;
    this.#wish.onStep(step);
  }
}
