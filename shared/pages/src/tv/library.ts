import { button, h } from "../common/dom.js";
import { words } from "./words.js";

/** What a signed-in TV shows: rows to move through, and a way out. */
export function library(name: string, leave: () => unknown): { view: HTMLElement; first: HTMLElement } {
  const note = h("p", { class: "lead", role: "status" }, words.keys);
  const half = words.titles.length / 2;
  const tiles = words.titles.map((title, index) =>
    h(
      "button",
      { type: "button", class: `tile tile-${index}`, onclick: () => (note.textContent = words.playing(title)) },
      h("span", {}, title),
    ),
  );
  const row = (heading: string | undefined, shown: HTMLElement[]) =>
    h("section", { class: "row" }, h("h2", {}, heading), h("div", { class: "tiles" }, ...shown));
  const out = button(words.logout, leave, "plain");
  const view = h(
    "div",
    { class: "library" },
    h("div", { class: "bar" }, h("p", { class: "channel" }, words.name), out),
    h("div", {}, h("h1", {}, words.welcome(name)), note),
    row(words.rows[0], tiles.slice(0, half)),
    row(words.rows[1], tiles.slice(half)),
  );
  return { view, first: tiles[0] ?? out };
}
