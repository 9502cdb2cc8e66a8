import { expect, it } from "vitest";

import { drawn } from "./behaviour/table.js";

it("a table of behaviours names what an SDK fails, and counts the rest", () => {
  const table = drawn(
    [
      { theme: "login", name: "logs in", isOfficial: true, isOurs: true },
      { theme: "expiry", name: "shows no dead code", isOfficial: false, isOurs: true },
    ],
    "official 1.0.0",
  );
  expect(table.split("\n")).toEqual([
    "a person counts on a screen that …  official 1.0.0  this SDK",
    "LOGIN                               1 of 1          1 of 1",
    "EXPIRY                              0 of 1          1 of 1",
    "  shows no dead code                fails           yes",
    "ALL                                 1 of 2          2 of 2",
  ]);
});
