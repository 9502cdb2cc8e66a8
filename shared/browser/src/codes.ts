import type { Answer } from "./answer.js";
import type { Stopwatch } from "./clock.js";
import type { Code } from "./code.js";

/** How many codes before the one on the screen are followed: a claim may still be under way when the next but one is there. */
const MOST_FOLLOWED = 2;

/** The codes of a screen: the one that it shows, and those before it that still count. */
export class Codes {
  /** The one that it shows, or that a phone has claimed. */
  current: Code | undefined;
  /** The one before: it may have been approved just before it was replaced. */
  #previous: string | undefined;
  /** Those before it that a phone may still claim in its place, the newest first. */
  #followed: Code[] = [];

  /** Puts the next code into the place of the one before, which was asked for that long ago. */
  replace(next: Code, asked: Stopwatch, isOverlap: boolean): void {
    const before = this.current;
    before?.fade(asked);
    this.#followed = before && isOverlap ? [before, ...this.#followed].slice(0, MOST_FOLLOWED) : [];
    this.#previous = before?.challengeId;
    this.current = next;
  }

  /** A phone has claimed the one that counts: what comes of another is late and changes nothing. */
  settle(): void {
    this.#previous = undefined;
    this.#followed = [];
  }

  forget(): void {
    this.current = undefined;
    this.settle();
  }

  /** Whether the approval is of a code that counts. */
  wasApproved(answer: Answer): boolean {
    const { token, challengeId } = answer;
    if (token === undefined || challengeId === undefined) return false;
    return challengeId === this.#previous || this.concerned(answer);
  }

  /** Whether the answer is about the code on the screen, or about one that a phone has claimed in its place. Then that counts. */
  concerned({ event, challengeId }: Answer): boolean {
    if (challengeId === this.current?.challengeId) return this.current !== undefined;
    const claimed = this.#followed.find((code) => code.challengeId === challengeId);
    if (!claimed || event === "unclaimed") return false;
    this.current = claimed;
    this.settle();
    return true;
  }

  /** Whether the service has given up the code on the screen in favour of one before it. That one counts again. */
  yielded({ errorCode }: Answer): boolean {
    const [before, ...others] = this.#followed;
    if (!before || errorCode !== "challenge_superseded") return false;
    this.current = before;
    this.#followed = others;
    return true;
  }
}
