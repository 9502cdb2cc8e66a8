/** The specification's snippets, to the letter, on this package: only the object's name is given. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { ScanlatchDevice } from "../src/device.js";
import { Scanlatch } from "../src/index.js";
import { Browser } from "./device/browser.js";
import { BASE_URL as DEVICE_BASE_URL, CHALLENGE as CHALLENGE_ID, DeviceService } from "./device/service.js";
import { TENANT, token } from "./service.js";
import { excerpt, original, snippet, snippetsIn, withLabels } from "./specification/snippets.mjs";
import { BASE_URL, World } from "./world.js";

const CHALLENGE = snippet("qrCode.challenge");
const REFRESH = snippet("qrCode.refresh");

/** What the snippets call, and a record of it. */
class Page {
  readonly logged: string[] = [];
  readonly validated: string[] = [];
  readonly updated: string[] = [];
  readonly displayed: string[] = [];
  readonly authsignal = new Scanlatch({ tenantId: TENANT, baseUrl: BASE_URL });
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

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
    await Promise.all([done, this.#world.pass(1_000)]);
  }
}

describe("on a screen", () => {
  let world: World;
  let page: Page;
  beforeEach(() => {
    world = new World();
    page = new Page(world);
  });
  afterEach(() => world.end());

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

  it("the snippet updates the code after a minute", async () => {
    await page.run(CHALLENGE);
    await world.pass(61_000);
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
});

describe("on a device", () => {
  let service: DeviceService;
  let browser: Browser;
  let authsignal: ScanlatchDevice;
  beforeEach(async () => {
    service = new DeviceService();
    browser = new Browser(service);
    authsignal = new ScanlatchDevice({ tenantId: TENANT, baseUrl: DEVICE_BASE_URL, token: "token-of-ann" });
    await authsignal.device.addCredential();
  });
  afterEach(() => browser.end());

  /** Runs a snippet for phones and gives what its call gives. */
  function run(call: string): Promise<unknown> {
    const code = withLabels(snippet(call)).replace("await ", "return ");
    const made = new Function("authsignal", "challengeId", code) as (...all: unknown[]) => Promise<unknown>;
    return made(authsignal, CHALLENGE_ID);
  }

  it("the snippet that claims gives who is asking", async () => {
    expect(await run("device.claimChallenge")).toEqual({ data: service.claimed });
  });

  it("the snippet that approves approves what was claimed", async () => {
    await run("device.claimChallenge");
    expect([await run("device.updateChallenge"), service.state]).toEqual([{ data: true }, "approved"]);
  });
});

describe("the text", () => {
  it("has these snippets", () => {
    const calls = snippetsIn(excerpt).map(({ heading, code }) => [heading.split(".")[0], /authsignal\.([\w.]+)\(/.exec(code)?.[1]]);
    expect(calls).toEqual([
      ["1", "qrCode.challenge"],
      ["1", "qrCode.refresh"],
      ["2", "device.claimChallenge"],
      ["3", "device.updateChallenge"],
      ["4", "validateChallenge"],
    ]);
  });

  it.runIf(original())("is the specification's own", () => {
    const text = original() ?? "";
    expect(text).toContain(excerpt.trim());
    expect(snippetsIn(text)).toEqual(snippetsIn(excerpt));
  });
});
