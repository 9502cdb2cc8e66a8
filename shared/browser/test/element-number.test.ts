// @vitest-environment happy-dom

/** The number that the person reads from the element and types on the phone. */

import { expect, it, vi } from "vitest";

import { CODE, FakeScanlatch, NEXT_CODE } from "./element/core.js";
import { make, part, place, showing, states, text } from "./element/page.js";

vi.mock("../src/index.js", () => ({ Scanlatch: FakeScanlatch }));
await import("../src/element.js");

/** An element whose code a phone has claimed, and which asks for these digits. */
async function claimed(digits: string | undefined, attributes: Record<string, string> = {}) {
  const element = await showing(attributes);
  FakeScanlatch.last.number(digits);
  FakeScanlatch.last.reach("claimed");
  return element;
}

it("the element can always show a number, and says so", async () => {
  await showing();
  expect(FakeScanlatch.last.asked.at(-1)?.onVerificationCode).toBeTypeOf("function");
});

it("the number stands where the code was", async () => {
  const element = await claimed("47");
  expect([element.state, part(element, "code"), part(element, "number")?.textContent]).toEqual(["scanned", null, "47"]);
});

it("a sentence says what to do with it", async () => {
  expect(text(await claimed("47"), "title")).toBe("Enter 47 on your phone");
});

it("the sentence is said in German to whom speaks it", async () => {
  expect(text(await claimed("47", { lang: "de" }), "title")).toBe("Am Handy 47 eingeben");
});

it("the sentence is the page's own if it has one", async () => {
  const texts = JSON.stringify({ number: "{number}, please" });
  expect(text(await claimed("47", { texts }), "title")).toBe("47, please");
});

it("the sentence alone is read out, and the digits not twice", async () => {
  const element = await claimed("47");
  expect(part(element, "number")?.getAttribute("aria-hidden")).toBe("true");
  expect(part(element, "message")?.contains(part(element, "title") ?? null)).toBe(true);
});

it("nothing of a number is seen before the phone has claimed", async () => {
  const element = await showing();
  FakeScanlatch.last.number("47");
  expect([element.state, part(element, "number"), text(element, "title")]).toEqual(["code", null, "Scan with your phone"]);
});

it("nothing of a number is seen where none is asked for", async () => {
  const element = await claimed(undefined);
  expect([part(element, "number"), text(element, "title"), text(element, "hint")]).toEqual([
    null,
    "Scanned",
    "Now confirm on your phone.",
  ]);
});

it("another number takes its place if another phone takes over", async () => {
  const element = await claimed("47");
  FakeScanlatch.last.number("82");
  expect([part(element, "number")?.textContent, text(element, "title")]).toEqual(["82", "Enter 82 on your phone"]);
});

it("the number goes if the phone that takes over need not type one", async () => {
  const element = await claimed("47");
  FakeScanlatch.last.number(undefined);
  expect([part(element, "number"), text(element, "title")]).toEqual([null, "Scanned"]);
});

it("the number goes with the decision", async () => {
  const element = await claimed("47");
  FakeScanlatch.last.reach("approved", "result.token.x");
  expect(element.shadowRoot?.textContent).not.toContain("47");
});

it("the number goes with the code", async () => {
  const element = await claimed("47");
  FakeScanlatch.last.show(NEXT_CODE);
  expect([element.state, element.shadowRoot?.textContent?.includes("47")]).toEqual(["code", false]);
});

it("the number is not that of the next code, which may ask for none", async () => {
  const element = await claimed("47");
  FakeScanlatch.last.show(NEXT_CODE);
  FakeScanlatch.last.reach("claimed");
  expect([text(element, "title"), part(element, "number")]).toEqual(["Scanned", null]);
});

it("a refusal after a number may be of a wrong one, and the words say so", async () => {
  const element = await claimed("47");
  FakeScanlatch.last.reach("rejected");
  expect(text(element, "hint")).toContain("or another number was entered there");
});

it("a refusal without a number is the person's", async () => {
  const element = await claimed(undefined);
  FakeScanlatch.last.reach("rejected");
  expect(text(element, "hint")).toBe("The request was declined on the phone. Nothing has happened.");
});

it("the next refusal is not told by the number of the one before", async () => {
  const element = await claimed("47");
  FakeScanlatch.last.reach("rejected");
  void element.refresh();
  FakeScanlatch.last.show(NEXT_CODE);
  FakeScanlatch.last.reach("claimed");
  FakeScanlatch.last.reach("rejected");
  expect(text(element, "hint")).toBe("The request was declined on the phone. Nothing has happened.");
});

it("the page is told the number with the state", async () => {
  const told: unknown[] = [];
  const element = make();
  element.addEventListener("scanlatch-state", ({ detail }) => told.push([detail.state, detail.verificationCode]));
  await place(element);
  FakeScanlatch.last.show();
  FakeScanlatch.last.number("47");
  FakeScanlatch.last.reach("claimed");
  FakeScanlatch.last.number("82");
  FakeScanlatch.last.reach("approved", "result.token.x");
  expect(told).toEqual([
    ["connecting", undefined],
    ["code", undefined],
    ["scanned", "47"],
    ["scanned", "82"],
    ["approved", undefined],
  ]);
});

it("the code that a phone has claimed instead of the newest is followed", async () => {
  const element = await showing();
  FakeScanlatch.last.show(NEXT_CODE);
  FakeScanlatch.last.tell({ state: "online", challengeId: CODE, remainingMs: 500_000 });
  FakeScanlatch.last.reach("claimed");
  expect([element.state, states.at(-1)]).toEqual(["scanned", "scanned"]);
});

it("the attribute renew-interval says how often a code is renewed", async () => {
  await showing({ "renew-interval": "90000" });
  expect(FakeScanlatch.last.asked.at(-1)?.renewInterval).toBe(90_000);
});
