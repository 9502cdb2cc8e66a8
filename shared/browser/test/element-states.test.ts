// @vitest-environment happy-dom

/** What people see and hear of a login, and what the page is told. */

import { describe, expect, it, vi } from "vitest";

import { CODE, FakeScanlatch, NEXT_CODE } from "./element/core.js";
import { make, part, place, settle, showing, states, text, tokens } from "./element/page.js";

vi.mock("../src/index.js", () => ({ Scanlatch: FakeScanlatch }));
await import("../src/element.js");

describe("what it shows", () => {
  it("is a place for the code while it connects", async () => {
    const element = await place();
    expect([element.state, text(element, "title"), part(element, "code")]).toEqual(["connecting", "One moment", null]);
  });

  it("is the code", async () => {
    const element = await showing();
    expect([element.state, text(element, "title")]).toEqual(["code", "Scan with your phone"]);
    expect(part(element, "code")?.querySelector("path")?.getAttribute("d")).toBeTruthy();
  });

  it("is the code with a name for those who cannot see it", async () => {
    const code = part(await showing(), "code");
    expect([code?.getAttribute("role"), code?.getAttribute("aria-label")]).toEqual(["img", "QR code. Scan it with your phone."]);
  });

  it("is another code once there is one", async () => {
    const element = await showing();
    const path = () => part(element, "code")?.querySelector("path")?.getAttribute("d");
    const before = path();
    FakeScanlatch.last.show(NEXT_CODE);
    expect(path()).not.toBe(before);
  });

  it("is no code any more once a phone has claimed it", async () => {
    const element = await showing();
    FakeScanlatch.last.reach("claimed");
    expect([element.state, text(element, "title"), part(element, "code")]).toEqual(["scanned", "Scanned", null]);
  });

  it("is the decision", async () => {
    const element = await showing();
    FakeScanlatch.last.reach("claimed");
    FakeScanlatch.last.reach("approved", "result.token.x");
    expect([element.state, text(element, "title"), text(element, "button")]).toEqual(["approved", "Confirmed", undefined]);
  });

  it("is a refusal by the user, and another try", async () => {
    const element = await showing();
    FakeScanlatch.last.reach("claimed");
    FakeScanlatch.last.reach("rejected");
    expect([element.state, text(element, "button")]).toEqual(["declined", "Try again"]);
  });

  it("is the code as long as it can be claimed, also without a connection", async () => {
    const element = await showing();
    FakeScanlatch.last.tell({ state: "offline", challengeId: CODE, remainingMs: 500_000 });
    expect([element.state, text(element, "hint")]).toEqual([
      "code",
      "This screen has lost its connection. It hears of your scan as soon as it is back.",
    ]);
  });

  it("is that it is offline once the code is of no more use", async () => {
    const element = await showing();
    FakeScanlatch.last.tell({ state: "offline", challengeId: CODE, remainingMs: 500_000 });
    FakeScanlatch.last.tell({ state: "expired", challengeId: CODE });
    expect([element.state, part(element, "code")]).toEqual(["offline", null]);
  });

  it("is that it is offline if there never was a code", async () => {
    const element = await place();
    FakeScanlatch.last.tell({ state: "offline" });
    expect(element.state).toBe("offline");
  });

  it("is that a code has run out", async () => {
    const element = await showing();
    FakeScanlatch.last.tell({ state: "expired", challengeId: CODE });
    expect([element.state, part(element, "code")]).toEqual(["expired", null]);
  });

  it("is why there is no code, with another try", async () => {
    const element = await place();
    FakeScanlatch.last.refuse("unauthorized");
    await settle();
    expect([element.state, text(element, "reason"), text(element, "button")]).toEqual(["error", "unauthorized", "Try again"]);
  });

  it("is why there is no other code, and not the one that the page wanted to replace", async () => {
    const element = await showing();
    element.custom = { deviceInfo: "Terminal B" };
    await settle();
    FakeScanlatch.last.settle({ error: "custom is too large", errorCode: "invalid_request" });
    await settle();
    expect([element.state, part(element, "code"), FakeScanlatch.last.isDisconnected]).toEqual(["error", null, true]);
  });

  it("is an error once", async () => {
    await place();
    FakeScanlatch.last.refuse("unauthorized");
    await settle();
    expect(states).toEqual(["connecting", "error"]);
  });

  it("is no button where a new try is of no use", async () => {
    const element = await place();
    FakeScanlatch.last.refuse("expired_token");
    expect([text(element, "hint"), text(element, "button")]).toEqual([
      "This page has been open for too long. Load it again.",
      undefined,
    ]);
  });

  it("is the scanned state, with a word on the connection, while a phone decides", async () => {
    const element = await showing();
    FakeScanlatch.last.reach("claimed");
    FakeScanlatch.last.tell({ state: "offline", challengeId: CODE, remainingMs: 500_000 });
    expect([element.state, text(element, "hint")]).toEqual([
      "scanned",
      "Confirm on your phone. This screen has lost its connection and hears of it as soon as it is back.",
    ]);
  });

  it("goes on with the next code after one that ran out while it was claimed", async () => {
    const element = await showing();
    FakeScanlatch.last.reach("claimed");
    FakeScanlatch.last.tell({ state: "expired", challengeId: CODE });
    FakeScanlatch.last.show(NEXT_CODE);
    expect(element.state).toBe("code");
  });

  it("is the short code beside the code, if there is one", async () => {
    const element = await place(make({ "short-code": "" }));
    FakeScanlatch.last.show(CODE, 540_000, "WDJB-MJHT");
    expect(text(element, "short-code")).toBe("Cannot scan? Type this on your phone: WDJB-MJHT");
  });

  it("is no line for a short code if there is none", async () => {
    expect(text(await showing({ "short-code": "" }), "short-code")).toBeUndefined();
  });

  it("is no short code once a phone has claimed", async () => {
    const element = await place(make({ "short-code": "" }));
    FakeScanlatch.last.show(CODE, 540_000, "WDJB-MJHT");
    FakeScanlatch.last.reach("claimed");
    expect(text(element, "short-code")).toBeUndefined();
    expect(element.shadowRoot?.textContent).not.toContain("WDJB-MJHT");
  });

  it("is no short code where the page draws it", async () => {
    const element = await place(make({ "short-code": "", texts: JSON.stringify({ shortCode: "" }) }));
    FakeScanlatch.last.show(CODE, 540_000, "WDJB-MJHT");
    expect(text(element, "short-code")).toBeUndefined();
  });

  it("offers another way in, and not to whom has scanned", async () => {
    const element = await showing();
    expect(part(element, "no-phone")?.hidden).toBe(false);
    FakeScanlatch.last.reach("claimed");
    expect(part(element, "no-phone")?.hidden).toBe(true);
  });
});

