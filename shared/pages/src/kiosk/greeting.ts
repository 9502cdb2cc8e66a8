import type { Guest } from "../common/backend.js";
import { button, h } from "../common/dom.js";
import { foodPicture } from "../common/food.js";
import { money } from "../common/format.js";
import { icon } from "../common/icons.js";
import { itemName } from "../common/menu.js";
import { words } from "./words.js";

/** "Hi Ann, 420 points. Your usual?" */
export function greeting({ name, points, usual, currency }: Guest, thank: (text: string) => void): HTMLElement {
  const other = button(words.other, () => thank(words.counter), "plain");
  const offer = (id: string, price: number) => [
    h("p", { class: "question" }, words.usual),
    h("div", { class: "usual" }, foodPicture(id), h("b", {}, itemName(id)), h("span", {}, money(price, currency))),
    h(
      "div",
      { class: "buttons" },
      button(words.yes, () => thank(words.coming(itemName(id)))),
      other,
    ),
  ];
  return h(
    "section",
    { class: "guest" },
    h("h1", {}, words.hello(name)),
    h("p", { class: "points" }, words.points(points)),
    ...(usual ? offer(usual.id, usual.price) : [h("div", { class: "buttons" }, other)]),
  );
}

export function thanks(text: string, again: () => void): HTMLElement {
  return h(
    "section",
    { class: "guest" },
    h("div", { class: "badge" }, icon("check")),
    h("h1", {}, words.done),
    h("p", { class: "question" }, text),
    h("div", { class: "buttons" }, button(words.again, again, "plain")),
  );
}
