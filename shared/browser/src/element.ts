import { Drain } from "./element/drain.js";
import { type Facts, NOTHING_YET, standing, told } from "./element/standing.js";
import { ownTexts, textsIn } from "./element/texts.js";
import { View } from "./element/view.js";
import { type ChallengeOptions, Scanlatch, type Status } from "./index.js";

/**
 * What the element shows:
 * - `connecting`: there is no code yet,
 * - `code`: a code to scan, and a ring that drains until the next one,
 * - `expiring`: the same, and the next one comes in a moment,
 * - `scanned`: a phone has claimed the code, and its user decides,
 * - `approved`: the user said yes, and `scanlatch-token` has told the token,
 * - `declined`: the user said no,
 * - `offline`: the service cannot be reached and there is no code that could be claimed; the element goes on trying,
 * - `expired`: the code can be claimed no longer; the next one is on its way,
 * - `error`: the service has refused, or an attribute is missing; the element has stopped.
 */
export type ElementState =
  | "connecting"
  | "code"
  | "expiring"
  | "scanned"
  | "approved"
  | "declined"
  | "offline"
  | "expired"
  | "error";

/** What people read, by state. */
export interface Texts {
  /** The accessible name of the code. */
  label: string;
  connecting: string;
  connectingHint: string;
  code: string;
  codeHint: string;
  /** Beside a code while the service cannot be reached. */
  codeOfflineHint: string;
  /** Before the short code, if there is one. If it is empty, the element does not draw the short code: the page does. */
  shortCode: string;
  /** In the place of `codeHint` just before the next code. It is not read out. */
  expiring: string;
  scanned: string;
  scannedHint: string;
  scannedOfflineHint: string;
  /** In the place of `scanned` while the person must type a number on the phone, which takes the place of `{number}`. */
  number: string;
  numberHint: string;
  approved: string;
  approvedHint: string;
  declined: string;
  declinedHint: string;
  /** In the place of `declinedHint` where a number had to be typed: the wire does not tell a wrong one from a refusal. */
  declinedNumberHint: string;
  offline: string;
  offlineHint: string;
  expired: string;
  expiredHint: string;
  error: string;
  errorHint: string;
  /** In the place of `errorHint` when the page's token serves no longer, so that trying again is of no use. */
  staleHint: string;
  /** The button after `declined` and `error`. */
  retry: string;
  /** The button while a phone decides. */
  cancel: string;
}

/** What `scanlatch-state` tells. */
export interface StateDetail {
  state: ElementState;
  /** The code that this is about, once there is one. */
  challengeId?: string;
  /** When it expires: ISO 8601, by the service's clock. */
  expiresAt?: string;
  /** What people type who cannot scan, if the attribute `short-code` asked for it. */
  shortCode?: string;
  /** Of `scanned`: what the person must type on the phone, such as `47`. The element shows it. */
  verificationCode?: string;
  /** Of `error`: a sentence for developers. */
  error?: string;
  /** Of `error`: the same for programs. */
  errorCode?: string;
}

/** What `scanlatch-token` tells. */
export interface TokenDetail {
  /** The result token, for the page's backend to validate. */
  token: string;
}

/** The attributes that a new code is needed for; the first three also need a new connection. */
const CONNECTION = ["tenant-id", "base-url", "socket-url"] as const;
const CHALLENGE = ["action", "polling", "refresh-interval", "renew-interval", "short-code"] as const;
const LOOK = ["lang", "link", "texts"] as const;

/** Node has no elements; there the class can be imported and not be used. */
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/**
 * `<scanlatch-qr tenant-id base-url action>`: draws the code and follows the login.
 *
 * | attribute | |
 * |---|---|
 * | `tenant-id`, `base-url`, `action` | as the options of `Scanlatch` and `challenge`; all three are needed |
 * | `socket-url`, `polling`, `refresh-interval`, `renew-interval` | likewise, and may be absent |
 * | `short-code` | asks for a short code and draws it, for people who cannot scan |
 * | `lang` | `en` or `de`; else the language of the page; else English |
 * | `texts` | other words, as JSON with members of `Texts` |
 * | `link` | what the code holds, with `{challengeId}` in the id's place, so that a phone's own camera opens a page; else the id alone |
 *
 * It sets `data-state` to what it shows. Slot `no-phone`: another way in, for people without a phone at hand.
 *
 * Parts: `root`, `frame`, `ring-track`, `ring`, `card`, `code`, `number`, `disc`, `icon`, `below`, `message`, `title`, `hint`,
 * `soon`, `short-code`, `short-code-hint`, `short-code-letters`, `reason`, `button`, `no-phone`.
 *
 * Custom properties: `--scanlatch-size`, `-font`, `-radius`, `-button-radius`, and the colours `-ink`, `-quiet-ink`,
 * `-panel`, `-line`, `-accent`, `-on-accent`, `-good`, `-bad`, `-soon`, `-code-ink`, `-code-paper`. Dark and light follow
 * `color-scheme`. A code whose ink is not much darker than its paper cannot be scanned.
 */