describe("what it tells", () => {
  it("is the short code of each code", async () => {
    const told: unknown[] = [];
    const element = make({ "short-code": "" });
    element.addEventListener("scanlatch-state", ({ detail }) => told.push(detail.shortCode));
    await place(element);
    FakeScanlatch.last.show(CODE, 540_000, "WDJB-MJHT");
    FakeScanlatch.last.show(NEXT_CODE, 540_000, "BCDF-GHJK");
    expect(told).toEqual([undefined, "WDJB-MJHT", "BCDF-GHJK"]);
  });

  it("is each state once", async () => {
    await showing();
    FakeScanlatch.last.tell({ state: "polling", challengeId: CODE, remainingMs: 590_000 });
    FakeScanlatch.last.reach("claimed");
    FakeScanlatch.last.reach("approved", "result.token.x");
    expect(states).toEqual(["connecting", "code", "scanned", "approved"]);
  });

  it("is each code", async () => {
    await showing();
    FakeScanlatch.last.show(NEXT_CODE);
    expect(states).toEqual(["connecting", "code", "code"]);
  });

  it("is the token once", async () => {
    await showing();
    FakeScanlatch.last.reach("claimed");
    FakeScanlatch.last.reach("approved", "result.token.x");
    expect(tokens).toEqual(["result.token.x"]);
  });

  it("is the token after the state, so that a page that hears it may remove the element", async () => {
    const element = await showing();
    const seen: string[] = [];
    element.addEventListener("scanlatch-token", () => seen.push(element.state));
    FakeScanlatch.last.reach("approved", "result.token.x");
    expect(seen).toEqual(["approved"]);
  });

  it("is also an attribute, for style sheets", async () => {
    const element = await showing();
    expect(element.dataset["state"]).toBe("code");
  });

  it("is told to screen readers by the words that people see", async () => {
    const element = await showing();
    expect(part(element, "message")?.getAttribute("role")).toBe("status");
  });

  it("says nothing new to screen readers when a code takes the place of another", async () => {
    const element = await showing();
    const changes: unknown[] = [];
    const observer = new MutationObserver((records) => changes.push(...records));
    observer.observe(part(element, "message") as Node, { subtree: true, childList: true, characterData: true, attributes: true });
    vi.advanceTimersByTime(560_000);
    expect(states.at(-1)).toBe("expiring");
    FakeScanlatch.last.show(NEXT_CODE);
    await settle();
    expect(changes).toEqual([]);
  });
});

