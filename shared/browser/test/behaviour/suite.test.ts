/**
 * One suite for this SDK and the official one. What the official one fails is printed as a table, and fails nothing: it is
 * not ours to mend.
 */

// @ts-expect-error Its declarations name files without extensions, which this module resolution does not find.
import { Authsignal } from "@authsignal/browser";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";

import manifest from "../../package.json" with { type: "json" };
import { type Make, ours, type Sdk } from "../screen.js";
import { World } from "../world.js";
import { type Behaviour, Stage } from "./behaviour.js";
import { connection } from "./connection.js";
import { expiry } from "./expiry.js";
import { login } from "./login.js";
import { outage } from "./outage.js";
import { drawn, type Result } from "./table.js";

const THEMES: Record<string, Behaviour[]> = { login, expiry, connection, outage };
const official: Make = (baseUrl, tenantId) => new Authsignal({ baseUrl, tenantId }) as unknown as Sdk;
const version = manifest.devDependencies["@authsignal/browser"];

const results: Result[] = [];
let world: World;
beforeEach(() => void (world = new World()));
afterEach(() => world.end());
afterAll(() => console.log(drawn(results, `official ${version}`)));

for (const [theme, behaviours] of Object.entries(THEMES)) {
  describe(theme, () => {
    for (const { name, run } of behaviours) {
      const result: Result = { theme, name, isOurs: false, isOfficial: false };
      results.push(result);

      it(`this SDK ${name}`, async () => {
        await run(new Stage(world, ours));
        result.isOurs = true;
      });

      it(`the official SDK is tried: ${name}`, async () => {
        world.fetchFailure = "Failed to fetch, which the official SDK leaves to the page";
        const stage = new Stage(world, official);
        try {
          await run(stage);
          result.isOfficial = true;
        } catch {
          // The table tells.
        }
        // Its token is the whole page's.
        stage.screen.sdk.setToken("");
      });
    }
  });
}

it("the suite can tell the two apart", () => {
  const found = results.find(({ name }) => name === "outlives the two hours of a socket");
  expect([found?.isOurs, found?.isOfficial]).toEqual([true, false]);
});
