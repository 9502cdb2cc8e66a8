import { svg } from "./dom.js";

/** Drawn on 24 by 24, in the colour of the text around. */
const PATHS = {
  check: "M4 12.5l5.2 5.2L20 7",
  cross: "M6 6l12 12M18 6L6 18",
  phone:
    "M8 2.8h8a1.7 1.7 0 0 1 1.7 1.7v15a1.7 1.7 0 0 1-1.7 1.7H8a1.7 1.7 0 0 1-1.7-1.7v-15A1.7 1.7 0 0 1 8 2.8zM10.7 18.3h2.6",
  screen: "M4 4.5h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-10a1 1 0 0 1 1-1zM8.5 20h7M12 16.5V20",
  tv: "M3.5 6.5h17a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-17a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1zM8 3l4 3.5L16 3M7 20.5h10",
  kiosk: "M7 2.8h10a1 1 0 0 1 1 1V15H6V3.8a1 1 0 0 1 1-1zM6 15h12M12 15v4.5M8 21h8M9.5 6.5h5M9.5 9.5h5",
  card: "M3.5 6h17a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1h-17a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1zM2.5 10h19M6 14.5h4",
  cloud: "M4 4l16 16M9.5 6.2A5.5 5.5 0 0 1 17.3 10 4 4 0 0 1 19.8 16.6M15 18H7a4.5 4.5 0 0 1-.8-8.9",
  clock: "M12 3.2a8.8 8.8 0 1 1 0 17.6 8.8 8.8 0 0 1 0-17.6zM12 7v5.2l3.4 2",
  alert: "M12 4.2l9 15.6H3zM12 10v4.6M12 17.2v.2",
  place:
    "M12 21.2s6.8-6 6.8-11.4A6.8 6.8 0 0 0 5.2 9.8c0 5.4 6.8 11.4 6.8 11.4zM12 12.3a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2z",
  camera: "M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M8 12h8",
  key: "M14.5 4a5.5 5.5 0 1 1-4.6 8.5L9 13.5V16H6.500v2.500H3v-3.200l6.300-6.300A5.500 5.500 0 0 1 14.500 4zM16 8v.1",
  list: "M8.500 6H20M8.500 12H20M8.500 18H20M4.200 6v.1M4.200 12v.1M4.200 18v.1",
  globe:
    "M12 3.2a8.8 8.8 0 1 1 0 17.6 8.8 8.8 0 0 1 0-17.6zM3.2 12h17.6M12 3.2c5 5 5 12.600 0 17.600c-5-5-5-12.600 0-17.600z",
} as const;

export type Icon = keyof typeof PATHS;

export function icon(name: Icon, properties: Record<string, string> = {}): SVGSVGElement {
  const attributes = { class: `icon icon-${name}`, viewBox: "0 0 24 24", "aria-hidden": "true", ...properties };
  return svg("svg", attributes, svg("path", { d: PATHS[name], pathLength: 1 }));
}
