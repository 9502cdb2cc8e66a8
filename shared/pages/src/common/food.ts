import { h, svg } from "./dom.js";

/** What is on the menu, drawn with a few strokes on 64 by 64. */
const PATHS: Record<string, string[]> = {
  "flat-white": [
    "M12 26h34v12a14 14 0 0 1-14 14h-6a14 14 0 0 1-14-14z",
    "M46 30h3a6 6 0 0 1 0 12h-4",
    "M10 57h38",
    "M23 20c-3-4 3-5 0-10M33 20c-3-4 3-5 0-10",
  ],
  "cinnamon-bun": ["M32 54a22 22 0 1 1 22-22c0 8-6 14-14 14s-14-6-14-13 5-12 11-12 10 4 10 9-4 8-8 8-6-3-6-6 2-4 4-4"],
  "orange-juice": ["M18 16h28l-4 42H22z", "M20 30h24", "M34 16l5-10h6", "M40 38a6 6 0 1 1-12 0 6 6 0 0 1 12 0z"],
  sandwich: [
    "M8 30L32 12l24 18z",
    "M8 30h48v5H8z",
    "M8 40c4-5 8 5 12 0s8 5 12 0 8 5 12 0 8 5 12 0",
    "M8 47h48v5a4 4 0 0 1-4 4H12a4 4 0 0 1-4-4z",
  ],
};

export function foodPicture(id: string): Element {
  const strokes = PATHS[id];
  if (!strokes) return h("span", { class: "food", "aria-hidden": "true" });
  return svg(
    "svg",
    { class: "food", viewBox: "0 0 64 64", "aria-hidden": "true" },
    ...strokes.map((d) => svg("path", { d })),
  );
}