describe("its button", () => {
  it("cancels a scanned code by the next one", async () => {
    const element = await showing();
    FakeScanlatch.last.reach("claimed");
    part(element, "button")?.click();
    FakeScanlatch.last.show(NEXT_CODE);
    expect([FakeScanlatch.last.asked.length, element.state]).toEqual([2, "code"]);
  });

  it("tries again after a refusal", async () => {
    const element = await showing();
    FakeScanlatch.last.reach("rejected");
    part(element, "button")?.click();
    expect(element.state).toBe("connecting");
    FakeScanlatch.last.show(NEXT_CODE);
    expect(element.state).toBe("code");
  });

  it("tries again after an error", async () => {
    const element = await place();
    FakeScanlatch.last.refuse("unauthorized");
    await settle();
    part(element, "button")?.click();
    await settle();
    FakeScanlatch.last.show();
    expect(element.state).toBe("code");
  });

  it("hands the focus over when it goes", async () => {
    const element = await showing();
    FakeScanlatch.last.reach("claimed");
    part(element, "button")?.focus();
    FakeScanlatch.last.reach("approved", "result.token.x");
    expect(element.shadowRoot?.activeElement).toBe(part(element, "message"));
  });
});

describe("its ring", () => {
  const left = (element: Element) => Number(part(element, "ring")?.getAttribute("stroke-dasharray")?.split(" ")[0]);

  it("drains until the core gets the next code", async () => {
    const element = await showing();
    vi.advanceTimersByTime(270_000);
    expect(left(element)).toBeCloseTo(50, 0);
  });

  it("is full again with the next code", async () => {
    const element = await showing();
    vi.advanceTimersByTime(270_000);
    FakeScanlatch.last.show(NEXT_CODE);
    expect(left(element)).toBe(100);
  });

  it("follows a code whose next one is due sooner", async () => {
    const element = await place();
    FakeScanlatch.last.show(CODE, 54_000);
    vi.advanceTimersByTime(27_000);
    expect(left(element)).toBeCloseTo(50, 0);
  });

  it("follows the clock on the wall through a sleep", async () => {
    const element = await showing();
    vi.setSystemTime(Date.now() + 270_000);
    vi.advanceTimersByTime(1_000);
    expect(left(element)).toBeCloseTo(50, 0);
  });

  it("leaves no timer behind", async () => {
    const element = await showing();
    FakeScanlatch.last.show(NEXT_CODE);
    element.remove();
    await settle();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("stops with the decision", async () => {
    await showing();
    FakeScanlatch.last.reach("approved", "result.token.x");
    expect(vi.getTimerCount()).toBe(0);
  });
});

it("tells in its events which code it is about", async () => {
  const details: unknown[] = [];
  const element = make();
  element.addEventListener("scanlatch-state", ({ detail }) => details.push(detail));
  await place(element);
  FakeScanlatch.last.show();
  expect(details.at(-1)).toEqual({ state: "code", challengeId: CODE, expiresAt: "2026-11-24T10:25:00.000Z" });
});
