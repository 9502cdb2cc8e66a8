import { drawnCode, drawnRing } from "./code.js";
import { h } from "./dom.js";
import { type Icon, icon } from "./icons.js";
import type { Code } from "./login.js";

/** A code's last part, in which people are told that the next one comes. */
const LAST = 0.06;

/** A code on its white plate, in its ring. `onExpiring` is called once, while the plate is still shown. */
export function plate(
  { link, shownMs, passedMs }: Code,
  label: string,
  onExpiring: () => void = () => undefined,
): HTMLElement {
  const element = h(
    "div",
    { class: "code" },
    drawnRing(shownMs, passedMs),
    h("div", { class: "plate" }, drawnCode(link, label)),
  );
  setTimeout(() => element.isConnected && onExpiring(), shownMs * (1 - LAST) - passedMs);
  return element;
}

/** What stands in a code's place: an icon, or dots while something is under way. */
export function veil(name?: Icon): HTMLElement {
  const dots = () => h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
  return h("div", { class: "code" }, h("div", { class: "veil" }, name ? icon(name) : dots()));
}
