/** How a login stands. A page is told the last three. */
export type ChallengeState = "unclaimed" | "claimed" | "approved" | "rejected";
/** Which deployment and tenant a page belongs to. */
export interface ScanlatchOptions {
    /** The tenant's id. It is public. */
    tenantId: string;
    /** The base URL of the deployment, which ends in `/v1`. */
    baseUrl: string;
    /** Where the socket is, if it does not follow from the base URL; `wss://…`. */
    socketUrl?: string;
    /** The token of a tracked action: only that action's user can claim the codes. As by `setToken`. */
    token?: string;
}
/** A code to show. */
export interface ShownChallenge {
    /** What the QR code is to hold. */
    challengeId: string;
    /** When it can be claimed and decided no longer: ISO 8601, by the service's clock. */
    expiresAt: string;
    /** What people type who cannot scan, such as `WDJB-MJHT`, if `shortCode` asked for one. */
    shortCode?: string;
}
/**
 * What stands between the page and the service:
 * - `connecting`: no answer yet,
 * - `online`: the socket tells at once,
 * - `polling`: no socket can be had, so the page asks,
 * - `offline`: the service cannot be reached; the SDK goes on trying,
 * - `expired`: the code on the screen can be claimed no longer and must not be shown; the SDK gets another one, or says
 *   in `errorCode` why it cannot.
 */
export interface Status {
    state: "connecting" | "online" | "polling" | "offline" | "expired";
    /** The code that this is about, once there is one. */
    challengeId?: string;
    /** As told with the code. */
    expiresAt?: string;
    /** As told with the code. */
    shortCode?: string;
    /** How long the code can still be claimed, and once it is, decided, in milliseconds, whatever the page's clock says. */
    remainingMs?: number;
    /** How long until the next code is due, in milliseconds; absent if none will come by itself, as of a claimed code. */
    nextMs?: number;
    /** Why the SDK has stopped trying, for developers. */
    error?: string;
    /** The same for programs; see the list of errors. */
    errorCode?: string;
}
/** A code as the service knows it. */
export interface ProvenChallenge {
    challengeId: string;
    /** Proves that this screen shows it. A secret. */
    deviceCode: string;
}
/** What is asked of a page that makes its codes itself. */
export interface AskedChallenge {
    action: string;
    custom?: Record<string, unknown>;
    shortCode?: true;
    /** Whether the page can show the digits of `onVerificationCode`. */
    showsNumber?: true;
    /** The code that the new one replaces on the screen. */
    replaces?: ProvenChallenge;
}
/** What a page wants to know, and what the phone is to show. */
export interface ChallengeOptions {
    /** What the user is to do: `^[a-zA-Z0-9_-]{1,64}$`. With a token, the tracked action's name wins. */
    action: string;
    /** Is called once for each state that the login reaches: `claimed`, then `approved` with its token, or `rejected`. */
    onStateChange?: (state: ChallengeState, token?: string) => void;
    /**
     * Is called with two digits to show, such as `47`, if the person must type on the phone what this screen shows. It comes
     * before `claimed`; again if another phone of theirs takes over; with nothing if that one need not type them. A page that
     * gives no such callback says to the service that it cannot show digits.
     */
    onVerificationCode?: (verificationCode: string | undefined) => void;
    /** Is called with each code that takes the place of the one before. */
    onRefresh?: (challenge: ShownChallenge) => void;
    /** Is called when the connection or the code's validity changes. */
    onStatus?: (status: Status) => void;
    /** What the phone shows beside the question: an object of at most 2 KiB as JSON. */
    custom?: Record<string, unknown>;
    /** Whether to ask for a short code beside the id, for people who cannot scan. Default false. */
    shortCode?: boolean;
    /** How long a code is shown before the next, in milliseconds. A code that expires sooner is replaced sooner. Default 540000. */
    refreshInterval?: number;
    /**
     * The same for a code that nobody has claimed while a socket tells, so that a picture of it soon is of no use. At least
     * 30000; default 60000. The code before can be claimed for 30 seconds more. It pauses while there is a short code, for
     * people take their time to type, while nobody can see the page, and where `create` makes the codes.
     */
    renewInterval?: number;
    /** Whether to ask by REST instead of listening on a socket. Default false. */
    polling?: boolean;
    /** How long to wait between two polls, in milliseconds. Default 3000. */
    pollInterval?: number;
    /**
     * Makes the codes in the SDK's place, for a page whose own server asks for them. Gives what the service answers to
     * `POST /client/challenge/qr-code` as its JSON, be it a challenge or a refusal, and rejects if there was no answer. It has
     * six seconds; then `signal` aborts. The SDK follows the codes by socket or polls as it does its own.
     */
    create?: (asked: AskedChallenge, signal: AbortSignal) => Promise<unknown>;
}
/** What can be changed with a new code. */
export interface RefreshOptions {
    /** Takes the place of the `custom` before; if absent, that stays. */
    custom?: Record<string, unknown>;
}
/** A code, or why there is none. */
export interface ChallengeResponse {
    data?: ShownChallenge;
    /** A sentence for developers. */
    error?: string;
    /** The same for programs: a code of the service, or one of this SDK's own. */
    errorCode?: string;
}
