import { svg } from "./draw.js";

/** What stands in the place of the code, as strokes on a square of 24. */
const STROKES = {
  phone: "M8 2.75h8A1.75 1.75 0 0 1 17.75 4.5v15A1.75 1.75 0 0 1 16 21.25H8A1.75 1.75 0 0 1 6.25 19.5v-15A1.75 1.75 0 0 1 8 2.75zM9.25 12.2l2 2 3.6-4.1M11 18.4h2",
  check: "M5 12.6l4.6 4.6L19.2 7.4",
  cross: "M6.75 6.75l10.5 10.5M17.25 6.75L6.75 17.25",
  cloud: "M3.5 3.5l17 17M9.2 6.3A6 6 0 0 1 17.6 10.6 4 4 0 0 1 20 17.4M16.6 18.25H7A4.25 4.25 0 0 1 6.2 9.85",
  warning: "M12 4.1L2.9 19.6h18.2zM12 10v4.4M12 16.9v.2",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 1 0 0-17zM12 7.4V12l3 1.9",
} as const;

export type Icon = keyof typeof STROKES;

export function icon(name: Icon): SVGElement {
  const stroke = { fill: "none", stroke: "currentColor", "stroke-linecap": "round", "stroke-linejoin": "round" };
  return svg(
    "svg",
    { viewBox: "0 0 24 24", class: "icon", part: "icon", "aria-hidden": "true", "stroke-width": 1.75, ...stroke },
    svg("path", { d: STROKES[name] }),
  );
}

/** The ring around the code: a track, and what is left of the code's time, both from the top on. */
export function ring(): { element: SVGElement; show(left: number): void } {
  const path = "M50 1H90A9 9 0 0 1 99 10V90A9 9 0 0 1 90 99H10A9 9 0 0 1 1 90V10A9 9 0 0 1 10 1H50";
  const common = { d: path, fill: "none", "stroke-width": 1.1, "stroke-linecap": "round", pathLength: 100 };
  const left = svg("path", { ...common, class: "left", part: "ring" });
  const element = svg(
    "svg",
    { viewBox: "0 0 100 100", class: "ring", "aria-hidden": "true" },
    svg("path", { ...common, class: "track", part: "ring-track" }),
    left,
  );
  return {
    element,
    // A gap as long as the path keeps the line from beginning again; an empty line still has round ends.
    show(part) {
      left.setAttribute("stroke-dasharray", `${(part * 100).toFixed(2)} 100`);
      left.setAttribute("visibility", part > 0 ? "visible" : "hidden");
    },
  };
}
