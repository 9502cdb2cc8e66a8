import type { ChallengeOptions, ChallengeResponse, RefreshOptions, ScanlatchOptions } from "./options.js";
/** Logins by QR code on this screen. */
export declare class QrCode {
    #private;
    /**
     * Asks for a code to show, and follows it until the user has decided. New codes replace it by themselves; `onRefresh`
     * tells of each. A second call goes on with other options and a new code.
     *
     * Waits while the service cannot be reached, for a screen may start before its network; `onStatus` tells. Gives
     * `error` and `errorCode` if the service refuses, and `disconnected` if `disconnect` came first. Never rejects.
     */
    challenge(options: ChallengeOptions): Promise<ChallengeResponse>;
    /**
     * Shows the next code, also in the place of one that a phone has claimed, and after a decision. Callbacks stay.
     * Gives what `challenge` gives, and `challenge_already_decided` if the user was faster.
     *
     * @throws Error if `challenge` was not called before.
     */
    refresh(options?: RefreshOptions): Promise<ChallengeResponse>;
    /** Ends everything: the code can be claimed for one more minute at most, and no callback comes any more. */
    disconnect(): void;
}
/** A page's way to a Scanlatch deployment. */
export declare class Scanlatch {
    #private;
    /** Logins by QR code on this screen. */
    readonly qrCode: QrCode;
    constructor(options: ScanlatchOptions);
    /** Sets the token of a tracked action. The next code is for its user alone. */
    setToken(token: string): void;
}