export class ScanlatchQrElement extends Base {
  static readonly observedAttributes: readonly string[] = [...CONNECTION, ...CHALLENGE, ...LOOK];

  readonly #view: View;
  readonly #drain = new Drain((left, isDue) => this.#drained(left, isDue));
  #sdk: Scanlatch | undefined;
  #facts: Facts = NOTHING_YET;
  #told = "";
  /** What is to be done once the page has set all that it sets at once. */
  #pending: "nothing" | "look" | "ask" | "connect" = "nothing";
  #custom: Record<string, unknown> | undefined;
  #token: string | undefined;
  #texts: Partial<Texts> | undefined;
  #create: ChallengeOptions["create"];

  constructor() {
    super();
    this.#view = new View(this.attachShadow({ mode: "open" }), () => void this.refresh());
    // A page may have set these before the element was defined.
    for (const name of ["create", "custom", "token", "texts"] as const) {
      if (!Object.hasOwn(this, name)) continue;
      const value: unknown = this[name];
      delete this[name];
      Object.assign(this, { [name]: value });
    }
  }

  /** What the element shows now. */
  get state(): ElementState {
    return standing(this.#facts);
  }

  /** What the phone shows beside the question: at most 2 KiB as JSON. Setting it gets a new code. */
  get custom(): Record<string, unknown> | undefined {
    return this.#custom;
  }
  set custom(custom: Record<string, unknown> | undefined) {
    this.#custom = custom;
    this.#later("ask");
  }

  /** The token of a tracked action, so that its user alone can claim. Setting it gets a new code. No attribute: it is a secret. */
  get token(): string | undefined {
    return this.#token;
  }
  set token(token: string | undefined) {
    this.#token = token;
    if (token) this.#sdk?.setToken(token);
    this.#later(token && this.#sdk ? "ask" : "connect");
  }

  /** Makes the codes in the element's place; see `ChallengeOptions`. Setting it gets a new code. */
  get create(): ChallengeOptions["create"] {
    return this.#create;
  }
  set create(create: ChallengeOptions["create"]) {
    this.#create = create;
    this.#later("ask");
  }

  /** Words of the page's own, which win over the attribute. Those that are missing are shown in the element's language. */
  get texts(): Partial<Texts> | undefined {
    return this.#texts;
  }
  set texts(texts: Partial<Texts> | undefined) {
    this.#texts = texts;
    this.#later("look");
  }

  /** Shows the next code, also in the place of one that a phone has claimed, and after a decision or an error. */
  async refresh(): Promise<void> {
    await this.#ask();
  }

  /** @internal */
  connectedCallback(): void {
    this.#later(this.#sdk ? "look" : "connect");
  }

  /** @internal */
  disconnectedCallback(): void {
    // An element that is moved is back at once, and keeps its code.
    queueMicrotask(() => {
      if (!this.isConnected) this.#disconnect();
    });
  }

  /** @internal */
  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now) return;
    const isOneOf = (names: readonly string[]) => names.includes(name);
    this.#later(isOneOf(CONNECTION) ? "connect" : isOneOf(CHALLENGE) ? "ask" : "look");
  }

  #later(what: "look" | "ask" | "connect"): void {
    const order = ["nothing", "look", "ask", "connect"];
    if (this.#pending === "nothing") queueMicrotask(() => this.#now());
    if (order.indexOf(what) > order.indexOf(this.#pending)) this.#pending = what;
  }

  #now(): void {
    const pending = this.#pending;
    this.#pending = "nothing";
    if (!this.isConnected) return;
    if (pending === "connect" || !this.#sdk) return this.#connect();
    if (pending === "ask") return void this.#ask();
    this.#show();
  }

  /** Begins anew with the attributes as they are now. */
  #connect(): void {
    this.#disconnect();
    const [tenantId, baseUrl, action] = ["tenant-id", "base-url", "action"].map((name) => this.getAttribute(name) ?? "");
    if (!tenantId || !baseUrl || !action) {
      return this.#fail("tenant-id, base-url and action must be given", "attribute_missing");
    }
    const socketUrl = this.getAttribute("socket-url");
    const token = this.#token;
    try {
      this.#sdk = new Scanlatch({ tenantId, baseUrl, ...(socketUrl && { socketUrl }), ...(token && { token }) });
    } catch (error) {
      return this.#fail(error instanceof Error ? error.message : String(error), "attribute_invalid");
    }
    void this.#ask();
  }

  #disconnect(): void {
    this.#sdk?.qrCode.disconnect();
    this.#sdk = undefined;
    this.#drain.stop();
    this.#facts = NOTHING_YET;
    this.#told = "";
  }

  async #ask(): Promise<void> {
    const sdk = this.#sdk;
    if (!sdk) return this.#later("connect");
    const isOver = this.#facts.progress === "approved" || this.#facts.progress === "rejected" || this.#facts.error;
    if (isOver) this.#know(NOTHING_YET);
    const { error, errorCode } = await sdk.qrCode.challenge(this.#options(sdk));
    if (sdk !== this.#sdk || errorCode === undefined) return;
    // Neither is a fault: the page has left, or the callback tells of the decision.
    if (errorCode === "disconnected" || errorCode === "challenge_already_decided") return;
    // The page wanted another code than the one that may still be there, so that one goes.
    sdk.qrCode.disconnect();
    this.#sdk = undefined;
    this.#fail(error ?? errorCode, errorCode);
  }

  /** The core keeps the callbacks, so each looks whether it still is about this element's login. */
  #options(sdk: Scanlatch): ChallengeOptions {
    const refreshInterval = Number(this.getAttribute("refresh-interval"));
    const renewInterval = Number(this.getAttribute("renew-interval"));
    return {
      action: this.getAttribute("action") ?? "",
      polling: this.hasAttribute("polling"),
      shortCode: this.hasAttribute("short-code"),
      ...(refreshInterval > 0 && { refreshInterval }),
      ...(renewInterval > 0 && { renewInterval }),
      ...(this.#custom && { custom: this.#custom }),
      ...(this.#create && { create: this.#create }),
      onStatus: (status) => {
        if (sdk === this.#sdk) this.#hear(status);
      },
      // `claimed` comes next, unless another phone takes over.
      onVerificationCode: (number) => {
        if (sdk === this.#sdk) this.#know({ ...this.#facts, number });
      },
      onStateChange: (state, token) => {
        if (sdk !== this.#sdk) return;
        this.#know({ ...this.#facts, progress: state });
        if (state === "approved" && token) this.#dispatch<TokenDetail>("scanlatch-token", { token }, false);
      },
    };
  }

  #hear(status: Status): void {
    const before = this.#facts.status?.challengeId;
    this.#know(told(this.#facts, status));
    const isNewCode = status.challengeId !== undefined && status.challengeId !== before;
    if (isNewCode && status.nextMs !== undefined) this.#drain.start(status.nextMs);
  }

  #drained(left: number, isDue: boolean): void {
    this.#view.drain(left);
    if (isDue !== this.#facts.isDue) this.#know({ ...this.#facts, isDue });
  }

  #fail(error: string, errorCode: string): void {
    this.#know({ ...NOTHING_YET, error: { error, errorCode } });
  }

  #know(facts: Facts): void {
    this.#facts = facts;
    this.#show();
  }

  #show(): void {
    const { status, error, isOffline, number } = this.#facts;
    const { state } = this;
    if (state !== "code" && state !== "expiring" && state !== "scanned") this.#drain.stop();
    const isCodeShown = state === "code" || state === "expiring";
    const own = { ...ownTexts(this.getAttribute("texts")), ...ownTexts(this.#texts) };
    this.#view.show({
      state,
      code: isCodeShown ? this.#held(status?.challengeId ?? "") : undefined,
      shortCode: isCodeShown ? status?.shortCode : undefined,
      number,
      isOffline,
      errorCode: error?.errorCode,
      ...textsIn(this.#language(), own),
    });
    this.dataset["state"] = state;
    const { challengeId, expiresAt, shortCode } = status ?? {};
    const verificationCode = state === "scanned" ? number : undefined;
    const told = [state, error?.errorCode ?? challengeId, verificationCode].join();
    if (told === this.#told) return;
    this.#told = told;
    const about = {
      ...(challengeId && { challengeId }),
      ...(expiresAt && { expiresAt }),
      ...(shortCode && { shortCode }),
      ...(verificationCode && { verificationCode }),
    };
    this.#dispatch<StateDetail>("scanlatch-state", { state, ...about, ...error }, true);
  }

  /** What the code holds. */
  #held(challengeId: string): string {
    return this.getAttribute("link")?.replaceAll("{challengeId}", challengeId) ?? challengeId;
  }

  #language(): string {
    return this.closest<HTMLElement>("[lang]")?.lang ?? document.documentElement.lang;
  }

  /** A token stays inside the tree that the element is in. */
  #dispatch<Detail>(name: string, detail: Detail, composed: boolean): void {
    this.dispatchEvent(new CustomEvent<Detail>(name, { bubbles: true, composed, detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "scanlatch-qr": ScanlatchQrElement;
  }
  interface HTMLElementEventMap {
    "scanlatch-state": CustomEvent<StateDetail>;
    "scanlatch-token": CustomEvent<TokenDetail>;
  }
}

// A page may load the file twice.
if (globalThis.customElements && !customElements.get("scanlatch-qr")) {
  customElements.define("scanlatch-qr", ScanlatchQrElement);
}
