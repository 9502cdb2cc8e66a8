/** What people type who cannot scan: asked for and told by the screen, claimed by the device. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { ScanlatchDevice, shortCodeFrom } from "../src/device.js";
import { Browser } from "./device/browser.js";
import { BASE_URL as DEVICE_BASE_URL, CHALLENGE, DeviceService, SHORT_CODE, TENANT } from "./device/service.js";
import { Screen } from "./screen.js";
import { World } from "./world.js";

describe.each([false, true])("a screen, polling: %s", (polling) => {
  let world: World;
  beforeEach(() => void (world = new World()));
  afterEach(() => world.end());

  const ofService = (id = "") => world.service.challenges.get(id)?.shortCode;
  async function showing(options: { shortCode?: boolean } = {}): Promise<Screen> {
    const screen = new Screen();
    screen.start({ polling, ...options });
    await world.until(() => screen.code !== undefined);
    return screen;
  }

  it("is given none if it does not ask", async () => {
    const screen = await showing();
    expect([ofService(screen.code), Object.keys(screen.response?.data ?? {})]).toEqual([undefined, ["challengeId", "expiresAt"]]);
  });

  it("is told by the result of challenge", async () => {
    const screen = await showing({ shortCode: true });
    expect(screen.response?.data?.shortCode).toMatch(/^[B-Z]{4}-[B-Z]{4}$/);
    expect(screen.response?.data?.shortCode).toBe(ofService(screen.code));
  });

  it("is told by the status", async () => {
    const screen = await showing({ shortCode: true });
    expect(screen.statuses.at(-1)?.shortCode).toBe(ofService(screen.code));
  });

  it("is told of the next one by onRefresh", async () => {
    const told: unknown[] = [];
    const screen = new Screen();
    screen.start({ polling, shortCode: true, onRefresh: (shown) => told.push(shown.shortCode) });
    await world.until(() => screen.response !== undefined);
    const first = screen.response?.data?.shortCode;
    void screen.sdk.qrCode.refresh();
    await world.until(() => told.length > 0);
    expect(told).toEqual([ofService([...world.service.challenges.keys()].at(-1))]);
    expect(told).not.toEqual([first]);
  });

  it("is told of the next one that comes by itself", async () => {
    const screen = await showing({ shortCode: true });
    const first = screen.statuses.at(-1)?.shortCode;
    await world.pass(545_000);
    expect(screen.statuses.at(-1)?.shortCode).toBe(ofService(screen.code));
    expect(screen.statuses.at(-1)?.shortCode).not.toBe(first);
  });

  it("keeps its own through an outage", async () => {
    const screen = await showing({ shortCode: true });
    const [code, short] = [screen.code, ofService(screen.code)];
    await world.outage(8_000);
    await world.pass(10_000);
    expect([screen.code, screen.statuses.at(-1)?.shortCode]).toEqual([code, short]);
  });

  it("gives it up when the page no longer asks", async () => {
    const screen = await showing({ shortCode: true });
    const first = screen.code;
    screen.start({ polling });
    await world.until(() => screen.code !== first);
    expect([ofService(screen.code), screen.statuses.at(-1)?.shortCode]).toEqual([undefined, undefined]);
  });
});

describe("a device", () => {
  let service: DeviceService;
  let browser: Browser;
  beforeEach(() => {
    service = new DeviceService();
    browser = new Browser(service);
  });
  afterEach(() => browser.end());

  async function enrolled(): Promise<ScanlatchDevice["device"]> {
    const { device } = new ScanlatchDevice({ tenantId: TENANT, baseUrl: DEVICE_BASE_URL });
    expect((await device.addCredential({ token: "token-of-ann" })).error).toBeUndefined();
    return device;
  }

  it.each([SHORT_CODE, "wdjbmjht", " wdjb mjht ", "WDJB–MJHT"])("claims by what was typed: %s", async (shortCode) => {
    expect(await (await enrolled()).claimChallenge({ shortCode })).toEqual({ data: { ...service.claimed, challengeId: CHALLENGE } });
  });

  it("decides with the id that the claim gave", async () => {
    const device = await enrolled();
    const { data } = await device.claimChallenge({ shortCode: SHORT_CODE });
    expect(await device.updateChallenge({ challengeId: data?.challengeId ?? "", approved: true })).toEqual({ data: true });
    expect(service.state).toBe("approved");
  });

  it.each(["", "WDJB", "WDJB-MJHTX", "AEIO-UYAE", "1234-5678", CHALLENGE, undefined])("asks nobody about what cannot be a code: %s", async (typed) => {
    const device = await enrolled();
    const before = service.requests.length;
    const { errorCode } = await device.claimChallenge({ shortCode: typed as string } as { shortCode: string });
    expect(errorCode).toBe(typed === undefined ? "invalid_challenge_id" : "invalid_short_code");
    expect(service.requests).toHaveLength(before);
  });

  it("tells that a code leads nowhere", async () => {
    expect(await (await enrolled()).claimChallenge({ shortCode: "BCDF-GHJK" })).toMatchObject({ errorCode: "challenge_not_found" });
  });

  it("lets a page look at what was typed", () => {
    expect([shortCodeFrom("wdjb mjht"), shortCodeFrom("wdjb")]).toEqual(["WDJB-MJHT", undefined]);
  });
});
