import { expect, it } from "vitest";

import { typed } from "../src/phone/typed.js";

it.each(["WDJB-MJHT", "wdjb mjht", "  Wdjb–MJHT\t", "WDJBMJHT", "w.d.j.b.m.j.h.t"])("%j is a short code", (text) => {
  expect(typed(text)).toEqual({ kind: "short", letters: "WDJBMJHT" });
});

it.each([
  ["WDJB-MJHA", "A"],
  ["WDJB-MJH1", "1"],
])("%j has a sign that is in no code", (text, sign) => {
  expect(typed(text)).toEqual({ kind: "sign", sign });
});

it.each([
  ["WDJB", 4],
  ["", 8],
  ["WDJB-MJHT-W", -1],
])("%j has not eight letters", (text, missing) => {
  expect(typed(text)).toEqual({ kind: "length", missing });
});

it.each(["https://login.example/phone?c=1", "3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063"])("%j was pasted", (text) => {
  expect(typed(text)).toEqual({ kind: "scanned", text });
});
