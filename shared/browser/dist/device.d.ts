/** Which deployment and tenant this browser approves for. */
export interface DeviceOptions {
    /** The tenant's id. It is public. */
    tenantId: string;
    /** The base URL of the deployment, which ends in `/v1`. */
    baseUrl: string;
    /** The user's token, with which `addCredential` enrols. As by `setToken`. */
    token?: string;
    /** Where the key is. Default: IndexedDB, as a key that no script can export. */
    keyStore?: KeyStore;
}
/** Keeps one key for each tenant. Another implementation may keep it in a passkey, or in an app around the page. */
export interface KeyStore {
    /** The tenant's key, or nothing if there is none. */
    get(tenantId: string): Promise<DeviceKey | undefined>;
    /** The tenant's key, which is made if there is none. Of two calls at once both get the same key. */
    getOrCreate(tenantId: string): Promise<DeviceKey>;
    /** Forgets the tenant's key; no error if there is none. */
    delete(tenantId: string): Promise<void>;
}
/** A P-256 key. */
export interface DeviceKey {
    /** The public half: SubjectPublicKeyInfo in DER, as base64 with padding. */
    readonly publicKey: string;
    /** Proves possession of the private half. A decision needs another signature than the claim, so none may repeat. */
    prove(text: string): Promise<Proof>;
}
/** What a key proves. All members are sent beside the public key. */
export interface Proof {
    /** ECDSA with SHA-256 over the text in UTF-8: ASN.1 DER, as base64 with padding. */
    signature: string;
}
/** What a call gives: `data`, or `error` and `errorCode`. No call rejects. */
export interface DeviceResponse<T> {
    data?: T;
    /** A sentence for developers. */
    error?: string;
    /** The same for programs: a code of the service, or one of this SDK's own. */
    errorCode?: string;
}
/** This browser's enrolment for a user. */
export interface DeviceCredential {
    /** Names the credential to backends; there it is the `userAuthenticatorId`. */
    credentialId: string;
    userId: string;
    /** When it was enrolled: ISO 8601. */
    createdAt: string;
    /** When it last decided a challenge: ISO 8601. */
    lastAuthenticatedAt?: string;
}
/** A credential, or why there is none. */
export interface CredentialResponse extends Omit<DeviceResponse<DeviceCredential>, "data"> {
    data?: DeviceCredential | null;
    /**
     * Why `data` is null. Enrolling is what comes next in both cases, and neither is a fault:
     * - `not_enrolled`: nothing here tells of an enrolment. There was none, or the browser has forgotten everything of this
     *   site, as Safari does after seven days without a visit unless the site is on the home screen.
     * - `key_lost`: this browser was enrolled, and its key is gone. `lost` names the credential, which the backend can remove.
     */
    reason?: "not_enrolled" | "key_lost";
    lost?: {
        credentialId: string;
        userId: string;
    };
}
/** Whose word a value is: the service has seen it, a backend has told it, or the screen says so and nobody has checked it. */
export type Source = "service" | "backend" | "screen";
/** How far the screen is from this device, as the service sees both. */
export type Proximity = "sameNetwork" | "near" | "sameCountry" | "far" | "unknown";
/** Who is asking, for the person to judge. `sources` says whose word each value is. */
export interface ClaimedChallenge {
    success: boolean;
    /** What `updateChallenge` names, after a claim by short code; absent after one by id. */
    challengeId?: string;
    ipAddress?: string;
    userAgent?: string;
    /** Where the address is, if the deployment can tell. */
    location?: {
        city?: string;
        region?: string;
        country?: string;
    };
    /** What the person is asked to do. */
    actionCode?: string;
    idempotencyKey?: string;
    /** Who asks, if that is an application that the service knows. No screen can claim to be one. */
    application?: {
        clientId: string;
        name: string;
    };
    /** The address of the page that asks, such as `https://shop.example`, as its browser told the service. */
    origin?: string;
    proximity?: Proximity;
    /** What a backend attached if it tracked the action. Else the screen's own words, which nobody has checked. */
    custom?: Record<string, unknown>;
    /** Whose word each of these values is; older deployments do not say. */
    sources?: Partial<Record<"ipAddress" | "userAgent" | "location" | "origin" | "deviceId" | "custom" | "application", Source>>;
    /** What the backend calls the screen's device. */
    deviceId?: string;
    /** Whether an approval needs the two digits that the screen shows, as `verificationCode`. There is one try. */
    verificationCodeRequired?: boolean;
    /** Until when the person can decide: ISO 8601, by the service's clock. */
    decideBy?: string;
    /** How long that is, in milliseconds from this answer on, as far as this browser can tell: its clock may be wrong. */
    decideWithinMs?: number;
    /** What the backend says of the person. */
    user?: {
        custom?: Record<string, unknown>;
    };
}
/** How `addCredential` enrols. */
export interface AddCredentialInput {
    /** The user's token, whose scope is `add:authenticators`. Default: that of `setToken`. */
    token?: string;
    /** What the person's list of devices calls this one. Default: browser and platform, such as `Safari on iPhone`. */
    deviceName?: string;
}
/** Names a challenge. */
export interface ClaimChallengeInput {
    /** The challenge's id, or the link or text that holds it, as it was scanned. */
    challengeId: string;
}
/** Names a challenge by what a person typed. */
export interface ClaimShortCodeInput {
    /** The eight letters from the screen. Case, spaces and hyphens do not count. */
    shortCode: string;
}
/** A decision. */
export interface UpdateChallengeInput extends ClaimChallengeInput {
    approved: boolean;
    /** What the person read from the screen, if the claim's answer asks for it. */
    verificationCode?: string | null;
}
/**
 * The challenge's id in what was scanned or pasted: a link with `challengeId` in its query or fragment, or whose path or
 * fragment ends in the id, or a text that holds one id. Nothing if there is none. Asks nobody, so that a page can look
 * at a link before it claims.
 */
