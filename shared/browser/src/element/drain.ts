import { browser, Stopwatch } from "../clock.js";

/** How often the ring is drawn anew, in milliseconds. A ring that moved all the time would keep a kiosk busy for weeks. */
const TICK_MS = 1_000;
/** How long before the next code it is said to come, in milliseconds. */
const DUE_MS = 20_000;

/** Tells how much of a code's time is left, from 1 to 0, and when the next one is due. */
export class Drain {
  readonly #tell: (left: number, isDue: boolean) => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(tell: (left: number, isDue: boolean) => void) {
    this.#tell = tell;
  }

  /** Begins with a code whose next one is due after so many milliseconds. */
  start(nextMs: number): void {
    this.stop();
    const totalMs = Math.max(1, nextMs);
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
