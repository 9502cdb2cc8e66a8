import { Scanlatch, type ChallengeOptions, type ChallengeResponse, type Status } from "../src/index.js";
import { BASE_URL } from "./world.js";
import { TENANT } from "./service.js";

/** What every SDK under test can do. */
export interface Sdk {
  qrCode: {
    challenge(options: ChallengeOptions): Promise<ChallengeResponse>;
    refresh(options?: { custom?: Record<string, unknown> }): Promise<unknown>;
    disconnect(): void;
  };
  setToken(token: string): void;
}

export type Make = (baseUrl: string, tenantId: string) => Sdk;

export const ours: Make = (baseUrl, tenantId) => new Scanlatch({ baseUrl, tenantId });

/** A page that shows what its SDK tells it, and keeps a record of that. */
export class Screen {
  readonly sdk: Sdk;
  readonly states: string[] = [];
  readonly tokens: (string | undefined)[] = [];
  readonly refreshed: string[] = [];
  readonly statuses: Status[] = [];
  response: ChallengeResponse | undefined;
  failure: unknown;
  /** The newest code that the page was told of. */
  code: string | undefined;

  constructor(make: Make = ours, { baseUrl = BASE_URL, tenantId = TENANT } = {}) {
    this.sdk = make(baseUrl, tenantId);
  }

  /** Starts, and does not wait. */
  start(options: Partial<ChallengeOptions> = {}): void {
    this.sdk.qrCode
      .challenge({
        action: "login",
        onStateChange: (state, token) => {
          this.states.push(state);
          if (state === "approved") this.tokens.push(token);
        },
        // The official SDK gives the id itself.
        onRefresh: (shown: { challengeId: string } | string) => {
          this.code = typeof shown === "string" ? shown : shown.challengeId;
          this.refreshed.push(this.code);
        },
        onStatus: (status) => this.statuses.push(status),
        ...options,
      })
      .then(
        (response) => {
          this.response = response;
          this.code = response.data?.challengeId ?? this.code;
        },
        (failure: unknown) => (this.failure = failure),
      );
  }

  get status(): Status["state"] | undefined {
    return this.statuses.at(-1)?.state;
  }

  /** The code that a person sees now: none once the SDK has called it expired, or the login is over. */
  get shown(): string | undefined {
    const isOver = this.states.includes("approved") || this.states.includes("rejected");
    return this.status === "expired" || isOver ? undefined : this.code;
  }
}
