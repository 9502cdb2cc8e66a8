/** A week of a kiosk: 500 logins, and all that happens to a screen between them. */

import { afterEach, expect, it } from "vitest";

import { Random } from "./random.js";
import { Screen } from "./screen.js";
import { token } from "./service.js";
import { World } from "./world.js";

declare function gc(): void;
declare const process: { memoryUsage(): { heapUsed: number } };

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const LOGINS = 500;

let world: World | undefined;
afterEach(() => world?.end());

/** Watches what a person sees. Time in which nothing could be done about it does not count. */
class Watcher {
  readonly #world: World;
  readonly #screen: Screen;
  #deadSince: number | undefined;
  #blankSince: number | undefined;
  longestDead = 0;
  mostSockets = 0;
  longestBlank = 0;

  constructor(world: World, screen: Screen) {
    this.#world = world;
    this.#screen = screen;
  }

  /** `isBusy` is whether somebody logs in; then the code is not to be claimable. */
  look(isBusy: boolean): void {
    const { service } = this.#world;
    const now = service.now();
    const isReachable = service.faults.network === "up" && !service.faults.isDown;
    const { shown } = this.#screen;
    const isAlive = shown !== undefined && service.isClaimable(shown);
    this.#deadSince = isReachable && !isBusy && shown !== undefined && !isAlive ? (this.#deadSince ?? now) : undefined;
    this.#blankSince = isReachable && !isBusy && !isAlive ? (this.#blankSince ?? now) : undefined;
    this.mostSockets = Math.max(this.mostSockets, this.#world.load.sockets);
    this.longestDead = Math.max(this.longestDead, now - (this.#deadSince ?? now));
    this.longestBlank = Math.max(this.longestBlank, now - (this.#blankSince ?? now));
  }
}

it("a kiosk lives for a week", async () => {
  const stage = (world = new World());
  const { service } = stage;
  const random = new Random(20_261_124);
  const screen = new Screen();
  const watcher = new Watcher(stage, screen);
  const began = service.now();
  const heaps: number[] = [];
  const happened: Record<string, number> = {};
  let isBusy = false;
  let most = { listeners: 0, sockets: 0 };
  const pass = (ms: number) => stage.pass(ms, () => watcher.look(isBusy));
  const until = async (holds: () => boolean, ms: number) => {
    for (let passed = 0; passed < ms && !holds(); passed += 200) await pass(200);
    if (!holds()) throw new Error(`${holds} did not come true; ${JSON.stringify(screen.statuses.at(-1))}`);
  };

  const gap = async (network: "gone" | "hanging", ms: number, isTold: boolean) => {
    await stage.outage(ms, network, () => watcher.look(isBusy));
    if (isTold) stage.online();
    if (!isBusy) await until(() => service.isClaimable(screen.shown ?? ""), 5 * SECOND);
  };
  /** What a screen goes through, and must get over by itself. */
  const troubles: Record<string, () => Promise<void>> = {
    "a socket is cut": async () => service.cut(),
    "a socket goes without a word": async () => service.vanish(),
    "a socket goes, and only the service notices": async () => {
      service.vanish();
      for (const connection of [...service.connections]) connection.end();
    },
    "the network is gone for some seconds": () => gap("gone", random.between(1, 20) * SECOND, false),
    "the network is gone for minutes": () => gap("gone", random.between(1, 40) * MINUTE, false),
    "the network hangs for minutes": () => gap("hanging", random.between(1, 40) * MINUTE, true),
    "the service is down": async () => {
      service.faults.isDown = true;
      service.cut();
      await pass(random.between(0.2, 30) * MINUTE);
      service.faults.isDown = false;
    },
    "sockets are blocked for a while": async () => {
      service.faults.areSocketsBlocked = true;
      service.cut();
      await pass(random.between(1, 60) * MINUTE);
      service.faults.areSocketsBlocked = false;
    },
    "the machine sleeps": () => stage.sleep(random.between(1, 240) * MINUTE),
    "the machine naps": () => stage.sleep(random.between(1, 25) * SECOND),
    "the clock is set": async () => stage.setWall(random.between(-10, 10) * MINUTE),
  };
  /** What may come between a claim and its approval; the phone's answer waits in the service. */
  const interruptions: Record<string, () => Promise<void>> = {
    nothing: async () => {},
    "a cut before the approval": async () => service.cut(),
    "a gap before the approval": () => gap("gone", random.between(1, 30) * SECOND, false),
    "a nap before the approval": () => stage.sleep(random.between(5, 60) * SECOND),
    "a push that is lost": async () => {
      service.faults.arePushesLost = true;
    },
  };
  const suffer = (what: Record<string, () => Promise<void>>): Promise<void> => {
    const name = random.one(Object.keys(what));
    happened[name] = (happened[name] ?? 0) + 1;
    return what[name]?.() ?? Promise.resolve();
  };

  for (let login = 1; login <= LOGINS; login += 1) {
    const before = screen.code;
    screen.states.length = screen.statuses.length = 0;
    isBusy = false;
    screen.start();
    await until(() => screen.code !== before && service.isClaimable(screen.shown ?? ""), 10 * SECOND);

    const pause = began + (login / LOGINS) * 7 * DAY - service.now();
    if (pause > 0) {
      await pass(pause * random.next() * 0.5);
      if (random.next() < 0.6) await suffer(troubles);
      await pass(Math.max(0, began + (login / LOGINS) * 7 * DAY - service.now()));
    }
    await until(() => service.isClaimable(screen.shown ?? ""), 31 * SECOND);

    isBusy = true;
    const code = screen.code ?? "";
    expect(service.claim(code)).toEqual({ status: 200 });
    await pass(random.between(0, 4) * SECOND);
    await suffer(interruptions);
    expect(service.decide(code, true)).toEqual({ status: 200 });
    service.faults.arePushesLost = false;
    await until(() => screen.states.includes("approved"), 60 * SECOND);
    expect(screen.tokens.splice(0)).toEqual([token(code)]);

    const { listeners, sockets } = stage.load;
    most = { listeners: Math.max(most.listeners, listeners), sockets: Math.max(most.sockets, sockets) };
    for (const [id, challenge] of service.challenges) {
      if (challenge.expiresAt < service.now() - 60 * MINUTE) service.challenges.delete(id);
    }
    if (login % 100 === 0) {
      gc();
      heaps.push(process.memoryUsage().heapUsed);
    }
  }

  const counted = (counts: Record<string, number>) => Object.entries(counts).map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`);
  const figures = [
    `a week of a kiosk: ${LOGINS} logins in ${((service.now() - began) / DAY).toFixed(1)} days`,
    `  ${String(watcher.longestDead).padStart(6)}  ms at most with a dead code, while the service could be reached`,
    `  ${String(watcher.longestBlank).padStart(6)}  ms at most without a live one`,
    `  ${String(watcher.mostSockets).padStart(6)}  sockets at once at most`,
    `heap in MB after each hundred logins: ${heaps.map((heap) => (heap / 2 ** 20).toFixed(1)).join(", ")}`,
    "what the screen went through:",
    ...counted(happened),
    "calls to the service:",
    ...counted(service.calls),
  ];
  console.log(figures.join("\n"));
  expect(watcher.longestDead).toBeLessThanOrEqual(5 * SECOND);
  expect(watcher.mostSockets).toBeLessThanOrEqual(2);
  expect(most).toEqual({ listeners: 0, sockets: 0 });
  // Those of the last code's pause; each renewal is told once.
  expect(screen.statuses.length).toBeLessThan(40);
  const [, second = 0] = heaps;
  expect(heaps.at(-1)).toBeLessThan(second + 4 * 2 ** 20);
});
