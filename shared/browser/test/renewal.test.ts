/** Codes that nobody has claimed are renewed each minute, and the one before still counts for a while. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Screen } from "./screen.js";
import { token } from "./service.js";
import { World } from "./world.js";

let world: World;
beforeEach(() => {
  world = new World();
  world.service.tellsCreatedAt = true;
});
afterEach(() => world.end());

async function showing(options: Parameters<Screen["start"]>[0] = {}): Promise<Screen> {
  const screen = new Screen();
  screen.start(options);
  await world.until(() => screen.code !== undefined);
  return screen;
}

/** A screen that has just renewed its code, with the one before. */
async function renewed(options: Parameters<Screen["start"]>[0] = {}): Promise<{ screen: Screen; older: string; newer: string }> {
  const screen = await showing(options);
  const older = screen.code ?? "";
  await world.until(() => screen.code !== older, 70_000);
  return { screen, older, newer: screen.code ?? "" };
}

/** What the service pushes to the screen, whatever it thinks of it. */
const push = (id: string, state: string, more: object = {}) => {
  const data = { challengeId: id, state, ...more };
  for (const connection of world.service.connections) connection.send({ type: "STATE_CHANGE", data });
};

const codes = () => world.service.challenges.size;
const see = (isVisible: boolean) => {
  world.document.visibilityState = isVisible ? "visible" : "hidden";
  world.document.dispatchEvent(new Event("visibilitychange"));
};

describe("a code that nobody has claimed", () => {
  it("is renewed after a minute", async () => {
    const screen = await showing();
    await world.pass(59_000);
    expect(codes()).toBe(1);
    await world.pass(2_000);
    expect([codes(), screen.refreshed.length]).toEqual([2, 1]);
  });

  it("tells how long until then", async () => {
    const screen = await showing();
    expect(screen.statuses.at(-1)?.nextMs).toBeGreaterThan(59_000);
    expect(screen.statuses.at(-1)?.nextMs).toBeLessThanOrEqual(60_000);
  });

  it("is renewed when the page says", async () => {
    await showing({ renewInterval: 120_000 });
    await world.pass(118_000);
    expect(codes()).toBe(1);
    await world.pass(4_000);
    expect(codes()).toBe(2);
  });

  it("is shown for half a minute at least", async () => {
    await showing({ renewInterval: 1_000 });
    await world.pass(29_000);
    expect(codes()).toBe(1);
  });

  it("is shown for a minute if the page says what makes no sense", async () => {
    await showing({ renewInterval: Number.NaN });
    await world.pass(59_000);
    expect(codes()).toBe(1);
  });

  it("is not renewed while there is a short code, for somebody may be typing", async () => {
    await showing({ shortCode: true });
    await world.pass(500_000);
    expect(codes()).toBe(1);
  });

  it("is not renewed where the screen polls", async () => {
    await showing({ polling: true });
    await world.pass(500_000);
    expect(codes()).toBe(1);
  });

  it("is not renewed by a service that cannot tell what became of it", async () => {
    const heard = world.service.heard.bind(world.service);
    world.service.heard = (connection, text) => heard(connection, text.replace('"resumable":true', '"resumable":false'));
    await showing();
    await world.pass(500_000);
    expect(codes()).toBe(1);
  });

  it("is not renewed while nobody sees the page", async () => {
    await showing();
    see(false);
    await world.pass(300_000);
    expect(codes()).toBe(1);
  });

  it("is renewed at once when somebody sees the page again", async () => {
    const screen = await showing();
    see(false);
    await world.pass(300_000);
    see(true);
    await world.pass(1_000);
    expect([codes(), screen.refreshed.length]).toEqual([2, 1]);
  });

  it("is not renewed if the page is seen again within the minute", async () => {
    await showing();
    see(false);
    await world.pass(10_000);
    see(true);
    await world.pass(10_000);
    expect(codes()).toBe(1);
  });

  it("is asked for with the wish that the one before can be claimed a while longer", async () => {
    const { older, newer } = await renewed();
    expect([older, newer].map((id) => world.service.isClaimable(id))).toEqual([true, true]);
  });

  it("ends the one before at once if the page asked for it", async () => {
    const screen = await showing();
    const older = screen.code ?? "";
    void screen.sdk.qrCode.refresh();
    await world.until(() => screen.code !== older);
    expect(world.service.isClaimable(older)).toBe(false);
  });

  it("costs an idle screen three messages a minute", async () => {
    await showing();
    await world.pass(600_000);
    const { asked, resumed, created, polled } = world.service.calls;
    expect([asked + resumed, created + polled]).toEqual([expect.toSatisfy((count: number) => count <= 31), 0]);
  });

  it("stays on the screen while it is asked for the next one in vain, as long as it can be claimed", async () => {
    const screen = await showing();
    world.service.faults.areCreationsUnheard = true;
    await world.pass(65_000);
    expect(screen.statuses.map(({ state }) => state)).not.toContain("expired");
    expect(world.service.isClaimable(screen.shown ?? "")).toBe(true);
  });

  it("is replaced by a screen that asked for the next one in vain and has to poll since", async () => {
    const screen = await showing();
    world.service.faults.areCreationsUnheard = true;
    await world.until(() => world.service.calls.asked === 2, 70_000);
    world.service.faults.areCreationsUnheard = false;
    world.service.faults.areSocketsBlocked = true;
    world.service.cut();
    await world.until(() => screen.refreshed.length === 1, 20_000);
    expect(world.service.isClaimable(screen.shown ?? "")).toBe(true);
  });

  it("is not shown any more once it may have been replaced, and nobody can be asked", async () => {
    const screen = await showing();
    world.service.faults.areCreationsUnheard = true;
    await world.until(() => world.service.calls.asked === 2, 70_000);
    world.service.faults.network = "gone";
    world.service.vanish();
    await world.pass(31_000);
    expect([screen.shown, world.service.isClaimable(screen.code ?? "")]).toEqual([undefined, false]);
  });

  it("is shown to its end if the next one is refused, also if the first request for that was lost", async () => {
    const screen = new Screen();
    screen.sdk.setToken("first.token.x");
    screen.start();
    await world.until(() => screen.code !== undefined);
    world.service.faults.areCreationsLost = true;
    await world.pass(62_000);
    world.service.faults.areCreationsLost = false;
    world.service.spentTokens.add("first.token.x");
    await world.pass(120_000);
    expect([screen.status, screen.refreshed]).toEqual(["online", []]);
  });
});

