/** The page looks at once how things stand when it may have missed something. */

import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { browser } from "../src/clock.js";
import { Wake } from "../src/wake.js";
import { Screen } from "./screen.js";
import { token } from "./service.js";
import { World } from "./world.js";

let world: World;
beforeEach(() => void (world = new World()));
afterEach(() => world.end());

/** A screen whose code a phone has claimed and approved; the word of the approval was lost. */
async function unaware(): Promise<Screen> {
  const screen = new Screen();
  screen.start();
  await world.until(() => screen.code !== undefined);
  const code = screen.code ?? "";
  world.service.claim(code);
  await world.pass(1_000);
  world.service.faults.arePushesLost = true;
  world.service.decide(code, true);
  return screen;
}

const dispatched: [string, () => void][] = [
  ["the page is seen again", () => world.document.dispatchEvent(new Event("visibilitychange"))],
  ["the browser thaws the page", () => world.document.dispatchEvent(new Event("resume"))],
  ["the network is back", () => world.window.dispatchEvent(new Event("online"))],
  ["the network goes", () => world.window.dispatchEvent(new Event("offline"))],
  ["the page comes out of the browser's cache", () => world.window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }))],
];

it.each(dispatched)("when %s", async (_, dispatch) => {
  const screen = await unaware();
  dispatch();
  await world.pass(500);
  expect(screen.tokens).toEqual([token(screen.code ?? "")]);
});

it("not when the page is hidden", async () => {
  const screen = await unaware();
  world.document.visibilityState = "hidden";
  world.document.dispatchEvent(new Event("visibilitychange"));
  await world.pass(500);
  expect(screen.tokens).toEqual([]);
});

it("when its timers come late although it can be seen: something had frozen it", () => {
  let [now, tick] = [0, () => {}];
  const still = { ...browser, now: () => now, wall: () => now, listen: () => () => {}, isVisible: () => true };
  const after = (_: number, then: () => void) => {
    tick = then;
    return () => {};
  };
  const slept = vi.fn();
  new Wake({ ...still, after }, () => {}, slept).start();
  now += 2_000;
  tick();
  expect(slept).not.toHaveBeenCalled();
  now += 30_000;
  tick();
  expect(slept).toHaveBeenCalledOnce();
});
