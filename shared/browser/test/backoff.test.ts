import { expect, it } from "vitest";

import { Backoff } from "../src/backoff.js";
import { browser } from "../src/clock.js";

const backoff = (random: number, first = 500) => new Backoff({ ...browser, random: () => random }, first);
const waits = (backoff: Backoff, number: number, longest: number) =>
  Array.from({ length: number }, () => backoff.next(longest));

it("waits double, up to the longest", () => {
  expect(waits(backoff(1), 5, 4_000)).toEqual([500, 1_000, 2_000, 4_000, 4_000]);
});

it("waits differ between screens by up to half", () => {
  expect(waits(backoff(0), 5, 4_000)).toEqual([250, 500, 1_000, 2_000, 2_000]);
});

it("begins anew once something worked", () => {
  const waiting = backoff(1);
  waits(waiting, 4, 4_000);
  waiting.reset();
  expect(waiting.next(4_000)).toBe(500);
});

it("does not overflow after years", () => {
  expect(waits(backoff(1), 5_000, 30_000).at(-1)).toBe(30_000);
});