export declare function challengeIdFrom(scanned: string): string | undefined;
/**
 * The short code in what a person typed, as screens show it: `WDJB-MJHT`. Nothing if it cannot be one. Asks nobody, so that
 * a page can point out a slip before it claims: the service counts wrong codes.
 */
export declare function shortCodeFrom(typed: string): string | undefined;
/** A person's credential in this browser, with the calls of the mobile SDKs. */
export declare class DeviceCredentials {
    #private;
    /**
     * Enrols this browser for the token's user, with the key that it has or a new one, and asks the browser not to clear
     * the key away. Enrolling twice gives the same credential.
     *
     * Errors of its own: `token_not_set`, `insecure_context`, `storage_unavailable`, `network_error`. The service's include
     * `credential_taken`: another user is enrolled with this key; `removeCredential` makes room.
     */
    addCredential(input?: AddCredentialInput): Promise<DeviceResponse<DeviceCredential>>;
    /**
     * Asks the service for this browser's credential. `{ data: null, reason }` if it has none.
     *
     * `invalid_credential` tells that it was removed elsewhere. Other errors of its own: `insecure_context`,
     * `storage_unavailable`, `network_error`.
     */
    getCredential(): Promise<CredentialResponse>;
    /**
     * Removes the credential at the service, and the key from this browser. The key goes even if the service cannot be
     * reached: then the error is given, and the backend's list still holds the credential, which nobody can use any more.
     * `{ data: false }` if there was no key.
     */
    removeCredential(): Promise<DeviceResponse<boolean>>;
    /**
     * Claims the challenge for this browser's user, so that nobody else can decide it, and gives who is asking. Claiming
     * again gives the same.
     *
     * By `shortCode` it claims what a screen offers to people who cannot scan; the answer's `challengeId` is what
     * `updateChallenge` needs. The service refuses a code that is unknown, expired or used (`challenge_not_found`), and after
     * five such tries of a person within an hour every code (`too_many_requests`).
     *
     * Errors of its own: `invalid_challenge_id`, `invalid_short_code`, `credential_not_found` (no key: enrol first), `insecure_context`,
     * `storage_unavailable`, `network_error`.
     */
    claimChallenge(input: ClaimChallengeInput | ClaimShortCodeInput): Promise<DeviceResponse<ClaimedChallenge>>;
    /**
     * Approves or declines the claimed challenge. Gives whether it is approved now. Deciding the same again gives the same;
     * after `network_error` or `unavailable` that is what to do. Errors as those of `claimChallenge`.
     *
     * An approval with a wrong `verificationCode` gives `false`, and the challenge is over. One without it where it is asked
     * for is refused (`verification_code_needed`) and changes nothing.
     */
    updateChallenge(input: UpdateChallengeInput): Promise<DeviceResponse<boolean>>;
}
/** This browser as a person's device: it enrols, claims and decides as the mobile SDKs do. */
export declare class ScanlatchDevice {
    #private;
    /** The calls by the paths of older mobile SDKs, and by the name that the documentation uses. */
    readonly device: DeviceCredentials;
    /** The same calls by the paths of newer ones. Both use the same key. */
    readonly qr: DeviceCredentials;
    /** @throws TypeError if an option is missing. Whether the browser can keep a key is told by the calls. */
    constructor({ tenantId, baseUrl, token, keyStore }: DeviceOptions);
    /** Sets the user's token for the next `addCredential`. */
    setToken(token: string): void;
}
