/** What a browser as a phone does with the number on the screen, and with the time for the decision. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { type ClaimedChallenge, ScanlatchDevice } from "../src/device.js";
import { Browser } from "./device/browser.js";
import { BASE_URL, CHALLENGE, DeviceService, TENANT } from "./device/service.js";

let service: DeviceService;
let browser: Browser;
beforeEach(() => {
  service = new DeviceService();
  browser = new Browser(service);
});
afterEach(() => {
  vi.useRealTimers();
  browser.end();
});

async function enrolled(): Promise<ScanlatchDevice["device"]> {
  const { device } = new ScanlatchDevice({ tenantId: TENANT, baseUrl: BASE_URL });
  expect((await device.addCredential({ token: "token-of-ann" })).error).toBeUndefined();
  return device;
}

async function claimed(): Promise<{ device: ScanlatchDevice["device"]; data: ClaimedChallenge | undefined }> {
  const device = await enrolled();
  return { device, data: (await device.claimChallenge({ challengeId: CHALLENGE })).data };
}

describe("the number on the screen", () => {
  beforeEach(() => void (service.number = "47"));
  const decided = async (verificationCode?: string, approved = true) =>
    (await claimed()).device.updateChallenge({ challengeId: CHALLENGE, approved, ...(verificationCode && { verificationCode }) });

  it("approves if it is right", async () => {
    expect(await decided("47")).toEqual({ data: true });
  });

  it("approves nothing if it is wrong", async () => {
    expect(await decided("48")).toEqual({ data: false });
  });

  it("is asked for if it is missing, and nothing is decided", async () => {
    expect(await decided()).toMatchObject({ errorCode: "verification_code_needed" });
    expect(service.state).toBe("claimed");
  });

  it("is not needed to decline", async () => {
    expect(await decided(undefined, false)).toEqual({ data: false });
    expect(service.state).toBe("rejected");
  });
});

describe("a claim", () => {
  it("gives whose word each value is, and all else that the service says of the screen", async () => {
    const more = {
      origin: "https://shop.example",
      proximity: "far",
      sources: { ipAddress: "service", userAgent: "screen" },
      verificationCodeRequired: true,
    };
    service.claimed = { ...service.claimed, ...more };
    expect((await claimed()).data).toEqual(service.claimed);
  });

  it("tells how long there is to decide, by this browser's clock if it knows no other", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-24T10:00:00.000Z") });
    service.claimed = { ...service.claimed, decideBy: "2026-11-24T10:02:00.000Z" };
    expect((await claimed()).data?.decideWithinMs).toBe(120_000);
  });

  it("tells that by the service's clock where the answer shows it", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-24T11:00:00.000Z") });
    service.headers = { Date: "Tue, 24 Nov 2026 10:00:30 GMT" };
    service.claimed = { ...service.claimed, decideBy: "2026-11-24T10:02:00.000Z" };
    expect((await claimed()).data?.decideWithinMs).toBe(90_000);
  });

  it.each([undefined, "soon"])("tells nothing of it if the service says %s", async (decideBy) => {
    if (decideBy) service.claimed = { ...service.claimed, decideBy };
    expect((await claimed()).data).not.toHaveProperty("decideWithinMs");
  });
});
