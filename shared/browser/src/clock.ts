/** All that the SDK takes from the world around it. Tests bring another one. */
export interface World {
  /** Milliseconds on a clock that only runs forward, and perhaps stands still while the machine sleeps. */
  now(): number;
  /** Milliseconds since 1970 on the clock that people see and set. */
  wall(): number;
  /** A number from 0 to 1, without 1. */
  random(): number;
  /** Runs `then` after `ms` milliseconds and gives what cancels it. */
  after(ms: number, then: () => void): () => void;
  fetch(url: string, init: RequestInit): Promise<Response>;
  socket(url: string, protocols: string[]): WebSocket;
  /** Calls `hear` for an event of the page, and gives what ends that. */
  listen(event: PageEvent, hear: (event: globalThis.Event) => void): () => void;
  /** Whether somebody can see the page. */
  isVisible(): boolean;
}

/** An event of the page after which the SDK looks at once how things stand. */
export type PageEvent = "visibilitychange" | "online" | "offline" | "pageshow" | "resume";

/** The browser that this runs in. Looks everything up when it is used, so that a page may wrap it. */
export const browser: World = {
  now: () => performance.now(),
  wall: () => Date.now(),
  random: () => Math.random(),
  after(ms, then) {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
  fetch: (url, init) => fetch(url, init),
  socket: (url, protocols) => new WebSocket(url, protocols),
  listen(event, hear) {
    const ofDocument = event === "visibilitychange" || event === "resume";
    const target: EventTarget | undefined = ofDocument ? globalThis.document : globalThis.window;
    target?.addEventListener(event, hear);
    return () => target?.removeEventListener(event, hear);
  },
  isVisible: () => globalThis.document?.visibilityState !== "hidden",
};

/** Timers by name: setting one again replaces it, and none is left behind. */
export class Timers<Name extends string> {
  readonly #world: World;
  readonly #running = new Map<Name, () => void>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Runs `then` after `ms` milliseconds. Longer than a browser's timer can be is cut: 24 days. */
  set(name: Name, ms: number, then: () => void): void {
    this.clear(name);
    const cancel = this.#world.after(Math.min(Math.max(ms, 0), 2 ** 31 - 1), () => {
      this.#running.delete(name);
      then();
    });
    this.#running.set(name, cancel);
  }

  has(name: Name): boolean {
    return this.#running.has(name);
  }

  clear(...names: Name[]): void {
    for (const name of names) {
      this.#running.get(name)?.();
      this.#running.delete(name);
    }
  }

  clearAll(): void {
    this.clear(...this.#running.keys());
  }
}

/**
 * Measures what has passed, whatever becomes of the two clocks. The one that people set may jump; the other may stand
 * still in a sleep. So the larger of both counts: at worst something is taken for older than it is.
 */
export class Stopwatch {
  readonly #world: World;
  readonly #now: number;
  readonly #wall: number;

  constructor(world: World) {
    this.#world = world;
    this.#now = world.now();
    this.#wall = world.wall();
  }

  /** Milliseconds since it was made, at least. */
  elapsed(): number {
    return Math.max(this.#world.now() - this.#now, this.#world.wall() - this.#wall);
  }

  /** How much further the clock that people see went than the other one, in milliseconds: a sleep, or a jump. */
  drift(): number {
    return this.#world.wall() - this.#wall - (this.#world.now() - this.#now);
  }
}
