import { afterEach, beforeEach, describe, it } from "vitest";

import { ours } from "../screen.js";
import { World } from "../world.js";
import { Stage } from "./behaviour.js";
import { connection } from "./connection.js";
import { expiry } from "./expiry.js";
import { login } from "./login.js";
import { outage } from "./outage.js";

let world: World;
beforeEach(() => void (world = new World()));
afterEach(() => world.end());

for (const [theme, behaviours] of Object.entries({ login, expiry, connection, outage })) {
  describe(`this SDK: ${theme}`, () => {
    for (const { name, run } of behaviours) it(name, () => run(new Stage(world, ours)));
  });
}
