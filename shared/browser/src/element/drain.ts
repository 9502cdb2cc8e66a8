import { browser, Stopwatch } from "../clock.js";

/** How often the ring is drawn anew, in milliseconds. A ring that moved all the time would keep a kiosk busy for weeks. */
const TICK_MS = 1_000;
/** How long before the next code it is said to come, in milliseconds. */
const DUE_MS = 20_000;

/** How long a code is on the screen, in milliseconds: the core replaces it before it expires. */
export function shownFor(remainingMs: number, refreshInterval: number): number {
  const margin = Math.min(30_000, Math.max(3_000, remainingMs / 10));
  return Math.max(1_000, Math.min(refreshInterval, remainingMs - margin));
}

/** Tells how much of a code's time is left, from 1 to 0, and when the next one is due. */
export class Drain {
  readonly #tell: (left: number, isDue: boolean) => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(tell: (left: number, isDue: boolean) => void) {
    this.#tell = tell;
  }

  /** Begins with a code that is shown for so long. */
  start(totalMs: number): void {
    this.stop();
    const age = new Stopwatch(browser);
    const dueMs = Math.min(DUE_MS, totalMs / 6);
    const tick = () => {
      const leftMs = Math.max(0, totalMs - age.elapsed());
      this.#tell(leftMs / totalMs, leftMs <= dueMs);
    };
    this.#timer = setInterval(tick, TICK_MS);
    tick();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
