/*! The bundle holds lean-qr, whose licence asks for this notice:
 *
 * MIT License
 *
 * Copyright (c) 2021-2025 David Evans
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy
 * of this software and associated documentation files (the "Software"), to deal
 * in the Software without restriction, including without limitation the rights
 * to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
 * copies of the Software, and to permit persons to whom the Software is
 * furnished to do so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in all
 * copies or substantial portions of the Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
 * IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
 * FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
 * AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
 * LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
 * OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
 * SOFTWARE.
 */

// lean-qr rather than uqr: half the bytes for the same codes, no dependency, and an API that stays.
import { correction, generate } from "lean-qr";

/** The quiet zone that scanners need, in modules. */
const QUIET = 4;
/** The modules along an edge of the picture that keeps a code's place: as many as a code with a bare id has. */
const GHOST = 29;
const FINDER = 7;

const SVG = "http://www.w3.org/2000/svg";

/** An SVG element. No markup is parsed, so that a page may forbid that. */
export function svg(name: string, attributes: Record<string, string | number>, ...children: Element[]): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** A QR code with its quiet zone. */
export function qrCode(text: string): SVGElement {
  const { size, get } = picture(text);
  return modules(size, get, { class: "code", part: "code" });
}

/** What keeps the place of a code: it looks like one from afar and holds nothing. */
export function ghost(): SVGElement {
  return modules(GHOST, isOnInGhost, { class: "ghost", "aria-hidden": "true" });
}

function picture(text: string): { size: number; get(x: number, y: number): boolean } {
  const code = generate(text, { minCorrectionLevel: correction.M });
  return { size: code.size, get: (x, y) => code.get(x, y) };
}

function modules(size: number, isOn: (x: number, y: number) => boolean, attributes: Record<string, string>): SVGElement {
  let path = "";
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const from = x;
      while (x < size && isOn(x, y)) x += 1;
      if (x > from) path += `M${from} ${y}h${x - from}v1h${from - x}z`;
    }
  }
  const edge = size + 2 * QUIET;
  return svg(
    "svg",
    { viewBox: `${-QUIET} ${-QUIET} ${edge} ${edge}`, "shape-rendering": "crispEdges", ...attributes },
    svg("path", { d: path, fill: "currentColor" }),
  );
}

function isOnInGhost(x: number, y: number): boolean {
  const far = GHOST - FINDER;
  const corner = (from: number) => (from < FINDER ? from : from - far);
  const isNear = (from: number) => from < FINDER || from >= far;
  if (isNear(x) && isNear(y) && !(x >= far && y >= far)) {
    const ring = Math.max(Math.abs(corner(x) - 3), Math.abs(corner(y) - 3));
    return ring !== 2;
  }
  const isBesideFinder = (x <= FINDER || x >= far - 1) && (y <= FINDER || y >= far - 1) && !(x >= far && y >= far);
  // Any pattern without a plan does; this one is the same each time.
  return !isBesideFinder && ((x * 73) ^ (y * 151) ^ (x * y * 31)) % 7 < 2;
}
