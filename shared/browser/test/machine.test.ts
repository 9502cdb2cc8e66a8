import { describe, expect, it } from "vitest";

import { type Effect, type Event, type State, step, TABLE } from "../src/machine.js";

const rows = Object.entries(TABLE) as [State, (typeof TABLE)[State]][];
const live = rows.map(([state]) => state).filter((state) => state !== "idle" && state !== "stopped");
const arrows = rows.flatMap(([from, row]) =>
  (Object.entries(row) as [Event, readonly [State, ...Effect[]]][]).map(([event, [to, ...effects]]) => {
    return { from, event, to, effects, name: `${from} + ${event}` };
  }),
);

/** What no page and no person does. */
const byItself: Event[] = ["opened", "unopened", "blocked", "lost", "created", "unclaimed", "busy", "silent", "failed", "retry"];

describe("the table", () => {
  it("reaches every state", () => {
    const reached = new Set<State>(["idle"]);
    for (const from of reached) for (const arrow of arrows) if (arrow.from === from) reached.add(arrow.to);
    expect([...reached].sort()).toEqual(rows.map(([state]) => state).sort());
  });

  it.each(live)("ends everything when the page wants nothing more: %s", (state) => {
    expect(step(state, "stop")).toEqual(["idle", "end"]);
  });

  it.each(live)("takes an approval and stops: %s", (state) => {
    expect(step(state, "approved")).toEqual(["stopped", "finish"]);
  });

  it.each(live)("takes a rejection and stops: %s", (state) => {
    expect(step(state, "rejected")).toEqual(["stopped", "finish"]);
  });

  it.each(["claimed", "held"] as const)("never refreshes by itself while claimed: %s", (state) => {
    expect([step(state, "due"), step(state, "stale"), step(state, "unclaimed")]).toEqual([undefined, undefined, undefined]);
  });

  it.each(["idle", "stopped"] as const)("does nothing by itself: %s", (state) => {
    expect(byItself.map((event) => step(state, event)).filter(Boolean)).toEqual([]);
  });

  it.each(live.filter((state) => !["showing", "claimed", "polling", "held"].includes(state)))(
    "leaves by itself what is only passing: %s",
    (state) => {
      expect(byItself.some((event) => (step(state, event)?.[0] ?? state) !== state)).toBe(true);
    },
  );

  it("asks the service how a code stands before it replaces it by itself", () => {
    const replacing = arrows.filter(({ event, effects }) => event === "due" && effects.includes("ask"));
    expect(replacing).toEqual([]);
  });

  it("waits exactly where it says that it waits", () => {
    const wrong = arrows.filter(({ to, effects }) => effects.includes("wait") !== (to === "waiting" || to === "away"));
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it("waits for an answer on the socket only where it has asked", () => {
    const asks = { asking: "ask", renewing: "ask", resuming: "resume" } as const;
    const wrong = arrows.filter(({ from, to, effects }) => to in asks && from !== to && !effects.includes(asks[to as "asking"]));
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it("keeps the code where nobody has called it useless", () => {
    const withCode: State[] = ["showing", "claimed", "resuming", "renewing", "reconnecting", "rejoining", "polling", "held", "replacing", "away"];
    const lost = arrows.filter(
      ({ from, to, effects }) =>
        withCode.includes(from) && !withCode.includes(to) && !effects.some((effect) => ["drop", "finish", "refuse", "end"].includes(effect)),
    );
    expect(lost.map(({ name }) => name)).toEqual([]);
  });
});
