/** The official SDK in the same suite. What it fails is printed, and fails nothing: it is not ours to mend. */

import { afterAll, afterEach, beforeEach, expect, it } from "vitest";

// @ts-expect-error Its declarations name files without extensions, which this module resolution does not find.
import { Authsignal } from "@authsignal/browser";

import type { Make, Sdk } from "../screen.js";
import { World } from "../world.js";
import { Stage } from "./behaviour.js";
import { connection } from "./connection.js";
import { expiry } from "./expiry.js";
import { login } from "./login.js";
import { outage } from "./outage.js";

const official: Make = (baseUrl, tenantId) => new Authsignal({ baseUrl, tenantId }) as unknown as Sdk;
const failed: string[] = [];
let passed = 0;
let world: World;

beforeEach(() => {
  world = new World();
  world.fetchFailure = "Failed to fetch, which the official SDK leaves to the page";
});
afterEach(() => world.end());
afterAll(() => {
  console.log([`the official SDK passes ${passed}, and fails ${failed.length}:`, ...failed].join("\n  "));
});

for (const [theme, behaviours] of Object.entries({ login, expiry, connection, outage })) {
  for (const { name, run } of behaviours) {
    it(`the official SDK: ${name}`, async () => {
      const stage = new Stage(world, official);
      try {
        await run(stage);
        passed += 1;
      } catch {
        failed.push(`${theme}: ${name}`);
      }
      // Its token is the whole page's.
      stage.screen.sdk.setToken("");
    });
  }
}

it("the suite can tell the two apart", () => expect(failed).toContain("connection: outlives the two hours of a socket"));
