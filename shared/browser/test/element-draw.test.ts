// @vitest-environment happy-dom

/** The drawn code, module by module. */

import { correction, generate } from "lean-qr";
import { describe, expect, it } from "vitest";

import { ghost, qrCode } from "../src/element/draw.js";
import { CODE } from "./element/core.js";

/** The modules that a picture's path fills, as `x,y`. */
function filled(picture: SVGElement): Set<string> {
  const path = picture.querySelector("path")?.getAttribute("d") ?? "";
  const modules = new Set<string>();
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let n = 0; n < Number(width); n += 1) modules.add(`${Number(x) + n},${y}`);
  }
  return modules;
}

const edge = (picture: SVGElement) => Number(picture.getAttribute("viewBox")?.split(" ")[2]) - 8;

describe("a drawn code", () => {
  it.each([CODE, `https://login.example/phone?challengeId=${CODE}`, `https://login.example/${"ä".repeat(300)}`])(
    "has every module of the code, and no other: %#",
    (text) => {
      const picture = qrCode(text);
      const drawn = filled(picture);
      const code = generate(text, { minCorrectionLevel: correction.M });
      expect(edge(picture)).toBe(code.size);
      const expected = new Set<string>();
      for (let y = 0; y < code.size; y += 1) for (let x = 0; x < code.size; x += 1) if (code.get(x, y)) expected.add(`${x},${y}`);
      expect(drawn).toEqual(expected);
    },
  );

  it("has a quiet zone of four modules", () => {
    expect(qrCode(CODE).getAttribute("viewBox")).toBe("-4 -4 37 37");
  });
});

it("the picture that keeps its place is as large, and no code", () => {
  const picture = ghost();
  expect(picture.getAttribute("viewBox")).toBe(qrCode(CODE).getAttribute("viewBox"));
  // The timing pattern, without which no scanner reads anything.
  const row = Array.from({ length: 13 }, (_, n) => filled(picture).has(`${8 + n},6`));
  expect(row).not.toEqual(row.map((_, n) => n % 2 === 0));
});
