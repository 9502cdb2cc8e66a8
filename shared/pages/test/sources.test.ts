import { expect, it } from "vitest";

import type { ClaimedChallenge } from "../src/phone/phone.js";
import { factsOf } from "../src/phone/sources.js";

const claimed: ClaimedChallenge = {
  success: true,
  ipAddress: "203.0.113.7",
  userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36",
  location: { city: "Berlin", country: "DE" },
  custom: { till: 7 },
};

/** What is told as whose word. */
const told = (more: Partial<ClaimedChallenge> = {}, payment = false) => {
  const question = { claimed: { ...claimed, ...more }, site: "Acme", ...(payment ? { payment: {} as never } : {}) };
  return Object.fromEntries(factsOf(question).map(({ term, value, source }) => [term, [source, value]]));
};

it("a deployment that does not say whose word a value is has seen the place, and the screen says the rest", () => {
  expect(told()).toMatchObject({
    Place: ["service", "Berlin, Germany"],
    Address: ["service", "203.0.113.7"],
    Browser: ["screen", "Chrome, Linux"],
    Till: ["screen", "7"],
  });
});

it.each(["service", "backend", "screen"] as const)("each value is told as the word of whom the service names: %s", (source) => {
  const sources = { ipAddress: source, userAgent: source, custom: source, location: source };
  const { Place, Address, Browser, Till } = told({ sources });
  expect([Place, Address, Browser, Till].map((fact) => fact?.[0])).toEqual([source, source, source, source]);
});

it("the time is seen by the service", () => {
  expect(told()["Time"]?.[0]).toBe("service");
});

it("the page that asks is told by its address, as people know it", () => {
  expect(told({ origin: "https://shop.example" })["Web page"]).toEqual(["service", "shop.example"]);
});

it("a page that came by http is told with that", () => {
  expect(told({ origin: "http://shop.example" })["Web page"]).toEqual(["service", "http://shop.example"]);
});

it("nothing is said of a page if the service saw none", () => {
  expect(told()).not.toHaveProperty("Web page");
});

it("what the backend calls the screen's device is the backend's word", () => {
  expect(told({ deviceId: "till-7", sources: { deviceId: "backend" } })["Device"]).toEqual(["backend", "till-7"]);
});

it("what a screen attached to a known application is not shown, for the service says the name in its place", () => {
  expect(told({ application: { clientId: "wiki", name: "Team Wiki" } })).not.toHaveProperty("Till");
});

it("what was attached to a payment is its bill, and no claim of a screen stands beside it", () => {
  expect(Object.keys(told({}, true))).toEqual(["Place", "Address", "Time"]);
});

it("the browser is told beside a payment if a backend says it", () => {
  expect(told({ sources: { userAgent: "backend" } }, true)["Browser"]?.[0]).toBe("backend");
});

it("the distance stands with the place", () => {
  const [place] = factsOf({ claimed: { ...claimed, proximity: "near" }, site: "Acme" });
  expect(place?.note).toBe("near this phone");
});
