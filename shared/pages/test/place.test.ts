import { expect, it } from "vitest";

import { distance, nearest, networkOf, placeOf } from "../src/phone/place.js";

const berlin = { ipAddress: "203.0.113.7", location: { city: "Berlin", region: "Berlin", country: "DE" } };
const hamburg = { ipAddress: "203.0.113.8", location: { city: "Hamburg", country: "DE" } };
const wellington = {
  ipAddress: "198.51.100.1",
  location: { city: "Wellington", region: "Wellington Region", country: "NZ" },
};

it("a place is told by its names, and none of them twice", () => {
  expect([placeOf(berlin), placeOf(wellington)]).toEqual([
    "Berlin, Germany",
    "Wellington, Wellington Region, New Zealand",
  ]);
});

it("a place without a name is told by its kind of network", () => {
  expect([
    placeOf({ ipAddress: "::1" }),
    placeOf({ ipAddress: "192.168.1.7" }),
    placeOf({ ipAddress: "203.0.113.7" }),
    placeOf({}),
  ]).toEqual(["this machine", "a local network", "unknown", "unknown"]);
});

it.each([
  ["127.0.0.1", "machine"],
  ["10.1.2.3", "local"],
  ["172.16.0.1", "local"],
  ["172.32.0.1", undefined],
  ["fe80::1", "local"],
  ["fd00::1", "local"],
  ["2001:db8::1", undefined],
])("%s belongs to the network %s", (address, network) => expect(networkOf(address)).toBe(network));

it("the nearest name of a place is its city, else its region, else its country", () => {
  expect([
    nearest(berlin),
    nearest({ location: { region: "Bavaria", country: "DE" } }),
    nearest({ location: { country: "DE" } }),
    nearest({}),
  ]).toEqual(["Berlin", "Bavaria", "Germany", undefined]);
});

it("a screen with the phone's address is in its network", () => {
  expect(distance(berlin, { ...hamburg, ipAddress: "203.0.113.7" })).toEqual({
    text: "in the same network as this phone",
    isFar: false,
  });
});

it("a screen in another country is far", () => {
  expect(distance(wellington, berlin)).toEqual({
    text: "in another country: New Zealand",
    isFar: true,
    warning: "This screen is in another country than you.",
  });
});

it("a screen in another city of the country is not far", () => {
  expect(distance(hamburg, berlin)).toEqual({ text: "in another city: Hamburg", isFar: false });
});

it("no distance is told if a place is unknown", () => {
  expect([
    distance(berlin, undefined),
    distance({}, berlin),
    distance({ location: { country: "DE" } }, berlin),
  ]).toEqual([undefined, undefined, undefined]);
});

it.each([
  ["sameNetwork", "in the same network as this phone"],
  ["near", "near this phone"],
  ["sameCountry", "in the same country as this phone"],
] as const)("what the service says of the distance counts, and is no warning: %s", (proximity, text) => {
  expect(distance({ ...wellington, proximity }, berlin)).toEqual({ text, isFar: false });
});

it("a screen that the service calls far is a warning that names its place", () => {
  expect(distance({ ...wellington, proximity: "far" }, berlin)).toEqual({
    text: "far away from this phone",
    isFar: true,
    warning: "This screen is far away from you: Wellington, Wellington Region, New Zealand.",
  });
});

it("a screen that is far and whose place has no name is a warning all the same", () => {
  expect(distance({ proximity: "far" }, undefined)?.warning).toBe("This screen is far away from you.");
});

it("the places tell the distance where the service does not know it", () => {
  expect(distance({ ...hamburg, proximity: "unknown" }, berlin)?.text).toBe("in another city: Hamburg");
});
