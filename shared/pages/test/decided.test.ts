import { beforeEach, expect, it } from "vitest";

import { decisionOf, noteDecision } from "../src/phone/decided.js";

beforeEach(() => {
  const kept = new Map<string, string>();
  const getItem = (key: string) => kept.get(key) ?? null;
  const setItem = (key: string, value: string) => void kept.set(key, value);
  Object.defineProperty(globalThis, "localStorage", { value: { getItem, setItem }, configurable: true });
});

it("a decision is known to whoever made it", () => {
  noteDecision("one", { userId: "ann", approved: false });
  expect(decisionOf("one", "ann")).toEqual({ userId: "ann", approved: false });
});

it("a decision is not the next user's of this phone", () => {
  noteDecision("one", { userId: "ann", approved: true });
  expect(decisionOf("one", "ben")).toBeUndefined();
});

it("fifty decisions are kept, the newest", () => {
  for (let n = 1; n <= 51; n += 1) noteDecision(String(n), { userId: "ann", approved: true });
  expect([1, 2, 51].map((n) => decisionOf(String(n), "ann") !== undefined)).toEqual([false, true, true]);
});

it("what another script has kept there is no decision", () => {
  localStorage.setItem("scanlatch.decided", '{"one":true}');
  expect(decisionOf("one", "ann")).toBeUndefined();
});
