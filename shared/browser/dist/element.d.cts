import { type ChallengeOptions } from "./index.cjs";
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
export type ElementState = "connecting" | "code" | "expiring" | "scanned" | "approved" | "declined" | "offline" | "expired" | "error";
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
/** Node has no elements; there the class can be imported and not be used. */
declare const Base: typeof HTMLElement;
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
export declare class ScanlatchQrElement extends Base {
    #private;
    static readonly observedAttributes: readonly string[];
    constructor();
    /** What the element shows now. */
    get state(): ElementState;
    /** What the phone shows beside the question: at most 2 KiB as JSON. Setting it gets a new code. */
    get custom(): Record<string, unknown> | undefined;
    set custom(custom: Record<string, unknown> | undefined);
    /** The token of a tracked action, so that its user alone can claim. Setting it gets a new code. No attribute: it is a secret. */
    get token(): string | undefined;
    set token(token: string | undefined);
    /** Makes the codes in the element's place; see `ChallengeOptions`. Setting it gets a new code. */
    get create(): ChallengeOptions["create"];
    set create(create: ChallengeOptions["create"]);
    /** Words of the page's own, which win over the attribute. Those that are missing are shown in the element's language. */
    get texts(): Partial<Texts> | undefined;
    set texts(texts: Partial<Texts> | undefined);
    /** Shows the next code, also in the place of one that a phone has claimed, and after a decision or an error. */
    refresh(): Promise<void>;
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
export {};
