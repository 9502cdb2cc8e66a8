import { correction, generate } from "lean-qr";

import { styled, svg } from "./dom.js";

/** Modules of white around the code, which scanners need. */
const QUIET = 4;

/** A QR code as one path, so that it is sharp at any size and needs no canvas. */
export function drawnCode(text: string, label: string): SVGSVGElement {
  const bitmap = generate(text, { minCorrectionLevel: correction.M });
  const side = bitmap.size + 2 * QUIET;
  let path = "";
  for (let y = 0; y < bitmap.size; y += 1) {
    for (let x = 0; x < bitmap.size; x += 1) {
      if (!bitmap.get(x, y)) continue;
      let width = 1;
      while (x + width < bitmap.size && bitmap.get(x + width, y)) width += 1;
      path += `M${x + QUIET} ${y + QUIET}h${width}v1h-${width}z`;
      x += width - 1;
    }
  }
  return svg(
    "svg",
    { class: "qr", viewBox: `0 0 ${side} ${side}`, role: "img", "aria-label": label, "shape-rendering": "crispEdges" },
    svg("rect", { class: "qr-paper", width: side, height: side }),
    svg("path", { class: "qr-ink", d: path }),
  );
}

/** The ring around a code, which is full at first and has drained once the next code comes, both in milliseconds. */
export function drawnRing(shownMs: number, passedMs: number): SVGSVGElement {
  const shape = { x: 1.5, y: 1.5, width: 97, height: 97, rx: 7, pathLength: 100 };
  const rest = styled(svg("rect", { class: "ring-rest", ...shape }), {
    "--life": `${shownMs}ms`,
    "--passed": `${-passedMs}ms`,
  });
  return svg(
    "svg",
    { class: "ring", viewBox: "0 0 100 100", "aria-hidden": "true" },
    svg("rect", { class: "ring-all", ...shape }),
    rest,
  );
}
