/** Pages that make their codes themselves, because their own server asks the service for them. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { AskedChallenge, ChallengeOptions } from "../src/index.js";
import { Screen } from "./screen.js";
import { TENANT, token } from "./service.js";
import { BASE_URL, World } from "./world.js";

let world: World;
beforeEach(() => void (world = new World()));
afterEach(() => world.end());

/** A page's server, which asks the service as the SDK would. */
class Server {
  readonly asked: AskedChallenge[] = [];
  readonly signals: AbortSignal[] = [];
  /** What it answers instead, if anything. */
  instead: (() => unknown) | undefined;

  readonly create: NonNullable<ChallengeOptions["create"]> = async (asked, signal) => {
    this.asked.push(asked);
    this.signals.push(signal);
    if (this.instead) return this.instead();
    await new Promise((resolve) => setTimeout(resolve, 30));
    return world.service.answer(`${BASE_URL}/client/challenge/qr-code`, `Basic ${btoa(TENANT)}`, { ...asked }).body;
  };
}

async function showing(options: Partial<ChallengeOptions> = {}): Promise<{ screen: Screen; server: Server }> {
  const [screen, server] = [new Screen(), new Server()];
  screen.start({ create: server.create, ...options });
  await world.until(() => screen.code !== undefined);
  return { screen, server };
}

async function online(options: Partial<ChallengeOptions> = {}): Promise<{ screen: Screen; server: Server }> {
  const shown = await showing(options);
  await world.until(() => shown.screen.status === "online");
  return shown;
}

const refusal = (errorCode: string) => ({ error: errorCode, errorCode, errorDescription: `Refused: ${errorCode}.` });
const decide = (screen: Screen, isApproved: boolean) => {
  world.service.claim(screen.code ?? "");
  world.service.decide(screen.code ?? "", isApproved);
};

