import { browser, Stopwatch } from "../../../browser/src/clock.js";
import { h } from "../common/dom.js";
import { words } from "./words.js";

/** The times that a tenant can set, in milliseconds, with room for the way. What lies outside comes of a clock that is wrong. */
const SHORTEST = 10_000;
const LONGEST = 3_660_000;

/** From here on seconds are counted, in milliseconds. */
const SOON = 90_000;

/** How long there still is, in words. */
export function leftInWords(leftMs: number): string {
  const { deadline } = words;
  if (leftMs >= SOON) return deadline.minutes(Math.round(leftMs / 60_000));
  return deadline.seconds(Math.max(0, Math.ceil(leftMs / 1_000)));
}

/** Counts the time for the answer down, and calls `over` at its end. Nothing if nobody knows that time. */
export function deadline(withinMs: number | undefined, over: () => void): HTMLElement | undefined {
  if (withinMs === undefined || !(withinMs >= SHORTEST && withinMs <= LONGEST)) return undefined;
  const age = new Stopwatch(browser);
  // A timer is read out when somebody asks for it, and not at each change.
  const text = h("p", { class: "left", role: "timer", "aria-live": "off" }, leftInWords(withinMs));
  const timer = setInterval(() => {
    const leftMs = withinMs - age.elapsed();
    if (!text.isConnected || leftMs <= 0) clearInterval(timer);
    if (!text.isConnected) return;
    if (leftMs <= 0) return over();
    const next = leftInWords(leftMs);
    if (text.textContent !== next) text.textContent = next;
  }, 500);
  return text;
}