describe("a claim of the code before", () => {
  it("is told", async () => {
    const { screen, older } = await renewed();
    world.service.claim(older);
    await world.pass(1_000);
    expect(screen.states).toEqual(["claimed"]);
  });

  it("is told with that code as the one that counts", async () => {
    const { screen, older } = await renewed();
    world.service.claim(older);
    await world.pass(1_000);
    expect(screen.statuses.at(-1)).toMatchObject({ state: "online", challengeId: older });
  });

  it("is told after the code that it is of", async () => {
    const told: unknown[] = [];
    const { older } = await renewed({
      onStatus: ({ challengeId }) => told.push(challengeId),
      onStateChange: (state) => told.push(state),
    });
    world.service.claim(older);
    await world.pass(1_000);
    expect(told.slice(-2)).toEqual([older, "claimed"]);
  });

  it("makes the newer one over", async () => {
    const { older, newer } = await renewed();
    world.service.claim(older);
    expect(world.service.isClaimable(newer)).toBe(false);
  });

  it("leads to its approval", async () => {
    const { screen, older } = await renewed();
    world.service.claim(older);
    await world.pass(1_000);
    world.service.decide(older, true);
    await world.pass(1_000);
    expect([screen.states, screen.tokens]).toEqual([["claimed", "approved"], [token(older)]]);
  });

  it("stops the renewal", async () => {
    const { older } = await renewed();
    world.service.claim(older);
    await world.pass(200_000);
    expect(codes()).toBe(2);
  });

  it("is found out if the word of it is lost", async () => {
    const { screen, older } = await renewed();
    world.service.faults.arePushesLost = true;
    world.service.claim(older);
    world.service.faults.arePushesLost = false;
    see(true);
    await world.until(() => screen.states.includes("claimed"), 1_000);
    world.service.decide(older, true);
    await world.until(() => screen.tokens.length > 0);
    expect(screen.tokens).toEqual([token(older)]);
  });

  it("is found out within a minute if nothing else happens", async () => {
    const { screen, older } = await renewed();
    world.service.faults.arePushesLost = true;
    world.service.claim(older);
    world.service.faults.arePushesLost = false;
    await world.until(() => screen.states.includes("claimed"), 60_000);
  });

  it("is found out if the service tells by itself that the newer one is over", async () => {
    const { screen, older } = await renewed();
    see(true);
    await world.pass(1_000);
    world.service.faults.arePushesLost = true;
    world.service.claim(older);
    world.service.faults.arePushesLost = false;
    const data = { error: "challenge_superseded", errorCode: "challenge_superseded" };
    for (const connection of world.service.connections) connection.send({ type: "ERROR", data });
    await world.until(() => screen.states.includes("claimed"), 1_000);
  });

  it("is found out by a screen that polls by then", async () => {
    const { screen, older } = await renewed();
    world.service.faults.areSocketsBlocked = true;
    world.service.cut();
    await world.until(() => screen.status === "polling", 10_000);
    world.service.claim(older);
    await world.until(() => screen.states.includes("claimed"), 5_000);
  });

  it("is found out by a screen that has to poll meanwhile", async () => {
    const { screen, older } = await renewed();
    world.service.faults.arePushesLost = true;
    world.service.claim(older);
    world.service.faults.areSocketsBlocked = true;
    world.service.cut();
    await world.until(() => screen.states.includes("claimed"), 60_000);
    world.service.decide(older, true);
    await world.until(() => screen.tokens.length > 0, 60_000);
    expect(screen.tokens).toEqual([token(older)]);
  });

  it("counts also while the screen asks for the one after the next", async () => {
    const screen = await showing();
    const older = screen.code ?? "";
    await world.until(() => world.service.calls.resumed === 2, 70_000);
    world.service.faults.areCreationsLost = true;
    await world.pass(200);
    world.service.claim(older);
    await world.pass(1_000);
    expect(screen.states).toEqual(["claimed"]);
  });

  it("counts if the next but one is there already, for it may have been under way", async () => {
    const { screen, older } = await renewed({ renewInterval: 30_000 });
    await world.until(() => screen.refreshed.length === 2, 40_000);
    push(older, "claimed");
    await world.pass(1_000);
    expect([screen.states, screen.statuses.at(-1)?.challengeId]).toEqual([["claimed"], older]);
  });

  it("is not believed of a word that nobody has claimed it", async () => {
    const { screen, older, newer } = await renewed();
    push(older, "unclaimed");
    await world.pass(1_000);
    expect(screen.statuses.at(-1)?.challengeId).toBe(newer);
  });

  it("is not looked for if the newer one ends otherwise", async () => {
    const { screen, newer } = await renewed();
    const before = world.service.calls.resumed;
    const challenge = world.service.challenges.get(newer);
    if (challenge) challenge.withdrawn = "challenge_cancelled";
    see(true);
    await world.until(() => screen.code !== newer, 2_000);
    expect(world.service.calls.resumed).toBe(before + 1);
  });

  it("is none if the page has asked for the newer one", async () => {
    const screen = await showing();
    const older = screen.code ?? "";
    void screen.sdk.qrCode.refresh();
    await world.until(() => screen.code !== older);
    push(older, "claimed");
    await world.pass(1_000);
    expect(screen.states).toEqual([]);
  });
});

