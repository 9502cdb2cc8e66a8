import type { ChallengeOptions } from "@scanlatch/browser";
import { ScanlatchQrElement, type StateDetail, type Texts } from "@scanlatch/browser/element";

import { type Config, linkTo } from "./backend.js";
import { renew } from "./code.js";
import { language } from "./language.js";
import { noted } from "./record.js";

/** What a screen shows of a login. */
export type Step =
  | { name: "connecting" }
  | { name: "code"; code: Code }
  /** `number` is what the person must type on the phone, where that is asked for. */
  | { name: "scanned"; number?: string }
  | { name: "approved"; token: string }
  /** Where a number had to be typed, it may have been another one: the wire does not tell. */
  | { name: "declined"; hadNumber: boolean }
  | { name: "offline" }
  | { name: "refused"; errorCode: string };

export interface Code {
  challengeId: string;
  /** What the QR code holds, so that a phone without any app is led to the question. */
  link: string;
  /** What can be typed instead, where the service makes such codes. */
  shortCode?: string;
}

export interface Wish {
  config: Config;
  action: string;
  custom?: Record<string, unknown>;
  /** A tracked action's, whose user alone may claim the code. */
  token?: string;
  /** Makes the codes, where the service is not asked for them directly. */
  create?: NonNullable<ChallengeOptions["create"]>;
  /** The words below the code; without one of them nothing is said in its case. */
  texts: { label: string } & Partial<Record<"codeHint" | "expiring" | "codeOfflineHint" | "scannedOfflineHint", string>>;
  /** Whether the page shows letters to type as long as it shows a code. Else `type` asks for them when they are wanted. */
  isTyped?: boolean;
  onStep(step: Step): void;
}

/** After how long a wait is called an outage, in milliseconds. */
const SLOW_MS = 8_000;

/** The page says most of it in words of its own, beside the code. */
const SILENT: Partial<Texts> = Object.fromEntries(
  [
    "connecting",
    "code",
    "codeOffline",
    "scanned",
    "scannedOffline",
    "number",
    "approved",
    "declined",
    "declinedNumber",
    "offline",
    "expired",
    "error",
    "stale",
  ]
    .map((name) => `${name}Hint`)
    .concat("expiring", "shortCode")
    .map((name) => [name, ""]),
);

/**
 * One screen's logins, as steps that a page can draw around `element`, which draws the code and its ring. A page that
 * shows a step without the element ends the login; `again` begins the next one. A code that takes the place of another is
 * no step: it is written into the page, where somebody may be reading.
 */
export class Login {
  readonly element: ScanlatchQrElement;
  readonly #wish: Wish;
  #told: Step | undefined;
  /** Whether the code that a phone has claimed asks for a number. */
  #hadNumber = false;
  #slow: ReturnType<typeof setTimeout> | undefined;

  constructor(wish: Wish) {
    this.#wish = wish;
    const { tenantId, baseUrl, socketUrl, shortCodes } = wish.config;
    this.element = new ScanlatchQrElement();
    const attributes = {
      "tenant-id": tenantId,
      "base-url": baseUrl,
      "socket-url": socketUrl,
      action: wish.action,
      lang: language,
      link: linkTo(wish.config, "{challengeId}"),
      polling: new URLSearchParams(location.search).has("polling") ? "" : undefined,
      "short-code": shortCodes && wish.isTyped ? "" : undefined,
    };
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== undefined) this.element.setAttribute(name, value);
    }
    this.element.custom = wish.custom;
    this.element.token = wish.token;
    this.element.create = wish.create;
    this.element.texts = { ...SILENT, ...wish.texts };
    this.element.addEventListener("scanlatch-state", ({ detail }) => this.#hear(detail));
    this.element.addEventListener("scanlatch-token", ({ detail }) => this.#tell({ name: "approved", token: detail.token }));
  }

  /** Asks for a code. What comes of it is told by `onStep`. */
  start(): void {
    this.#tell({ name: "connecting" });
  }

  /** Shows the next code: after a decision, or to take a claimed one back. */
  again(): void {
    const { state } = this.element;
    const isCodeShown = this.element.isConnected && (state === "code" || state === "expiring");
    if (!isCodeShown) this.#tell({ name: "connecting" });
    void this.element.refresh();
  }

  /** Asks for letters to type, where the service makes them, until they are wanted no more. As long they stay the same. */
  type(isWanted: boolean): void {
    this.element.toggleAttribute("short-code", isWanted && this.#wish.config.shortCodes);
  }

  /** Ends it; no step is told any more. */
  stop(): void {
    clearTimeout(this.#slow);
    this.#wish.onStep = () => undefined;
    this.element.remove();
  }

  #hear(detail: StateDetail): void {
    const { state, challengeId, error, errorCode } = detail;
    if (state !== "code" || errorCode) noted(errorCode ? "refused" : "state", error ?? state);
    if (state === "scanned") this.#hadNumber = detail.verificationCode !== undefined;
    switch (state) {
      case "code":
      case "expiring":
        if (challengeId) this.#show(challengeId, detail);
        return;
      case "error":
        return this.#tell({ name: "refused", errorCode: errorCode ?? "unexpected_error" });
      case "expired":
        return this.#tell({ name: "connecting" });
      case "approved":
        // The token comes next.
        return;
      case "scanned": {
        const { verificationCode: number } = detail;
        return this.#tell({ name: state, ...(number ? { number } : {}) });
      }
      case "declined":
        return this.#tell({ name: state, hadNumber: this.#hadNumber });
      case "connecting":
      case "offline":
        return this.#tell({ name: state });
    }
  }

  #show(challengeId: string, { shortCode }: StateDetail): void {
    const link = linkTo(this.#wish.config, challengeId);
    this.#tell({ name: "code", code: { challengeId, link, ...(shortCode ? { shortCode } : {}) } });
  }

  /** Tells a step that differs from the one before. A wait that goes on is told as an outage. */
  #tell(step: Step): void {
    const before = this.#told;
    if (JSON.stringify(step) === JSON.stringify(before)) return;
    clearTimeout(this.#slow);
    if (step.name === "connecting") {
      this.#slow = setTimeout(() => this.#tell({ name: "offline" }), SLOW_MS);
    }
    this.#told = step;
    if (step.name === "code") noted("code", step.code.challengeId);
    if (step.name === "code" && before?.name === "code") return renew(step.code);
    this.#wish.onStep(step);
  }
}
