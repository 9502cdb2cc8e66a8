import { h } from "./dom.js";
import { pick } from "./language.js";
import { type Entry, onNoted, recorded } from "./record.js";

const words = pick({
  en: {
    title: "Under the hood",
    none: "Nothing has happened yet.",
    kinds: { state: "state", code: "code", refused: "refused", backend: "backend" },
  },
  de: {
    title: "Unter der Haube",
    none: "Noch ist nichts geschehen.",
    kinds: { state: "Zustand", code: "Code", refused: "abgelehnt", backend: "Backend" },
  },
});

/** The panel with what the SDK and the backend told, the newest first, for whoever builds such a page. */
export function hood(): HTMLElement {
  const list = h("ol", { class: "hood-list", tabindex: 0, "aria-label": words.title });
  const fill = () => list.replaceChildren(...lines());
  fill();
  onNoted(fill);
  return h("details", { class: "hood" }, h("summary", {}, words.title), list);
}

function lines(): HTMLElement[] {
  const entries = [...recorded()].reverse();
  return entries.length === 0 ? [h("li", {}, words.none)] : entries.map(line);
}

function line({ at, kind, text }: Entry): HTMLElement {
  const time = at.toISOString().slice(11, 23);
  return h(
    "li",
    {},
    h("time", { datetime: at.toISOString() }, time),
    h("b", {}, words.kinds[kind]),
    h("span", {}, text),
  );
}
