/** Digits that the person reads from this screen and types on the phone, and the time that they have for their decision. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { ChallengeOptions } from "../src/index.js";
import { Screen } from "./screen.js";
import { token } from "./service.js";
import { World } from "./world.js";

let world: World;
beforeEach(() => {
  world = new World();
  world.service.tellsCreatedAt = true;
});
afterEach(() => world.end());

const ofService = (screen: Screen) => world.service.challenges.get(screen.code ?? "");

describe.each([false, true])("a screen, polling: %s", (polling) => {
  async function showing(options: Partial<ChallengeOptions> = {}): Promise<Screen> {
    const screen = new Screen();
    screen.start({ polling, ...options });
    await world.until(() => screen.code !== undefined);
    return screen;
  }

  /** A screen whose code a phone has claimed, and what it was told of that, in order. */
  async function claimed(): Promise<{ screen: Screen; told: unknown[] }> {
    const told: unknown[] = [];
    const screen = await showing({
      onVerificationCode: (digits) => told.push(digits),
      onStateChange: (state, token) => {
        told.push(state);
        screen.states.push(state);
        if (token) screen.tokens.push(token);
      },
    });
    world.service.claim(screen.code ?? "");
    await world.until(() => screen.states.includes("claimed"));
    return { screen, told };
  }

  it("that can show digits says so", async () => {
    expect(ofService(await showing({ onVerificationCode: () => {} }))?.showsNumber).toBe(true);
  });

  it("that cannot says nothing", async () => {
    expect(ofService(await showing())?.showsNumber).toBe(false);
  });

  it("is told what is to be typed, and then that a phone has claimed", async () => {
    world.service.number = "47";
    expect((await claimed()).told).toEqual(["47", "claimed"]);
  });

  it("is told nothing of digits if none are to be typed", async () => {
    expect((await claimed()).told).toEqual(["claimed"]);
  });

  it("is told the digits once, however often it asks", async () => {
    world.service.number = "47";
    const { told } = await claimed();
    await world.pass(60_000);
    expect(told).toEqual(["47", "claimed"]);
  });

  it("is told other digits if another phone takes over", async () => {
    world.service.number = "47";
    const { screen, told } = await claimed();
    world.service.takeOver(screen.code ?? "", "82");
    await world.until(() => told.length === 3, 5_000);
    expect(told).toEqual(["47", "claimed", "82"]);
  });

  it("is told that there are none if the phone that takes over need not type any", async () => {
    world.service.number = "47";
    const { screen, told } = await claimed();
    world.service.takeOver(screen.code ?? "", undefined);
    await world.until(() => told.length === 3, 5_000);
    expect(told).toEqual(["47", "claimed", undefined]);
  });

  it("keeps them through an outage", async () => {
    world.service.number = "47";
    const { screen, told } = await claimed();
    await world.outage(8_000);
    await world.pass(10_000);
    world.service.decide(screen.code ?? "", true);
    await world.until(() => screen.tokens.length > 0, 60_000);
    expect(told).toEqual(["47", "claimed", "approved"]);
  });

  it("shows a new code by itself if nobody decides in time", async () => {
    world.service.decisionMs = 120_000;
    const { screen } = await claimed();
    const first = screen.code;
    await world.pass(124_000);
    expect(screen.code).toBe(first);
    await world.until(() => screen.code !== first, 10_000);
    expect(world.service.isClaimable(screen.code ?? "")).toBe(true);
  });

  it("does not tell that as a refusal", async () => {
    world.service.decisionMs = 120_000;
    const { screen } = await claimed();
    await world.pass(140_000);
    expect(screen.states).toEqual(["claimed"]);
  });

  it("counts that time by the service's clock", async () => {
    world.service.aheadMs = 3_600_000;
    world.service.decisionMs = 120_000;
    const { screen } = await claimed();
    const first = screen.code;
    await world.pass(124_000);
    expect(screen.code).toBe(first);
    await world.until(() => screen.code !== first, 10_000);
  });

  it("waits for the decision as long as the code lives if the service names no time", async () => {
    const { screen } = await claimed();
    const first = screen.code;
    await world.pass(400_000);
    expect(screen.code).toBe(first);
  });

  it("hears an approval of the last moment", async () => {
    world.service.decisionMs = 120_000;
    const { screen } = await claimed();
    await world.pass(118_000);
    world.service.faults.arePushesLost = true;
    world.service.decide(screen.code ?? "", true);
    await world.until(() => screen.tokens.length > 0, 20_000);
    expect(screen.tokens).toEqual([token(screen.code ?? "")]);
  });

  it("tells a refusal that comes in time", async () => {
    world.service.decisionMs = 120_000;
    const { screen } = await claimed();
    await world.pass(100_000);
    world.service.decide(screen.code ?? "", false);
    await world.until(() => screen.states.includes("rejected"));
  });

  it("has the time of the phone that took over", async () => {
    world.service.decisionMs = 120_000;
    const { screen } = await claimed();
    const first = screen.code;
    await world.pass(100_000);
    world.service.takeOver(screen.code ?? "", undefined);
    await world.pass(100_000);
    expect(screen.code).toBe(first);
  });
});

it("a refusal that is pushed for a late decision brings a new code, too", async () => {
  world.service.decisionMs = 60_000;
  const screen = new Screen();
  screen.start();
  await world.until(() => screen.code !== undefined);
  const first = screen.code ?? "";
  world.service.claim(first);
  await world.pass(65_000);
  for (const connection of world.service.connections) {
    connection.send({ type: "STATE_CHANGE", data: { challengeId: first, state: "rejected" } });
  }
  await world.pass(1_000);
  expect([screen.states, screen.code === first]).toEqual([["claimed"], false]);
});

it("a refusal that comes before its time is told, and another try brings a new code", async () => {
  world.service.decisionMs = 60_000;
  const screen = new Screen();
  screen.start();
  await world.until(() => screen.code !== undefined);
  const first = screen.code ?? "";
  world.service.claim(first);
  await world.pass(1_000);
  world.service.decide(first, false);
  await world.until(() => screen.states.includes("rejected"));
  void screen.sdk.qrCode.refresh();
  await world.until(() => screen.code !== first);
});

it("a screen that comes back is told how long there is for the decision", async () => {
  world.service.decisionMs = 120_000;
  const screen = new Screen();
  screen.start();
  await world.until(() => screen.code !== undefined);
  world.service.claim(screen.code ?? "");
  await world.pass(1_000);
  world.service.cut();
  await world.pass(5_000);
  expect(screen.statuses.at(-1)?.remainingMs).toBeLessThan(132_000);
});
