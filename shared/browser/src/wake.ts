import { type PageEvent, Stopwatch, Timers, type World } from "./clock.js";

/** How often the clocks are compared, in milliseconds. A sleep is noticed that long after it at the latest. */
const TICK_MS = 2_000;
/** What two clocks may differ without anything having happened, in milliseconds. */
const TOLERANCE_MS = 2_000;
/** How late a timer may be on a visible page before the page must have been frozen, in milliseconds. */
const LATE_MS = 10_000;

/** Notices that the page may have missed something: it was hidden, the machine slept, a clock jumped, the network changed. */
export class Wake {
  readonly #world: World;
  readonly #woke: () => void;
  readonly #slept: () => void;
  readonly #timers: Timers<"tick">;
  #ends: (() => void)[] = [];
  #watch: Stopwatch;

  /** `woke` is called where the socket probably still lives, `slept` where it probably does not. */
  constructor(world: World, woke: () => void, slept: () => void) {
    this.#world = world;
    this.#woke = woke;
    this.#slept = slept;
    this.#timers = new Timers(world);
    this.#watch = new Stopwatch(world);
  }

  start(): void {
    if (this.#ends.length > 0) return;
    const on = (event: PageEvent, hear: (event: Event) => void) => this.#ends.push(this.#world.listen(event, hear));
    on("visibilitychange", () => {
      if (this.#world.isVisible() && !this.#hasSlept()) this.#woke();
    });
    on("resume", () => this.#slept());
    on("online", () => this.#slept());
    on("offline", () => this.#woke());
    // A page that comes out of the cache of pages has lost its sockets.
    on("pageshow", (event) => ("persisted" in event && event.persisted ? this.#slept() : undefined));
    this.#tick();
  }

  stop(): void {
    this.#timers.clearAll();
    for (const end of this.#ends.splice(0)) end();
  }

  #tick(): void {
    this.#watch = new Stopwatch(this.#world);
    this.#timers.set("tick", TICK_MS, () => {
      const isLate = this.#world.isVisible() && this.#watch.elapsed() > TICK_MS + LATE_MS;
      if (!this.#hasSlept() && isLate) this.#slept();
      if (this.#ends.length > 0) this.#tick();
    });
  }

  /** Tells of a sleep or a jump since the last look, once. */
  #hasSlept(): boolean {
    const hasSlept = Math.abs(this.#watch.drift()) > TOLERANCE_MS;
    this.#watch = new Stopwatch(this.#world);
    if (hasSlept) this.#slept();
    return hasSlept;
  }
}
