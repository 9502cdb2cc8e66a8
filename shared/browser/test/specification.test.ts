/** The snippets that users read, to the letter, on this package: only the object's variable is given. */

import { afterEach, beforeEach, expect, it } from "vitest";

import { Scanlatch } from "../src/index.js";
import { TENANT, token } from "./service.js";
import { BASE_URL, World } from "./world.js";

const CHALLENGE = `
const { data } = await authsignal.qrCode.challenge({
  action: "login-with-qr-code",
  onStateChange: (state, token) => {
    switch (state) {
      case "claimed":
        // User has scanned the QR code - blur/hide it
        console.log("QR code claimed by user");
        break;
      case "approved":
        // Challenge approved - validate the token on your backend
        if (token) {
          validateChallengeOnBackend(token);
        }
        break;
      case "rejected":
        // Challenge rejected - show error and offer retry
        console.log("Challenge rejected by user");
        break;
    }
  },
  onRefresh: ({ challengeId, expiresAt }) => {
    // Update your QR code display with the new challengeId
    updateQRCode(challengeId);
  },
  custom: {
    // Optional: Add context that will be shown on the user's device
    deviceInfo: "Terminal A",
  },
  refreshInterval: 540000, // 9 minutes (default)
  polling: false, // Use WebSocket for real-time updates (default)
});

// Display the QR code using the challengeId
if (data?.challengeId) {
  displayQRCode(data.challengeId);
}
`;

const REFRESH = `
// Manually refresh with optional updated context
await authsignal.qrCode.refresh({
  custom: {
    deviceInfo: "Terminal B",
  },
});
`;

let world: World;
let page: Page;
beforeEach(() => {
  world = new World();
  page = new Page();
});
afterEach(() => world.end());

/** What the snippets call, and a record of it. */
class Page {
  readonly logged: string[] = [];
  readonly validated: string[] = [];
  readonly updated: string[] = [];
  readonly displayed: string[] = [];
  readonly authsignal = new Scanlatch({ tenantId: TENANT, baseUrl: BASE_URL });

  async run(snippet: string): Promise<void> {
    const names = ["authsignal", "console", "validateChallengeOnBackend", "updateQRCode", "displayQRCode"];
    const run = new Function(...names, `return (async () => {${snippet}})();`) as (...all: unknown[]) => Promise<void>;
    const done = run(
      this.authsignal,
      { log: (text: string) => this.logged.push(text) },
      (token: string) => this.validated.push(token),
      (id: string) => this.updated.push(id),
      (id: string) => this.displayed.push(id),
    );
    await Promise.all([done, world.pass(1_000)]);
  }
}

it("the snippet that presents a code displays it", async () => {
  await page.run(CHALLENGE);
  expect(page.displayed).toHaveLength(1);
  expect(world.service.challenges.get(page.displayed[0] ?? "")).toMatchObject({
    action: "login-with-qr-code",
    custom: { deviceInfo: "Terminal A" },
  });
});

it("the snippet hears of a claim and hands the token of the approval over", async () => {
  await page.run(CHALLENGE);
  const [code = ""] = page.displayed;
  world.service.claim(code);
  await world.pass(1_000);
  world.service.decide(code, true);
  await world.pass(1_000);
  expect([page.logged, page.validated]).toEqual([["QR code claimed by user"], [token(code)]]);
});

it("the snippet hears of a rejection", async () => {
  await page.run(CHALLENGE);
  const [code = ""] = page.displayed;
  world.service.claim(code);
  await world.pass(1_000);
  world.service.decide(code, false);
  await world.pass(1_000);
  expect([page.logged.at(-1), page.validated]).toEqual(["Challenge rejected by user", []]);
});

it("the snippet updates the code after nine minutes", async () => {
  await page.run(CHALLENGE);
  await world.pass(541_000);
  expect(page.updated).toHaveLength(1);
  expect(world.service.isClaimable(page.updated[0] ?? "")).toBe(true);
});

it("the snippet that refreshes updates the code with the new context, by the callbacks of before", async () => {
  await page.run(CHALLENGE);
  await page.run(REFRESH);
  expect(page.updated).toHaveLength(1);
  expect(world.service.challenges.get(page.updated[0] ?? "")?.custom).toEqual({ deviceInfo: "Terminal B" });
});

it("the snippet that refreshes fails before the one that presents a code", async () => {
  await expect(page.run(REFRESH)).rejects.toThrow("challenge() must be called before refresh()");
});