describe.each([false, true])("a page that makes its codes itself, polling: %s", (polling) => {
  it("is asked for each of them, and nobody else is", async () => {
    const { server } = await showing({ polling });
    await world.pass(600_000);
    const { asked, created } = world.service.calls;
    expect([server.asked.length, created, asked]).toEqual([2, 2, 0]);
  });

  it("is asked what the service would be asked", async () => {
    const { server } = await showing({ polling, custom: { till: 1 }, shortCode: true });
    expect(server.asked).toEqual([{ action: "login", custom: { till: 1 }, shortCode: true }]);
  });

  it("is told which code the next one replaces", async () => {
    const { screen, server } = await showing({ polling });
    const { id, deviceCode } = world.service.challenges.get(screen.code ?? "") ?? {};
    await world.pass(545_000);
    expect(server.asked[1]?.replaces).toEqual({ challengeId: id, deviceCode });
  });

  it("shows no code that was replaced", async () => {
    const { screen } = await showing({ polling });
    const first = screen.code ?? "";
    void screen.sdk.qrCode.refresh();
    await world.until(() => screen.code !== first);
    expect([world.service.isClaimable(first), world.service.isClaimable(screen.code ?? "")]).toEqual([false, true]);
  });

  it("gets the token of an approval", async () => {
    const { screen } = await showing({ polling });
    await world.pass(10_000);
    decide(screen, true);
    await world.until(() => screen.tokens.length > 0);
    expect([screen.states, screen.tokens]).toEqual([["claimed", "approved"].slice(-screen.states.length), [token(screen.code ?? "")]]);
  });

  it("gets the token of an approval that was faster than its request for the next code", async () => {
    const { screen, server } = await showing({ polling });
    await world.pass(10_000);
    const first = screen.code ?? "";
    world.service.claim(first);
    server.instead = () => {
      world.service.decide(first, true);
      return refusal("challenge_already_decided");
    };
    void screen.sdk.qrCode.refresh();
    await world.until(() => screen.tokens.length > 0);
    expect(screen.tokens).toEqual([token(first)]);
  });

  it("is asked for a code that replaces none after a decision", async () => {
    const { screen, server } = await showing({ polling });
    decide(screen, false);
    await world.until(() => screen.states.includes("rejected"));
    void screen.sdk.qrCode.refresh();
    await world.until(() => server.asked.length === 2);
    expect(server.asked[1]).toEqual({ action: "login" });
  });

  it("keeps its code through an outage", async () => {
    const { screen, server } = await showing({ polling });
    const { code } = screen;
    await world.outage(20_000);
    await world.until(() => screen.status === (polling ? "polling" : "online"), 60_000);
    expect([screen.code, server.asked.length]).toEqual([code, 1]);
  });

  it("tells why there is no first code", async () => {
    const [screen, server] = [new Screen(), new Server()];
    server.instead = () => refusal("challenge_not_found");
    screen.start({ create: server.create, polling });
    await world.until(() => screen.response !== undefined);
    expect(screen.response).toMatchObject({ errorCode: "challenge_not_found" });
    expect(world.load).toEqual({ listeners: 0, sockets: 0, timers: 0 });
  });

  it("shows a code to its end if there is no next one, and tells why", async () => {
    const { screen, server } = await showing({ polling });
    server.instead = () => refusal("challenge_expired");
    await world.pass(550_000);
    expect(screen.status).toBe(polling ? "polling" : "online");
    await world.pass(60_000);
    expect(screen.statuses.at(-1)).toMatchObject({ state: "expired", errorCode: "challenge_expired" });
  });

  it.each([
    ["fails", () => Promise.reject(new TypeError("Failed to fetch"))],
    [
      "throws",
      () => {
        throw new Error("a fault");
      },
    ],
    ["gives no JSON", () => undefined],
    ["gives JSON that is no challenge", () => ({ ok: true })],
    ["is told to come later", () => refusal("unavailable")],
  ])("is asked again, not at once, if it %s", async (_, instead) => {
    const [screen, server] = [new Screen(), new Server()];
    server.instead = instead;
    screen.start({ create: server.create, polling });
    await world.pass(20_000);
    expect([screen.status, server.asked.length < 20]).toEqual(["offline", true]);
    server.instead = undefined;
    await world.until(() => screen.code !== undefined, 31_000);
  });

  it("is waited for for six seconds, then told", async () => {
    const [screen, server] = [new Screen(), new Server()];
    server.instead = () => new Promise(() => undefined);
    screen.start({ create: server.create, polling });
    await world.pass(5_900);
    expect(server.signals[0]?.aborted).toBe(false);
    await world.pass(200);
    expect(server.signals[0]?.aborted).toBe(true);
  });
});

describe("the socket of a page that makes its codes itself", () => {
  it("follows a code once that is shown", async () => {
    await online();
    expect([world.service.calls.resumed, world.service.connections.size]).toEqual([1, 1]);
  });

  it("is not waited for: the code comes first", async () => {
    world.service.faults.areSocketsDeaf = true;
    const { screen } = await showing();
    expect([screen.status, world.service.calls.opened]).toEqual(["polling", 0]);
  });

  it("follows the next code too", async () => {
    const { screen } = await online();
    const first = screen.code;
    await world.pass(550_000);
    expect([screen.code === first, screen.status, world.service.connections.size]).toEqual([false, "online", 1]);
  });

  it("brings an approval without a poll", async () => {
    const { screen } = await online();
    const before = world.service.calls.polled;
    decide(screen, true);
    await world.until(() => screen.tokens.length > 0);
    expect(world.service.calls.polled).toBe(before);
  });

  it("says that a code is gone, and the next one comes at once and replaces none", async () => {
    const { screen, server } = await online();
    const challenge = world.service.challenges.get(screen.code ?? "");
    if (challenge) challenge.withdrawn = "challenge_cancelled";
    const isGone = () => screen.statuses.some(({ state }) => state === "expired");
    await world.until(isGone, 60_000);
    await world.until(() => screen.code !== challenge?.id, 500);
    expect(server.asked[1]).toEqual({ action: "login" });
  });
});
