/** What only this SDK promises. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Scanlatch } from "../src/index.js";
import { Screen } from "./screen.js";
import { TENANT, token } from "./service.js";
import { BASE_URL, World } from "./world.js";

declare const process: {
  on(event: string, hear: (error: unknown) => void): void;
  off(event: string, hear: (error: unknown) => void): void;
};
let world: World;
beforeEach(() => void (world = new World()));
afterEach(() => world.end());

async function showing(options: Parameters<Screen["start"]>[0] = {}, place: { baseUrl?: string } = {}): Promise<Screen> {
  const screen = new Screen(undefined, place);
  screen.start(options);
  await world.until(() => screen.code !== undefined);
  return screen;
}

const seen = (screen: Screen) => screen.statuses.map(({ state }) => state);

describe("onRefresh", () => {
  it("gives the code and its end as one object, as the specification has it", async () => {
    const given: unknown[] = [];
    const screen = await showing({ onRefresh: (...all) => given.push(all) });
    void screen.sdk.qrCode.refresh();
    await world.until(() => given.length === 1);
    const [challenge] = [...world.service.challenges.values()].slice(-1);
    expect(given).toEqual([[{ challengeId: challenge?.id, expiresAt: new Date(challenge?.expiresAt ?? 0).toISOString() }]]);
  });
});

describe("onStatus", () => {
  it("tells of the way to a code", async () => {
    expect(seen(await showing())).toEqual(["connecting", "online"]);
  });

  it("tells that it polls", async () => {
    expect(seen(await showing({ polling: true }))).toEqual(["connecting", "polling"]);
  });

  it("tells how long the code can be claimed", async () => {
    const screen = await showing();
    const { remainingMs } = screen.statuses.at(-1) ?? {};
    expect(remainingMs).toBeGreaterThan(590_000);
    expect(remainingMs).toBeLessThanOrEqual(600_000);
  });

  it("tells how long until the next code is due", async () => {
    const screen = await showing();
    const first = screen.code;
    const { nextMs = 0 } = screen.statuses.at(-1) ?? {};
    await world.pass(nextMs - 1_000);
    expect(screen.code).toBe(first);
    await world.pass(2_000);
    expect(screen.code).not.toBe(first);
  });

  it("tells of no next code where the service has refused it", async () => {
    const screen = await showing();
    world.service.tenants.clear();
    await world.pass(545_000);
    world.service.cut();
    await world.pass(1_000);
    expect(screen.statuses.at(-1)?.nextMs).toBeUndefined();
  });

  it("tells the remaining time rightly if the screen's clock is wrong and the service tells when it made the code", async () => {
    world.service.aheadMs = 86_400_000;
    world.service.tellsCreatedAt = true;
    const screen = await showing();
    expect(screen.statuses.at(-1)?.remainingMs).toBeGreaterThan(590_000);
    expect(screen.statuses.at(-1)?.remainingMs).toBeLessThanOrEqual(600_000);
  });

  it("tells nothing of a socket that is cut and back at once but that it connects", async () => {
    const screen = await showing();
    world.service.cut();
    await world.pass(5_000);
    expect(seen(screen)).toEqual(["connecting", "online", "connecting", "online"]);
  });

  it("tells of an outage, of the code's end in it, and of the way back", async () => {
    const screen = await showing();
    await world.outage(1_200_000);
    await world.pass(5_000);
    const states = seen(screen);
    expect(states.slice(0, 3)).toEqual(["connecting", "online", "connecting"]);
    expect(states).toContain("offline");
    expect(states.indexOf("expired")).toBeGreaterThan(states.indexOf("offline"));
    expect(["polling", "online"]).toContain(states.at(-1));
  });

  it("does not call a claimed code expired for being without a socket", async () => {
    const screen = await showing();
    world.service.claim(screen.code ?? "");
    await world.pass(1_000);
    await world.outage(180_000);
    await world.pass(5_000);
    expect(seen(screen)).not.toContain("expired");
  });

  it("says why there is no more code", async () => {
    const screen = await showing();
    world.service.tenants.clear();
    await world.pass(1_000_000);
    expect(screen.statuses.at(-1)).toMatchObject({ state: "expired", errorCode: "unauthorized" });
  });

  it.each([false, true])("does not ask again and again for what is refused, polling: %s", async (polling) => {
    const screen = new Screen();
    screen.sdk.setToken("first.token.x");
    screen.start({ polling });
    await world.until(() => screen.code !== undefined);
    world.service.spentTokens.add("first.token.x");
    await world.until(() => screen.status === "expired", 1_200_000);
    expect(world.service.calls.asked + world.service.calls.created).toBeLessThanOrEqual(4);
  });

  it("goes on after a new token where the old one was refused", async () => {
    const screen = new Screen();
    screen.sdk.setToken("first.token.x");
    screen.start();
    await world.until(() => screen.code !== undefined);
    world.service.spentTokens.add("first.token.x");
    await world.until(() => screen.status === "expired", 1_200_000);
    screen.sdk.setToken("second.token.x");
    void screen.sdk.qrCode.refresh();
    await world.until(() => screen.status === "online");
    expect(world.service.challenges.get(screen.code ?? "")?.token).toBe("second.token.x");
  });
});

describe("a bare API Gateway URL", () => {
  const baseUrl = "https://x1.execute-api.us-east-1.amazonaws.com/v1";
  const socketUrl = "wss://y2.execute-api.us-east-1.amazonaws.com/ws";
  beforeEach(() => {
    world.socketUrls = new Set([socketUrl]);
  });

  it("polls if nobody tells where the socket is", async () => {
    const screen = await showing({}, { baseUrl });
    await world.pass(60_000);
    expect(screen.status).toBe("polling");
  });

  it("goes over to the socket that the service tells, with the same code", async () => {
    world.service.socketUrl = socketUrl;
    const screen = await showing({}, { baseUrl });
    const { code } = screen;
    await world.until(() => screen.status === "online");
    expect(screen.code).toBe(code);
  });

  it("costs one request for a code, then as now", async () => {
    world.service.socketUrl = socketUrl;
    const screen = await showing({}, { baseUrl });
    await world.until(() => screen.status === "online");
    expect([world.service.calls.created, world.service.calls.asked]).toEqual([1, 0]);
  });

  it("begins on the socket on the next page", async () => {
    world.service.socketUrl = socketUrl;
    const first = await showing({}, { baseUrl });
    first.sdk.qrCode.disconnect();
    await showing({}, { baseUrl });
    expect([world.service.calls.created, world.service.calls.asked]).toEqual([1, 1]);
  });

  it("begins on the socket that the page names", async () => {
    const sdk = new Scanlatch({ tenantId: TENANT, baseUrl, socketUrl });
    const given = sdk.qrCode.challenge({ action: "login" });
    await world.pass(1_000);
    expect((await given).data?.challengeId).toBeDefined();
    expect(world.service.calls.created).toBe(0);
  });
});

describe("a socket's two hours", () => {
  it("end with the new socket open before the old one is closed", async () => {
    const screen = await showing();
    const { service } = world;
    let fewest = 1;
    await world.pass(4 * 3_600_000, () => (fewest = Math.min(fewest, service.connections.size)));
    expect(fewest).toBe(1);
    expect(screen.statuses).toHaveLength(2 + screen.refreshed.length);
  });

  it("do no harm if the old one is closed while the new one takes its place", async () => {
    const screen = await showing();
    const { service } = world;
    await world.until(() => service.connections.size === 2, 3 * 3_600_000);
    [...service.connections][0]?.close();
    await world.pass(10_000);
    expect(seen(screen).filter((state) => state !== "online")).toEqual(["connecting"]);
  });
});

describe("an approval", () => {
  it("is not told without its token", async () => {
    const screen = await showing();
    const [connection] = world.service.connections;
    connection?.send({ type: "STATE_CHANGE", data: { challengeId: screen.code, state: "approved" } });
    await world.pass(1_000);
    expect(screen.states).toEqual([]);
  });

  it("that names no code is none", async () => {
    const screen = await showing();
    const [connection] = world.service.connections;
    connection?.send({ type: "STATE_CHANGE", data: { state: "approved", accessToken: "a.b.c" } });
    await world.pass(1_000);
    expect(screen.states).toEqual([]);
  });

  it("of another code is none", async () => {
    const screen = await showing();
    const [connection] = world.service.connections;
    connection?.send({ type: "STATE_CHANGE", data: { challengeId: "another", state: "approved", accessToken: "a.b.c" } });
    await world.pass(1_000);
    expect(screen.states).toEqual([]);
  });
});

describe("a replaced code", () => {
  it("is named to the service when the screen polls", async () => {
    const screen = await showing({ polling: true });
    const first = screen.code ?? "";
    void screen.sdk.qrCode.refresh();
    await world.until(() => screen.code !== first);
    expect(world.service.challenges.get(first)?.withdrawn).toBe("challenge_superseded");
  });

  it("is replaced on another socket too", async () => {
    const screen = await showing();
    const first = screen.code ?? "";
    world.service.cut();
    void screen.sdk.qrCode.refresh();
    await world.until(() => screen.code !== first);
    expect(world.service.challenges.get(first)?.withdrawn).toBe("challenge_superseded");
  });

  it("still counts if the word of its approval comes after the next code", async () => {
    const screen = await showing();
    const first = screen.code ?? "";
    world.service.claim(first);
    world.service.faults.pushLatencyMs = 2_000;
    world.service.decide(first, true);
    void screen.sdk.qrCode.refresh();
    await world.until(() => screen.code !== first);
    await world.until(() => screen.tokens.length > 0);
    expect(screen.tokens).toEqual([token(first)]);
  });

  it("still counts if it was approved just before", async () => {
    const screen = await showing();
    const first = screen.code ?? "";
    world.service.claim(first);
    world.service.decide(first, true);
    void screen.sdk.qrCode.refresh();
    await world.until(() => screen.tokens.length > 0);
    expect(screen.tokens).toEqual([token(first)]);
  });
});

describe("a socket that opens while a poll's code is replaced", () => {
  it("does not keep the screen from the next socket", async () => {
    world.service.faults.areSocketsBlocked = true;
    const screen = await showing();
    const first = screen.code;
    world.service.faults.areSocketsBlocked = false;
    world.service.faults.callLatencyMs = 5_000;
    for (let n = 0; n < 1_000 && world.load.sockets === 0; n += 1) await world.pass(10);
    void screen.sdk.qrCode.refresh();
    await world.until(() => screen.code !== first);
    world.service.faults.callLatencyMs = 30;
    await world.until(() => screen.status === "online", 60_000);
  });
});

describe("a page that changes its mind", () => {
  it("goes over to polling with the next code, and replaces the one before", async () => {
    const screen = await showing();
    const first = screen.code ?? "";
    screen.start({ polling: true });
    await world.until(() => screen.code !== first);
    await world.pass(5_000);
    expect([screen.status, world.service.connections.size]).toEqual(["polling", 0]);
    expect(world.service.isClaimable(first)).toBe(false);
  });

  it("goes over to the socket", async () => {
    const screen = await showing({ polling: true });
    const first = screen.code;
    screen.start();
    await world.until(() => screen.code !== first && screen.status === "online");
  });

  it("tries again from the callback that tells of the rejection", async () => {
    const screen = new Screen();
    const again = (state: string) => state === "rejected" && screen.start();
    screen.start({ onStateChange: (state) => void again(state) });
    await world.until(() => screen.code !== undefined);
    const first = screen.code ?? "";
    world.service.claim(first);
    world.service.decide(first, false);
    await world.until(() => screen.code !== first);
  });

  it("disconnects from the callback that tells of a code", async () => {
    const screen = new Screen();
    screen.start({ onRefresh: () => screen.sdk.qrCode.disconnect() });
    await world.until(() => screen.code !== undefined);
    void screen.sdk.qrCode.refresh();
    await world.pass(2_000);
    expect(world.load).toEqual({ listeners: 0, sockets: 0, timers: 0 });
  });
});

describe("two requests for a code at once", () => {
  it.each([false, true])("end with what the last one asked for, polling: %s", async (polling) => {
    const screen = await showing({ polling });
    void screen.sdk.qrCode.refresh({ custom: { till: 1 } });
    void screen.sdk.qrCode.refresh({ custom: { till: 2 } });
    await world.pass(2_000);
    expect(world.service.challenges.get(screen.code ?? "")?.custom).toEqual({ till: 2 });
  });

  it.each([false, true])("are both answered with it, polling: %s", async (polling) => {
    const screen = await showing({ polling });
    const both = Promise.all([screen.sdk.qrCode.refresh(), screen.sdk.qrCode.refresh()]);
    await world.pass(2_000);
    const shown = { data: { challengeId: screen.code, expiresAt: expect.any(String) } };
    expect(await both).toEqual([shown, shown]);
  });
});

describe("a page's own faults", () => {
  it("do not stop the login: a callback that throws", async () => {
    const seen: unknown[] = [];
    const thrown: unknown[] = [];
    const hear = (error: unknown) => thrown.push(error);
    process.on("unhandledRejection", hear);
    const screen = await showing({
      onStateChange: (state) => {
        seen.push(state);
        throw new Error("which the official SDK leaves to the page: this page's own");
      },
    });
    world.service.claim(screen.code ?? "");
    await world.pass(1_000);
    world.service.decide(screen.code ?? "", true);
    await world.pass(1_000);
    process.off("unhandledRejection", hear);
    expect([seen, thrown.length]).toEqual([["claimed", "approved"], 2]);
  });

  it.each([0, -1, NaN])("are forgiven: a refresh interval of %s", async (refreshInterval) => {
    await showing({ refreshInterval });
    await world.pass(60_000);
    expect(world.service.challenges.size).toBe(1);
  });

  it("are named: no base URL", () => {
    expect(() => new Scanlatch({ tenantId: TENANT, baseUrl: "" })).toThrow(new TypeError("baseUrl must be given"));
  });

  it("are named: a socket URL that is none", () => {
    expect(() => new Scanlatch({ tenantId: TENANT, baseUrl: BASE_URL, socketUrl: "https://x" })).toThrow(TypeError);
  });

  it("are answered: custom data that is no JSON", async () => {
    const screen = new Screen();
    screen.start({ custom: { amount: 1n } });
    await world.pass(100);
    expect(screen.response).toMatchObject({ errorCode: "invalid_request" });
  });

  const refusedCustom = "are answered: a refresh with custom data that the service refuses; the code stays, and the next one is without them";
  it.each([false, true])(`${refusedCustom}, polling: %s`, async (polling) => {
    const screen = await showing({ custom: { till: 1 }, polling });
    const { code } = screen;
    world.service.mostCustom = 10;
    const refreshed = screen.sdk.qrCode.refresh({ custom: { till: "x".repeat(20) } });
    await world.pass(1_000);
    expect(await refreshed).toMatchObject({ errorCode: "invalid_request" });
    expect([screen.code, screen.status]).toEqual([code, polling ? "polling" : "online"]);
    await world.pass(545_000);
    expect(world.service.challenges.get(screen.refreshed[0] ?? "")?.custom).toEqual({ till: 1 });
  });

  it("are forgiven: custom data that the page changes later", async () => {
    const custom = { till: 1 };
    const screen = await showing({ custom });
    custom.till = 2;
    await world.pass(541_000);
    expect(world.service.challenges.get(screen.refreshed[0] ?? "")?.custom).toEqual({ till: 1 });
  });

  it("are answered: no action", async () => {
    const screen = new Screen();
    screen.start({ action: undefined as unknown as string });
    await world.until(() => screen.response !== undefined);
    expect(screen.response).toMatchObject({ errorCode: "invalid_request" });
  });

  it("are answered: disconnect before the first code", async () => {
    const screen = new Screen();
    screen.start();
    screen.sdk.qrCode.disconnect();
    await world.pass(100);
    expect(screen.response).toMatchObject({ errorCode: "disconnected" });
  });
});

describe("what answers for the service", () => {
  it.each([
    ["the login page of a network", 200, "<html>Log in to this network</html>"],
    ["a proxy with JSON of its own", 200, { ok: true }],
    ["the gateway that has had too much", 429, { message: "Too Many Requests" }],
    ["a firewall", 403, { message: "Forbidden" }],
  ])("is not taken for it: %s", async (_, status, body) => {
    const screen = await showing({ polling: true });
    const { code } = screen;
    const { service } = world;
    const answer = service.answer.bind(service);
    service.answer = () => ({ status, body });
    await world.pass(20_000);
    expect(screen.status).toBe("offline");
    service.answer = answer;
    await world.until(() => screen.status === "polling", 35_000);
    expect(screen.code).toBe(code);
  });
});
