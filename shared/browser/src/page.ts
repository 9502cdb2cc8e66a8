import type { ChallengeOptions, ChallengeResponse, ChallengeState, ShownChallenge, Status } from "./options.js";

interface Pending {
  /** Whether a call of `challenge` waits, which is told of the code by its result alone. */
  isFirst: boolean;
  settle(response: ChallengeResponse): void;
}

/** The page that uses the SDK: what it wants, and what it is told. Its errors are its own and stop nothing. */
export class Page {
  options: ChallengeOptions = { action: "" };
  /** Those with which the service has made a code. */
  #proven: ChallengeOptions | undefined;
  #pending: Pending[] = [];
  #told = "";

  /** A promise that the next code fulfils, or what ends the wait for it. */
  wait(isFirst: boolean): Promise<ChallengeResponse> {
    return new Promise((settle) => this.#pending.push({ isFirst, settle }));
  }

  /** Tells of a code, by the results of who waits for it, and by `onRefresh` unless it is a first one. */
  show(shown: ShownChallenge): void {
    this.#proven = this.options;
    const isFirst = this.#pending.some((pending) => pending.isFirst);
    this.settle({ data: shown });
    if (!isFirst) this.#call(() => this.options.onRefresh?.(shown));
  }

  /** Goes back to what the service accepts, after a request that it refused. */
  restore(): void {
    this.options = this.#proven ?? this.options;
  }

  settle(response: ChallengeResponse): void {
    for (const { settle } of this.#pending.splice(0)) settle(response);
  }

  /** Tells what is to be typed on the phone. */
  number(verificationCode: string | undefined): void {
    this.#call(() => this.options.onVerificationCode?.(verificationCode));
  }

  reach(state: ChallengeState, token?: string): void {
    this.#call(() => (token ? this.options.onStateChange?.(state, token) : this.options.onStateChange?.(state)));
  }

  /** Tells a status that differs from the one before. */
  tell(status: Status): void {
    const told = [status.state, status.challengeId, status.errorCode].join();
    if (told === this.#told) return;
    this.#told = told;
    this.#call(() => this.options.onStatus?.(status));
  }

  /** The next status is told in any case. */
  forget(): void {
    this.#told = "";
  }

  /** The error is reported as if nobody had caught it. */
  #call(back: () => void): void {
    try {
      back();
    } catch (error) {
      void Promise.reject(error);
    }
  }
}
