import type { World } from "./clock.js";

/** Waits that double with each failure, each shortened by up to half at random, so that many screens do not come at once. */
export class Backoff {
  readonly #world: World;
  readonly #first: number;
  #failures = 0;

  /** `first` is the longest first wait in milliseconds. */
  constructor(world: World, first: number) {
    this.#world = world;
    this.#first = first;
  }

  /** How many waits there were since something worked. */
  get failures(): number {
    return this.#failures;
  }

  /** The next wait in milliseconds, at most `longest`. */
  next(longest: number): number {
    const whole = Math.min(longest, this.#first * 2 ** Math.min(this.#failures, 20));
    this.#failures += 1;
    return whole * (0.5 + this.#world.random() / 2);
  }

  /** Something worked. */
  reset(): void {
    this.#failures = 0;
  }
}
