import type { Answer } from "./answer.js";
import type { Stopwatch, World } from "./clock.js";
import type { ProvenChallenge, ShownChallenge } from "./options.js";
import { LAPSE_MS, OVERLAP_MS } from "./timing.js";

/** The lifetimes that a tenant can set, in milliseconds, with room for a clock that is a little off. */
const SHORTEST = 20_000;
const LONGEST = 3_660_000;

/**
 * How far the service's clock is ahead of this machine's, as far as its answers show. Nothing on the wire tells its time,
 * but what it calls expired is past for it, and what it calls open is not. While this machine's clock agrees with that,
 * it is taken for right.
 */
export class Skew {
  readonly #world: World;
  #least = -Infinity;
  #most = Infinity;

  constructor(world: World) {
    this.#world = world;
  }

  /** The service has called a code expired. */
  isPast(expiresAt: string): void {
    this.#least = Math.max(this.#least, this.#until(expiresAt));
    if (this.#least > this.#most) this.#most = Infinity;
  }

  /** The service has called a code open. */
  isAhead(expiresAt: string): void {
    this.#most = Math.min(this.#most, this.#until(expiresAt));
    if (this.#least > this.#most) this.#least = -Infinity;
  }

  /** A clock was set, perhaps. */
  forget(): void {
    this.#least = -Infinity;
    this.#most = Infinity;
  }

  /** How long until the service's clock shows that time, in milliseconds: too short where it is not certain. */
  until(expiresAt: string): number {
    return this.#until(expiresAt) - this.#ahead();
  }

  #ahead(): number {
    if (this.#least <= 0 && this.#most >= 0) return 0;
    return this.#most < Infinity ? this.#most : this.#least;
  }

  #until(expiresAt: string): number {
    return Date.parse(expiresAt) - this.#world.wall();
  }
}

/** The code on the screen. */
export class Code {
  readonly challengeId: string;
  readonly expiresAt: string;
  /** With it the screen can ask for the answer; a service that gives none tells by the socket or never. */
  readonly deviceCode: string | undefined;
  readonly #shortCode: string | undefined;
  isClaimed = false;
  /** What the person must type on the phone that has claimed it. */
  verificationCode: string | undefined;
  /** Whether the page must not show it any more, though the service may still call it good. */
  isHidden = false;
  /** Whether the service has called it of no more use. */
  isGone = false;
  /** Whether it may have been replaced by a code whose answer was lost. */
  isDoubtful = false;
  /** Whether the service has refused the next one. */
  isLast = false;

  readonly #age: Stopwatch;
  readonly #life: number;
  readonly #interval: number;
  /** The age by which the phone must have decided. */
  #decided = Infinity;
  /** The age until which it can be claimed although another one was asked for in its place. */
  #faded = Infinity;

  /** `age` runs since the code was asked for, so that at worst it is taken for older than it is. */
  constructor(answer: Answer, age: Stopwatch, interval: number, skew: Skew) {
    this.challengeId = answer.challengeId ?? "";
    this.expiresAt = answer.expiresAt ?? "";
    this.deviceCode = answer.deviceCode;
    this.#shortCode = answer.shortCode;
    this.#age = age;
    this.#interval = interval;
    this.#life = lifetime(answer, age, interval, skew);
  }

  /** What the page is told of it. */
  get shown(): ShownChallenge {
    const { challengeId, expiresAt } = this;
    return { challengeId, expiresAt, ...(this.#shortCode && { shortCode: this.#shortCode }) };
  }

  /** By what the service knows it; nothing where it gave no code for that. */
  get proof(): ProvenChallenge | undefined {
    const { challengeId, deviceCode } = this;
    return deviceCode ? { challengeId, deviceCode } : undefined;
  }

  /** Takes over what the service says of the claim. */
  learn({ decideBy, verificationCode }: Answer): void {
    const early = Date.parse(this.expiresAt) - Date.parse(decideBy ?? "");
    this.#decided = Number.isNaN(early) ? Infinity : this.#life - early;
    this.verificationCode = verificationCode;
  }

  /** Whether the phone that has claimed it had to decide before now. */
  isLapsed(): boolean {
    return this.isClaimed && this.#age.elapsed() >= this.#decided;
  }

  /** Another one was asked for in its place, as long ago as `since` runs. */
  fade(since: Stopwatch): void {
    this.#faded = this.#age.elapsed() - since.elapsed() + OVERLAP_MS;
  }

  /** That one was not made. */
  unfade(): void {
    this.#faded = Infinity;
  }

  get isFading(): boolean {
    return this.#faded < Infinity;
  }

  /** How long it can still be claimed, and once it is, decided, in milliseconds; not negative. */
  remaining(): number {
    const end = this.isClaimed ? this.#decided + LAPSE_MS : this.#faded;
    return Math.max(0, Math.min(this.#life, end) - this.#age.elapsed());
  }

  /**
   * How long until the next code is due, in milliseconds: after `renewal` at the latest, and early enough that this one is
   * not expired by then.
   */
  untilDue(renewal: number): number {
    if (this.isLast) return Infinity;
    const margin = Math.min(30_000, Math.max(3_000, this.#life / 10));
    return Math.max(0, Math.min(this.#interval, renewal, this.#life - margin) - this.#age.elapsed());
  }

  /** Whether a page may show it. A claimed one is blurred anyway, and counts until it expires. */
  isShowable(): boolean {
    return !this.isGone && !this.isDoubtful && this.remaining() > 0 && (this.isClaimed || !this.isHidden);
  }
}

/**
 * How long the code lives from its asking on. `createdAt` makes it certain. Otherwise `expiresAt` is held against this
 * machine's clock; if that gives what no tenant can have set, the clock is wrong, and the interval has to do.
 */
function lifetime(answer: Answer, age: Stopwatch, interval: number, skew: Skew): number {
  const expiresAt = answer.expiresAt ?? "";
  const certain = Date.parse(expiresAt) - Date.parse(answer.createdAt ?? "");
  if (certain > 0) return certain;
  const left = skew.until(expiresAt);
  return left >= SHORTEST && left <= LONGEST ? left + age.elapsed() : interval + 60_000;
}