describe("once the newer code is claimed", () => {
  it.each([
    ["claimed", {}],
    ["rejected", {}],
    ["approved", { accessToken: "a.b.c" }],
  ])("a word that comes late of the one before changes nothing: %s", async (state, more) => {
    const { screen, older, newer } = await renewed();
    world.service.claim(newer);
    await world.pass(1_000);
    push(older, state, more);
    await world.pass(1_000);
    expect([screen.states, screen.tokens, screen.statuses.at(-1)?.challengeId]).toEqual([["claimed"], [], newer]);
  });

  it("the one before cannot be claimed", async () => {
    const { older, newer } = await renewed();
    world.service.claim(newer);
    expect(world.service.isClaimable(older)).toBe(false);
  });

  it("no word that it is unclaimed takes that back", async () => {
    const { screen, newer } = await renewed();
    world.service.claim(newer);
    await world.pass(1_000);
    push(newer, "unclaimed");
    await world.pass(1_000);
    expect(screen.states).toEqual(["claimed"]);
    expect(world.service.challenges.size).toBe(2);
  });

  it("an answer about the other code does not end it", async () => {
    const { screen, older } = await renewed();
    see(true);
    await world.pass(10);
    world.service.claim(older);
    await world.pass(1_000);
    world.service.decide(older, true);
    await world.pass(1_000);
    expect([screen.states, screen.tokens, codes()]).toEqual([["claimed", "approved"], [token(older)], 2]);
  });
});
